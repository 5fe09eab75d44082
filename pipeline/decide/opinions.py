"""Second opinions on doubtful fields: the same line seen otherwise, and another reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.decide.readers import Readers
from pipeline.decide.texts import FAMILIES, decide_text
from pipeline.decide.weigh import Opinions, weigh
from pipeline.forms import FieldSpec
from pipeline.geometry import Gray
from pipeline.recognise import TextCrop, TextReader
from pipeline.recognise.calibration import is_asked
from pipeline.recognise.text import Plan, TextReading, read_plans
from pipeline.sheet import FieldValue


@dataclass(frozen=True)
class Doubt:
    """A field whose first reading was not sure enough."""

    spec: FieldSpec
    plan: Plan
    reading: TextReading


def worth_asking(doubt: Doubt, value: FieldValue, readers: Readers) -> bool:
    """Whether the best second opinions there could be would turn the review into an acceptance."""
    seconds = (False, True) if _has_second(doubt, readers) else (False,)
    return value.reason == "low_probability" and any(_could_pass(doubt, readers, view=None, second=second) for second in seconds)


def _has_second(doubt: Doubt, readers: Readers) -> bool:
    """Whether there is a second reader, and one that is asked about such fields."""
    return readers.second is not None and is_asked(readers.second_name, FAMILIES[doubt.spec.kind]) and not _has_boxes(doubt.plan, readers)


def _has_boxes(plan: Plan, readers: Readers) -> bool:
    """Whether the classifier of boxed characters has spoken already, so that no second reader is asked."""
    return readers.boxes is not None and bool(plan.boxes)


def ask(doubts: Sequence[Doubt], readers: Readers) -> list[Opinions]:
    """Other readings of doubtful fields, each kind in one batch.

    First a second view by the first reader, then the second reader where its word could still change the decision.
    """
    if not doubts:
        return []
    views = [view.text for view in read_plans([_seen_otherwise(doubt.plan) for doubt in doubts], readers.text)]
    open_ones = [place for place, doubt in enumerate(doubts) if _is_open(doubt, readers, views[place])]
    seconds: dict[int, str] = {}
    if readers.second is not None and open_ones:
        found = read_plans([doubts[place].plan for place in open_ones], readers.second)
        seconds = {place: reading.text for place, reading in zip(open_ones, found, strict=True)}
    return [Opinions(view, seconds.get(place), readers.second_name) for place, view in enumerate(views)]


def ask_all(plans: Sequence[Plan], readers: Readers, seconds: Mapping[str, TextReader]) -> list[dict[str, str]]:
    """What a second view and each of the second readers say of every field, whatever it changes: for calibration.

    Returns:
        Per plan the text by the name of its feature.
    """
    if not plans:
        return []
    said: list[dict[str, str]] = [{"view": view.text} for view in read_plans([_seen_otherwise(plan) for plan in plans], readers.text)]
    asked = [place for place, plan in enumerate(plans) if not _has_boxes(plan, readers)]
    for name, reader in seconds.items():
        for place, reading in zip(asked, read_plans([plans[place] for place in asked], reader), strict=True):
            said[place][name] = reading.text
    return said


def _is_open(doubt: Doubt, readers: Readers, view: str) -> bool:
    """Not accepted by the view alone, and to be accepted if the second reader agrees."""
    if not _has_second(doubt, readers):
        return False
    alone = decide_text(doubt.spec, doubt.reading, readers, Opinions(view, None))
    return alone.reason == "low_probability" and _could_pass(doubt, readers, view=view, second=True)


def _could_pass(doubt: Doubt, readers: Readers, *, view: str | None, second: bool) -> bool:
    """Whether the field would be accepted with this view (None = one that agrees) and, if asked, a second reader that agrees."""
    agreeing = weigh(doubt.spec, doubt.reading.candidates).raw
    best = Opinions(agreeing if view is None else view, agreeing if second else None, readers.second_name)
    return decide_text(doubt.spec, doubt.reading, readers, best).decision == "accept"


def _seen_otherwise(plan: Plan) -> Plan:
    return replace(plan, crops=tuple(TextCrop(second_view(crop.image), crop.charset) for crop in plan.crops))


def second_view(image: Gray) -> Gray:
    """The same line a tenth wider, leaning 4 degrees, its strokes sharpened: what is read for sure is read again."""
    height, width = image.shape
    lean, stretch = 0.07, 1.1
    across = round(width * stretch + height * lean) + 1
    matrix = np.array([[stretch, -lean, height * lean], [0.0, 1.0, 0.0]])
    leaning = cv2.warpAffine(image, matrix, (across, height), flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255))
    soft = cv2.GaussianBlur(leaning, (0, 0), 1.2)
    return np.asarray(cv2.addWeighted(leaning, 1.8, soft, -0.8, 0), dtype=np.uint8)

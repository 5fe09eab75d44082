"""Second opinions on doubtful fields: the same line seen otherwise, and another reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from pipeline.decide.readers import Readers
from pipeline.decide.texts import FAMILIES
from pipeline.decide.weigh import Opinions
from pipeline.geometry import Gray
from pipeline.recognise import TextCrop
from pipeline.recognise.text import Plan, read_plans
from pipeline.sheet import FieldValue

HOPELESS = 0.2
"""Below this confidence no second opinion would change the decision."""


def worth_asking(value: FieldValue) -> bool:
    """Whether a second opinion could turn a review into an acceptance."""
    return value.kind in FAMILIES and value.reason == "low_probability" and value.confidence >= HOPELESS


def ask(plans: Sequence[Plan], readers: Readers) -> list[Opinions]:
    """Other readings of doubtful fields: a second view by the first reader, and the second reader, each in one batch."""
    if not plans:
        return []
    views = read_plans([_seen_otherwise(plan) for plan in plans], readers.text)
    seconds = read_plans(plans, readers.second) if readers.second is not None else [None] * len(plans)
    return [Opinions(view.text, None if second is None else second.text) for view, second in zip(views, seconds, strict=True)]


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

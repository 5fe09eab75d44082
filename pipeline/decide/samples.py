"""Readings of a page whose truth is known, as samples for a calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.decide.opinions import ask_all
from pipeline.decide.readers import Readers
from pipeline.decide.texts import FAMILIES
from pipeline.decide.weigh import Verdict, features, weigh
from pipeline.fields import FieldCrop
from pipeline.forms import FieldSpec
from pipeline.normalise import fold, normalise
from pipeline.recognise.calibrate import Sample
from pipeline.recognise.text import TEXT_KINDS, plan_field, read_plans

SURE = 7.0
"""From these log odds on no second opinion is asked for (one error in a thousand)."""
FREE_KINDS = frozenset({"name", "kana", "text", "multiline"})
"""Kinds in which spaces are layout: nobody writes them the same way twice."""


def samples_of(crops: Sequence[FieldCrop], truth: Mapping[str, object], readers: Readers) -> list[Sample]:
    """One sample per text field that is read with a value, and a second one with opinions where the first reading is not sure.

    Args:
        crops: of one page.
        truth: field name -> text, as in truth.json; fields that are absent are not judged.
        readers: what reads; its calibration is not used.
    """
    judged = [crop for crop in crops if crop.spec.kind in TEXT_KINDS and crop.spec.name in truth]
    plans = [plan_field(crop) for crop in judged]
    found, unsure = [], []
    for crop, plan, reading in zip(judged, plans, read_plans(plans, readers.text, readers.boxes), strict=True):
        era_unknown = reading.marks is not None and (reading.marks.doubt or not reading.marks.chosen)
        if reading.blank or not reading.candidates or era_unknown:
            continue
        verdict = weigh(crop.spec, reading.candidates)
        if verdict.normalised.value is None:
            continue
        right = is_right(crop.spec, verdict, str(truth[crop.spec.name]))
        first = features(crop.spec, reading, verdict)
        found.append(Sample(FAMILIES[crop.spec.kind], first, asked=False, right=right))
        if min(first["odds"], first["margin"]) < SURE:
            unsure.append((crop.spec, plan, reading, verdict, right))
    opinions = ask_all([plan for _, plan, *_ in unsure], readers)
    for (spec, _, reading, verdict, right), opinion in zip(unsure, opinions, strict=True):
        found.append(Sample(FAMILIES[spec.kind], features(spec, reading, verdict, opinion), asked=True, right=right))
    return found


def is_right(spec: FieldSpec, verdict: Verdict, truth: str) -> bool:
    """Whether the chosen value is the true one; spaces in Japanese text do not count."""
    if spec.kind in FREE_KINDS:
        written = normalise(spec.kind, truth, field=spec.name).value
        return fold(str(written)).replace(" ", "") == fold(str(verdict.normalised.value)).replace(" ", "")
    return normalise(spec.kind, truth, field=spec.name).value == verdict.normalised.value

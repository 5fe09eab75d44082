"""Readings of a page whose truth is known, as samples for a calibration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.decide.neighbours import read_together
from pipeline.decide.opinions import ask_all
from pipeline.decide.readers import Readers
from pipeline.decide.texts import FAMILIES, paper_reason
from pipeline.decide.weigh import Verdict, agreement, features, weigh
from pipeline.fields import FieldCrop
from pipeline.forms import FieldSpec
from pipeline.normalise import fold, normalise
from pipeline.recognise import TextReader
from pipeline.recognise.calibrate import Sample
from pipeline.recognise.overlays import overlay
from pipeline.recognise.text import TEXT_KINDS, Plan, TextReading, plan_field, read_plans

SURE = 9.0
"""From these log odds on no second opinion is asked for (one error in eight thousand): no threshold lies above them."""
FREE_KINDS = frozenset({"name", "kana", "text", "multiline"})
"""Kinds in which spaces are layout: nobody writes them the same way twice."""


@dataclass(frozen=True)
class _Read:
    """A field that was read with a value."""

    crop: FieldCrop
    plan: Plan
    reading: TextReading
    verdict: Verdict
    first: Mapping[str, float]

    @property
    def unsure(self) -> bool:
        return min(self.first["odds"], self.first["margin"]) < SURE


def samples_of(
    crops: Sequence[FieldCrop],
    truth: Mapping[str, object],
    readers: Readers,
    *,
    seconds: Mapping[str, TextReader] | None = None,
    group: str = "",
) -> list[Sample]:
    """One sample per text field that is read with a value; with opinions where the first reading is not sure.

    Args:
        crops: of one page.
        truth: field name -> text, as in truth.json; fields that are absent are not judged.
        readers: what reads; its calibration is not used, nor is its second reader.
        seconds: second readers by the name of their feature (`calibration.SECONDS`); all are asked.
        group: see `Sample`.
    """
    found = list(_read(crops, truth, readers))
    unsure = [one for one in found if one.unsure]
    opinions = iter(ask_all([one.plan for one in unsure], readers, seconds or {}))
    return [_sample(one, str(truth[one.crop.spec.name]), next(opinions) if one.unsure else {}, group) for one in found]


def _read(crops: Sequence[FieldCrop], truth: Mapping[str, object], readers: Readers) -> Iterator[_Read]:
    judged = [crop for crop in crops if crop.spec.kind in TEXT_KINDS and crop.spec.name in truth]
    plans = [plan_field(crop) for crop in judged]
    readings = read_together([crop.spec for crop in judged], plans, read_plans(plans, readers.text, readers.boxes), readers)
    for crop, plan, reading in zip(judged, plans, readings, strict=True):
        if reading is None:
            continue
        era_unknown = reading.marks is not None and (reading.marks.doubt or not reading.marks.chosen)
        if reading.blank or not reading.candidates or era_unknown:
            continue
        verdict = weigh(crop.spec, reading.candidates)
        if verdict.normalised.value is not None:
            yield _Read(crop, plan, reading, verdict, features(crop.spec, reading, verdict))


def _sample(one: _Read, truth: str, said: Mapping[str, str], group: str) -> Sample:
    spec = one.crop.spec
    return Sample(
        FAMILIES[spec.kind],
        one.first,
        is_right(spec, one.verdict, truth),
        opinions={name: agreement(spec, one.verdict, text) for name, text in said.items()},
        barred=_is_barred(one),
        marks=1.0 if one.reading.marks is None else one.reading.marks.confidence,
        group=group,
    )


def _is_barred(one: _Read) -> bool:
    """Whether a person looks at it whatever its probability."""
    doubted = one.verdict.overruled or one.reading.likely is not None
    return doubted or paper_reason(one.crop.spec, one.reading, one.verdict) is not None or overlay(one.crop) is not None


def is_right(spec: FieldSpec, verdict: Verdict, truth: str) -> bool:
    """Whether the chosen value is the true one; spaces in Japanese text do not count."""
    if spec.kind in FREE_KINDS:
        written = normalise(spec.kind, truth, field=spec.name).value
        return fold(str(written)).replace(" ", "") == fold(str(verdict.normalised.value)).replace(" ", "")
    return normalise(spec.kind, truth, field=spec.name).value == verdict.normalised.value

"""The value of a text field: accepted, for a person, or blank."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from pipeline.decide.readers import Readers
from pipeline.decide.weigh import Opinions, Verdict, agreement, boxes_agree, features, weigh
from pipeline.forms import FieldSpec
from pipeline.normalise import Normalised, fold_for_comparison, normalise
from pipeline.recognise import Candidate
from pipeline.recognise.text import TextReading
from pipeline.sheet import Decision, FieldValue, Reason

FAMILIES: dict[str, str] = {
    "digits": "digits",
    "number": "digits",
    "phone": "digits",
    "date": "date",
    "year_month": "date",
    "months": "date",
    "kana": "kana",
    "name": "name",
    "text": "text",
    "multiline": "multiline",
    "latin": "latin",
    "email": "latin",
}
"""Kinds that are judged by one model."""
BLANK_CONFIDENCE = 0.996
"""Given to a field without ink. On drawn strips, where half of the fields say one short sign (python -m benchmarks.blanks --strips 300
--seed 8803), 1 of 1,184 fields called empty was not (a fax had lost it): at most 0.40 % (one-sided 95 % bound)."""
FAINT_LIMIT = 0.9
"""Confidence of a field with so little ink that it may be dirt is capped here, below any threshold."""
DISAGREED_LIMIT = 0.9
"""The same for a field of which the strip of its cells and the classifier of its cells read two values."""
UNREAD = 1e-6
"""Probability of a field in which ink was seen and no text."""
CUT_LIMIT = 0.5
"""From this share of the ink leaving the crop the field was not seen whole."""


def decide_text(spec: FieldSpec, reading: TextReading, readers: Readers, opinions: Opinions | None = None) -> FieldValue:
    """The value of a text field and what becomes of it."""
    if reading.blank:
        return _without_ink(spec, reading)
    if not reading.candidates:
        return _value(spec, "", Normalised(None, None), UNREAD, "ink_quality", ())
    verdict = weigh(spec, reading.candidates)
    family = FAMILIES[spec.kind]
    confidence = readers.calibration.probability(family, features(spec, reading, verdict, opinions), asked=opinions is not None)
    confidence = _limited(confidence, spec, reading, verdict)
    reason = paper_reason(spec, reading, verdict)
    if reason is None and (verdict.overruled or confidence < readers.threshold(family)):
        disagreed = opinions is not None and agreement(spec, verdict, opinions.second) < 0
        reason = "readers_disagree" if disagreed else "low_probability"
    if reading.likely is not None:
        return _doubted(spec, reading.likely, confidence, reason or "low_probability", reading.candidates)
    return _value(spec, verdict.raw, verdict.normalised, confidence, reason, reading.candidates)


def _limited(confidence: float, spec: FieldSpec, reading: TextReading, verdict: Verdict) -> float:
    """`confidence`, below any threshold where something speaks against the reading that its features do not hold."""
    if reading.faint or reading.cut >= CUT_LIMIT or verdict.overruled:
        confidence = min(confidence, FAINT_LIMIT)
    if boxes_agree(spec, reading) < 0:
        confidence = min(confidence, DISAGREED_LIMIT)
    return confidence if reading.marks is None else confidence * reading.marks.confidence


def _doubted(spec: FieldSpec, likely: Candidate, confidence: float, reason: Reason, candidates: Sequence[Candidate]) -> FieldValue:
    """What the language makes of the field, for a person: no more certain than the reader says it is."""
    known = likely.text in (candidate.text for candidate in candidates)
    every = candidates if known else sorted([*candidates, likely], key=lambda candidate: -candidate.log_prob)
    found = normalise(spec.kind, likely.text, field=spec.name)
    return _value(spec, likely.text, found, min(confidence, math.exp(likely.log_prob)), reason, every)


def paper_reason(spec: FieldSpec, reading: TextReading, verdict: Verdict) -> Reason | None:
    """Why a person must look however probable the reading is."""
    if reading.marks is not None and (reading.marks.doubt or not reading.marks.chosen):
        return "mark_doubt"
    if verdict.normalised.value is None:
        return "grammar"
    if reading.struck:
        return "correction"
    if reading.faint or reading.cut >= CUT_LIMIT:
        return "ink_quality"
    if boxes_agree(spec, reading) < 0:
        return "readers_disagree"
    return "variant_kanji" if spec.kind == "name" and _variant_doubt(verdict, reading.candidates) else None


VARIANT_GAP = 2.0
"""Two forms of one kanji (高 and 髙) must be this far apart in log probability: drawn in ten fonts they are 2 to 11 apart."""


HARDLY_KNOWN = {"栁": 11.0}
"""Forms that the reader takes for the common one (柳) however clear they are, and how near they come then: 6 to 10.5 in nine fonts,
where the common form is drawn more than 11.7 (`python -m benchmarks.variants --gaps`)."""


def _gap(text: str) -> float:
    return max((HARDLY_KNOWN.get(char, VARIANT_GAP) for char in text), default=VARIANT_GAP)


def _variant_doubt(verdict: Verdict, candidates: Sequence[Candidate]) -> bool:
    """Whether another form of the chosen text is about as probable, be it the second candidate or a later one."""
    form = fold_for_comparison(verdict.raw)
    near = (one for one in candidates if verdict.log_prob - one.log_prob < _gap(one.text) and one.text != verdict.raw)
    return any(fold_for_comparison(one.text) == form and normalise("name", one.text) != verdict.normalised for one in near)


def _without_ink(spec: FieldSpec, reading: TextReading) -> FieldValue:
    """No text: blank for sure, unless an option of the field is marked (an era without a date) or may be."""
    marked = reading.marks is not None and (reading.marks.doubt or bool(reading.marks.chosen))
    reason: Reason | None = "mark_doubt" if marked else None
    value = _value(spec, "", Normalised(None, None), UNREAD if marked else BLANK_CONFIDENCE, reason, ())
    return value if marked else replace(value, decision="blank")


def _value(
    spec: FieldSpec, raw: str, found: Normalised, confidence: float, reason: Reason | None, candidates: Sequence[Candidate]
) -> FieldValue:
    decision: Decision = "accept" if reason is None else "review"
    pairs = tuple((candidate.text, candidate.log_prob) for candidate in candidates)
    return FieldValue(spec.name, spec.kind, raw, found.value, found.problem, confidence, decision, reason, pairs, spec.box)

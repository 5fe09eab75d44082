"""From readings to decisions, with a scripted reader and a calibration made for the test."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.decide import Readers, decide_reading, decide_text, samples_of, weigh
from pipeline.decide.opinions import Doubt, ask, second_view, worth_asking
from pipeline.decide.weigh import Opinions, agreement, features
from pipeline.fields import FieldCrop
from pipeline.forms import FieldKind, FieldSpec
from pipeline.geometry import Box
from pipeline.recognise import Candidate, Reading, TextCrop
from pipeline.recognise.calibrate import Sample, confidence
from pipeline.recognise.calibration import Calibration, Model, Step, load_calibration, save_calibration, upper_bound
from pipeline.recognise.marks import MarkReading
from pipeline.recognise.places import Strokes
from pipeline.recognise.scripted import Answer, ScriptedReader
from pipeline.recognise.text import Plan, TextReading
from pipeline.settings import Settings

MODEL = Model(0.0, {"odds": 1.0})
PROVEN = (Step(0.99, 4000, 0), Step(0.5, 5000, 40))
CALIBRATION = Calibration(dict.fromkeys(("digits", "date", "kana", "name", "text", "multiline", "latin"), MODEL), {"all": PROVEN}, {})
READERS = Readers(ScriptedReader([]), None, CALIBRATION, 0.001)


def field(kind: FieldKind, name: str = "field") -> FieldSpec:
    return FieldSpec(name, "", kind, Box(10, 10, 40, 8))


def reading(*pairs: tuple[str, float], ink: float = 20.0, marks: MarkReading | None = None, cut: float = 0.0) -> TextReading:
    found = tuple(Candidate(text, math.log(probability)) for text, probability in pairs)
    return TextReading(found, 0.0, ink, blank=not found and ink == 0, faint=ink < 0.4, cut=cut, marks=marks)


CASES = [
    ("digits", [("1600023", 0.9999)], "accept", None, "1600023"),
    ("digits", [("1600023", 0.9), ("1600028", 0.1)], "review", "low_probability", "1600023"),
    ("phone", [("03-5321-111", 0.9999)], "review", "grammar", None),
    ("date", [("2024年13月1日", 0.6), ("2024年1月31日", 0.39)], "review", "low_probability", "2024-01-31"),
    ("date", [("2024年2月30日", 0.9999)], "review", "grammar", None),
    ("name", [("髙橋 太郎", 0.995), ("髙橋 太朗", 0.004)], "accept", None, "髙橋 太郎"),
    ("name", [("髙橋 太郎", 0.6), ("高橋 太郎", 0.4)], "review", "variant_kanji", "髙橋 太郎"),
    ("kana", [("ヤマダ タロウ", 0.5), ("やまだ たろう", 0.4999)], "accept", None, "ヤマダ タロウ"),
    ("months", [("5年2ヶ月", 0.9999)], "accept", None, 62),
]


@pytest.mark.parametrize(("kind", "pairs", "decision", "reason", "value"), CASES)
def test_decisions(kind: FieldKind, pairs: list[tuple[str, float]], decision: str, reason: str | None, value: str | int | None) -> None:
    name = "postal_code" if kind == "digits" else "field"
    found = decide_text(field(kind, name), reading(*pairs), READERS)
    assert (found.decision, found.reason, found.value) == (decision, reason, value)


def test_writings_of_one_value_are_added_up() -> None:
    verdict = weigh(field("phone"), [Candidate("03-5321-1111", math.log(0.5)), Candidate("0353211111", math.log(0.4))])
    assert math.exp(verdict.log_prob) == pytest.approx(0.9) and verdict.rival == -math.inf


@pytest.mark.parametrize(("likely", "shown"), [("テレマーケティング", "テレマーケティング"), ("テレマーケティンク", "テレマーケティンク")])
def test_what_the_language_doubts_goes_to_a_person(likely: str, shown: str) -> None:
    """The likelier text is shown; the reader's own stays among the candidates, and nothing gets more certain."""
    sure = reading(("テレマーケティンク", 0.9999))
    assert decide_text(field("text"), sure, READERS).decision == "accept"
    doubted = replace(sure, likely=Candidate(likely, math.log(0.0001 if likely.endswith("グ") else 0.9999)))
    found = decide_text(field("text"), doubted, READERS, Opinions("テレマーケティンク", "テレマーケティンク"))
    assert (found.decision, found.reason, found.value) == ("review", "low_probability", shown)
    assert found.candidates[0][0] == "テレマーケティンク" and likely in [text for text, _ in found.candidates]
    assert found.confidence < (0.00011 if likely.endswith("グ") else 0.99991)


def test_blank_faint_cut_and_unread() -> None:
    assert decide_text(field("text"), reading(ink=0.0), READERS).decision == "blank"
    for found in (reading(("・", 0.9999), ink=0.2), reading(("株式会社", 0.9999), cut=0.8), reading(ink=20.0)):
        value = decide_text(field("text"), found, READERS)
        assert (value.decision, value.reason) == ("review", "ink_quality")
        assert value.confidence <= 0.9


@pytest.mark.parametrize(
    ("marks", "decision"),
    [
        (MarkReading(("昭和",), 0.9995, doubt=False), "accept"),
        (MarkReading(("昭和",), 0.6, doubt=True), "review"),
        (MarkReading((), 0.9995, doubt=False), "review"),
    ],
)
def test_a_date_is_worth_its_era(marks: MarkReading, decision: str) -> None:
    found = decide_text(field("date"), reading(("昭和55年3月2日", 0.9999), marks=marks), READERS)
    assert found.decision == decision


def test_opinions_count_by_value_not_by_writing() -> None:
    spec, found = field("phone"), reading(("03-5321-1111", 0.9))
    verdict = weigh(spec, found.candidates)
    asked = features(spec, found, verdict, Opinions(view="0353211111", second="03-5321-1117"))
    assert (asked["view"], asked["second"]) == (1.0, -1.0)
    assert features(spec, found, verdict, Opinions(view="", second="03-5321-1111", name="stock"))["stock"] == 1.0
    assert set(features(spec, found, verdict, Opinions(view=""))) & {"view", "second", "stock"} == {"view"}


def test_a_text_found_by_its_label() -> None:
    reading = Reading((Candidate("650", -1e-5),), "ppocr")
    found = decide_reading("score", "number", reading, Box(1, 2, 3, 4), READERS)
    doubted = decide_reading("score", "number", reading, Box(1, 2, 3, 4), READERS, doubt=True)
    assert (doubted.value, doubted.decision, doubted.reason) == (650, "review", "place_doubt")
    assert (found.value, found.decision, found.box) == (650, "accept", Box(1, 2, 3, 4))


@pytest.mark.parametrize(("wrong", "total", "bound"), [(0, 2995, 0.001), (0, 299, 0.00997), (1, 4742, 0.001), (3, 3, 1.0)])
def test_the_bound_is_the_textbooks(wrong: int, total: int, bound: float) -> None:
    assert upper_bound(wrong, total) == pytest.approx(bound, rel=0.01)


def test_the_shipped_calibration_loads_and_comes_back(tmp_path: Path) -> None:
    shipped = load_calibration()
    assert shipped.provenance["pages"] and set(CALIBRATION.models) <= set(shipped.models)
    save_calibration(shipped, tmp_path / "copy.json")
    assert load_calibration(tmp_path / "copy.json") == shipped
    for family in CALIBRATION.models:
        assert 0.9 <= shipped.threshold(family, 0.001) < 1


def test_a_second_view_keeps_the_writing() -> None:
    line = np.full((40, 200), 255, np.uint8)
    line[5:35, 20:180:20] = 0
    line.setflags(write=False)
    seen = second_view(line)
    assert seen.shape[0] == 40 and seen.shape[1] > 215
    assert (seen < 128).sum() == pytest.approx(1.1 * (line < 128).sum(), rel=0.25)


def test_samples_are_judged_by_value_and_doubts_are_asked_about() -> None:
    box = Box(10, 10, 60, 8)
    ink = np.full((142, 756), 255, np.uint8)
    ink[50:90, 100:110] = 0
    kinds: tuple[FieldKind, ...] = ("phone", "name")
    crops = [FieldCrop(FieldSpec(kind, "", kind, box), box.grown(2), ink, ink, None) for kind in kinds]
    script: list[Answer] = [[("03-5321-1111", -1e-5)], [("山田太郎", -0.7)], "山田太朗"]
    stock = ScriptedReader(["山田太郎"])
    truth = {"phone": "0353211111", "name": "山田 太郎"}
    found = samples_of(crops, truth, replace(READERS, text=ScriptedReader(script)), seconds={"stock": stock}, group="hand")
    assert [(sample.family, sample.right, dict(sample.opinions)) for sample in found] == [
        ("digits", True, {}),
        ("name", True, {"view": -1.0, "stock": 1.0}),
    ]
    assert [(sample.barred, sample.group) for sample in found] == [(False, "hand")] * 2


NO_STROKES = Strokes(np.zeros((1, 1), np.uint8), np.zeros((1, 1), np.int32), np.zeros((1, 5), np.int32), 20.0, 0.0)
LIFTING = Calibration(
    {
        "text": MODEL,
        "text+": Model(0.0, {"odds": 0.8, "view": 4.0}),
        "text+second": Model(-1.0, {"odds": 0.8, "view": 4.0, "second": 4.0}),
    },
    {"all": PROVEN},
    {},
)
SAID = [("山田太郎", "山田太朗"), ("山田太朗", "山田太郎"), ("山田太郎", "山田太郎"), ("", ""), ("山田太朗", "山田太朗")]


@pytest.mark.parametrize("probability", [0.3, 0.9, 0.955, 0.97, 0.985, 0.999])
@pytest.mark.parametrize(("view", "second"), SAID)
def test_a_sample_passes_exactly_when_its_field_would(probability: float, view: str, second: str) -> None:
    """What thresholds are tested on is the decision as it is taken: first reading, who is asked then, and what they may change."""
    spec = field("text")
    first = reading(("山田太郎", probability), ("山田太朗", 0.01))
    doubt = Doubt(spec, Plan((TextCrop(np.full((40, 200), 255, np.uint8), "text"),), lambda found: found[0].candidates, NO_STROKES), first)
    readers = Readers(ScriptedReader([view]), ScriptedReader([second]), LIFTING, 0.001)
    value = decide_text(spec, first, readers)
    if worth_asking(doubt, value, readers):
        (opinion,) = ask([doubt], readers)
        value = decide_text(spec, first, readers, opinion)
    verdict = weigh(spec, first.candidates)
    said = {"view": agreement(spec, verdict, view), "second": agreement(spec, verdict, second)}
    sample = Sample("text", features(spec, first, verdict), right=True, opinions=said)
    assert (value.decision == "accept") == (confidence(LIFTING, sample, "second") >= readers.threshold("text"))


def test_no_opinion_lifts_a_guess() -> None:
    """A reading that is not clear by itself, or hardly ahead of the next one, stays doubtful, whoever agrees with it."""
    guess, fair = {"odds": 2.9, "view": 1.0, "second": 1.0}, {"odds": 3.1, "view": 1.0, "second": 1.0}
    near = {**fair, "margin": 2.9}
    for doubtful in (guess, near):
        assert LIFTING.probability("text", doubtful, asked=True) == LIFTING.probability("text", {"odds": doubtful["odds"]}, asked=False)
    assert LIFTING.probability("text", fair, asked=True) > 0.99


def test_tesseract_is_asked_where_it_helps() -> None:
    first = reading(("2024100123", 0.97))
    calibration = Calibration({"digits": MODEL, "digits+": MODEL, "digits+second": Model(9.0, {})}, {"all": PROVEN}, {})
    doubt = Doubt(field("digits"), Plan((), lambda found: found[0].candidates, NO_STROKES), first)
    for name, asked in (("second", False), ("stock", True)):
        steps = {f"digits+{name}": Model(9.0, {})}
        readers = Readers(ScriptedReader([]), ScriptedReader([]), replace(calibration, models=calibration.models | steps), 0.001, name)
        assert worth_asking(doubt, decide_text(doubt.spec, first, readers), readers) is asked


@pytest.mark.parametrize(
    ("said", "meant"), [("true", "tesseract"), ("False", "none"), ("1", "tesseract"), ("0", "none"), ("stock", "stock"), ("none", "none")]
)
def test_the_second_reader_is_named_or_said_yes_or_no_to(said: str, meant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_SECOND_READER", said)
    assert Settings().second_reader == meant

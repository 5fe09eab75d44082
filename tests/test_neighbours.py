"""A postal code and its address, a name and its furigana: two fields that say the same thing."""

from __future__ import annotations

import math

import numpy as np

from pipeline.decide import Readers, decide_text, weigh
from pipeline.decide.neighbours import read_together
from pipeline.forms import FieldKind, FieldSpec
from pipeline.geometry import Box
from pipeline.normalise import postal_starts
from pipeline.recognise import Candidate, TextCrop
from pipeline.recognise.calibration import Calibration, Model, Step
from pipeline.recognise.engine import open_engine
from pipeline.recognise.places import Strokes
from pipeline.recognise.scripted import ScriptedReader
from pipeline.recognise.text import Plan, TextReading
from tests.recognise.drawn import drawn_line

STEPS = (Step(0.9, 4000, 0), Step(0.5, 5000, 40))
CALIBRATION = Calibration(dict.fromkeys(("digits", "kana", "name", "text"), Model(0.0, {"odds": 1.0})), {"all": STEPS}, {})
READERS = Readers(ScriptedReader([]), None, CALIBRATION, 0.001)
INK = Strokes(np.zeros((1, 1), np.uint8), np.zeros((1, 1), np.int32), np.zeros((1, 5), np.int32), 20.0, 0.0)


def spec(name: str, kind: FieldKind) -> FieldSpec:
    return FieldSpec(name, "", kind, Box(0, 0, 0, 0))


CODE, ADDRESS = spec("postal_code", "digits"), spec("address", "text")
KANA, NAME = spec("name_kana", "kana"), spec("name", "name")


def reading(*pairs: tuple[str, float]) -> TextReading:
    return TextReading(tuple(Candidate(text, math.log(chance)) for text, chance in pairs), 0.0, 20.0, blank=False, faint=False, cut=0.0)


def told(specs: list[FieldSpec], first: TextReading, second: TextReading) -> list[TextReading]:
    found = read_together(specs, [None, None], [first, second], READERS)
    return [one for one in found if one is not None]


def test_the_code_is_read_by_its_town_and_a_person_looks() -> None:
    code, address = told([CODE, ADDRESS], reading(("1600028", 0.6), ("1600022", 0.39)), reading(("東京都新宿区新宿1-2-3", 0.99)))
    found = decide_text(CODE, code, READERS)
    assert (found.raw, found.decision, found.reason) == ("1600022", "review", "low_probability")
    assert [text for text, _ in found.candidates] == ["1600028", "1600022"]
    assert weigh(ADDRESS, address.candidates).known == 1


def test_the_address_is_read_by_its_code() -> None:
    _, address = told([CODE, ADDRESS], reading(("1600022", 0.99)), reading(("東京都新宿区薪宿1-2-3", 0.6), ("東京都新宿区新宿1-2-3", 0.39)))
    found = weigh(ADDRESS, address.candidates)
    assert (found.raw, found.known, found.overruled) == ("東京都新宿区新宿1-2-3", 1, True)


def test_a_clear_contradiction_is_left_and_said() -> None:
    code, address = told([CODE, ADDRESS], reading(("1600022", 0.9999)), reading(("大阪府大阪市北区梅田1-2-3", 0.9999)))
    for field, one in ((CODE, code), (ADDRESS, address)):
        assert (weigh(field, one.candidates).known, weigh(field, one.candidates).overruled) == (-1, False)


def test_an_address_that_cannot_be_read_contradicts_no_code() -> None:
    code, _ = told([CODE, ADDRESS], reading(("1600022", 0.99)), reading(("車京郡薪宿匠1-2-3", 0.3), ("東京郡薪宿匠1-2-3", 0.2)))
    assert weigh(CODE, code.candidates).known == 0


def test_furigana_and_name_choose_together_and_never_against_a_clear_image() -> None:
    kana, name = told([KANA, NAME], reading(("クナカ タロウ", 0.5), ("タナカ タロウ", 0.4)), reading(("田中 太郎", 0.99)))
    assert weigh(KANA, kana.candidates).raw == "タナカ タロウ"
    assert weigh(NAME, name.candidates).known == 1
    clear, _ = told([KANA, NAME], reading(("クナカ タロウ", 0.9999), ("タナカ タロウ", 1e-5)), reading(("田中 太郎", 0.99)))
    assert weigh(KANA, clear.candidates).raw == "クナカ タロウ"
    assert weigh(KANA, clear.candidates).known == -1


def test_a_field_alone_or_empty_stays_as_it_is() -> None:
    one, nothing = reading(("1600022", 0.99)), TextReading((), 0.0, 0.0, blank=True, faint=False, cut=0.0)
    assert read_together([CODE], [None], [one], READERS) == [one]
    assert read_together([CODE, ADDRESS], [None, None], [one, nothing], READERS) == [one, nothing]


def test_a_town_that_the_reader_did_not_think_of_is_read_for() -> None:
    image = drawn_line("東京都新宿区薪宿1-2-3", "mincho")
    readers = Readers(open_engine(), None, CALIBRATION, 0.001)
    crop = TextCrop(image, "japanese")
    first = readers.text.read([crop])[0]
    plan = Plan((crop,), lambda found: found[0].candidates, INK)
    address = TextReading(first.candidates, 0.0, 20.0, blank=False, faint=False, cut=0.0)
    found = read_together([CODE, ADDRESS], [None, plan], [reading(("1600022", 0.99)), address], readers)[1]
    assert found is not None
    assert "東京都新宿区新宿1-2-3" in [one.text for one in found.candidates]
    assert weigh(ADDRESS, found.candidates).raw == "東京都新宿区薪宿1-2-3"  # the image is clear


def test_how_an_address_may_begin() -> None:
    assert postal_starts("1600022") == ("東京都新宿区新宿", "新宿区新宿")
    assert postal_starts("9999999") == ()

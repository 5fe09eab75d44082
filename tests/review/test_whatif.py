"""What other error rates would accept: counted in the store, summed by hand here, shown with and without scripts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from pipeline.recognise.calibration import Calibration, Step, load_calibration
from pipeline.review import whatif
from pipeline.review.estimates import FAMILY_NAMES, Estimates, estimates, levels, rates
from pipeline.settings import Settings
from pipeline.sheet import Decision, FieldValue, Reason
from pipeline.store import Store
from pipeline.store.deciding import decide_all
from pipeline.store.decisions import Decision as Said
from pipeline.store.decisions import add_decision, field_subject
from pipeline.store.whatif import Band, bands
from tests.papers import application
from tests.review.office import Office, employ
from tests.store.papers import SHA, read_scan

PROVEN = (Step(0.999, 3000, 0), Step(0.99, 6000, 0), Step(0.98, 7000, 6))
"""Show 0.1 % at 0.99 and 0.2 % at 0.98, and nothing stricter."""
CALIBRATION = Calibration({}, dict.fromkeys(("all", *FAMILY_NAMES), PROVEN), {})


def value(name: str, kind: str, confidence: float, decision: Decision = "accept", reason: Reason | None = None) -> FieldValue:
    return FieldValue(name, kind, "x", "x", None, confidence, decision, reason, (), None)


def waits(name: str, confidence: float, reason: Reason = "low_probability") -> FieldValue:
    return value(name, "text", confidence, "review", reason)


FIELDS = (
    value("one", "text", 0.9995),
    value("two", "text", 0.992),
    waits("three", 0.985),
    waits("four", 0.5),
    waits("five", 0.985, "variant_kanji"),
    waits("six", 0.9999, "low_probability"),  # something else than its confidence speaks against it, for it waits above the threshold
    value("seven", "seal", 0.9972),
    value("eight", "seal", 0.6, "review", "mark_doubt"),
    value("nine", "text", 0.996, "blank"),
    value("ten", "field", 0.3, "review", "field_undecided"),
)


def fill(store: Store, settings: Settings) -> None:
    """Ten fields on a sheet D, everything else taken away."""
    sheets = [replace(sheet, fields=FIELDS if sheet.sheet == "d" else ()) for sheet in application()]
    read_scan(store, *sheets)
    decide_all(store, settings)


def counted(store: Store, current: float = 0.001) -> tuple[list[Band], Estimates]:
    with store.reading() as session:
        found = bands(session, levels(CALIBRATION, current, None))
    return found, estimates(found, CALIBRATION, current, None)


def test_fields_pass_and_wait_as_their_confidence_and_their_reason_say(store: Store, settings: Settings) -> None:
    fill(store, settings)
    _, found = counted(store)
    lines = {line.rate: (line.accepted, line.waiting, round(line.expected, 4)) for line in found.lines}
    assert lines[0.001] == (2, 4, 0.0085)
    assert lines[0.002] == (3, 3, 0.0235)
    assert lines[0.0002] == (1, 5, 0.0005)
    assert [line.rate for line in found.lines] == list(rates(0.001))
    accepted = [line.accepted for line in found.lines]
    assert accepted == sorted(accepted)


def test_only_what_the_calibration_counted_is_called_proven(store: Store, settings: Settings) -> None:
    fill(store, settings)
    _, found = counted(store)
    proven = {line.rate: line for line in found.lines}
    assert (proven[0.0005].upper, proven[0.0005].counted) == (None, None)
    assert (proven[0.001].upper, proven[0.001].counted) == (0.002, (6000, 0))
    assert proven[0.005].upper == pytest.approx(0.015)
    assert proven[0.005].counted == (7000, 6)


def test_what_does_not_follow_the_rate_is_counted_apart(store: Store, settings: Settings) -> None:
    fill(store, settings)
    _, found = counted(store)
    fixed = {part.name: (part.accepted, part.waiting, round(part.expected, 4)) for part in found.fixed}
    assert fixed == {"印影の有無": (1, 1, 0.0028), "空欄という判定": (1, 0, 0.004), "業務分野の判定": (0, 1, 0.0)}


def test_what_people_settled_and_what_is_closed_is_not_estimated(store: Store, settings: Settings) -> None:
    fill(store, settings)
    with store.writing() as session:
        add_decision(session, Said("sato", field_subject((SHA, 4, "three")), None, {"raw": "y", "value": "y"}))
        add_decision(session, Said("sato", field_subject((SHA, 4, "four")), None, {"raw": "", "value": None, "doubt": "unreadable"}))
    decide_all(store, settings)
    _, found = counted(store)
    assert (found.people, found.lines[-1].accepted, found.lines[-1].waiting) == (1, 2, 3)


def test_a_setting_beside_the_list_is_among_the_rates() -> None:
    assert rates(0.0015)[3] == 0.0015
    assert rates(0.05)[-1] == 0.05


@pytest.fixture
def seen(office: Office, monkeypatch: pytest.MonkeyPatch) -> Any:
    fill(office.store, office.settings)
    whatif._estimated.cache_clear()
    monkeypatch.setattr("pipeline.recognise.calibration.load_calibration", lambda: CALIBRATION)
    employ(office.store, "sato", "reviewer")
    return office.at_work("sato")


def figures(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>|\s", "", each) for each in re.findall(r"<dd>(.*?)</dd>", page, re.DOTALL)]


def test_the_page_shows_the_present_rate_first_and_any_other_without_scripts(seen: Any) -> None:
    page = seen.get("/queue/what-if").text
    assert figures(page) == ["2件", "4件", "0.0件", "0.1件"]
    assert "INTAKE_MAX_ERROR=" not in page
    loose = seen.get("/queue/what-if?step=3").text
    assert figures(loose) == ["3件", "3件（今より1件少ない）", "0.0件", "0.1件"]
    assert "<code>INTAKE_MAX_ERROR=0.002</code>" in loose
    assert "<html" in loose
    part = seen.get("/queue/what-if?step=0", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "<code>INTAKE_MAX_ERROR=0.0002</code>" in part
    assert figures(part)[3] == "示せません"
    assert seen.get("/queue/what-if?step=99").status_code == 200
    assert seen.get("/queue/what-if?step=-1").status_code == 404


def test_constant_confidences_are_said_to_be_constant(seen: Any) -> None:
    text = re.sub(r"<[^>]+>", " ", seen.get("/queue/what-if").text)
    assert re.search(r"印影の有無\s+1\s+1\s+一定（99.72 %）\s+多くても 0.1 件", text)
    assert "INTAKE_MAX_ERROR_FIELDS で別に決めます" in text


def test_the_shipped_calibration_has_a_threshold_for_every_family() -> None:
    wanted = levels(load_calibration(), 0.001, None)
    assert all(steps == sorted(steps, reverse=True) for steps in map(list, wanted.values()))
    assert {len(steps) for steps in wanted.values()} == {len(rates(0.001))}

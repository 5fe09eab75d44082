"""Learning as a flow: from decisions in the store to a model in the home, and nothing of people's texts anywhere else."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from flows import learning
from flows.learning import collect, learn_once, learning_lock, run_learning
from pipeline.errors import IntakeError
from pipeline.experience.classify import load_classifier
from pipeline.experience.corpus import Example
from pipeline.experience.models import SHIPPED, model_in_use, revert
from pipeline.settings import Settings
from pipeline.store import open_store
from pipeline.store.decisions import Decision, add_decision, field_subject
from tests.experience.test_learn import SMALL, dealt_out, house_rows
from tests.store.papers import field, read_scan, sheet


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def decide(settings: Settings, rows: list[Example]) -> None:
    """Each row read without doubt and put under its label by a person; the rows of a theme stand on one scan."""
    store = open_store(settings)
    for at, theme in enumerate(dict.fromkeys(row.theme for row in rows)):
        own, scan = [row for row in rows if row.theme == theme], f"{at:064x}"
        read_scan(store, sheet(1, *(field(f"rows[{number}].duties", row.text) for number, row in enumerate(own))), sha256=scan)
        with store.writing() as session:
            for number, row in enumerate(own):
                said = {"raw": row.main, "value": row.main}
                add_decision(session, Decision("sato", field_subject((scan, 1, f"rows[{number}].classified")), {"raw": "OP"}, said))
    store.close()


@pytest.mark.slow
def test_better_corrections_become_the_model_in_use_and_there_is_a_way_back(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "read_corpus", lambda: SMALL)
    decide(settings, house_rows())
    report = learn_once(settings)
    assert report.rows == 48
    assert report.objections == ()
    assert report.before == SHIPPED
    in_use = model_in_use(settings.home)
    assert in_use.name == report.after != SHIPPED
    assert len(in_use.learned) == 48
    asked = "よろず道場で北館の門下に稽古をつけた"
    assert load_classifier(in_use.path).classify([asked], max_error=0.05)[0].main == "HR"
    assert learn_once(settings).objections == ("nothing_new",)
    assert model_in_use(settings.home).name == report.after
    assert revert(settings.home) == SHIPPED


@pytest.mark.slow
def test_the_flow_refuses_poison_and_keeps_texts_out_of_its_record(
    settings: Settings, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Labels dealt out at random."""
    monkeypatch.setattr(learning, "read_corpus", lambda: SMALL)
    decide(settings, dealt_out(house_rows()))
    report = run_learning(settings)
    assert "rows_not_learnable" in report.objections
    assert model_in_use(settings.home).name == SHIPPED
    assert report.trial is not None
    written = json.loads((settings.home / "models" / "report.json").read_text())
    assert written["trial"]["clean"]["number"] == report.trial.clean.number == 1158
    record = settings.home / "prefect-learning" / "prefect.db"
    with sqlite3.connect(record) as connection:
        assert connection.execute("SELECT count(*) FROM task_run WHERE state_type = 'COMPLETED'").fetchone() == (3,)
    connection.close()
    seen = record.read_bytes() + "".join(capfd.readouterr()).encode() + json.dumps(written).encode()
    for word in ("道場", "見張り台", "からくり", "sato"):
        assert word.encode() not in seen
        assert json.dumps(word)[1:-1].encode() not in seen


def test_nothing_to_learn_from_changes_nothing(settings: Settings) -> None:
    report = learn_once(settings)
    assert (report.rows, report.trial, report.objections, report.replaced) == (0, None, ("nothing_new",), False)


def test_two_do_not_learn_at_once(settings: Settings) -> None:
    with learning_lock(settings), pytest.raises(IntakeError, match="別の学習"), learning_lock(settings):
        pass


def test_choices_are_counted_where_they_cannot_be_used(settings: Settings) -> None:
    decide(settings, [Example("r0", "people_0", "HR", (), "〃"), Example("r1", "people_0", "研修", (), "新人の研修")])
    assert collect(settings).left_out == {"too_short": 1, "no_label": 1}

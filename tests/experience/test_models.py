from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest

from pipeline.errors import IntakeError
from pipeline.experience import models
from pipeline.experience.classify import MODEL, load_classifier
from pipeline.experience.corpus import Example
from pipeline.experience.models import SHIPPED, install, model_in_use, revert
from pipeline.experience.train import save

ROW = Example("r1", "people_1", "HR", (), "よろず道場の師範代")


def content(bias: float) -> bytes:
    """A model file of its own: the shipped one with another bias."""
    classifier = load_classifier()
    classifier.bias[0] = bias
    written = io.BytesIO()
    save(classifier, written)
    return written.getvalue()


def test_a_home_without_learning_uses_the_shipped_model(tmp_path: Path) -> None:
    assert model_in_use(tmp_path) == models.InUse(SHIPPED, MODEL, ())
    with pytest.raises(IntakeError, match="戻せるモデルがありません"):
        revert(tmp_path)


def test_what_was_installed_is_used_and_the_way_back_leads_through_all_before_it(tmp_path: Path) -> None:
    first, second = install(tmp_path, content(1), [ROW]), install(tmp_path, content(2), [ROW, ROW])
    assert model_in_use(tmp_path).name == second
    assert model_in_use(tmp_path).learned == (ROW, ROW)
    assert load_classifier(model_in_use(tmp_path).path).bias[0] == 2
    assert [revert(tmp_path), revert(tmp_path)] == [first, SHIPPED]
    assert model_in_use(tmp_path).path == MODEL


def test_models_nobody_can_go_back_to_are_deleted_with_their_rows(tmp_path: Path) -> None:
    names = [install(tmp_path, content(number), [ROW]) for number in range(6)]
    kept = {path.name for path in (tmp_path / "models").iterdir()}
    assert kept == {"in_use.json", *(f"{name}.{ending}" for name in names[-4:] for ending in ("npz", "tsv"))}
    assert [revert(tmp_path) for _ in range(4)] == [*names[-2:-5:-1], SHIPPED]


@pytest.mark.parametrize("harm", ["cut", "gone", "older"])
def test_a_learned_model_that_cannot_be_relied_on_gives_way_to_the_shipped_one(
    tmp_path: Path, harm: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    name = install(tmp_path, content(1), [ROW])
    path = tmp_path / "models" / f"{name}.npz"
    if harm == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif harm == "gone":
        path.unlink()
    else:
        monkeypatch.setattr(models, "corpus_of", lambda _: "another")
    with caplog.at_level(logging.WARNING):
        assert model_in_use(tmp_path).name == SHIPPED
    assert name in caplog.text


def test_killed_before_the_last_step_the_old_model_stays_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = install(tmp_path, content(1), [ROW])
    monkeypatch.setattr(models, "_note", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        install(tmp_path, content(2), [])
    assert model_in_use(tmp_path).name == first

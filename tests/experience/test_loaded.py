"""One classifier a process, the one the home uses by now."""

from __future__ import annotations

from pathlib import Path

from pipeline.experience.classify import MODEL
from pipeline.experience.loaded import classifier_in_use
from pipeline.experience.models import install, revert


def test_it_is_loaded_once_and_another_one_when_another_was_put_into_use(tmp_path: Path) -> None:
    with classifier_in_use(tmp_path) as first, classifier_in_use(tmp_path) as again:
        assert again is first
    install(tmp_path, MODEL.read_bytes(), ())
    with classifier_in_use(tmp_path) as learned:
        assert learned is not first
        assert learned.classify(["電話応対"], max_error=0.01) == first.classify(["電話応対"], max_error=0.01)
    revert(tmp_path)
    with classifier_in_use(tmp_path) as shipped:
        assert shipped is not learned

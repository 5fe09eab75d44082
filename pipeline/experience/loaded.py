"""The classifier of a home, loaded once per process; one thread at a time, for MeCab's tagger keeps what it works on inside."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.experience import Classified
from pipeline.experience.classify import Classifier, load_classifier
from pipeline.experience.models import model_in_use

_TURN = threading.RLock()


REMEMBERED = 4096
"""Answers kept in memory: the desk decides a packet again with every answer, and its texts are the same."""


@dataclass(frozen=True)
class Remembered:
    """Classifies as the model does that this home uses by now; a text that came before is not worked out again."""

    home: Path

    def classify(self, texts: Sequence[str], *, max_error: float, evidence: bool = True) -> list[Classified]:
        """One answer per text, as `Classifier.classify`. Raises MissingOnMachine, IntakeError."""
        with _TURN:
            path = _path(self.home, _stamp(self.home))
            return [_answer(path, text, max_error, evidence=evidence) for text in texts]


@contextmanager
def classifier_in_use(home: Path) -> Iterator[Classifier]:
    """The classifier this home uses by now, for as long as the block lasts. Raises MissingOnMachine, IntakeError."""
    with _TURN:
        yield _loaded(_path(home, _stamp(home)))


def _stamp(home: Path) -> int:
    """Changes when another model is put into use."""
    try:
        return (home / "models" / "in_use.json").stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=1)
def _path(home: Path, stamp: int) -> Path:
    """Kept, because a learned model is checked against its name by reading it whole."""
    del stamp
    return model_in_use(home).path


@lru_cache(maxsize=1)
def _loaded(path: Path) -> Classifier:
    """A learned model's file is named by its content, so one path is one model."""
    return load_classifier(path)


@lru_cache(maxsize=REMEMBERED)
def _answer(path: Path, text: str, max_error: float, *, evidence: bool) -> Classified:
    (answer,) = _loaded(path).classify([text], max_error=max_error, evidence=evidence)
    return answer

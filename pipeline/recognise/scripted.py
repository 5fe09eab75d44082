"""The shipped double: a reader that answers from a script, for tests without any OCR."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.geometry import Gray
from pipeline.recognise import Candidate, Reading, TextCrop
from pipeline.recognise.box_input import SHAPES, BoxCell, Floats

READER_NAME = "scripted"
CERTAIN = -1e-4
"""Natural log of the probability given to a text that comes without one."""


class ScriptedReader:
    """Answers from a mapping of pictures to texts, or in order from a list.

    Args:
        script: texts in the order they will be asked for, or a mapping from `fingerprint(image)` to text; an answer may be a
            string, or (text, natural-log probability) pairs, best first. "" is an empty reading.
    """

    def __init__(self, script: Sequence[Answer] | Mapping[bytes, Answer]) -> None:
        self._by_picture = dict(script) if isinstance(script, Mapping) else {}
        self._in_order = [] if isinstance(script, Mapping) else list(script)
        self.asked: list[TextCrop] = []

    def read(self, crops: Sequence[TextCrop]) -> list[Reading]:
        """The scripted answers. KeyError for a picture without one, IndexError when the list has run out."""
        self.asked += crops
        return [_as_reading(self._answer(crop)) for crop in crops]

    def _answer(self, crop: TextCrop) -> Answer:
        return self._by_picture[fingerprint(crop.image)] if self._by_picture else self._in_order.pop(0)


class ScriptedBoxes:
    """A classifier of boxed characters that answers from a script.

    Args:
        script: characters in the order their cells will be asked for; a space is none of ours.
        doubt: probability that is spread over all other answers.
    """

    def __init__(self, script: str, doubt: float = 0.001) -> None:
        self._script = list(script)
        self._doubt = doubt
        self.asked: list[list[BoxCell]] = []

    def read(self, cells: Sequence[BoxCell]) -> Floats:
        """The scripted answers. IndexError when the script has run out."""
        self.asked.append(list(cells))
        rows = np.full((len(cells), len(SHAPES) + 1), self._doubt / len(SHAPES), np.float32)
        for row in rows:
            char = self._script.pop(0)
            row[len(SHAPES) if char == " " else SHAPES.index(char)] = 1 - self._doubt
        return np.log(rows)


Answer = str | Sequence[tuple[str, float]]


def fingerprint(image: Gray) -> bytes:
    """Key of a picture: its shape and its bytes."""
    return repr(image.shape).encode() + image.tobytes()


def _as_reading(answer: Answer) -> Reading:
    pairs = [(answer, CERTAIN)] if isinstance(answer, str) else answer
    return Reading(tuple(Candidate(text, log_prob) for text, log_prob in pairs if text), READER_NAME)

"""The shipped double: a reader that answers from a script, for tests without any OCR."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.geometry import Gray
from pipeline.recognise import Candidate, Reading, TextCrop

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


Answer = str | Sequence[tuple[str, float]]


def fingerprint(image: Gray) -> bytes:
    """Key of a picture: its shape and its bytes."""
    return repr(image.shape).encode() + image.tobytes()


def _as_reading(answer: Answer) -> Reading:
    pairs = [(answer, CERTAIN)] if isinstance(answer, str) else answer
    return Reading(tuple(Candidate(text, log_prob) for text, log_prob in pairs if text), READER_NAME)

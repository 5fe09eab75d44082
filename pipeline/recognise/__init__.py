"""Stage 6: crops -> readings. A reading is never one string."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.geometry import Gray


@dataclass(frozen=True)
class Candidate:
    """One possible text and its natural-log probability under the reader.

    `prior` and `known` are what the fields beside it say (a postal code of its address, furigana of its name): a natural log of 0 or
    less, and 1 = it fits, 0 = nothing is known, -1 = it contradicts.
    """

    text: str
    log_prob: float
    prior: float = 0.0
    known: int = 0


@dataclass(frozen=True)
class Reading:
    """What one reader made of one crop.

    Attributes:
        candidates: best first; their probabilities are given that the text is made of the field's characters. Empty = no text seen.
        reader: which reader it was.
        inside: natural log of the probability that the text is made of the field's characters at all; 0 where a reader cannot say.
        likely: the text that the language finds likelier than the reader's best one, with the reader's own probability, or the best one
            itself where the language doubts it; None without such a doubt.
    """

    candidates: tuple[Candidate, ...]
    reader: str
    inside: float = 0.0
    likely: Candidate | None = None

    @property
    def text(self) -> str:
        """The best candidate's text, or nothing."""
        return self.candidates[0].text if self.candidates else ""


@dataclass(frozen=True)
class TextCrop:
    """One line of text to read.

    Attributes:
        image: (h, w) uint8, 0 = ink, 255 = paper.
        charset: name of the allowed characters, a key of `charsets.CHARSETS`.
        starts: how the text may begin (a town): what the reader makes of each is among its candidates, however improbable.
    """

    image: Gray
    charset: str
    starts: tuple[str, ...] = ()


class TextReader(Protocol):
    """Reads lines of text in one batch: same order and length out as in."""

    def read(self, crops: Sequence[TextCrop]) -> list[Reading]:
        """Readings of `crops`. Raises EngineError."""
        ...

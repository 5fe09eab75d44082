"""Lines looked at once to find the labels; only values are read properly, with their own characters."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.geometry import Gray
from pipeline.recognise import Reading, TextCrop, TextReader
from pipeline.recognise.engine import PpOcrReader
from pipeline.recognise.glance import Glance

CHARSET = "japanese"


def glances(pictures: Sequence[Gray], text: TextReader) -> list[Glance]:
    """What the lines say at a glance; a reader that cannot glance reads them. Raises EngineError."""
    crops = [TextCrop(picture, CHARSET) for picture in pictures]
    if isinstance(text, PpOcrReader):
        return text.glance(crops)
    return [_read(reading, crop, text) for reading, crop in zip(text.read(crops), crops, strict=True)]


def _read(reading: Reading, crop: TextCrop, text: TextReader) -> Glance:
    def again(charset: str) -> Reading:
        return reading if charset == CHARSET else text.read([TextCrop(crop.image, charset)])[0]

    return Glance(reading.text, again)

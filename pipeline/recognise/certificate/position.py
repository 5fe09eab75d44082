"""Which way up a page of print lies, told by its text, and its lines read in that position."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Gray
from pipeline.recognise import Reading, TextCrop, TextReader
from pipeline.recognise.certificate.glance import CHARSET
from pipeline.recognise.certificate.layout import Line
from pipeline.recognise.certificate.lines import read_lines
from pipeline.recognise.detect import LineBox, cut_line, detect_lines, network

UPRIGHT_COLUMN = 1.3
"""A line this much higher than wide runs upright."""
TURN_FILE = "ch_ppocr_mobile_v2.0_cls_mobile.onnx"
"""The model that tells whether a line is upside down."""
TURN_SIZE = (192, 48)
"""Width and height of its pictures, pixels."""
SAMPLES = 12
"""Lines that are asked which way up they are."""
SAMPLE_WIDTHS = (2.0, 9.0)
"""Width of a good sample in line heights: the model was trained on pictures of four heights."""
UNSURE = 0.15
"""When the mean answer is nearer than this to one half, the lines are read both ways..."""
READ_SAMPLES = 4
"""...so many of them."""
UNREAD = -3.0
"""Natural log of a probability given to a line in which nothing was read."""


@dataclass(frozen=True)
class UprightPage:
    """A page turned upright.

    Attributes:
        gray: (h, w) uint8.
        dpi: its resolution.
        lines: its lines of text in reading order.
        rotation: quarter turns it was off, degrees clockwise.
    """

    gray: Gray
    dpi: float
    lines: tuple[Line, ...]
    rotation: int


def upright(gray: Gray, dpi: float, text: TextReader, engine: str = "openvino") -> UprightPage:
    """Turn the page upright and read its lines. Raises EngineError, MissingOnMachine."""
    boxes = detect_lines(gray, engine)
    turned = 90 if _runs_upright(boxes) else 0
    gray, boxes = turn(gray, boxes, turned)
    if _upside_down(gray, boxes, dpi, text, engine):
        gray, boxes = turn(gray, boxes, 180)
        turned += 180
    return UprightPage(gray, dpi, read_lines(gray, boxes, dpi, text), turned)


def turn(gray: Gray, boxes: list[LineBox], rotation: int) -> tuple[Gray, list[LineBox]]:
    """Take out a rotation by `rotation` degrees clockwise (0, 90, 180, 270): page and boxes turned counter-clockwise."""
    for _ in range(rotation // 90):
        width = gray.shape[1]
        gray = np.asarray(cv2.rotate(gray, cv2.ROTATE_90_COUNTERCLOCKWISE), dtype=np.uint8)
        boxes = [LineBox((box.centre[1], width - box.centre[0]), box.height, box.width, box.angle) for box in boxes]
    return gray, boxes


def _runs_upright(boxes: list[LineBox]) -> bool:
    """The longer part of the text, by length, runs up or down."""
    level = sum(box.width for box in boxes if box.width > UPRIGHT_COLUMN * box.height)
    return sum(box.height for box in boxes if box.height > UPRIGHT_COLUMN * box.width) > level


def _upside_down(gray: Gray, boxes: list[LineBox], dpi: float, text: TextReader, engine: str) -> bool:
    low, high = SAMPLE_WIDTHS
    good = [box for box in boxes if low <= box.width / max(box.height, 1) <= high] or boxes
    cuts = [cut_line(gray, box, dpi) for box in sorted(good, key=lambda box: -box.height * box.width)[:SAMPLES]]
    if not cuts:
        return False
    turned = network(engine, TURN_FILE)(np.stack([_for_turn(cut) for cut in cuts]))[:, 1]
    share = float(turned.mean())
    return share > 0.5 if abs(share - 0.5) > UNSURE else _reads_better_turned(cuts[:READ_SAMPLES], text)


def _for_turn(cut: Gray) -> NDArray[np.float32]:
    """(3, 48, 192) float32 in -1..1, mid-gray behind the line's end, as the model was trained."""
    width, height = TURN_SIZE
    wide = min(max(round(cut.shape[1] * height / cut.shape[0]), 1), width)
    picture = np.zeros((height, width), np.float32)
    picture[:, :wide] = cv2.resize(cut, (wide, height), interpolation=cv2.INTER_AREA) / np.float32(127.5) - 1
    return np.broadcast_to(picture, (3, height, width))


def _reads_better_turned(cuts: list[Gray], text: TextReader) -> bool:
    crops = [TextCrop(cut, CHARSET) for cut in cuts] + [TextCrop(np.ascontiguousarray(cut[::-1, ::-1]), CHARSET) for cut in cuts]
    scores = [_trust(reading) for reading in text.read(crops)]
    return sum(scores[len(cuts) :]) > sum(scores[: len(cuts)])


def _trust(reading: Reading) -> float:
    """Natural log of the reading's probability per character."""
    if not reading.candidates:
        return UNREAD
    best = reading.candidates[0]
    return max(best.log_prob / len(best.text), UNREAD)

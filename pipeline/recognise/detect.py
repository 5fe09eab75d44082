"""Where the lines of text are: PP-OCRv6's detector, as carried by the rapidocr wheel, with our own steps around it.

The network answers with a probability of text for every pixel of a small page. A line is a connected area of it (differentiable
binarisation, Liao et al. 2020): the area's tightest rectangle, grown back by area * UNCLIP / perimeter, because the network is trained
to answer with a shrunken line.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import EngineError, MissingOnMachine
from pipeline.geometry import Gray, Points, pixels
from pipeline.recognise.engine import ONE_THREAD
from pipeline.recognise.engine import model_path as engine_path
from pipeline.recognise.lines import INK_LEVEL, clean_ink
from pipeline.register import PAGE_DPI

MODEL_FILE = "PP-OCRv6_det_small.onnx"
LONG_SIDE = 960
"""Pixels of the page's long side while lines are searched: A4 at 82 dpi, 7 point print is 8 pixels high."""
STRIDE = 32
"""The network halves a page five times."""
TEXT = 0.3
"""Probability above which a pixel is text, as the model was trained to be read."""
LINE = 0.5
"""Mean probability of an area above which it is a line."""
UNCLIP = 1.6
"""How far a line is grown back; the model's own value."""
SMALLEST = 3.0
"""Pixels of the small page; thinner areas are specks."""
SIDE = 1.3
"""Paper looked at before and behind a line, in line heights: the network likes to leave a lonely 一 out."""
FAINT_LEVEL = 225
"""The hair line of a Mincho 一 is light gray after copying."""
HAIR = 0.3
"""Length of such a stroke at a line's end, in line heights, at least; shorter ones are rims and dirt..."""
HAIR_LEVEL = 140
"""...and how dark it is made."""
DARK_BAND = 110
"""Gray level; a line whose most pixels are darker, above and below its characters too, is light print on a dark band."""
BAND_MARGIN = 0.08
"""Share of a line's height above and below its characters."""
BAND_EDGE = 0.95
"""Rows of such a line with more ink, once it is turned to dark on light, lie beside the band."""
RULE_THROUGH = 0.9
"""Share of a cut line's height (or length) that a rule covers at least; characters leave the cut's margins free."""
RULE_MM = 0.9
"""A rule is so thick at most, blurred by copying."""
RULE_LEAN = 3
"""Pixels by which it may lean over the height of a line..."""
RULE_RIM = 1
"""...and of its grey rim on either side."""
GAP = 0.35
"""Space between characters of one line, in line heights, at most."""
ROW = 0.6
"""Lines whose middles differ by less than this share of their height stand in one row."""

Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""(n, 3, h, w) float32 in -1..1 -> what the model answers."""


@dataclass(frozen=True)
class LineBox:
    """A line of text, turned or not.

    Attributes:
        centre: x, y pixels.
        width: pixels along the x axis of the box, before it is turned.
        height: pixels across.
        angle: degrees by which the box is turned clockwise, -45 to 45; upright columns are higher than wide.
    """

    centre: tuple[float, float]
    width: float
    height: float
    angle: float

    def corners(self) -> Points:
        """(4, 2) pixels, clockwise from the top left."""
        turn = np.deg2rad(self.angle)
        along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
        signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
        corners = np.array(self.centre) + signs[:, :1] * self.width * along + signs[:, 1:] * self.height * across
        return np.asarray(corners, dtype=np.float64)


def detect_lines(gray: Gray, engine: str = "openvino") -> list[LineBox]:
    """The lines of text on `gray` ((h, w) uint8), in reading order. Raises EngineError, MissingOnMachine."""
    factor = LONG_SIDE / max(gray.shape)
    width, height = (max(STRIDE, round(side * factor / STRIDE) * STRIDE) for side in (gray.shape[1], gray.shape[0]))
    small = cv2.resize(gray, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(127.5) - 1
    probability = network(engine, MODEL_FILE)(np.ascontiguousarray(np.broadcast_to(small, (1, 3, height, width))))[0, 0]
    scale = gray.shape[1] / width, gray.shape[0] / height
    return in_reading_order([_scaled(box, scale) for box in boxes_of(probability)])


def boxes_of(probability: NDArray[np.float32]) -> list[LineBox]:
    """Lines in a map of text probability, in its pixels."""
    mask = cv2.dilate((probability > TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = (_line(probability, np.asarray(contour)) for contour in contours)
    return [box for box in found if box is not None]


def _line(probability: NDArray[np.float32], contour: NDArray[np.int32]) -> LineBox | None:
    centre, (width, height), angle = cv2.minAreaRect(contour)
    if min(width, height) < SMALLEST:
        return None
    left, top, w, h = cv2.boundingRect(contour)
    inside = np.zeros((h, w), np.uint8)
    cv2.fillPoly(inside, [contour - [left, top]], 1)
    if float(probability[top : top + h, left : left + w][inside > 0].mean()) < LINE:
        return None
    grow = 2 * width * height * UNCLIP / (2 * (width + height))
    width, height = width + grow, height + grow
    while not -45 < angle <= 45:  # OpenCV's versions differ in which side they call the width
        width, height, angle = height, width, angle - 90 if angle > 45 else angle + 90
    return LineBox((float(centre[0]), float(centre[1])), float(width), float(height), float(angle))


def _scaled(box: LineBox, scale: tuple[float, float]) -> LineBox:
    return LineBox((box.centre[0] * scale[0], box.centre[1] * scale[1]), box.width * scale[0], box.height * scale[1], box.angle)


def in_reading_order(boxes: list[LineBox]) -> list[LineBox]:
    """Rows from top to bottom, each from left to right."""
    rows: list[list[LineBox]] = []
    for box in sorted(boxes, key=lambda box: box.centre[1]):
        if rows and abs(box.centre[1] - rows[-1][-1].centre[1]) < ROW * min(box.height, rows[-1][-1].height):
            rows[-1].append(box)
        else:
            rows.append([box])
    return [box for row in rows for box in sorted(row, key=lambda box: box.centre[0])]


def cut_line(gray: Gray, box: LineBox, dpi: float) -> Gray:
    """The line, turned level, with a little paper before and behind it, as readers want it.

    Args:
        gray: the page.
        box: on it.
        dpi: of the page.

    Returns:
        (h, w) uint8 at PAGE_DPI, without rules along its edges; what lies outside the page is white.
    """
    scale = PAGE_DPI / dpi
    wide = replace(box, width=box.width + 2 * SIDE * box.height)
    size = max(round(wide.width * scale), 1), max(round(wide.height * scale), 1)
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]]], np.float32)
    matrix = cv2.getAffineTransform(wide.corners()[:3].astype(np.float32), target)
    cut = cv2.warpAffine(gray, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    cut = _dark_on_light(np.asarray(cut, dtype=np.uint8), round(SIDE * box.height * scale))
    line = clean_ink(_unruled(_unruled(np.asarray(cut, dtype=np.uint8)).T).T).image
    inked = np.asarray((line < FAINT_LEVEL).any(axis=0), dtype=np.bool_)
    side = round(SIDE * box.height * scale)
    left, right = _overrun(inked[:side][::-1], size[1]), _overrun(inked[size[0] - side :], size[1])
    line = np.ascontiguousarray(line[:, side - left : size[0] - side + right])
    return np.ascontiguousarray(_inked_start(_inked_start(line)[:, ::-1])[:, ::-1])


def _dark_on_light(line: Gray, side: int) -> Gray:
    """Light print on a dark band as dark print on light paper; `side` pixels before and behind are no part of the line."""
    inner = line[:, side : line.shape[1] - side]
    margin = max(round(BAND_MARGIN * len(inner)), 1)
    if not inner.size or max(float(np.median(rows)) for rows in (inner, inner[:margin], inner[-margin:])) > DARK_BAND:
        return line
    white = np.full_like(line, 255)
    turned = cv2.normalize(255 - inner, None, 0, 255, cv2.NORM_MINMAX)  # type: ignore[call-overload]
    paper = (turned < INK_LEVEL).mean(axis=1) < BAND_EDGE
    white[paper, side : line.shape[1] - side] = turned[paper]
    return white


def _unruled(line: Gray) -> Gray:
    """The line without a table's upright rules: thin, and through its whole height, where no character reaches.

    Left in, a rule is read as a 1 or an I, and the text is scaled by the rule's height. The transposed line loses its level rules.
    """
    inked = cv2.dilate((line < INK_LEVEL).astype(np.uint8), np.ones((1, RULE_LEAN), np.uint8))
    through = inked.mean(axis=0) >= RULE_THROUGH
    edges = np.flatnonzero(np.diff(np.r_[0, through.astype(np.int8), 0]))
    widest = pixels(RULE_MM, PAGE_DPI) + RULE_LEAN
    free = line.copy()
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if end - begin <= widest:
            free[:, max(begin - RULE_RIM, 0) : end + RULE_RIM] = 255
    return free


def _inked_start(line: Gray) -> Gray:
    """The line with a hair stroke before its first ink, which readers would trim away, made as dark as ink."""
    first = int(np.argmax((line < INK_LEVEL).any(axis=0)))
    faint = line[:, :first] < FAINT_LEVEL
    if faint.any(axis=0).sum() < HAIR * line.shape[0]:
        return line
    darker = line.copy()
    darker[:, :first][faint] = HAIR_LEVEL
    return darker


def _overrun(outside: NDArray[np.bool_], height: int) -> int:
    """Pixels by which writing goes on outside a line's box: characters near it that end before the neighbour begins.

    Args:
        outside: ink by column, from the box outwards.
        height: of the line.
    """
    gap, last = round(GAP * height), 0
    for column in np.flatnonzero(outside):
        if column - last > gap:
            break
        last = int(column) + 1
    return min(last + 2, len(outside)) if last + gap < len(outside) else min(2, len(outside))


def model_path(file: str) -> Path:
    """Where a model lies: beside the one that reads. Raises MissingOnMachine; rapidocr itself is not imported."""
    path = engine_path().with_name(file)
    if not path.is_file():
        raise MissingOnMachine("文字検出モデルがありません。pip install rapidocr で入れてください。")
    return path


@cache
def network(engine: str, file: str) -> Network:
    """A loaded model; onnxruntime where openvino is not installed. Raises EngineError, MissingOnMachine."""
    path = model_path(file)
    if engine == "openvino" and importlib.util.find_spec("openvino") is not None:
        return _openvino(path)
    return _onnxruntime(path)


def _openvino(path: Path) -> Network:
    import openvino

    try:
        options = {**ONE_THREAD, "INFERENCE_PRECISION_HINT": "f32"}
        request = openvino.Core().compile_model(str(path), "CPU", options).create_infer_request()
    except RuntimeError as exc:
        raise EngineError("openvino が文字検出モデルを読み込めません。") from exc

    def run(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            return np.array(request.infer([pictures])[0])
        except RuntimeError as exc:
            raise EngineError("openvino の実行に失敗しました。") from exc

    return run


def _onnxruntime(path: Path) -> Network:
    if importlib.util.find_spec("onnxruntime") is None:
        raise MissingOnMachine("onnxruntime がありません。pip install onnxruntime で入れてください。")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as exc:
        raise EngineError("onnxruntime が文字検出モデルを読み込めません。") from exc
    name = session.get_inputs()[0].name

    def run(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            return np.asarray(session.run(None, {name: pictures})[0], dtype=np.float32)
        except Exception as exc:
            raise EngineError("onnxruntime の実行に失敗しました。") from exc

    return run

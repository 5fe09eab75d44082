"""Our own classifier of single boxed characters (models/BOXES_CARD.md), run by openvino or onnxruntime: all cells of a page in one call."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from pipeline.errors import EngineError, MissingOnMachine
from pipeline.recognise.box_input import NUMBERS, SHAPES, SIDE, BoxCell, Floats, cell_numbers, cell_picture

log = logging.getLogger(__name__)

FILE = Path(__file__).parent / "models" / "boxes.onnx"
"""Taught by scripts/teach_boxes."""
ONE_THREAD = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY", "ENABLE_CPU_PINNING": False}
"""As the reader of lines."""
SIZES = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64)
"""Cells in one call: each new size costs openvino some milliseconds once. More cells than the largest go in several calls."""

Body = Callable[[Floats, Floats], Floats]
"""Pictures (n, 1, SIDE, SIDE) and numbers (n, NUMBERS) -> log-probabilities (n, len(SHAPES) + 1)."""


def openvino_body(model: bytes) -> Body:
    """The network through openvino, one thread. Raises MissingOnMachine, EngineError."""
    try:
        import openvino
    except ImportError as exc:
        raise MissingOnMachine("openvino がありません。INTAKE_ENGINE=onnxruntime とすれば、なくても読めます。") from exc
    try:
        core = openvino.Core()
        options = {**ONE_THREAD, "INFERENCE_PRECISION_HINT": "f32"}
        request = core.compile_model(core.read_model(model), "CPU", options).create_infer_request()
    except RuntimeError as exc:
        raise EngineError("openvino がマス目の文字のモデルを読み込めません。") from exc

    def run(pictures: Floats, numbers: Floats) -> Floats:
        try:
            return np.array(request.infer({"pictures": pictures, "numbers": numbers})[0])
        except RuntimeError as exc:
            raise EngineError("openvino の実行に失敗しました。") from exc

    return run


def onnxruntime_body(model: bytes) -> Body:
    """The network through onnxruntime, one thread. Raises MissingOnMachine, EngineError."""
    try:
        import onnxruntime
    except ImportError as exc:
        raise MissingOnMachine("onnxruntime がありません。pip install onnxruntime で入れてください。") from exc
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as exc:
        raise EngineError("onnxruntime がマス目の文字のモデルを読み込めません。") from exc

    def run(pictures: Floats, numbers: Floats) -> Floats:
        try:
            return np.asarray(session.run(None, {"pictures": pictures, "numbers": numbers})[0], dtype=np.float32)
        except Exception as exc:
            raise EngineError("onnxruntime の実行に失敗しました。") from exc

    return run


ENGINES: dict[str, Callable[[bytes], Body]] = {"openvino": openvino_body, "onnxruntime": onnxruntime_body}


class BoxReader:
    """Classifies inked cells; holds the loaded network."""

    def __init__(self, body: Body) -> None:
        self._body = body

    def read(self, cells: Sequence[BoxCell]) -> Floats:
        """(len(cells), len(SHAPES) + 1) natural-log probabilities, the last column for none of SHAPES. Raises EngineError."""
        found = [self._batch(cells[begin : begin + SIZES[-1]]) for begin in range(0, len(cells), SIZES[-1])]
        return np.vstack(found) if found else np.zeros((0, len(SHAPES) + 1), np.float32)

    def _batch(self, cells: Sequence[BoxCell]) -> Floats:
        size = next(size for size in SIZES if size >= len(cells))
        pictures = np.zeros((size, 1, SIDE, SIDE), np.float32)
        numbers = np.zeros((size, NUMBERS), np.float32)
        for place, cell in enumerate(cells):
            pictures[place, 0], numbers[place] = cell_picture(cell.image), cell_numbers(cell)
        return self._body(pictures, numbers)[: len(cells)]


def open_boxes(engine: str = "openvino") -> BoxReader:
    """Load the classifier; onnxruntime takes over where openvino is not installed. Raises MissingOnMachine, EngineError."""
    return _open_boxes(engine)


@cache
def _open_boxes(engine: str) -> BoxReader:
    try:
        model = FILE.read_bytes()
    except OSError as exc:
        raise EngineError("マス目の文字のモデル（boxes.onnx）が読めません。") from exc
    try:
        body = ENGINES[engine](model)
    except (MissingOnMachine, EngineError):
        if engine == "onnxruntime":
            raise
        log.warning("openvino is not usable here, onnxruntime reads instead")
        body = onnxruntime_body(model)
    return BoxReader(body)

"""PP-OCRv6 small, taught Japanese hands or as carried by the rapidocr wheel, run by openvino or onnxruntime, decoded by our own decoder.

The network is cut before its last matrix product: the head (18,710 classes, two thirds of them Chinese-only) is applied here to the
rows of Japanese characters alone.
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import EngineError, MissingOnMachine
from pipeline.recognise import Candidate, Reading, TextCrop
from pipeline.recognise.charsets import characters, folds
from pipeline.recognise.context import settled
from pipeline.recognise.decoder import decode, decode_from
from pipeline.recognise.glance import STEP_WIDTH, Glance, borders, shares
from pipeline.recognise.head import Head, japanese_head, taught_head
from pipeline.recognise.language import CHARSET, likely_text
from pipeline.recognise.lines import LINE_HEIGHT, as_line
from pipeline.recognise.onnxfile import CtcModel, split_model

log = logging.getLogger(__name__)

MODEL_CARRIER = "rapidocr"
MODEL_FILE = Path("models") / "PP-OCRv6_rec_small.onnx"
CONKEN, STOCK = "conken", "stock"
"""Names of the models: the one taught Japanese hands by scripts/teach_hands, and the one it was taught from."""
CONKEN_FILE = Path(__file__).parent / "models" / "conken_rec.onnx"
READER_NAME = "ppocr"
ONE_THREAD = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY", "ENABLE_CPU_PINNING": False}
"""openvino for one of several workers: with pinning on, all of them would sit on the same core."""
WIDTHS = tuple(sorted({*range(48, 160, 16), *range(160, 480, 32), *range(480, 1601, 64), *range(1600, 4001, 160)}))
"""Widths a line is padded to: each new shape costs the engine about 10 ms once, each padded pixel 0.09 ms every time."""
BATCHES = (8, 4, 2, 1)
"""Lines of one width in one call: saves a fifth on narrow lines, nothing on wide ones..."""
BATCH_WIDTH = 1280
"""...so their widths, padded, add up to no more than this, pixels: eight lines of 1,184 pixels held 190 MiB for nothing."""
LEAST_LOG_PROB = -14.0
"""A character below this in every step of a line (one in a million) cannot change what is read."""
WHITE = 1.0
"""Paper after normalising to -1..1."""

Body = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""(n, 3, 48, w) float32 in -1..1 -> features (n, w / 8, 120) float32."""
Floats = NDArray[np.float32]


def model_path() -> Path:
    """Where the model lies. Raises MissingOnMachine; rapidocr itself is not imported."""
    spec = importlib.util.find_spec(MODEL_CARRIER)
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    for folder in folders:
        if (Path(folder) / MODEL_FILE).is_file():
            return Path(folder) / MODEL_FILE
    raise MissingOnMachine("文字認識モデルがありません。pip install rapidocr で入れてください。")


def openvino_body(model: CtcModel, precision: str) -> Body:
    """The network through openvino, one thread. Raises MissingOnMachine, EngineError."""
    try:
        import openvino
    except ImportError as exc:
        raise MissingOnMachine("openvino がありません。INTAKE_ENGINE=onnxruntime とすれば、なくても読めます。") from exc
    try:
        core = openvino.Core()
        whole = core.read_model(model.body)
        output = next(port for port in whole.outputs if model.features in port.get_names())
        body = openvino.Model([output.get_node().input_value(0)], whole.get_parameters())
        options = {**ONE_THREAD, "INFERENCE_PRECISION_HINT": _precision_here(core, precision)}
        request = core.compile_model(body, "CPU", options).create_infer_request()
    except (RuntimeError, StopIteration) as exc:
        raise EngineError("openvino が文字認識モデルを読み込めません。") from exc

    def run(lines: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            return np.array(request.infer([lines])[0])
        except RuntimeError as exc:
            raise EngineError("openvino の実行に失敗しました。") from exc

    return run


def _precision_here(core: Any, precision: str) -> str:
    """What "auto" means on this processor: an emulated bf16 would be slower than f32."""
    if precision != "auto":
        return precision
    return "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


def onnxruntime_body(model: CtcModel, precision: str) -> Body:  # noqa: ARG001 - onnxruntime knows float32 only here
    """The network through onnxruntime, one thread. Raises MissingOnMachine, EngineError."""
    try:
        import onnxruntime
    except ImportError as exc:
        raise MissingOnMachine("onnxruntime がありません。pip install onnxruntime で入れてください。") from exc
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    run_options = onnxruntime.RunOptions()
    run_options.only_execute_path_to_fetches = True
    try:
        session = onnxruntime.InferenceSession(model.body, options, providers=["CPUExecutionProvider"])
    except Exception as exc:
        raise EngineError("onnxruntime が文字認識モデルを読み込めません。") from exc
    name = session.get_inputs()[0].name

    def run(lines: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            return np.asarray(session.run([model.features], {name: lines}, run_options)[0], dtype=np.float32)
        except Exception as exc:
            raise EngineError("onnxruntime の実行に失敗しました。") from exc

    return run


ENGINES: dict[str, Callable[[CtcModel, str], Body]] = {"openvino": openvino_body, "onnxruntime": onnxruntime_body}


class PpOcrReader:
    """Reads lines of text with PP-OCRv6; holds the loaded network."""

    def __init__(self, body: Body, head: Head) -> None:
        self._body = body
        self._head = head
        self._targets: dict[str, NDArray[np.intp]] = {}

    def read(self, crops: Sequence[TextCrop]) -> list[Reading]:
        """Readings of `crops`, n-best under each crop's characters. Raises EngineError."""
        found = self._features(crops)
        return [self._read(self._head.log_probs(features), crop) for features, crop in zip(found, crops, strict=True)]

    def _read(self, log_probs: Floats, crop: TextCrop) -> Reading:
        if crop.starts:
            return self._begun(log_probs, crop.charset, crop.starts)
        return self._told(log_probs) if crop.charset == CHARSET else self._decoded(log_probs, crop.charset)

    def glance(self, crops: Sequence[TextCrop]) -> list[Glance]:
        """The likeliest texts of `crops`, without a search: a tenth of the decoding. Raises EngineError."""
        found = self._features(crops)
        return [self._glanced(features, crop.charset) for features, crop in zip(found, crops, strict=True)]

    def _features(self, crops: Sequence[TextCrop]) -> list[Floats]:
        """Per crop (steps, 120)."""
        lines = [as_line(crop.image) for crop in crops]
        found: dict[int, Floats] = {}
        for places, batch in _batches(lines):
            for place, features in zip(places, self._body(batch), strict=True):
                found[place] = features[: -(-lines[place].shape[1] // STEP_WIDTH)]
        return [found[place] for place in range(len(crops))]

    def _glanced(self, features: Floats, charset: str) -> Glance:
        targets = self._targets_of(charset)
        best = targets[np.where(targets >= 0, self._head.scores(features), -np.inf).argmax(axis=1)]
        kept = (best > 0) & (best != np.append(-1, best[:-1]))
        text = "".join(self._head.alphabet[column - 1] for column in best[kept])
        plain = settled([Candidate(text, 0.0)], charset)[0].text

        def read(wanted: str) -> Reading:
            return self._decoded(self._head.log_probs(features), wanted)

        if not text or len(plain) != len(text):
            return Glance(plain, read)
        between = borders(best, kept)

        def part(wanted: str, begin: int, end: int) -> Reading:
            return self._decoded(self._head.log_probs(features[between[begin] : between[end]]), wanted)

        return Glance(plain, read, shares(between, len(features)), part)

    def _decoded(self, log_probs: Floats, charset: str) -> Reading:
        candidates, inside = decode(*self._weights(log_probs, charset))
        return Reading(settled(candidates, charset), READER_NAME, inside)

    def _told(self, log_probs: Floats) -> Reading:
        """Free text: `_decoded`, and what the language makes of it."""
        weights, text = self._weights(log_probs, CHARSET)
        found, inside = decode(weights, text)
        candidates = settled(found, CHARSET)
        return Reading(candidates, READER_NAME, inside, likely_text(weights, text, candidates[0]) if candidates else None)

    def _begun(self, log_probs: Floats, charset: str, starts: Sequence[str]) -> Reading:
        """`_decoded`, and the best text with each of `starts`, however little speaks for it."""
        weights, text = self._weights(log_probs, charset, "".join(starts))
        candidates, inside = decode(weights, text)
        found = settled(candidates, charset)
        begun = {one.text: one for start in starts for one in settled(decode_from(weights, text, start), charset)}
        found += tuple(one for one in begun.values() if one.text not in {other.text for other in found})
        return Reading(tuple(sorted(found, key=lambda one: -one.log_prob)), READER_NAME, inside)

    def weights(self, crop: TextCrop) -> tuple[NDArray[np.float64], str]:
        """What `decode` takes, for one line: probabilities (steps, 1 + n) and the n characters. Raises EngineError."""
        return self._weights(self._head.log_probs(self._features([crop])[0]), crop.charset)

    def _weights(self, log_probs: Floats, charset: str, wanted: str = "") -> tuple[NDArray[np.float64], str]:
        """The characters of `charset` that have any weight in this line, some dozens of thousands, and those of `wanted`."""
        targets = self._targets_of(charset)
        seen = log_probs.max(axis=0) > LEAST_LOG_PROB
        seen[[self._head.alphabet.find(char) + 1 for char in set(wanted)]] = True
        columns = np.flatnonzero(seen & (targets >= 0))
        allowed = np.unique(np.append(targets[columns], 0))
        weights = np.exp(log_probs[:, columns]) @ (targets[columns][:, None] == allowed).astype(np.float64)
        return weights, "".join(self._head.alphabet[column - 1] for column in allowed[1:])

    def _targets_of(self, charset: str) -> NDArray[np.intp]:
        """Per column of the head, the column its probability counts for: its own, that of a character of the same shape, or -1."""
        if charset not in self._targets:
            place = {char: index + 1 for index, char in enumerate(self._head.alphabet)}
            targets = np.full(len(place) + 1, -1, np.intp)
            targets[0] = 0
            for char in characters(charset):
                targets[place.get(char, 0)] = place.get(char, 0)
            for char, shape in folds(charset).items():
                if char in place and shape in place:
                    targets[place[char]] = place[shape]
            self._targets[charset] = targets
        return self._targets[charset]


def _batches(lines: Sequence[NDArray[np.uint8]]) -> Iterator[tuple[list[int], Floats]]:
    """Lines of one padded width together, widest first: their places and the network's input."""
    groups: dict[int, list[int]] = {}
    for place, line in enumerate(lines):
        groups.setdefault(_padded_width(line.shape[1]), []).append(place)
    for width, places in sorted(groups.items(), reverse=True):
        while places:
            size = next(batch for batch in BATCHES if batch == 1 or (batch <= len(places) and batch * width <= BATCH_WIDTH))
            taken, places = places[:size], places[size:]
            batch = np.full((size, 3, LINE_HEIGHT, width), WHITE, np.float32)
            for row, place in enumerate(taken):
                batch[row, :, :, : lines[place].shape[1]] = lines[place] / np.float32(127.5) - 1
            yield taken, batch


def _padded_width(width: int) -> int:
    return next((padded for padded in WIDTHS if padded >= width), -(-width // STEP_WIDTH) * STEP_WIDTH)


def open_engine(engine: str = "openvino", precision: str = "f32", model: str = CONKEN) -> PpOcrReader:
    """Load `model` into `engine`; onnxruntime takes over where openvino is not installed. Raises MissingOnMachine, EngineError."""
    return _open_engine(engine, precision, model)


@cache
def _open_engine(engine: str, precision: str, name: str) -> PpOcrReader:
    try:
        model = split_model((CONKEN_FILE if name == CONKEN else model_path()).read_bytes())
    except OSError as exc:
        raise MissingOnMachine("文字認識モデルのファイルが読めません。") from exc
    try:
        body = ENGINES[engine](model, precision)
    except (MissingOnMachine, EngineError):
        if engine == "onnxruntime":
            raise
        log.warning("openvino is not usable here, onnxruntime reads instead")
        body = onnxruntime_body(model, precision)
    return PpOcrReader(body, taught_head(model) if name == CONKEN else japanese_head(model))

"""PP-OCRv6 small, taught Japanese hands or as carried by the rapidocr wheel, run by openvino or onnxruntime, decoded by our own decoder.

The network is cut before its last matrix product: the head (18,710 classes, two thirds of them Chinese-only) is applied here to the
rows of Japanese characters alone.
"""

from __future__ import annotations

import importlib.util
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import EngineError, MissingOnMachine
from pipeline.recognise import Candidate, Reading, TextCrop
from pipeline.recognise.charsets import characters, every_character, folds
from pipeline.recognise.context import settled
from pipeline.recognise.decoder import decode
from pipeline.recognise.glance import STEP_WIDTH, Glance, borders, shares
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
"""Lines of one width in one call: saves a fifth on narrow lines, nothing on wide ones."""
LEAST_LOG_PROB = -14.0
"""A character below this in every step of a line (one in a million) cannot change what is read."""
VARIANTS_FILE = Path(__file__).parent / "variants.json"
"""Rows of the head taught by benchmarks/teach_variants.py."""
OLD_FORMS = "薰橫綠穗樣惠德眞關"
"""Old forms that the model prefers to the everyday ones on poor print (薫 横 緑 穂 様)..."""
OLD_FORM_COST = 2.0
"""...and by how much they are held back, natural log: drawn lines of either form stay 4 to 8 apart."""
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
        options = {**ONE_THREAD, "INFERENCE_PRECISION_HINT": precision}
        request = core.compile_model(body, "CPU", options).create_infer_request()
    except (RuntimeError, StopIteration) as exc:
        raise EngineError("openvino が文字認識モデルを読み込めません。") from exc

    def run(lines: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            return np.array(request.infer([lines])[0])
        except RuntimeError as exc:
            raise EngineError("openvino の実行に失敗しました。") from exc

    return run


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


@dataclass(frozen=True)
class Head:
    """Last layer, rows of Japanese characters only; column 0 is the CTC blank, column i + 1 is `alphabet[i]`."""

    weights: Floats
    bias: Floats
    alphabet: str

    def scores(self, features: Floats) -> Floats:
        """(steps, width) features -> (steps, 1 + len(alphabet)), not yet probabilities."""
        return np.asarray(features @ self.weights + self.bias, dtype=np.float32)

    def log_probs(self, features: Floats) -> Floats:
        """(steps, width) features -> (steps, 1 + len(alphabet)) natural-log probabilities over the Japanese characters."""
        scores = self.scores(features)
        scores -= scores.max(axis=1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return np.asarray(scores, dtype=np.float32)


class PpOcrReader:
    """Reads lines of text with PP-OCRv6; holds the loaded network."""

    def __init__(self, body: Body, head: Head) -> None:
        self._body = body
        self._head = head
        self._targets: dict[str, NDArray[np.intp]] = {}

    def read(self, crops: Sequence[TextCrop]) -> list[Reading]:
        """Readings of `crops`, n-best under each crop's characters. Raises EngineError."""
        found = self._features(crops)
        return [self._decoded(self._head.log_probs(features), crop.charset) for features, crop in zip(found, crops, strict=True)]

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
        """Decode the characters of `charset` that have any weight in this line: some dozens of thousands."""
        targets = self._targets_of(charset)
        columns = np.flatnonzero((log_probs.max(axis=0) > LEAST_LOG_PROB) & (targets >= 0))
        allowed = np.unique(np.append(targets[columns], 0))
        weights = np.exp(log_probs[:, columns]) @ (targets[columns][:, None] == allowed).astype(np.float64)
        text = "".join(self._head.alphabet[column - 1] for column in allowed[1:])
        candidates, inside = decode(weights, text)
        return Reading(settled(candidates, charset), READER_NAME, inside)

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
            size = next(batch for batch in BATCHES if batch <= len(places))
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


def taught_head(model: CtcModel) -> Head:
    """The head of our own model: it has the variants as ordinary characters; old forms are held back as in the stock model."""
    return with_old_forms_held_back(untaught_head(model))


def untaught_head(model: CtcModel) -> Head:
    """The rows of the model's head that belong to characters of our sets, and the blank's."""
    place = {char: index + 1 for index, char in enumerate(model.characters)}
    alphabet = "".join(char for char in every_character() if char in place)
    columns = [0, *(place[char] for char in alphabet)]
    return Head(np.ascontiguousarray(model.weights[:, columns]), np.ascontiguousarray(model.bias[columns]), alphabet)


def japanese_head(model: CtcModel) -> Head:
    """The same as the stock model is used: with the rows of `variants.json`, old forms held back."""
    return with_old_forms_held_back(with_variants(untaught_head(model)))


def with_old_forms_held_back(head: Head) -> Head:
    """`head` with OLD_FORMS made less likely, but for those that `variants.json` has taught (德 惠 眞)."""
    bias, taught = head.bias.copy(), {row["character"] for row in _taught_rows()}
    bias[[1 + head.alphabet.index(char) for char in OLD_FORMS if char in head.alphabet and char not in taught]] -= OLD_FORM_COST
    return Head(head.weights, bias, head.alphabet)


def with_variants(head: Head) -> Head:
    """`head` with the rows of `variants.json`: variant kanji of names that the stock model lacks (﨑) or mixes up (髙)."""
    weights, bias, alphabet = head.weights.copy(), head.bias.copy(), head.alphabet
    for row in _taught_rows():
        like = 1 + alphabet.index(row["like"])
        column, offset = weights[:, like] + np.array(row["weights"], np.float32), bias[like] + np.float32(row["bias"])
        if row["character"] in alphabet:
            place = 1 + alphabet.index(row["character"])
            weights[:, place], bias[place] = column, offset
        else:
            weights, bias, alphabet = np.column_stack([weights, column]), np.append(bias, offset), alphabet + row["character"]
    return Head(np.ascontiguousarray(weights), bias, alphabet)


def _taught_rows() -> list[dict[str, Any]]:
    try:
        return list(json.loads(VARIANTS_FILE.read_text(encoding="utf-8"))["rows"])
    except (OSError, ValueError, KeyError) as exc:
        raise EngineError("異体字の学習データ（variants.json）が読めません。") from exc

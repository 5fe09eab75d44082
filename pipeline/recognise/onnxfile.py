"""The few parts of an ONNX file that we need, read straight from its protobuf wire format.

The `onnx` package would be one more dependency for four fields. Numbers of fields and wire types: onnx.proto3 (ONNX IR) and the
protobuf encoding guide. Only what PP-OCR recognisers contain is understood: float32 weights kept as raw bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import EngineError

MODEL_GRAPH, MODEL_METADATA = 7, 14
GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_OUTPUT = 1, 5, 12
NODE_INPUT, NODE_OUTPUT, NODE_OPERATOR = 1, 2, 4
TENSOR_DIMS, TENSOR_NAME, TENSOR_RAW = 1, 8, 9
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class CtcModel:
    """A recogniser cut in two.

    Attributes:
        body: the ONNX file with one output added, `features`, float32 (n, steps, width).
        features: name of that output: what the last matrix product takes in.
        weights: (width, classes) float32 of the last matrix product.
        bias: (classes,) float32.
        characters: text of each class from 1 on; class 0 is the CTC blank, the last class the space.
    """

    body: bytes
    features: str
    weights: Floats
    bias: Floats
    characters: tuple[str, ...]


def split_model(data: bytes) -> CtcModel:
    """Cut a PP-OCR recogniser before its last matrix product. Raises EngineError when it is built otherwise."""
    try:
        return _split(data)
    except (IndexError, KeyError, ValueError, UnicodeDecodeError) as exc:
        raise EngineError("文字認識モデルの形式が想定と異なります。rapidocr を入れ直してください。") from exc


def _split(data: bytes) -> CtcModel:
    graph = b""
    metadata: dict[str, str] = {}
    for number, value in _fields(data):
        if number == MODEL_GRAPH:
            graph = value
        elif number == MODEL_METADATA:
            entry = dict(_fields(value))
            metadata[entry[1].decode()] = entry.get(2, b"").decode()
    features, weights_name, bias_name = _head(graph)
    tensors = _tensors(graph, {weights_name, bias_name})
    weights, bias = tensors[weights_name], tensors[bias_name]
    characters = (*metadata["character"].split("\n"), " ")
    if weights.shape[1] != len(characters) + 1 or bias.shape != (len(characters) + 1,):
        raise ValueError("classes and characters do not match")
    # Protobuf merges a message field that comes twice, so one more output is appended instead of rewriting 21 MB.
    output = _field(GRAPH_OUTPUT, _field(1, features.encode()))
    return CtcModel(data + _field(MODEL_GRAPH, output), features, weights, bias, characters)


def _head(graph: bytes) -> tuple[str, str, str]:
    """Names of the features, the weights and the bias of the last MatMul + Add."""
    nodes = [list(_fields(value)) for number, value in _fields(graph) if number == GRAPH_NODE]
    product = [node for node in nodes if (NODE_OPERATOR, b"MatMul") in node][-1]
    features, weights = (value.decode() for number, value in product if number == NODE_INPUT)
    result = next(value for number, value in product if number == NODE_OUTPUT)
    addition = next(node for node in nodes if (NODE_OPERATOR, b"Add") in node and (NODE_INPUT, result) in node)
    bias = next(value.decode() for number, value in addition if number == NODE_INPUT and value != result)
    return features, weights, bias


def _tensors(graph: bytes, names: set[str]) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    for number, value in _fields(graph):
        if number != GRAPH_INITIALIZER:
            continue
        parts = list(_fields(value))
        name = dict(parts).get(TENSOR_NAME, b"").decode()
        if name in names:
            shape = [int.from_bytes(size, "little") for part, size in parts if part == TENSOR_DIMS]
            found[name] = np.frombuffer(dict(parts)[TENSOR_RAW], dtype="<f4").reshape(shape)
    return found


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each field of a message; a varint comes as 8 little-endian bytes."""
    view, place = memoryview(data), 0
    while place < len(data):
        tag, place = _varint(data, place)
        kind = tag & 7
        if kind == VARINT:
            value, place = _varint(data, place)
            yield tag >> 3, value.to_bytes(10, "little")
            continue
        length = {FIXED64: 8, FIXED32: 4}.get(kind)
        if length is None:
            if kind != BYTES:
                raise ValueError(f"wire type {kind}")
            length, place = _varint(data, place)
        yield tag >> 3, bytes(view[place : place + length])
        place += length


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value, shift = 0, 0
    while True:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place += 1
        if byte < 0x80:
            return value, place
        shift += 7


def _field(number: int, content: bytes) -> bytes:
    return _as_varint(number << 3 | BYTES) + _as_varint(len(content)) + content


def _as_varint(value: int) -> bytes:
    result = bytearray()
    while value > 0x7F:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*result, value])

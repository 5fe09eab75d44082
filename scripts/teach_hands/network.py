"""The recogniser as a torch network that can learn, and back into an ONNX file of the same build."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnx2torch import convert
from torch import nn

from pipeline.recognise.head import Head, untaught_head, with_variants
from pipeline.recognise.onnxfile import split_model

NOT_TAUGHT = 2
"""Smallest size of a tensor that is a weight and not a constant of the arithmetic."""

Floats = NDArray[np.float32]
Tensors = dict[str, onnx.TensorProto]
"""A file's weights by name."""


@dataclass(frozen=True)
class Taught:
    """The network in its two parts; `body` gives (n, steps, 120), `head` scores of (blank, *alphabet)."""

    body: nn.Module
    head: nn.Linear
    alphabet: str


def open_network(data: bytes) -> Taught:
    """The recogniser in `data` (ONNX), its head cut down to Japanese characters and variants.

    Everything is in evaluation mode and stays there: statistics of batches are never taken. Channels last: twice as fast on a CPU.
    """
    model = split_model(data)
    head = with_variants(untaught_head(model))
    body = convert(_cut(onnx.load_from_string(data), model.features)).eval().to(memory_format=torch.channels_last)
    linear = nn.Linear(head.weights.shape[0], head.weights.shape[1])
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(head.weights.T.copy()))
        linear.bias.copy_(torch.from_numpy(head.bias.copy()))
    return Taught(body, linear, head.alphabet)


def _cut(model: onnx.ModelProto, features: str) -> onnx.ModelProto:
    """Without the last product and what follows; the padding that onnx2torch does not know written out."""
    nodes = model.graph.node
    place = next(index for index, node in enumerate(nodes) if node.op_type == "MatMul" and node.input[0] == features)
    gone = {name for node in nodes[place:] for name in node.input} - {name for node in nodes[:place] for name in node.input}
    del nodes[place:]
    for node in nodes:
        if any(attribute.name == "auto_pad" and attribute.s == b"SAME_UPPER" for attribute in node.attribute):
            kept = [attribute for attribute in node.attribute if attribute.name not in ("auto_pad", "ceil_mode")]
            del node.attribute[:]
            node.attribute.extend([*kept, helper.make_attribute("pads", [0, 0, 1, 1])])
    tensors = [tensor for tensor in model.graph.initializer if tensor.name not in gone]
    del model.graph.initializer[:]
    model.graph.initializer.extend(tensors)
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info(features, onnx.TensorProto.FLOAT, None))
    return model


def exported(data: bytes, taught: Taught) -> bytes:
    """The file `data` with the weights of `taught` in it: the same graph, fewer classes. ValueError when a weight has no one place."""
    model = onnx.load_from_string(data)
    start = open_network(data)
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    places = _places(tensors)
    for (name, before), after in zip(start.body.named_parameters(), taught.body.parameters(), strict=True):
        _replace(tensors, places, name, before.detach().numpy(), after.detach().numpy())
    _with_head(model, tensors, _plain_head(taught))
    return bytes(model.SerializeToString())


def _places(tensors: Tensors) -> dict[bytes, list[str]]:
    found: dict[bytes, list[str]] = {}
    for name, tensor in tensors.items():
        found.setdefault(numpy_helper.to_array(tensor).tobytes(), []).append(name)
    return found


def _replace(tensors: Tensors, places: dict[bytes, list[str]], name: str, before: Floats, after: Floats) -> None:
    """Put `after` where `before` lies in the file, as it is or transposed."""
    if before.size < NOT_TAUGHT or np.array_equal(before, after):
        return
    for turned in (False, True):
        old = np.ascontiguousarray(before.T if turned else before)
        found = places.get(old.tobytes(), [])
        if len(found) == 1:
            shape = list(tensors[found[0]].dims)
            new = np.ascontiguousarray(after.T if turned else after).reshape(shape).astype(np.float32)
            tensors[found[0]].CopyFrom(numpy_helper.from_array(new, found[0]))
            return
    raise ValueError(name)


def _plain_head(taught: Taught) -> Head:
    """The head with the space as its last class, as the file's readers expect it."""
    order = [*(index for index, char in enumerate(taught.alphabet) if char != " "), taught.alphabet.index(" ")]
    columns = [0, *(index + 1 for index in order)]
    weights, bias = taught.head.weight.detach().numpy().T, taught.head.bias.detach().numpy()
    return Head(np.ascontiguousarray(weights[:, columns]), bias[columns], "".join(taught.alphabet[index] for index in order))


def _with_head(model: onnx.ModelProto, tensors: Tensors, head: Head) -> None:
    product = [node for node in model.graph.node if node.op_type == "MatMul"][-1]
    addition = next(node for node in model.graph.node if node.op_type == "Add" and product.output[0] in node.input)
    bias = next(name for name in addition.input if name != product.output[0])
    tensors[product.input[1]].CopyFrom(numpy_helper.from_array(head.weights.astype(np.float32), product.input[1]))
    tensors[bias].CopyFrom(numpy_helper.from_array(head.bias.astype(np.float32), bias))
    entry = next(entry for entry in model.metadata_props if entry.key == "character")
    entry.value = "\n".join(head.alphabet[:-1])
    del model.graph.value_info[:]
    sizes = model.graph.output[0].type.tensor_type.shape.dim
    if len(sizes) and sizes[-1].HasField("dim_value"):
        sizes[-1].dim_value = len(head.bias)

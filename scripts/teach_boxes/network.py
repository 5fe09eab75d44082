"""The classifier's network, its training and its ONNX file."""

from __future__ import annotations

import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from pipeline.recognise.box_input import NUMBERS, SHAPES, SIDE

CLASSES = len(SHAPES) + 1
CHANNELS = (20, 40, 48, 64)
HIDDEN = 128
OPSET = 17


class Network(nn.Module):
    """Pictures (n, 1, SIDE, SIDE) and numbers (n, NUMBERS) -> scores (n, CLASSES); four convolutions and two full layers."""

    def __init__(self) -> None:
        super().__init__()
        sides = (1, *CHANNELS)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(sides[place], sides[place + 1], size, stride, size // 2, bias=False)
            for place, (size, stride) in enumerate(((5, 2), (3, 2), (3, 1), (3, 1)))
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(count) for count in CHANNELS)
        self.hidden = nn.Linear(CHANNELS[-1] * (SIDE // 8) ** 2 + NUMBERS, HIDDEN)
        self.last = nn.Linear(HIDDEN, CLASSES)

    def forward(self, pictures: Tensor, numbers: Tensor) -> Tensor:
        """Scores, not yet probabilities."""
        seen = pictures
        for place, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            seen = functional.relu(norm(convolution(seen)))
            seen = functional.max_pool2d(seen, 2) if place == 2 else seen
        joined = torch.cat([seen.flatten(1), numbers], dim=1)
        return self.last(functional.dropout(functional.relu(self.hidden(joined)), 0.25, self.training))


def as_onnx(network: Network) -> bytes:
    """The network with its norms folded into the convolutions, log-probabilities as output; any number of cells."""
    network = network.eval()
    nodes, weights = [], []

    def keep(name: str, value: Tensor) -> str:
        weights.append(numpy_helper.from_array(value.detach().contiguous().numpy(), name))
        return name

    at = "pictures"
    for place, (convolution, norm) in enumerate(zip(network.convolutions, network.norms, strict=True)):
        factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        kernel = keep(f"kernel{place}", convolution.weight * factor[:, None, None, None])
        bias = keep(f"bias{place}", norm.bias - norm.running_mean * factor)
        pad = [convolution.padding[0]] * 4
        nodes.append(helper.make_node("Conv", [at, kernel, bias], [f"conv{place}"], strides=list(convolution.stride), pads=pad))
        nodes.append(helper.make_node("Relu", [f"conv{place}"], [f"relu{place}"]))
        at = f"relu{place}"
        if place == 2:
            nodes.append(helper.make_node("MaxPool", [at], ["pooled"], kernel_shape=[2, 2], strides=[2, 2]))
            at = "pooled"
    nodes.append(helper.make_node("Flatten", [at], ["flat"], axis=1))
    nodes.append(helper.make_node("Concat", ["flat", "numbers"], ["joined"], axis=1))
    for name, layer, source, target in (("hidden", network.hidden, "joined", "full"), ("last", network.last, "active", "scores")):
        nodes.append(helper.make_node("Gemm", [source, keep(f"{name}_w", layer.weight), keep(f"{name}_b", layer.bias)], [target], transB=1))
        if name == "hidden":
            nodes.append(helper.make_node("Relu", ["full"], ["active"]))
    nodes.append(helper.make_node("LogSoftmax", ["scores"], ["log_probs"], axis=1))
    inputs = [
        helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", 1, SIDE, SIDE]),
        helper.make_tensor_value_info("numbers", TensorProto.FLOAT, ["n", NUMBERS]),
    ]
    outputs = [helper.make_tensor_value_info("log_probs", TensorProto.FLOAT, ["n", CLASSES])]
    graph = helper.make_graph(nodes, "boxes", inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9, producer_name="scripts.teach_boxes")
    helper.set_model_props(model, {"shapes": SHAPES})
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())

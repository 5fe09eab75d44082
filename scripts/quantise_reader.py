"""Makes an int8 copy of a recogniser: the float ONNX file in, an ONNX file with quantised convolutions out.

Usage: python -m scripts.quantise_reader FLOAT.onnx INT8.onnx --folder DIR [--lines N]      (needs the package `onnx`, only here)

DIR holds drawn cases (`python -m scripts.make_calibration DIR`): lines are cut from them as the line cuts them, and the range of every
activation is taken from what the network makes of these. Only convolutions are quantised, where nine tenths of the time goes; attention
and the last matrix product, which the line applies itself, stay float32. Weights keep 7 bits: processors without VNNI add two products
in 16 bits, which 8-bit weights overflow. Whether the copy reads as well is for benchmarks.readers and benchmarks.accuracy to say.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnx.version_converter
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from benchmarks.reading_cost import cut_pages
from pipeline.decide import _planned
from pipeline.evaluate.truth import find_cases
from pipeline.forms import load_library
from pipeline.recognise.engine import _batches
from pipeline.recognise.lines import as_line
from pipeline.settings import Settings

LINES = 400
INPUT = "x"
OPERATORS = 13
"""Operator set of ONNX with quantisation per channel."""
Floats = NDArray[np.float32]


def drawn_lines(folder: Path, wanted: int) -> list[Floats]:
    """Inputs of the network, (1, 3, 48, w), from every page below `folder`; `wanted` of them, spread evenly."""
    library = load_library(Settings().templates)
    pages = cut_pages([path for case in find_cases(folder) for path in case.files], "", library)
    plans = [plan for page in pages for crop in page.crops if (plan := _planned(crop)) is not None]
    lines = [as_line(crop.image) for plan in plans for crop in plan.crops]
    chosen = [lines[place] for place in np.linspace(0, len(lines) - 1, min(wanted, len(lines))).astype(int)]
    return [batch for line in chosen for _, batch in _batches([line])]


def renew(old: Path, new: Path) -> None:
    """Write `old` anew in the operator set in which one weight has a scale per channel; the characters in its metadata are kept."""
    model = onnx.load(old)
    renewed = onnx.version_converter.convert_version(model, OPERATORS)
    del renewed.metadata_props[:]
    renewed.metadata_props.extend(model.metadata_props)
    onnx.save(renewed, new)


class Lines(CalibrationDataReader):  # type: ignore[misc]
    """Hands lines to the calibrator, one after the other."""

    def __init__(self, lines: list[Floats]) -> None:
        self._lines: Iterator[Floats] = iter(lines)

    def get_next(self) -> dict[str, Floats] | None:
        """One input of the network, None after the last."""
        line = next(self._lines, None)
        return None if line is None else {INPUT: line}


def main() -> None:
    """Read the arguments, quantise, say how large the copy is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("float_model", type=Path)
    parser.add_argument("int8_model", type=Path)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--lines", type=int, default=LINES)
    asked = parser.parse_args()
    lines = drawn_lines(asked.folder, asked.lines)
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain.onnx"
        renew(asked.float_model, plain)
        quantize_static(
            plain,
            asked.int8_model,
            Lines(lines),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )
    sys.stdout.write(f"{len(lines)} lines, {asked.int8_model.stat().st_size / 2**20:.1f} MiB\n")


if __name__ == "__main__":
    main()

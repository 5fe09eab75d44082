"""How often the network is wrong on lines that it never learns from: real hands, listed in a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.geometry import Gray
from pipeline.normalise.text import fold
from pipeline.recognise import TextCrop
from pipeline.recognise.engine import PpOcrReader
from pipeline.recognise.head import Head, with_forms_shifted
from scripts.teach_hands.network import Taught


@dataclass(frozen=True)
class Trial:
    """Texts to read: each the lines of one text (48, w or any size), top to bottom, and what stands there."""

    name: str
    lines: tuple[tuple[Gray, ...], ...]
    truths: tuple[str, ...]


def real_trials(file: Path) -> list[Trial]:
    """Trials listed in a JSON file: {name: [[[pictures], truth], ...]}, pictures' paths against the file's folder."""
    listed: dict[str, list[tuple[list[str], str]]] = json.loads(file.read_text(encoding="utf-8"))
    trials = []
    for name, texts in listed.items():
        lines = tuple(tuple(_picture(file.parent / one) for one in pictures) for pictures, _ in texts)
        trials.append(Trial(name, lines, tuple(text for _, text in texts)))
    return trials


def _picture(path: Path) -> Gray:
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)


def reader(network: Taught) -> PpOcrReader:
    """The product's reader with this network in it."""

    def body(lines: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.no_grad():
            return np.asarray(network.body(torch.from_numpy(lines).contiguous(memory_format=torch.channels_last)).numpy(), np.float32)

    weights, bias = network.head.weight.detach().numpy().T.copy(), network.head.bias.detach().numpy().copy()
    return PpOcrReader(body, with_forms_shifted(Head(weights, bias, network.alphabet)))


def error_rate(engine: PpOcrReader, trial: Trial) -> float:
    """Wrong characters of the likeliest texts, share of what stands there; width and spaces do not count."""
    wrong = length = 0
    glances = iter(engine.glance([TextCrop(line, "japanese") for lines in trial.lines for line in lines]))
    for lines, truth in zip(trial.lines, trial.truths, strict=True):
        read = "".join(next(glances).text for _ in lines)
        wrong += distance(plain(read), plain(truth))
        length += len(plain(truth))
    return wrong / max(length, 1)


def plain(text: str) -> str:
    """What is compared."""
    return "".join(fold(text).split())


def distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Levenshtein."""
    row = list(range(len(b) + 1))
    for place, char in enumerate(a, 1):
        last, row[0] = row[0], place
        for other, target in enumerate(b, 1):
            last, row[other] = row[other], min(row[other] + 1, row[other - 1] + 1, last + (char != target))
    return row[-1]

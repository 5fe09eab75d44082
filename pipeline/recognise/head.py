"""The recogniser's last layer: features of a step -> log-probabilities of the Japanese characters alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import EngineError
from pipeline.recognise.charsets import every_character
from pipeline.recognise.onnxfile import CtcModel

VARIANTS_FILE = Path(__file__).parent / "variants.json"
"""Rows of the head taught by benchmarks/teach_variants.py."""
FORM_SHIFTS = {
    "薰": -3.5, "橫": -2.0, "綠": -2.0, "穗": -2.0, "樣": -2.0, "惠": -2.0, "德": -2.0, "眞": -2.0, "關": -2.0, "增": -4.0, "寬": -2.0,
    "稻": -3.0, "黑": -3.0, "亞": -4.0, "靜": -2.0, "豐": -1.5, "凜": -1.5, "奧": -1.0, "巖": -2.0, "曾": -4.0, "遙": -1.3, "鷗": -2.0,
    "藪": -1.2, "瑤": -1.0, "冨": 3.5, "舘": 3.0, "衞": 2.5,
}  # fmt: skip
"""Natural logs added to forms of kanji that the model prefers to the everyday ones (增 where 増 is drawn), or hardly knows (冨), so that
lines drawn of either form in eight fonts and by hand lie on either side of even chances (`python -m benchmarks.variants --gaps`)."""

Floats = NDArray[np.float32]


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


def untaught_head(model: CtcModel) -> Head:
    """The rows of the model's head that belong to characters of our sets, and the blank's."""
    place = {char: index + 1 for index, char in enumerate(model.characters)}
    alphabet = "".join(char for char in every_character() if char in place)
    columns = [0, *(place[char] for char in alphabet)]
    return Head(np.ascontiguousarray(model.weights[:, columns]), np.ascontiguousarray(model.bias[columns]), alphabet)


def japanese_head(model: CtcModel) -> Head:
    """The head as the stock model is used: with the rows of `variants.json`, forms of kanji shifted."""
    return with_forms_shifted(with_variants(untaught_head(model)))


def taught_head(model: CtcModel) -> Head:
    """The head of our own model, which has the variants as ordinary characters; forms of kanji are shifted as in the stock model."""
    return with_forms_shifted(untaught_head(model))


def with_forms_shifted(head: Head) -> Head:
    """`head` with FORM_SHIFTS, but for the characters that `variants.json` has taught (德 惠 眞)."""
    bias, taught = head.bias.copy(), {row["character"] for row in _taught_rows()}
    for char, shift in FORM_SHIFTS.items():
        if char not in taught:
            bias[1 + head.alphabet.index(char)] += shift
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

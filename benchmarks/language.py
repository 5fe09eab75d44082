"""What the language adds to the reading of hand-written lines: character error rate with and without it, on drawn lines.

Run: python -m benchmarks.language [--lines N] [--seed N] [--fit]     (seed 700 is for fitting, any other for reporting)

Lines of duties' texts by hands of 0.7 to 1.7 (hastier than elsewhere: else little is misread), three of five scanned in hard black and
white. The fitting seed writes with Klee, kiloji, seto and YOzFont and half of the texts, other seeds with Yusei Magic and the other half.
--fit prints the rate for a grid of weights.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from unittest import mock

import cv2
import numpy as np

from benchmarks.readers import distance
from pipeline.drawing import fonts
from pipeline.drawing.duties import DUTIES
from pipeline.recognise import Candidate, TextCrop
from pipeline.recognise.engine import PpOcrReader, open_engine
from pipeline.recognise.language import CHARSET, FITTED, Piece, Weights, pieces_of, searched
from pipeline.recognise.textlines import split_lines
from tests.recognise import dense

FITTING_SEED = 700
FONTS = {True: ("klee", "kiloji", "seto", "yozfont"), False: ("yusei",)}
AMOUNTS = (0.7, 1.2, 1.7)
GRID = [Weights(cost, length) for cost in (0.0002, 0.0004, 0.0006, 0.0009, 0.0013) for length in (0, 1, 2, 3, 4)]


@dataclass(frozen=True)
class Line:
    """A drawn line as the reader sees it."""

    truth: str
    best: Candidate
    pieces: list[Piece]


def lines_read(count: int, seed: int, reader: PpOcrReader) -> list[Line]:
    fitting = seed == FITTING_SEED
    hands = {name: fonts.HAND_FONTS[name] for name in FONTS[fitting]}
    found = []
    with mock.patch.object(fonts, "HAND_FONTS", hands), mock.patch.object(dense, "DUTIES", DUTIES[0 if fitting else 1 :: 2]):
        for number in range(count):
            layout = dense.Layout(lines=1, width_mm=110, em_mm=3.6, bilevel=number % 5 > 1)
            page = dense.dense_page(layout, AMOUNTS[number % len(AMOUNTS)], seed * 1000 + number)
            for line, text in zip(split_lines(page.image), page.texts, strict=False):
                probs, allowed = reader.weights(TextCrop(line, CHARSET))
                best = reader.read([TextCrop(line, CHARSET)])[0]
                found.append(Line(text, best.candidates[0] if best.candidates else Candidate("", 0.0), pieces_of(probs, allowed)))
    return found


def rate(lines: list[Line], texts: list[str]) -> float:
    return sum(distance(text, line.truth) for text, line in zip(texts, lines, strict=True)) / sum(len(line.truth) for line in lines)


def told(lines: list[Line], weights: Weights) -> list[str]:
    return [searched(line.pieces, weights).text for line in lines]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=90)
    parser.add_argument("--seed", type=int, default=FITTING_SEED)
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    lines = lines_read(options.lines, options.seed, open_engine())
    best = [line.best.text for line in lines]
    print(f"{len(lines)} lines, {sum(len(line.truth) for line in lines)} characters; the reader alone: CER {rate(lines, best):.4f}")
    for weights in GRID if options.fit else ():
        print(f"  cost {weights.cost:.4f} length {weights.length:.1f}: CER {rate(lines, told(lines, weights)):.4f}")
    begun = time.process_time()
    texts = told(lines, FITTED)
    each = 1000 * (time.process_time() - begun) / len(lines)
    before, after = (np.array([distance(text, line.truth) for text, line in zip(read, lines, strict=True)]) for read in (best, texts))
    print(f"with the language: CER {rate(lines, texts):.4f}, {each:.1f} ms CPU a line")
    changed = sum(a != b for a, b in zip(best, texts, strict=True))
    print(f"lines changed {changed}: better {int((after < before).sum())}, worse {int((after > before).sum())}")


if __name__ == "__main__":
    main()

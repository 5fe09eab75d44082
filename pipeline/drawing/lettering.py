"""How large to write so that a text fits its box, and where its lines break."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.drawing.hand import Hand, advance, text_width, write_line
from pipeline.drawing.ink import Canvas
from pipeline.geometry import Box

TYPED_MM = 3.7
"""10.5 points, the usual size of a Japanese word processor."""
TYPED_LINES_MM = 3.2
"""9 points, for text in several lines."""
WRITTEN_MM = 5.2
"""What people write when nothing limits them."""
SIGNED_MM = 8.5
"""A signature where there is room for it."""
SMALLEST_MM = 1.9
"""5.5 points: smaller is not written, it runs out of the box instead."""
SIDE_MM = 0.8
"""Kept free at the left of a box."""
LEADING = 1.22
"""Line pitch in ems."""
NOT_AT_LINE_START = "、。，．・）」』ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ％"


def usual_size(hand: Hand, box: Box) -> float:
    """Letter height for one line in `box`, mm, before the width is looked at."""
    if hand.typed:
        return min(TYPED_MM, 0.72 * box.h)
    return min(WRITTEN_MM * (1 - 0.1 * (1 - hand.kana)), 0.66 * box.h)


def write_in_box(canvas: Canvas, hand: Hand, text: str, box: Box, rng: np.random.Generator, *, centred: bool = False) -> None:
    """One line, as large as usual, smaller where it must be."""
    width = max(text_width(hand, text), 0.5)
    room = (box.w - 2 * SIDE_MM) * (1 + hand.overflow)
    em = max(SMALLEST_MM, min(usual_size(hand, box), room / width))
    left = box.x + (box.w - width * em) / 2 if centred else box.x + SIDE_MM + _start(hand, box, width * em, rng)
    middle = box.y + box.h / 2 + float(rng.normal(0, 0.05)) * hand.amount * box.h
    write_line(canvas, hand, text, (left, middle), em, rng)


def sign_in_box(canvas: Canvas, hand: Hand, name: str, box: Box, rng: np.random.Generator) -> None:
    """A signature: larger than the rest, leaning, the line rising."""
    leaning = replace(hand, slant=hand.slant + float(rng.uniform(0.05, 0.25)), spacing=hand.spacing - 0.04)
    em = min(SIGNED_MM * float(rng.uniform(0.85, 1.1)), 0.62 * box.h, (box.w - 8) / max(1.0, text_width(leaning, name)))
    left = box.x + float(rng.uniform(2, min(12.0, max(3.0, box.w - 8 - em * text_width(leaning, name)))))
    write_line(canvas, leaning, name, (left, box.y + box.h / 2 + float(rng.normal(0, 0.05)) * box.h), em, rng)


def _start(hand: Hand, box: Box, length: float, rng: np.random.Generator) -> float:
    """People do not begin at the very edge when there is room."""
    if hand.typed:
        return 0.6
    return float(rng.uniform(0, min(6.0, max(0.0, 0.4 * (box.w - 2 * SIDE_MM - length)))))


def wrap(hand: Hand, text: str, width: float) -> list[str]:
    """Lines of at most `width` ems; a line does not begin with a closing sign."""
    lines, line, used = [], "", 0.0
    for char in text:
        step = advance(hand, char)
        if used + step > width and line and char not in NOT_AT_LINE_START:
            lines.append(line)
            line, used = "", 0.0
        line, used = line + char, used + step
    return [*lines, line] if line else lines


def write_lines(canvas: Canvas, hand: Hand, text: str, box: Box, rng: np.random.Generator) -> None:
    """Several lines, top to bottom, in the largest size that still fits."""
    em = TYPED_LINES_MM if hand.typed else 4.4
    room = box.w - 2 * SIDE_MM
    while em > SMALLEST_MM and len(_broken(hand, text, room / em)) * LEADING * em > box.h:
        em -= 0.1
    lines = _broken(hand, text, room * (1 + hand.overflow) / em)
    pitch = min(LEADING * em, box.h / max(1, len(lines))) if hand.typed else min(1.5 * em, box.h / max(1, len(lines)))
    top = box.y + (box.h - pitch * len(lines)) / 2
    for number, line in enumerate(lines):
        indent = 0.4 if hand.typed else float(rng.uniform(0, 1.2))
        write_line(canvas, hand, line, (box.x + SIDE_MM / 2 + indent, top + pitch * (number + 0.5)), em, rng)


def _broken(hand: Hand, text: str, width: float) -> list[str]:
    return [line for paragraph in text.split("\n") for line in wrap(hand, paragraph, width)]

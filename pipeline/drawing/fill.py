"""Fills a blank form in: truth values in, a page with ink out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from pdf2image import convert_from_path
from PIL import Image

from pipeline.drawing import fonts, marks
from pipeline.drawing.hand import Hand, new_hand, typed_hand, write_centred
from pipeline.drawing.ink import BALLPOINT, PENS, Canvas, Pen
from pipeline.drawing.lettering import sign_in_box, usual_size, write_in_box, write_lines
from pipeline.drawing.pieces import Pieces, Value, chosen, pieces
from pipeline.errors import WrongUsage
from pipeline.forms import FieldSpec, FormTemplate
from pipeline.geometry import A4_MM, Box, Colour, pixels

SIGNING = 0.75
"""How free a signature is, at least: nobody signs as neatly as they fill in boxes."""
MARKS_BY_PEN = 0.5
"""Share of people with a word processor who tick with a pen after printing; the others type ■."""
WRITTEN_ACROSS = 0.25
"""Share of hands that write 現在 over the printed 年 and 月."""
FINER = 2
"""A PDF is rendered this much larger and averaged: poppler sets rules on whole pixels, 0.05 mm off at 300 dpi."""
BY_HAND = "certifier_name"
"""The one name that is written by hand even on a typed form."""
SEAL_OFF_PLACE = 0.35
"""Share of seals set over the name instead of on the printed 印."""


@dataclass(frozen=True)
class Writer:
    """The person who fills in a page.

    Attributes:
        hand: letters of the fields.
        signing: letters of signatures, by hand even when the rest is typed.
        tick: one of `marks.TICKS`, or "typed" for ■.
        pen: ticks, circles, strike-outs.
        seal_font: face of the seal's characters.
    """

    hand: Hand
    signing: Hand
    tick: str
    pen: Pen
    seal_font: Path


@dataclass(frozen=True)
class Inked:
    """What a page says.

    Attributes:
        values: field name -> value; fields that are absent or "" stay blank.
        name: written where a signature is `true`, and cut into the seal.
        struck: field name -> what was written first, struck out by a double line and corrected.
    """

    values: Mapping[str, Value]
    name: str = ""
    struck: Mapping[str, str] = field(default_factory=dict)


def new_writer(font: Path | None, amount: float, rng: np.random.Generator, ink: str | None = None) -> Writer:
    """A person drawn at random.

    Args:
        font: file to write with; None = one of the registered fonts.
        amount: 0 = word processor, above = by hand.
        rng: decides everything else.
        ink: a key of `ink.PENS`, None = a ballpoint, black as a rule.
    """
    hands = [fonts.font_file(name) for name in fonts.installed(fonts.HAND_FONTS)]
    prints = [fonts.font_file(name) for name in fonts.installed(fonts.PRINT_FONTS)]
    own_hand, own_print = hands[int(rng.integers(len(hands)))], prints[int(rng.integers(len(prints)))]
    pen = PENS[ink] if ink else BALLPOINT
    by_hand = new_hand((font if amount > 0 else None) or own_hand, max(amount, SIGNING), rng, BALLPOINT if pen is PENS["printer"] else pen)
    body = typed_hand(font or own_print) if amount <= 0 else replace(by_hand, amount=amount)
    shape = str(rng.choice(marks.TICKS))
    return Writer(body, by_hand, shape if amount > 0 or rng.random() < MARKS_BY_PEN else "typed", by_hand.pen, own_print)


@lru_cache(maxsize=16)
def blank_page(template: FormTemplate, dpi: int) -> Colour:
    """The empty form, (h, w, 3) uint8 RGB, read-only: its blank.pdf at `dpi`, or its reference picture enlarged."""
    size = (pixels(A4_MM[0], dpi), pixels(A4_MM[1], dpi))
    pdf = template.folder / "blank.pdf"
    if pdf.is_file():
        fine = convert_from_path(pdf, size=(size[0] * FINER, size[1] * FINER), grayscale=True, single_file=True)[0]
        gray = np.asarray(fine.convert("L").reduce(FINER))
    else:
        gray = np.asarray(Image.open(template.folder / "reference.png").convert("L").resize(size, Image.Resampling.BICUBIC))
    page = np.repeat(gray[:, :, None], 3, axis=2)
    page.setflags(write=False)
    return page


def fill_page(template: FormTemplate, inked: Inked, writer: Writer, rng: np.random.Generator, dpi: int) -> Colour:
    """The form with its fields written in.

    Args:
        template: the form.
        inked: what is written.
        writer: who writes.
        rng: decides how it comes out this time.
        dpi: resolution of the drawing.

    Returns:
        (h, w, 3) uint8 RGB, upright A4.

    Raises:
        WrongUsage: a field or option the form does not have, or more characters than cells.
    """
    canvas = Canvas(blank_page(template, dpi), dpi)
    known = {spec.name: spec for spec in template.fields}
    for name, value in inked.values.items():
        if name not in known:
            raise WrongUsage(f"様式 {template.id} に欄「{name}」はありません。")
        if value == "" or value is False:
            continue
        _enter(canvas, known[name], value, writer, inked, rng)
    for spec in template.fields:
        if spec.kind == "seal" and inked.values.get(spec.name) is True:
            _set_seal(canvas, spec, writer, inked, rng)
    return canvas.rgb


def _enter(canvas: Canvas, spec: FieldSpec, value: Value, writer: Writer, inked: Inked, rng: np.random.Generator) -> None:
    if spec.kind == "seal":
        return
    if spec.kind in ("choice", "marks"):
        for name in chosen(spec, value):
            _mark(canvas, spec, name, writer, rng)
    elif spec.kind == "signature":
        text = inked.name if value is True else str(value)
        sign_in_box(canvas, writer.signing, text, spec.box, rng)
    elif isinstance(value, bool) or not isinstance(value, (str, int)):
        raise WrongUsage(f"{spec.name}: 文字で書いてください。")
    elif spec.name in inked.struck:
        _corrected(canvas, spec, (inked.struck[spec.name], str(value)), writer, inked, rng)
    else:
        _write(canvas, spec, pieces(spec, value), writer, rng)


def _mark(canvas: Canvas, spec: FieldSpec, name: str, writer: Writer, rng: np.random.Generator) -> None:
    option = next(option for option in spec.options if option.name == name)
    if option.style == "circle":
        marks.circle_word(canvas, option.box, writer.pen, rng)
    elif writer.tick == "typed":
        marks.filled_square(canvas, option.box, writer.hand.pen)
    else:
        marks.tick(canvas, option.box, writer.tick, writer.pen, rng)


def _write(canvas: Canvas, spec: FieldSpec, text: Pieces, writer: Writer, rng: np.random.Generator) -> None:
    if spec.name == BY_HAND:
        sign_in_box(canvas, writer.signing, text.across, spec.box, rng)
        return
    if text.circled:
        _mark(canvas, spec, text.circled, writer, rng)
    for part in spec.parts:
        written = text.parts.get(part.name, "")
        if part.cells:
            _in_cells(canvas, writer.hand, written, part.cells, rng)
        elif written:
            write_in_box(canvas, writer.hand, written, part.box, rng, centred=spec.kind not in ("name", "kana"))
    if text.across:
        _write_across(canvas, spec, text.across, writer.hand, rng)


def _write_across(canvas: Canvas, spec: FieldSpec, text: str, hand: Hand, rng: np.random.Generator) -> None:
    """A text that is not split over parts: 現在 stands where the year would, or across everything printed."""
    if spec.cells:
        _in_cells(canvas, hand, text, spec.cells, rng)
    elif spec.kind == "multiline":
        write_lines(canvas, hand, text, spec.box, rng)
    else:
        spills = hand.amount > 0 and rng.random() < WRITTEN_ACROSS
        box = spec.parts[0].box.grown(0.5) if spec.parts and spec.kind == "year_month" and not spills else spec.box
        write_in_box(canvas, hand, text, box, rng, centred=bool(spec.parts) or spec.kind == "number")


def _in_cells(canvas: Canvas, hand: Hand, text: str, cells: tuple[Box, ...], rng: np.random.Generator) -> None:
    for char, cell in zip(text, cells, strict=False):
        em = min(usual_size(hand, cell) * 1.1, cell.w * 1.1)
        write_centred(canvas, hand, char, (cell.x + cell.w / 2, cell.y + cell.h / 2), em, rng)


def _corrected(canvas: Canvas, spec: FieldSpec, texts: tuple[str, str], writer: Writer, inked: Inked, rng: np.random.Generator) -> None:
    """The wrong text, struck out, the right one beside it, a small seal between."""
    if spec.parts or spec.cells or spec.kind == "multiline":
        raise WrongUsage(f"{spec.name}: 訂正を描けるのは1行の欄だけです。")
    left = Box(spec.box.x, spec.box.y, spec.box.w * 0.46, spec.box.h)
    write_in_box(canvas, writer.hand, texts[0], left, rng)
    marks.strike_out(canvas, Box(left.x + 1, left.y + left.h * 0.2, left.w - 2, left.h * 0.6), writer.pen, rng)
    write_in_box(canvas, writer.hand, texts[1], Box(left.right + 1, left.y, spec.box.w - left.w - 1, left.h), rng)
    marks.seal(canvas, _family(inked.name), (left.right - 2, left.y + left.h / 2), writer.seal_font, rng, marks.CORRECTION_SEAL_MM)


def _set_seal(canvas: Canvas, spec: FieldSpec, writer: Writer, inked: Inked, rng: np.random.Generator) -> None:
    owner = str(inked.values.get(BY_HAND) or inked.name)
    shift = -float(rng.uniform(7, 13)) if rng.random() < SEAL_OFF_PLACE else float(rng.normal(0, 0.8))
    centre = (spec.box.x + spec.box.w / 2 + shift, spec.box.y + spec.box.h / 2 + float(rng.normal(0, 0.8)))
    marks.seal(canvas, _family(owner), centre, writer.seal_font, rng)


def _family(name: str) -> str:
    return name.split()[0] if name.split() else ""

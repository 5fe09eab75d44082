"""Printed words to be circled: 有・無, 男・女, １　２　３, １．吸引器　２．輸液ポンプ."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.forms import FieldKind, Option
from pipeline.forms_new.found import Found
from pipeline.forms_new.lines import Glyph, Line, around, glyphs_in, ringed
from pipeline.geometry import Box

SEPARATORS = "・･/"
BOUNDS = "()[]〔〕「」【】:;、,"
GAP = 0.45
"""White between two choices without a sign between, in character heights, at least."""
KNOWN_WORDS = (
    "有 無 あり なし 有り 無し 男 女 男性 女性 はい いいえ 要 不要 可 不可 否 正 副 未 済 同意 不同意 同居 別居 普通 当座 "
    "明 大 昭 平 令 明治 大正 昭和 平成 令和 西暦 初回 再 継続 新規 変更 本人 家族 既婚 未婚 該当 非該当 する しない "
    "希望する 希望しない 常勤 非常勤"
)
KNOWN = frozenset(KNOWN_WORDS.split())
"""Words that stand beside each other to be chosen from, wherever they are printed."""
LONGEST, LONGEST_ALONE = 6, 4
"""Characters of a choice between separators in brackets, and of one in a line of its own."""
FEWEST_SPACED, FEWEST_CLOSED = 3, 2
"""Bare numbers and letters beside each other that make a choice, and such in brackets, or with a grade."""
SIGN = re.compile(r"[Ⅰ-Ⅻ][a-z度]?|[A-Z]\d?|\d{1,2}|[IVX]{1,4}")
GRADE = re.compile(r"[Ⅰ-Ⅻ][a-z度]?|[A-Z]\d")
NUMBERED = re.compile(r"(\d{1,2})[.)]?([^\d.,].*)")
"""A choice with its number: 1.吸引器, ①吸引器, 1吸引器."""
LONGEST_NUMBERED = 20
OPEN_LIST = ("等", "など", "他")
"""A list that ends so explains, it offers no choice."""


@dataclass(frozen=True)
class Item:
    """A word that may be a choice, and how it is parted from the next one: a separator, a gap, or a bound."""

    text: str
    box: Box
    ends: str


def circles_in(lines: Sequence[Line], *, label: bool) -> list[Found]:
    """The choices printed in one cell; `label` = it names another cell, so only well-known words are choices there."""
    found = [choice for line in lines for choice in _line_choices(line, alone=len(lines) == 1, label=label)]
    return found + ([] if label else list(_numbered(lines)))


def _line_choices(line: Line, *, alone: bool, label: bool) -> Iterator[Found]:
    items = _items(line)
    start = 0
    for end, item in enumerate(items, 1):
        if item.ends == "bound":
            run, before = items[start:end], items[start - 1] if start else None
            closed = before is not None
            for piece in _offers(run, closed=closed, alone=alone and len(run) == len(items), label=label):
                yield _found(piece, before.text if before is not None else "", "choice")
            start = end


def _offers(run: Sequence[Item], *, closed: bool, alone: bool, label: bool) -> Iterator[Sequence[Item]]:
    """The choices in a run of items between two bounds."""
    known = [item for item in run if item.text in KNOWN]
    if len(known) >= 2:
        yield known
        return
    texts = [item.text for item in run]
    if label or len(run) < 2 or texts[-1].endswith(OPEN_LIST) or len(set(texts)) < len(texts):
        return
    if (closed or alone) and all(item.ends == "sign" for item in run[:-1]):
        if max(map(len, texts)) <= (LONGEST if closed else LONGEST_ALONE) and not any(text.isascii() for text in texts):
            yield run
        return
    yield from _alike(run, FEWEST_CLOSED if closed else FEWEST_SPACED)


def _alike(run: Sequence[Item], fewest: int) -> Iterator[Sequence[Item]]:
    """Numbers, letters and grades beside each other: D3 D4 D5, Ⅲ度 Ⅳ度, 1 2 3."""
    for is_sign, group in groupby(run, key=lambda item: SIGN.fullmatch(item.text) is not None):
        items = list(group)
        graded = is_sign and all(GRADE.fullmatch(item.text) for item in items)
        if is_sign and len(items) >= (FEWEST_CLOSED if graded else fewest):
            yield items


def _items(line: Line) -> list[Item]:
    """The words of a line; the last one before a bracket, a colon or the end is parted by a "bound"."""
    items: list[Item] = []
    group: list[Glyph] = []

    def close(ends: str) -> None:
        if group:
            items.append(Item("".join(glyph.char for glyph in group), around([glyph.box for glyph in group]), ends))
            group.clear()
        elif items and (ends == "bound" or items[-1].ends == "gap"):
            items[-1] = Item(items[-1].text, items[-1].box, ends if items[-1].ends != "bound" else "bound")

    before: Glyph | None = None
    for glyph in glyphs_in(line):
        if glyph.char in BOUNDS:
            close("bound")
        elif glyph.char in SEPARATORS:
            close("sign")
        else:
            if before is not None and glyph.box.x - before.box.right >= GAP * glyph.box.h:
                close("gap")
            group.append(glyph)
        before = glyph
    close("bound")
    return items


def _numbered(lines: Sequence[Line]) -> Iterator[Found]:
    """Words with rising numbers before them: from 1 on with two or more in a line, or well-known ones (5.昭和 7.平成).

    One field a line, so that blanks between the lines keep their room.
    """
    rows: list[list[Item]] = []
    numbers: list[int] = []
    words: list[str] = []
    for line in lines:
        row = []
        for item, number, word in _with_numbers(line):
            if number == numbers[-1] + 1 if numbers and word not in KNOWN else number > (numbers[-1] if numbers else -1):
                row.append(item)
                numbers.append(number)
                words.append(word)
        rows.append(row)
    counted = any(len(row) >= FEWEST_CLOSED for row in rows) and numbers[:1] in ([0], [1])
    if (counted or sum(word in KNOWN for word in words) >= FEWEST_CLOSED) and max(map(len, words)) <= LONGEST_NUMBERED:
        yield from (_found(row, "", "marks") for row in rows if row)


def _with_numbers(line: Line) -> Iterator[tuple[Item, int, str]]:
    """The items of a line that begin with a number, the number, and what follows."""
    for item in _items(line):
        match = NUMBERED.fullmatch(unicodedata.normalize("NFKC", item.text))
        if match is not None:
            yield item, int(match[1]), match[2]


def _found(items: Sequence[Item], label: str, kind: FieldKind) -> Found:
    boxes = [item.box for item in items]
    options = tuple(Option(item.text, ringed(item.box, _white_beside(item.box, boxes)), "circle") for item in items)
    return Found(around([option.box for option in options]), kind, label, options=options)


def _white_beside(box: Box, others: Sequence[Box]) -> float:
    """White to the nearest other word of the line."""
    gaps = [max(other.x - box.right, box.x - other.right) for other in others if other is not box]
    return max(min(gaps, default=2.0), 0.0)


def split_up(field: Found) -> list[Found]:
    """Every choice as a field of its own, for those among which something is to be written."""
    return [Found(option.box, field.kind, field.label or option.name, options=(option,)) for option in field.options]



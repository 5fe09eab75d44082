"""White between printed words that is to be written in: after a label, in brackets, before a unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from pipeline.forms_new.found import Found
from pipeline.forms_new.lines import Line, Token, is_spread, meet, text_of
from pipeline.forms_new.paper import Paper
from pipeline.geometry import Box

EDGES = "（）()［］[]〔〕「」：:、,-－.．・※ "
"""Signs at the ends of a label that are none of it."""
OPENERS = "([〔「:〒第"
CLOSERS = ")]〕」"
UNIT_WORDS = (
    "年 月 日 時 分 秒 歳 才 人 名 回 枚 個 件 円 千円 万円 % 号 室 号室 番 番地 様 殿 御中 週 時間 分間 "
    "kg cm km 枚中 枚目 - , 、"
)
UNITS = frozenset(UNIT_WORDS.split())
"""Words and signs before which something is written."""
BLANK_MM = 4.5
"""Room for two digits."""
NUMBERED_MM = 12.0
"""Room after a bare number: the items of a list to be written."""
NUMBER = re.compile(r"\(?\d{1,2}[.)]?\)?|[①-⑳]")
DASHES = ("-", "―", "ー", "‐", "−")
LOOSE_MM = 8.0
"""Room before a closing sign that no opening one promises."""
TRAIL_MM = 15.0
TRAIL_SHARE = 0.3
"""A label leaves this much of its cell to write in, mm and share of the width."""
OPEN_MM = 30.0
"""...and on the open page this much."""
CENTRED_MM = 2.5
"""A line whose margins differ by less than this is a heading in the middle of its cell."""
ROOM_MM = 0.4
"""White left between print and a field."""
PROMPT = re.compile(r"(名|氏名|名称|住所|所在地|電話|電話番号|tel|fax|署名|事業所|番号|役職|所属)(\([^()]*\))?[.:)]*$")
"""Words that ask for something on the open page, where any other line is a heading or a text."""


def gaps_in(
    line: Line, band: Box, paper: Paper, taken: Sequence[Box], *, trailing: bool, in_cell: bool = False
) -> list[Found]:
    """The blanks of a line.

    Args:
        line: printed words.
        band: the room of the line: up to the cell's edges, and to the lines above and below.
        paper: to see that nothing else is printed there.
        taken: fields that are there already.
        trailing: whether white after the last word may be one.
        in_cell: whether the line's room begins at a rule, so that white before its first word may be one.
    """
    pieces: list[tuple[Token | None, Token | None]] = [(None, line[0]), *zip(line, line[1:], strict=False)]
    spread = is_spread(line)
    wanted = [] if spread else [pair for pair in pieces if (pair[0] is not None or in_cell) and _is_blank(*pair, band)]
    dash = plain(line[-1].text) in DASHES and band.right - line[-1].box.right >= LOOSE_MM
    listed = NUMBER.fullmatch(plain(line[-1].text)) is not None and bool(wanted)
    if dash or (_asks(line, band) and (listed or (trailing and not wanted))):
        wanted.append((line[-1], None))
    found = []
    for left, right in wanted:
        label = text_of(line) if spread else left.text if left is not None else ""
        rooms = [_between(left, right, room) for room in (band, _tight(line, band))]
        free = next((room for room in rooms if room.w > 0 and paper.is_white(room) and not any(meet(room, box) for box in taken)), None)
        if free is not None:
            found.append(Found(free, "text", label.strip(EDGES)))
    return found


def open_prompt(line: Line) -> bool:
    """Does a line outside any cell end with a word that asks for something?"""
    text = plain("".join(token.text for token in line))
    return bool(PROMPT.search(text)) and len(text) <= 20 and not text.startswith(("■", "▼", "※", "["))


def plain(text: str) -> str:
    """NFKC, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def _is_blank(left: Token | None, right: Token | None, band: Box) -> bool:
    """Do the words on both sides of a gap say that something goes between?"""
    if right is None:
        return False
    width = right.box.x - (left.box.right if left is not None else band.x)
    after = plain(right.text)
    opened = left is not None and plain(left.text)[-1] in OPENERS
    closed = after[0] in CLOSERS
    unit = after.strip(")]〕」") in UNITS or after[0] in "、,"
    unit = unit or (left is not None and plain(left.text) in DASHES)
    if width < BLANK_MM:
        return False
    if left is not None and NUMBER.fullmatch(plain(left.text)) and width >= NUMBERED_MM:
        return True
    opened = opened or (left is not None and plain(left.text) in "、,")
    return opened or unit or (closed and width >= LOOSE_MM and left is not None)


def _asks(line: Line, band: Box) -> bool:
    """Is there room after the last word, and is the line no sentence and no heading?"""
    text = plain("".join(token.text for token in line))
    before, after = line[0].box.x - band.x, band.right - line[-1].box.right
    roomy = after >= max(TRAIL_MM, TRAIL_SHARE * band.w)
    return roomy and abs(before - after) > CENTRED_MM and before < after and not text.rstrip(")」").endswith("。")


def _between(left: Token | None, right: Token | None, band: Box) -> Box:
    start = left.box.right if left is not None else band.x
    end = right.box.x if right is not None else band.right
    return Box(start + ROOM_MM, band.y, end - start - 2 * ROOM_MM, band.h)


def _tight(line: Line, band: Box) -> Box:
    """The band no higher than its letters."""
    top, bottom = min(token.box.y for token in line), max(token.box.bottom for token in line)
    return Box(band.x, max(top, band.y), band.w, min(bottom, band.bottom) - max(top, band.y))


def bands_of(lines: Sequence[Line], room: Box, reach: float) -> Iterator[tuple[Line, Box]]:
    """Every line with its share of the room: to the middle between it and the next line, at most `reach` mm beyond its letters."""
    edges = [(min(token.box.y for token in line), max(token.box.bottom for token in line)) for line in lines]
    for number, line in enumerate(lines):
        top, bottom = edges[number]
        above = (edges[number - 1][1] + top) / 2 if number else room.y
        below = (edges[number + 1][0] + bottom) / 2 if number + 1 < len(lines) else room.bottom
        start, end = max(above, top - reach), min(below, bottom + reach)
        yield line, Box(room.x, start, room.w, max(end - start, 0.1))

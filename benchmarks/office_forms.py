"""Blank forms as offices make them, drawn from a seed: for telling many forms apart, and forms that are nobody's.

A form is a list of blocks; a sibling differs in one column of one table, a new edition has a row more in its first block.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.drawing.blank.fonts import find_font
from pipeline.forms import REFERENCE_DPI
from pipeline.geometry import A4_MM, Box, Gray, pixels

FINER = 2
"""Drawn so much finer than REFERENCE_DPI and averaged: rules are not snapped to whole pixels."""
TITLES = (
    *("受講申込書", "休業証明書", "勤務証明書", "推薦書", "経歴書", "住所変更届", "給付申請書", "同意書"),
    *("委任状", "研修報告書", "利用申込書", "実績報告書", "登録申請書", "異動届", "誓約書", "更新申請書"),
    *("履修届", "請求書", "調査票", "証明願"),
)
HEADS = ("一般社団法人", "公益財団法人", "東都", "北陸", "全国", "関西", "みどり", "さくら")
BODIES = ("能力開発協会", "健康保険組合", "福祉事業団", "技能振興会", "商工会連合会", "資格認定機構", "共済会", "研修センター")
LABELS = (
    *("氏名", "フリガナ", "生年月日", "住所", "電話番号", "勤務先", "所属部署", "役職"),
    *("会員番号", "受付番号", "申請日", "郵便番号", "性別", "緊急連絡先", "学校名", "卒業年月"),
    *("資格名", "取得年月日", "口座番号", "名義人", "期間", "理由", "備考", "連絡先"),
    *("講座名", "受講日", "金額", "担当者", "メールアドレス", "続柄"),
)
COLUMNS = (
    *("年月", "自", "至", "勤務先名", "職務内容", "役職", "時間数", "金額"),
    *("品名", "数量", "単価", "講座", "評価", "担当", "備考", "確認印"),
    *("番号", "区分", "日数", "内訳"),
)
CHOICES = ("新規", "更新", "変更", "廃止", "本人", "家族", "代理人", "自宅", "勤務先", "希望する", "希望しない", "該当", "非該当", "その他")
SENTENCES = (
    "上記のとおり相違ないことを証明します。",
    "記入にあたっては裏面の注意事項をよくお読みください。黒のボールペンで記入してください。",
    "個人情報は本手続きの目的以外には使用しません。提出された書類は返却いたしません。",
    "下記の事項を確認し、これを遵守することを誓約いたします。",
    "記載内容に変更が生じたときは、速やかに届け出なければならない。",
    "申請者は、虚偽の記載があった場合には登録を取り消されることに同意するものとする。",
)


@dataclass(frozen=True)
class Block:
    """A part of a form.

    Attributes:
        kind: "rows" of label and value, a "table" with a head, "choices" to tick, or "text".
        words: labels, heads, choices or sentences.
        edges: mm from the left of the block, where its columns end.
        height: mm of a row.
        count: rows.
    """

    kind: str
    words: tuple[str, ...]
    edges: tuple[float, ...]
    height: float
    count: int


@dataclass(frozen=True)
class Design:
    """A blank form before it is drawn."""

    title: str
    issuer: str
    blocks: tuple[Block, ...]
    left: float
    foot: str


@dataclass(frozen=True)
class OfficeForm:
    """A drawn form: (2339, 1654) uint8 at REFERENCE_DPI and where one writes, page mm."""

    picture: Gray
    places: tuple[Box, ...]


def design(seed: int) -> Design:
    """A form of its own for every seed."""
    rng = np.random.default_rng([seed, 77])
    left, top, blocks = float(rng.choice([15.0, 18, 20, 22])), 40.0, []
    kinds = rng.permutation(["rows", "table", "choices", "rows", "text", "table"])
    for kind in kinds[: int(rng.integers(4, 7))]:
        block = _block(str(kind), 210 - 2 * left, rng)
        room = int((270 - top) / block.height)
        if room < 2:
            break
        blocks.append(replace(block, count=min(block.count, room)))
        top += block.height * blocks[-1].count + 5
    issuer = f"{rng.choice(HEADS)}{rng.choice(BODIES)}"
    return Design(str(rng.choice(TITLES)), issuer, tuple(blocks), left, f"様式第{rng.integers(1, 40)}号（{rng.integers(2015, 2026)}年4月）")


def sibling(form: Design, seed: int) -> Design:
    """The same form with one column of one table (or of its rows) at another place and under another word."""
    rng = np.random.default_rng([seed, 78])
    number = next((at for kind in ("table", "rows") for at, block in enumerate(form.blocks) if block.kind == kind), 0)
    block = form.blocks[number]
    column = int(rng.integers(max(len(block.edges) - 1, 1)))
    moved = tuple(edge + (6.0 if at == column else 0.0) for at, edge in enumerate(block.edges))
    spare = [word for word in (*COLUMNS, *LABELS) if word not in block.words]
    words = tuple(str(rng.choice(spare)) if at == column else word for at, word in enumerate(block.words))
    changed = replace(block, edges=moved, words=words)
    return replace(form, blocks=(*form.blocks[:number], changed, *form.blocks[number + 1 :]))


def edition(form: Design) -> Design:
    """The next edition: a row more in its first block, so that all below it stands lower, and another year at its foot."""
    first = form.blocks[0]
    grown = replace(first, count=first.count + 1, words=(*first.words, "確認欄"))
    return replace(form, blocks=(grown, *form.blocks[1:]), foot=form.foot.replace("年4月", "年10月改訂"))


def draw(form: Design) -> OfficeForm:
    """The form as its printer prints it."""
    dpi = FINER * REFERENCE_DPI
    page = Image.new("L", (pixels(A4_MM[0], dpi), pixels(A4_MM[1], dpi)), 255)
    sheet = _Sheet(ImageDraw.Draw(page), [])
    sheet.write(form.title, 105 - 3.5 * len(form.title), 16, 7)
    sheet.write(form.issuer, form.left, 29, 3.6)
    top = 40.0
    for block in form.blocks:
        _DRAWN[block.kind](sheet, block, form.left, top)
        top += block.height * block.count + 5
    sheet.write(form.foot, form.left, 284, 3.0)
    small = cv2.resize(np.asarray(page), None, fx=1 / FINER, fy=1 / FINER, interpolation=cv2.INTER_AREA)
    picture = np.asarray(small, np.uint8)
    picture.setflags(write=False)
    return OfficeForm(picture, tuple(sheet.places))


def _block(kind: str, width: float, rng: np.random.Generator) -> Block:
    if kind == "rows":
        count, label = int(rng.integers(3, 8)), float(rng.uniform(26, 45))
        edges = (label, width) if rng.random() < 0.6 else (label, width / 2, width / 2 + label, width)
        words = rng.choice(LABELS, count * len(edges) // 2, replace=False)
        return Block(kind, tuple(map(str, words)), edges, float(rng.choice([8, 9, 10, 12])), count)
    if kind == "table":
        columns = int(rng.integers(3, 7))
        cuts = np.sort(rng.dirichlet(np.full(columns, 4.0)).cumsum() * width)
        words = rng.choice(COLUMNS, columns, replace=False)
        return Block(kind, tuple(map(str, words)), tuple(cuts.tolist()), float(rng.choice([8, 10, 14])), int(rng.integers(4, 10)))
    if kind == "choices":
        count = int(rng.integers(2, 5))
        return Block(kind, tuple(map(str, rng.choice(CHOICES, 3 * count, replace=False))), (width,), 9.0, count)
    return Block(kind, tuple(map(str, rng.choice(SENTENCES, 4, replace=False))), (width,), 6.5, 4)


@dataclass(frozen=True)
class _Sheet:
    """What is drawn on, in page mm, and the places to write that were drawn so far."""

    on: ImageDraw.ImageDraw
    places: list[Box]

    def write(self, text: str, x: float, y: float, em: float) -> None:
        self.on.text((_at(x), _at(y)), text, fill=0, font=_font(_at(em)))

    def frame(self, box: Box) -> None:
        self.on.rectangle((_at(box.x), _at(box.y), _at(box.right), _at(box.bottom)), outline=0, width=3)


def _rows(sheet: _Sheet, block: Block, left: float, top: float) -> None:
    words = iter(block.words)
    for row in range(block.count):
        start = 0.0
        for number, edge in enumerate(block.edges):
            box = Box(left + start, top + row * block.height, edge - start, block.height)
            sheet.frame(box)
            if number % 2:
                sheet.places.append(box)
            else:
                sheet.write(next(words, "備考"), box.x + 2, box.y + block.height / 2 - 1.8, 3.6)
            start = edge


def _table(sheet: _Sheet, block: Block, left: float, top: float) -> None:
    start = 0.0
    for word, edge in zip(block.words, block.edges, strict=False):
        for row in range(block.count):
            box = Box(left + start, top + row * block.height, edge - start, block.height)
            sheet.frame(box)
            if row:
                sheet.places.append(box)
            else:
                sheet.write(word, box.x + 1.5, box.y + block.height / 2 - 1.6, 3.2)
        start = edge


def _choices(sheet: _Sheet, block: Block, left: float, top: float) -> None:
    for number, word in enumerate(block.words):
        x, y = left + number % 3 * 55.0, top + number // 3 * block.height
        sheet.frame(Box(x, y + 2, 4, 4))
        sheet.places.append(Box(x, y + 2, 4, 4))
        sheet.write(word, x + 6, y + 2.2, 3.6)


def _text(sheet: _Sheet, block: Block, left: float, top: float) -> None:
    for number, sentence in enumerate(block.words):
        sheet.write(sentence, left, top + number * block.height, 3.4)


_DRAWN = {"rows": _rows, "table": _table, "choices": _choices, "text": _text}


def _at(millimetres: float) -> int:
    return pixels(millimetres, FINER * REFERENCE_DPI)


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(find_font("gothic")), size)

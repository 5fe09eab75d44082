"""Draws pass certificates in layouts that have nothing in common with the project's own design but what they must say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.cleanup import CleanPage, clean, levelled
from pipeline.drawing.fill import blank_page
from pipeline.drawing.fonts import font_file
from pipeline.drawing.hand import typed_hand
from pipeline.drawing.ink import Canvas
from pipeline.drawing.lettering import write_in_box
from pipeline.drawing.looks import Look
from pipeline.drawing.paper import scan
from pipeline.forms import load_library
from pipeline.geometry import A4_MM, MM_PER_INCH, Colour
from pipeline.pages import PageImage
from pipeline.settings import PROJECT

DPI = 200
Values = dict[str, str]
SCORES = tuple(f"scores_by_field[{place}]" for place in range(7))
ISSUER = "一般社団法人日本コンタクトセンター教育検定協会"
FAMILY = ("近藤", "菅原", "五十嵐", "清水", "加藤", "岡本", "髙橋", "中村", "村上", "渡邊", "小野寺", "林")
GIVEN = ("さくら", "美香", "千尋", "大輔", "裕介", "由美子", "拓也", "雅彦", "健一", "真理子", "葵", "一")
ROMAN = ("KONDO", "Sugawara", "Igarashi Daisuke", "SHIMIZU YUMIKO", "Okamoto Takuya", "NAKAMURA KENICHI")


class Sheet:
    """A white A4 page in gray that takes print at places in mm."""

    def __init__(self, font: str) -> None:
        self.image = Image.new("L", (round(_px(A4_MM[0])), round(_px(A4_MM[1]))), 255)
        self._pen = ImageDraw.Draw(self.image)
        self._font = str(font_file(font))

    def text(self, x: float, y: float, text: str, size: float = 3.8, anchor: str = "ls", ink: int = 0) -> None:
        """Print `text` with its base line at y; `size` is the em in mm, `ink` its grey level."""
        font = ImageFont.truetype(self._font, round(_px(size)))
        self._pen.text((_px(x), _px(y)), text, fill=ink, font=font, anchor=anchor)

    def fill(self, x: float, y: float, width: float, height: float, shade: int) -> None:
        """An area of one grey level."""
        self._pen.rectangle((_px(x), _px(y), _px(x + width), _px(y + height)), fill=shade)

    def line(self, x: float, y: float, x2: float, y2: float) -> None:
        """A rule of 0.25 mm."""
        self._pen.line((_px(x), _px(y), _px(x2), _px(y2)), fill=0, width=2)

    def box(self, x: float, y: float, width: float, height: float) -> None:
        """A frame of 0.25 mm."""
        self._pen.rectangle((_px(x), _px(y), _px(x + width), _px(y + height)), outline=0, width=2)

    def rgb(self) -> Colour:
        """(h, w, 3) uint8."""
        return np.repeat(np.asarray(self.image, dtype=np.uint8)[:, :, None], 3, axis=2)


def _px(mm: float) -> float:
    return mm / MM_PER_INCH * DPI


def table(values: Values) -> Sheet:
    """A ruled table, labels left, values right; the seven scores stand under their names."""
    sheet = Sheet("mincho")
    sheet.text(105, 32, "合　格　証　書", 9, "ms")
    sheet.text(105, 44, "コン検 プロフェッショナル資格検定試験", 4.5, "ms")
    rows = [
        ("受験番号", values["candidate_id"]), ("受験者氏名", values["name"]), ("英字氏名", values["name_roman"]),
        ("資格名", values["exam"]), ("認定番号", values["pass_number"]), ("試験日", values["exam_date"]), ("交付日", values["issue_date"]),
        ("総合得点", values["score"] + "点"), ("記述得点率", values["written_percent"] + "%"), ("合否判定", values["result"]),
    ]  # fmt: skip
    for place, (label, value) in enumerate(rows):
        top = 58 + place * 10
        sheet.box(25, top, 50, 10)
        sheet.box(75, top, 110, 10)
        sheet.text(28, top + 6.5, label)
        sheet.text(80, top + 6.5, value, 4.4)
    names = ("戦略", "カスタマーサービス", "CRM", "オペレーション", "人的資源管理", "アーキテクチャ", "ICT")
    for place, (label, name) in enumerate(zip(names, SCORES, strict=True)):
        left = 15 + place * 26
        sheet.box(left, 172, 26, 8)
        sheet.box(left, 180, 26, 9)
        sheet.text(left + 13, 177.3, label, 2.7, "ms")
        sheet.text(left + 13, 186.4, values[name], 4, "ms")
    sheet.text(40, 215, "発行元", 3.8)
    sheet.text(62, 215, values["issuer"], 4.2)
    sheet.text(25, 250, "本証の有効期間は発行の日から3年とする。", 3)
    return sheet


def colons(values: Values) -> Sheet:
    """Plain lines, a colon between label and value; the scores in a list with dots."""
    sheet = Sheet("gothic")
    sheet.text(20, 30, "試験結果レポート", 7)
    sheet.text(20, 40, values["issuer"], 3.6)
    lines = [
        ("合格番号", values["pass_number"]), ("氏名", values["name"] + " 様"), ("ローマ字", values["name_roman"]),
        ("受験者番号", values["candidate_id"]), ("試験名", values["exam"]), ("受験年月日", values["exam_date"]),
        ("発行年月日", values["issue_date"]), ("得点", values["score"] + " / 800"), ("記述正答率", values["written_percent"] + " %"),
        ("判定", values["result"]),
    ]  # fmt: skip
    for place, (label, value) in enumerate(lines):
        sheet.text(22, 60 + place * 9, f"{label}：{value}", 4)
    names = ("コンタクトセンター戦略", "カスタマーサービス", "CRM", "オペレーション",
             "ヒューマンリソース", "センターアーキテクト", "ICTマネジメント")  # fmt: skip
    sheet.text(22, 160, "分野別の結果（正答率）", 4)
    for place, (label, name) in enumerate(zip(names, SCORES, strict=True)):
        sheet.text(28, 170 + place * 7.5, label, 3.6)
        sheet.text(120, 170 + place * 7.5, values[name] + "%", 3.6, "rs")
    sheet.text(22, 240, f"発行者：{values['issuer']}", 3.8)
    return sheet


def stacked(values: Values) -> Sheet:
    """Small labels with large values below them, in two columns."""
    sheet = Sheet("bizud-gothic")
    sheet.text(190, 25, "スコアレポート", 7, "rs")
    sheet.text(20, 25, "コンタクトセンター検定試験", 4.2)
    cells = [
        ("受験者名", values["name"]), ("氏名（英字）", values["name_roman"]), ("受験者ID", values["candidate_id"]),
        ("合格者番号", values["pass_number"]), ("試験科目", values["exam"]), ("総合判定", values["result"]),
        ("試験実施日", values["exam_date"]),
        ("発行日", values["issue_date"]), ("スコア", values["score"]), ("筆記得点率", values["written_percent"] + "％"),
    ]  # fmt: skip
    for place, (label, value) in enumerate(cells):
        left, top = 20 + place % 2 * 88, 45 + place // 2 * 20
        sheet.text(left, top, label, 2.9)
        sheet.text(left, top + 8, value, 5.2)
    names = ("センター戦略（ST）", "顧客サービス（CS）", "CRM（CR）", "オペレーション（OP）",
             "人材マネジメント（HR）", "アーキテクチャ（AR）", "ICT（IC）")  # fmt: skip
    for place, (label, name) in enumerate(zip(names, SCORES, strict=True)):
        left, top = 20 + place % 4 * 44, 160 + place // 4 * 20
        sheet.text(left, top, label, 2.9)
        sheet.text(left, top + 7, values[name], 4.6)
    sheet.text(20, 220, "発行団体", 2.9)
    sheet.text(20, 227, values["issuer"], 4)
    return sheet


DATES: tuple[Callable[[int, int, int], str], ...] = (
    lambda year, month, day: f"{year}年{month}月{day}日",
    lambda year, month, day: f"令和{year - 2018}年{month}月{day}日",
    lambda year, month, day: f"{year}/{month:02d}/{day:02d}",
    lambda year, month, day: f"{year}.{month}.{day}",
    lambda year, month, day: f"{year}-{month:02d}-{day:02d}",
)
"""Ways in which offices print dates..."""
DATE_SHARES = (0.5, 0.2, 0.1, 0.1, 0.1)
"""...and their invented shares."""


def invented(rng: np.random.Generator) -> Values:
    """Invented values of every field."""
    year = int(rng.integers(2022, 2026))
    days = [(int(rng.integers(1, 7)), int(rng.integers(1, 29))), (int(rng.integers(7, 13)), int(rng.integers(1, 29)))]
    values = {
        "name": f"{rng.choice(FAMILY)} {rng.choice(GIVEN)}",
        "name_roman": str(rng.choice(ROMAN)),
        "candidate_id": f"CK{int(rng.integers(10**6, 10**7))}",
        "pass_number": f"{year}{int(rng.integers(0, 10**6)):06d}",
        "exam": str(rng.choice(["OMP", "CAP"])),
        "exam_date": "",
        "issue_date": "",
        "score": str(int(rng.integers(500, 800))),
        "written_percent": str(int(rng.integers(78, 101))),
        "result": "合格",
        **{name: str(int(rng.integers(40, 101))) for name in SCORES},
        "issuer": ISSUER,
    }
    style = DATES[int(rng.choice(len(DATES), p=DATE_SHARES))]
    return values | {name: style(year, *date) for name, date in zip(("exam_date", "issue_date"), days, strict=True)}


def cleaned(page: Colour, look: Look, rng: np.random.Generator, dpi: int = 300) -> CleanPage:
    """The sheet (RGB at DPI) scanned and cleaned."""
    scanned = scan(page, DPI, look, rng, dpi=dpi)
    picture = np.asarray(scanned.pixels)
    gray = picture if picture.ndim == 2 else np.asarray(Image.fromarray(picture).convert("L"), dtype=np.uint8)
    return levelled(clean(PageImage(1, gray, None, dpi)))


def own(values: Values) -> Colour:
    """The project's own design, filled in by a printer: (h, w, 3) RGB at DPI."""
    template = load_library(PROJECT / "form_templates").get("certificate")
    hand = typed_hand(font_file("mincho"))
    canvas = Canvas(blank_page(template, DPI), DPI)
    rng = np.random.default_rng(0)
    for spec in template.fields:
        write_in_box(canvas, hand, values[spec.name], spec.box, rng)
    return canvas.rgb

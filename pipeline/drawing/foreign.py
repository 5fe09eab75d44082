"""Sheets that are none of ours and still turn up in the envelope: a letter, a bill, a questionnaire, another body's form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.drawing import marks
from pipeline.drawing.fill import Writer
from pipeline.drawing.hand import Hand, text_width, write_line
from pipeline.drawing.ink import Canvas, Pen
from pipeline.drawing.lettering import wrap, write_in_box
from pipeline.geometry import A4_MM, Box, Colour, pixels

RULE = Pen((30, 30, 30), 0.2, 1.0, 0.0)
LEADING = 1.7
"""Line pitch of running text, ems."""
LETTER = (
    "拝啓　時下ますますご清栄のこととお慶び申し上げます。",
    "先日はお電話でご丁寧にご案内いただき、誠にありがとうございました。",
    "お尋ねのありました研修会の日程につきまして、社内で調整のうえ改めてご連絡いたします。なお、会場は本社3階の会議室を予定しております。",
    "ご不明な点がございましたら、下記までお気軽にお問い合わせください。今後ともよろしくお願い申し上げます。",
)
BILL = (
    ("ご使用期間", "9月12日～10月11日"),
    ("ご使用量", "284 kWh"),
    ("基本料金", "935円25銭"),
    ("電力量料金", "8,210円44銭"),
    ("再エネ発電賦課金", "991円"),
    ("ご請求金額", "10,136円"),
    ("お支払期限日", "11月13日"),
)
SURVEY = (
    "本日の説明会の内容は分かりやすかったですか。",
    "配布資料の量は適切でしたか。",
    "担当者の説明は丁寧でしたか。",
    "会場の広さや温度はいかがでしたか。",
    "次回の説明会にも参加したいと思いますか。",
    "同僚や知人にもすすめたいと思いますか。",
)
ANSWERS = ("とてもそう思う", "そう思う", "思わない")
OTHER_FORM = ("氏名", "生年月日", "勤務先名称", "所在地", "従事した期間", "従事した日数", "業務内容")


def foreign_page(kind: str, writer: Writer, rng: np.random.Generator, dpi: int) -> Colour:
    """A page of `kind` (a key of KINDS), (h, w, 3) uint8 RGB, upright A4 at `dpi`."""
    canvas = Canvas(np.full((pixels(A4_MM[1], dpi), pixels(A4_MM[0], dpi), 3), 255, np.uint8), dpi)
    KINDS[kind](canvas, writer, rng)
    return canvas.rgb


def _centred(canvas: Canvas, hand: Hand, text: str, y: float, em: float, rng: np.random.Generator) -> None:
    write_line(canvas, hand, text, ((A4_MM[0] - em * text_width(hand, text)) / 2, y), em, rng)


def _frame(canvas: Canvas, box: Box, rng: np.random.Generator) -> None:
    corners = [*box.corners().tolist(), [box.x, box.y]]
    canvas.draw([np.array(pair) for pair in zip(corners[:-1], corners[1:], strict=True)], RULE, rng)


def _letter(canvas: Canvas, writer: Writer, rng: np.random.Generator) -> None:
    write_line(canvas, writer.hand, "2026年10月吉日", (150, 28), 4, rng)
    write_line(canvas, writer.hand, "株式会社あおば通信サービス　研修ご担当者様", (22, 42), 4.4, rng)
    y = 66.0
    for paragraph in LETTER:
        for line in wrap(writer.hand, "　" + paragraph, 160 / 4.0):
            write_line(canvas, writer.hand, line, (24, y), 4.0, rng)
            y += 4.0 * LEADING
    write_line(canvas, writer.hand, "敬具", (170, y + 8), 4, rng)
    write_line(canvas, writer.hand, "株式会社ひかり企画　総務部", (120, y + 26), 4, rng)


def _bill(canvas: Canvas, writer: Writer, rng: np.random.Generator) -> None:
    _centred(canvas, writer.hand, "電気料金等のお知らせ", 30, 7, rng)
    write_line(canvas, writer.hand, "お客さま番号　31-0457-22918-6", (24, 48), 3.6, rng)
    for row, (label, amount) in enumerate(BILL):
        top = 60 + row * 13.0
        _frame(canvas, Box(24, top, 60, 13), rng)
        _frame(canvas, Box(84, top, 90, 13), rng)
        write_in_box(canvas, writer.hand, label, Box(25, top, 58, 13), rng)
        write_in_box(canvas, writer.hand, amount, Box(86, top, 86, 13), rng, centred=True)
    write_line(canvas, writer.hand, "あすなろ電力株式会社　お客さまセンター　0120-000-000", (24, 168), 3.6, rng)


def _survey(canvas: Canvas, writer: Writer, rng: np.random.Generator) -> None:
    _centred(canvas, writer.hand, "説明会に関するアンケート", 32, 6.5, rng)
    for number, question in enumerate(SURVEY, 1):
        y = 40 + number * 24.0
        write_line(canvas, writer.hand, f"問{number}　{question}", (24, y), 4, rng)
        for column, answer in enumerate(ANSWERS):
            square = Box(34 + column * 50.0, y + 6.5, 4, 4)
            _frame(canvas, square, rng)
            write_line(canvas, writer.hand, answer, (square.right + 2, y + 8.5), 3.6, rng)
        chosen = int(rng.integers(len(ANSWERS)))
        marks.tick(canvas, Box(34 + chosen * 50.0, y + 6.5, 4, 4), "check", writer.pen, rng)


def _other_form(canvas: Canvas, writer: Writer, rng: np.random.Generator) -> None:
    """A ruled certificate of working experience of another trade: the nearest thing to sheets B and C."""
    _centred(canvas, writer.hand, "実務経験証明書", 34, 8, rng)
    write_line(canvas, writer.hand, "○○県福祉人材研修センター長　殿", (24, 54), 4, rng)
    for row, label in enumerate(OTHER_FORM):
        top = 66 + row * 17.0
        _frame(canvas, Box(24, top, 42, 17), rng)
        _frame(canvas, Box(66, top, 120, 17), rng)
        write_in_box(canvas, writer.hand, label, Box(25, top, 40, 17), rng, centred=True)
    write_in_box(canvas, writer.signing, "介護老人保健施設 ひまわり苑", Box(68, 66 + 34, 116, 17), rng)
    write_in_box(canvas, writer.signing, "入浴・食事の介助、夜間の巡視", Box(68, 66 + 102, 116, 17), rng)
    write_line(canvas, writer.hand, "上記の者の実務経験は以上のとおりであることを証明します。", (24, 200), 4, rng)


KINDS: dict[str, Callable[[Canvas, Writer, np.random.Generator], None]] = {
    "letter": _letter,
    "bill": _bill,
    "survey": _survey,
    "other_form": _other_form,
}

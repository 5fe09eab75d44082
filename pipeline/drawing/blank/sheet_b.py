"""Sheet B: 業務経験証明書, and its continuation sheet."""

from __future__ import annotations

from pipeline.drawing.blank.entries import CELL_INK, GAP_MM, INSET_MM, Slot, Unit, cell_row, date, digits, in_units, line, print_units
from pipeline.drawing.blank.layout import FRAME_MM, Face, Ink, Pen, SheetDesign, around
from pipeline.drawing.blank.table import LABEL_SHADE, LEFT_MM, WIDTH_MM, Cell, Row, notes, section, sheet_foot, sheet_head, table
from pipeline.forms import FieldKind, FieldSpec
from pipeline.geometry import Box

TITLE = "業務経験証明書"
TITLE_CONTINUED = "業務経験証明書（続紙）"
ROWS = 6
AREAS = ("戦略 ST", "顧客対応 CS", "CRM CR", "運用 OP", "人材 HR", "構築 AR", "ICT IC")
NUMBER_MM, PERIOD_MM, MAIN_MM, OTHER_MM = 6.0, 37.0, 10.0, 15.0
MIDDLE_MM = WIDTH_MM - NUMBER_MM - PERIOD_MM - MAIN_MM - OTHER_MM
EMPLOYER_SHARE = 0.62
"""Part of the middle column's first line that the employer gets; the position has the rest."""
FIRST_LINE_MM = 8.2
CAPTION = Face(6.5, shade=0.25)
PERIOD = (Unit("year", 15.0, "年", 3.6), Unit("month", 9.5, "月", 3.6))
LENGTH = (Unit("years", 11.0, "年", 3.6), Unit("months", 9.5, "ヶ月", 6.4))
AREA_LENGTH = (Unit("years", 8.6, "年", 3.2), Unit("months", 8.2, "ヶ月", 5.4))
NOTES = (
    "コンタクトセンターに関する業務経験を新しいものから順に、勤務先・職位・業務が変わるごとに1行ずつ記入してください。現在も従事している場合は、"
    "「至」の欄に「現在」と記入します。",
    "「業務内容」は担当した業務を具体的に40～120字程度で記入してください。「主」には最も当てはまる分野の番号（1～7）を1つ、「他」にはその他に"
    "当てはまる分野の番号を2つまで記入します。判断できないときは空欄でかまいません。",
    "業務内容の記入例：入電予測に基づく要員計画とシフトの作成、応答率・放棄率の日次管理、オペレーター30名へのモニタリングと指導を担当。",
    "通算・分野別の期間は、重なる月を二重に数えないでください。6行で足りないときは続紙を使い、枚数を右上に記入してください。",
)
NOTES_CONTINUED = (
    "本紙だけで書ききれない場合に使用してください。記入方法は本紙と同じです。枚数は本紙から通して数えます。",
    "通算・分野別の期間は本紙にのみ記入してください。",
)
AREA_KEY = (
    "分野の番号：　1 コンタクトセンター戦略（ST）　　2 カスタマーサービス（CS）　　3 CRM（CR）　　4 オペレーション（OP）",
    "　　　　　　　5 ヒューマンリソースマネジメント（HR）　　6 センターアーキテクト（AR）　　7 ICTマネジメント（IC）",
)


def sheet_b() -> SheetDesign:
    """Six rows of experience and their totals."""
    pen = Pen()
    y = _head(pen, "B", TITLE)
    y = _experience(pen, y, 24.6)
    y = _totals(pen, y + 1.0)
    notes(pen, y + 0.8, NOTES)
    sheet_foot(pen, "資格認定申請フォーム A～D（2／4）")
    return SheetDesign("b", "b", TITLE, "CK-B 2026-1", tuple(pen.items), tuple(pen.fields))


def sheet_b_continued() -> SheetDesign:
    """Six more rows, without totals."""
    pen = Pen()
    y = _head(pen, "B-2", TITLE_CONTINUED)
    y = _experience(pen, y, 30.0)
    notes(pen, y + 2.0, NOTES_CONTINUED)
    sheet_foot(pen, "資格認定申請フォーム A～D（2／4 続紙）")
    return SheetDesign("b_continued", "b", TITLE_CONTINUED, "CK-BC 2026-1", tuple(pen.items), tuple(pen.fields))


def _head(pen: Pen, letter: str, title: str) -> float:
    y = sheet_head(pen, letter, title)
    number = Cell("合格者番号", 96, digits("pass_number", 10), required=True, label_width=28)
    created = Cell("作成日", 84, date("created_date"), required=True, label_width=22)
    name = Cell("氏名", 126, line("name", "name"), required=True, label_width=28)
    sheets = Cell("枚数", 54, _sheet_count, label_width=15)
    return table(pen, y, [Row(9.4, (number, created)), Row(9.4, (name, sheets))])


def _sheet_count(pen: Pen, slot: Slot) -> None:
    """［　］枚中［　］枚目, noted as two fields."""
    box = slot.box
    units = (Unit("sheet_count", 9.0, "枚中", 7.5), Unit("sheet_no", 9.0, "枚目", 7.5))
    for part in print_units(pen, box.x + GAP_MM, box, units):
        square = Box(part.box.x, box.y + 1.2, part.box.w, box.h - 2.4)
        pen.rectangle(square, CELL_INK)
        label = {"sheet_count": "総枚数", "sheet_no": "枚目"}[part.name]
        pen.field(FieldSpec(part.name, label, "number", square.grown(-INSET_MM)))


def _experience(pen: Pen, y: float, row_mm: float) -> float:
    y = section(pen, y + 0.8, "業務経験（新しいものから順に）")
    top = y
    y = _column_heads(pen, y)
    for number in range(ROWS):
        _experience_row(pen, Box(LEFT_MM, y, WIDTH_MM, row_mm), number)
        y += row_mm
    pen.rectangle(Box(LEFT_MM, top, WIDTH_MM, y - top), Ink(FRAME_MM))
    for number, words in enumerate(AREA_KEY):
        pen.text(Box(LEFT_MM + 1, y + 0.6 + number * 3.4, WIDTH_MM, 3.4), words, Face(7))
    return y + 0.6 + len(AREA_KEY) * 3.4


def _column_heads(pen: Pen, y: float) -> float:
    height = 7.6
    heads = (
        (NUMBER_MM, "No."),
        (PERIOD_MM, "従事した期間"),
        (MIDDLE_MM, "勤務先名称・職位　／　業務内容（具体的に）"),
        (MAIN_MM, "主"),
        (OTHER_MM, "他"),
    )
    x = LEFT_MM
    pen.rectangle(Box(LEFT_MM, y, WIDTH_MM, height), Ink(0, fill=LABEL_SHADE))
    for width, words in heads:
        short = words in ("主", "他")
        pen.rectangle(Box(x, y + (3.6 if short else 0), width, height - (3.6 if short else 0)))
        pen.text(Box(x, y + (3.6 if short else 0), width, height - (3.6 if short else 0)), words, Face(7 if short else 8), "center")
        x += width
    areas = Box(LEFT_MM + WIDTH_MM - MAIN_MM - OTHER_MM, y, MAIN_MM + OTHER_MM, 3.6)
    pen.rectangle(areas)
    pen.text(areas, "分野の番号", Face(7), "center")
    return y + height


def _experience_row(pen: Pen, box: Box, number: int) -> None:
    prefix = f"rows[{number}]."
    pen.rectangle(box, Ink(0.3))
    pen.text(Box(box.x, box.y, NUMBER_MM, box.h), str(number + 1), Face(9), "center")
    period = Box(box.x + NUMBER_MM, box.y, PERIOD_MM, box.h)
    middle = Box(period.right, box.y, MIDDLE_MM, box.h)
    for x in (period.x, middle.x, middle.right, middle.right + MAIN_MM):
        pen.line(x, box.y, x, box.bottom)
    _period(pen, period, prefix)
    _work(pen, middle, prefix)
    centre = box.y + box.h / 2
    main = cell_row(pen, middle.right + 1.5, centre, 1, (7.0, 9.0))
    pen.field(FieldSpec(f"{prefix}field", "主な分野", "number", main[0], cells=main))
    other = cell_row(pen, middle.right + MAIN_MM + 1.0, centre, 2, (6.5, 9.0))
    pen.field(FieldSpec(f"{prefix}other_fields", "他の分野", "digits", around(other), cells=other))


def _period(pen: Pen, box: Box, prefix: str) -> None:
    """自, 至 and 期間 below each other."""
    height = box.h / 3
    entries: tuple[tuple[str, str, str, FieldKind, tuple[Unit, ...], bool], ...] = (
        ("from", "自", "従事した期間（自）", "year_month", PERIOD, number_is_first(prefix)),
        ("to", "至", "従事した期間（至）", "year_month", PERIOD, number_is_first(prefix)),
        ("months", "計", "期間", "months", LENGTH, False),
    )
    for place, (name, sign, label, kind, units, required) in enumerate(entries):
        line_box = Box(box.x, box.y + place * height, box.w, height)
        if place:
            pen.line(box.x, line_box.y, box.right, line_box.y, Ink(0.12, shade=0.35))
        pen.text(Box(box.x + 0.8, line_box.y, 4, height), sign, CAPTION)
        parts = print_units(pen, box.x + 5.0, line_box, units, Face(7.5))
        pen.field(FieldSpec(f"{prefix}{name}", label, kind, around([part.box for part in parts]), required, parts=parts))


def number_is_first(prefix: str) -> bool:
    """Only the first row has to be filled in."""
    return prefix == "rows[0]."


def _work(pen: Pen, box: Box, prefix: str) -> None:
    """Employer and position in one line, duties below."""
    required = number_is_first(prefix)
    caption = 10.5
    employer = Box(box.x, box.y, box.w * EMPLOYER_SHARE, FIRST_LINE_MM)
    position = Box(employer.right, box.y, box.right - employer.right, FIRST_LINE_MM)
    for name, label, words, area in (("employer", "勤務先名称", "勤務先", employer), ("position", "職位", "職位", position)):
        width = caption if name == "employer" else 7.5
        pen.text(Box(area.x + 0.9, area.y, width, area.h), words, CAPTION)
        inside = Box(area.x + width, area.y, area.w - width, area.h)
        pen.field(FieldSpec(f"{prefix}{name}", label, "text", inside.grown(-INSET_MM), required))
    pen.line(position.x, box.y, position.x, employer.bottom, Ink(0.12, shade=0.35))
    pen.line(box.x, employer.bottom, box.right, employer.bottom, Ink(0.12, shade=0.35))
    duties = Box(box.x, employer.bottom, box.w, box.bottom - employer.bottom)
    pen.field(FieldSpec(f"{prefix}duties", "業務内容", "multiline", duties.grown(-INSET_MM), required))


def _totals(pen: Pen, y: float) -> float:
    """The whole time and the time in each field."""
    total = Cell("通算業務経験期間", WIDTH_MM, _total, required=True, label_width=44)
    y = table(pen, y, [Row(9.2, (total,))])
    width = WIDTH_MM / len(AREAS)
    head = 4.6
    pen.rectangle(Box(LEFT_MM, y, WIDTH_MM, head), Ink(0, fill=LABEL_SHADE))
    for number, area in enumerate(AREAS):
        x = LEFT_MM + number * width
        pen.rectangle(Box(x, y, width, head))
        pen.text(Box(x, y, width, head), f"{number + 1} {area}", Face(7), "center")
        value = Box(x, y + head, width, 9.0)
        pen.rectangle(value)
        parts = print_units(pen, x + 0.15, value, AREA_LENGTH, Face(7))
        label = f"分野別期間（{number + 1}）"
        pen.field(FieldSpec(f"months_by_field[{number}]", label, "months", around([part.box for part in parts]), parts=parts))
    pen.rectangle(Box(LEFT_MM, y, WIDTH_MM, head + 9.0), Ink(FRAME_MM))
    return y + head + 9.0


def _total(pen: Pen, slot: Slot) -> None:
    units = (Unit("years", 14.0, "年"), Unit("months", 12.0, "ヶ月", 7.0))
    in_units("total_months", "months", units)(pen, Slot(slot.label, Box(slot.box.x, slot.box.y, 42, slot.box.h), slot.required))
    words = "通算60ヶ月（5年）以上。重なる月は1回だけ数えます。下の欄は分野別の期間です。"
    pen.text(Box(slot.box.x + 44, slot.box.y, slot.box.w - 45, slot.box.h), words, CAPTION)

"""A machine-printed pass certificate: 合格証明書（試験結果レポート）. One design of many, so its boxes are not to be trusted in reading."""

from __future__ import annotations

from pipeline.drawing.blank.layout import Face, Ink, Pen, SheetDesign
from pipeline.drawing.blank.table import LABEL_SHADE
from pipeline.forms import FieldKind, FieldSpec
from pipeline.geometry import Box

TITLE = "合格証明書（試験結果レポート）"
LEFT_MM, WIDTH_MM = 26.0, 158.0
LABEL_MM = 42.0
ROW_MM = 9.0
AREAS = (
    "コンタクトセンター戦略（ST）",
    "カスタマーサービス（CS）",
    "CRM（CR）",
    "オペレーション（OP）",
    "ヒューマンリソースマネジメント（HR）",
    "センターアーキテクト（AR）",
    "ICTマネジメント（IC）",
)
PERSON: tuple[tuple[str, str, FieldKind], ...] = (
    ("name", "氏名", "name"),
    ("name_roman", "氏名（ローマ字）", "latin"),
    ("candidate_id", "受験者ID", "latin"),
    ("pass_number", "合格者番号", "digits"),
)
EXAM: tuple[tuple[str, str, FieldKind], ...] = (
    ("exam", "試験科目", "text"),
    ("exam_date", "受験日", "date"),
    ("issue_date", "発行日", "date"),
)
RESULT: tuple[tuple[str, str, FieldKind, str], ...] = (
    ("score", "スコア", "number", "（200～800、合格 500 以上）"),
    ("written_percent", "記述問題正答率（％）", "number", "（合格 78 以上）"),
    ("result", "判定", "text", ""),
)
BODY = "あなたはコンタクトセンター検定試験 プロフェッショナル試験において、下記のとおり合格されたことを証明します。"
FOOT = (
    "※合格証明書の有効期限は発行日から3年間です。資格認定の申請は有効期限内に行ってください。",
    "※本証明書は再発行できません。大切に保管してください。",
)


def certificate() -> SheetDesign:
    """Labels and, beside each, where this design prints the value."""
    pen = Pen()
    pen.rectangle(Box(14, 14, 182, 269), Ink(0.9))
    pen.rectangle(Box(16, 16, 178, 265), Ink(0.2))
    pen.text(Box(LEFT_MM, 25, WIDTH_MM, 6), "コンタクトセンター検定試験　プロフェッショナル", Face(11, "mincho"), "center")
    pen.text(Box(LEFT_MM + 34, 35, WIDTH_MM - 68, 14), "合格証明書", Face(28, "mincho"), "spread")
    pen.text(Box(LEFT_MM, 51, WIDTH_MM, 7), "（試験結果レポート）", Face(12, "mincho"), "center")
    y = _labelled(pen, 66, PERSON)
    y = pen.paragraph(Box(LEFT_MM, y + 7, WIDTH_MM, 0), f"　{BODY}", Face(10.5, "mincho"), 6.4)
    y = _labelled(pen, y + 5, EXAM)
    y = _results(pen, y + 6)
    y = _areas(pen, y + 6)
    _issuer(pen, y + 9)
    for number, words in enumerate(FOOT):
        pen.text(Box(LEFT_MM, 267 + number * 4.2, WIDTH_MM, 4.2), words, Face(7.5))
    return SheetDesign("certificate", "certificate", TITLE, None, tuple(pen.items), tuple(pen.fields), fixed=False)


def _labelled(pen: Pen, y: float, entries: tuple[tuple[str, str, FieldKind], ...]) -> float:
    for name, label, kind in entries:
        pen.text(Box(LEFT_MM + 2, y, LABEL_MM - 6, ROW_MM), label, Face(10))
        pen.line(LEFT_MM, y + ROW_MM, LEFT_MM + WIDTH_MM, y + ROW_MM, Ink(0.12))
        box = Box(LEFT_MM + LABEL_MM, y + 0.6, WIDTH_MM - LABEL_MM - 2, ROW_MM - 1.2)
        pen.field(FieldSpec(name, label, kind, box, name in ("name", "pass_number", "exam", "issue_date")))
        y += ROW_MM
    return y


def _results(pen: Pen, y: float) -> float:
    """Score, written percentage and verdict, framed side by side."""
    width = WIDTH_MM / len(RESULT)
    pen.rectangle(Box(LEFT_MM, y, WIDTH_MM, 6.5), Ink(0, fill=LABEL_SHADE))
    for number, (name, label, kind, note) in enumerate(RESULT):
        x = LEFT_MM + number * width
        pen.rectangle(Box(x, y, width, 6.5))
        pen.text(Box(x, y, width, 6.5), label, Face(9), "center")
        pen.rectangle(Box(x, y + 6.5, width, 15))
        pen.text(Box(x, y + 16, width, 5), note, Face(7), "center")
        pen.field(FieldSpec(name, label, kind, Box(x + 8, y + 7.3, width - 16, 8.4)))
    return y + 21.5


def _areas(pen: Pen, y: float) -> float:
    """Scores by field, percent."""
    height = 6.6
    pen.text(Box(LEFT_MM, y, WIDTH_MM, 6), "分野別正答率（％）", Face(9.5))
    y += 6.5
    for number, area in enumerate(AREAS):
        pen.rectangle(Box(LEFT_MM, y, 110, height), Ink(0.15))
        pen.rectangle(Box(LEFT_MM + 110, y, 48, height), Ink(0.15))
        pen.text(Box(LEFT_MM + 3, y, 105, height), f"{number + 1}　{area}", Face(9))
        label = f"{number + 1} {area}"
        pen.field(FieldSpec(f"scores_by_field[{number}]", label, "number", Box(LEFT_MM + 122, y + 0.6, 24, height - 1.2)))
        y += height
    return y


def _issuer(pen: Pen, y: float) -> None:
    pen.text(Box(LEFT_MM + 14, y, 18, 8), "発行者", Face(10))
    pen.field(FieldSpec("issuer", "発行者", "text", Box(LEFT_MM + 34, y, 100, 8)))
    _printed_seal(pen, Box(LEFT_MM + WIDTH_MM - 20, y - 6, 18, 18))


def _printed_seal(pen: Pen, box: Box) -> None:
    """The issuer's square seal, printed with the form: two columns, read from the right."""
    shade = 0.35
    pen.rectangle(box, Ink(0.7, shade=shade), 0.8)
    half = box.w / 2
    for column, signs in ((1, "検定"), (0, "之印")):
        for row, sign in enumerate(signs):
            pen.text(Box(box.x + column * half, box.y + row * half, half, half), sign, Face(20, "mincho", shade), "center")

"""Sheet C: 上司もしくは監督者による証明."""

from __future__ import annotations

from pipeline.drawing.blank.entries import (
    YEAR_MONTH,
    Choice,
    Slot,
    date,
    digits,
    family_given,
    in_units,
    line,
    postal_code,
    ticks,
    with_seal,
)
from pipeline.drawing.blank.layout import Face, Pen, SheetDesign
from pipeline.drawing.blank.table import ASSOCIATION, LEFT_MM, WIDTH_MM, Cell, Row, notes, section, sheet_foot, sheet_head, table
from pipeline.geometry import Box

TITLE = "上司もしくは監督者による証明"
SENTENCE = (
    "私は、下記の申請者が、申請者本人の作成した業務経験証明書（様式B）に記載のとおり、下記の期間および分野において"
    "コンタクトセンターに関する業務に従事したことに相違ないことを、上司または監督者として証明します。"
)
AREAS = (
    Choice("1", "1 コンタクトセンター戦略（ST）"),
    Choice("2", "2 カスタマーサービス（CS）"),
    Choice("3", "3 CRM（CR）"),
    Choice("4", "4 オペレーション（OP）"),
    Choice("5", "5 ヒューマンリソースマネジメント（HR）"),
    Choice("6", "6 センターアーキテクト（AR）"),
    Choice("7", "7 ICTマネジメント（IC）"),
)
RELATIONS = (Choice("上司", "上司"), Choice("監督者", "監督者"), Choice("その他", "その他"))
NOTES = (
    "この証明は、申請者の上司または業務を監督する立場にあった方が記入してください。申請者本人が証明者になることはできません。",
    "「証明する分野」は、申請者が従事したと証明できる分野すべてに✓を付けてください。",
    "証明者氏名は必ず自筆で記入し、押印してください。ゴム印・記名印のみの証明は受け付けられません。",
    "勤務先が複数ある場合は、本様式をコピーして、証明者ごとに1枚ずつ作成してください。",
    "記載内容について、協会の資格認定事務局から証明者へ電話または電子メールで確認することがあります。",
)


def sheet_c() -> SheetDesign:
    """What the applicant's superior confirms."""
    pen = Pen()
    y = sheet_head(pen, "C", TITLE)
    pen.text(Box(LEFT_MM, y - 1, 100, 9), f"{ASSOCIATION}　御中", Face(10, "mincho"))
    pen.text(Box(122, y - 1, 14, 9), "※証明日", Face(9), "right")
    date("certified_date")(pen, Slot("証明日", Box(136, y - 1, 59, 9), required=True))
    y = pen.paragraph(Box(LEFT_MM + 2, y + 12, WIDTH_MM - 4, 0), f"　{SENTENCE}", Face(10.5, "mincho"), 6.4)
    y = table(pen, section(pen, y + 3, "申請者および証明する内容"), _applicant_rows())
    y = table(pen, section(pen, y + 3, "証明者"), _certifier_rows())
    notes(pen, y + 3, NOTES)
    sheet_foot(pen, "資格認定申請フォーム A～D（3／4）")
    return SheetDesign("c", "c", TITLE, "CK-C 2026-1", tuple(pen.items), tuple(pen.fields))


def _applicant_rows() -> list[Row]:
    since = Cell("証明期間（自）", 90, in_units("period_from", "year_month", YEAR_MONTH, "西暦"), required=True)
    until = Cell("証明期間（至）", 90, in_units("period_to", "year_month", YEAR_MONTH, "西暦"), required=True)
    areas = ticks("fields", AREAS, "marks", columns=2)
    return [
        Row(11, (Cell("申請者氏名", WIDTH_MM, line("applicant_name", "name"), required=True),)),
        Row(11, (Cell("合格者番号", WIDTH_MM, digits("pass_number", 10), required=True),)),
        Row(11, (since, until)),
        Row(28, (Cell("証明する分野", WIDTH_MM, areas, required=True, hint="該当するすべてに✓"),)),
        Row(10.5, (Cell("申請者との関係", WIDTH_MM, ticks("relation", RELATIONS), required=True),)),
    ]


def _certifier_rows() -> list[Row]:
    department = Cell("部署名", 100, line("certifier_department"))
    title = Cell("役職名", 80, line("certifier_title"), label_width=24)
    phone = Cell("電話番号", 84, line("certifier_phone", "phone"), required=True)
    email = Cell("メールアドレス", 96, line("certifier_email", "email"), label_width=29)
    signed = with_seal(line("certifier_name", "name"), "certifier_seal", "証明者印")
    contact = ticks("may_contact", (Choice("可", "可　（協会からの確認の連絡を受けることに同意します）"),), "marks")
    return [
        Row(10.2, (Cell("会社・団体名", WIDTH_MM, line("certifier_company"), required=True),)),
        Row(10.2, (Cell("郵便番号", WIDTH_MM, postal_code("certifier_postal_code")),)),
        Row(10.2, (Cell("所在地", WIDTH_MM, line("certifier_address"), required=True),)),
        Row(10.2, (department, title)),
        Row(9.6, (Cell("フリガナ", WIDTH_MM, family_given("certifier_name_kana", "kana", ("セイ", "メイ"))),)),
        Row(16.5, (Cell("証明者氏名", WIDTH_MM, signed, required=True, hint="自筆で記入・押印"),)),
        Row(10.2, (phone, email)),
        Row(10.2, (Cell("確認の連絡", WIDTH_MM, contact),)),
    ]

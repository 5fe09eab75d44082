"""Sheet A: 資格認定申請書."""

from __future__ import annotations

from pipeline.drawing.blank.entries import (
    SMALL,
    Choice,
    Slot,
    birth_date,
    date,
    digits,
    family_given,
    line,
    postal_code,
    ticks,
    with_seal,
)
from pipeline.drawing.blank.layout import Face, Pen, SheetDesign
from pipeline.drawing.blank.table import ASSOCIATION, LEFT_MM, WIDTH_MM, Cell, Row, notes, section, sheet_foot, sheet_head, table
from pipeline.geometry import Box

TITLE = "資格認定申請書"
QUALIFICATIONS = (
    Choice("OMP", "オペレーション・マネジメント（OMP）"),
    Choice("CAP", "センターアーキテクト（CAP）"),
)
ENCLOSED = (
    Choice("certificate", "合格証明書の写し"),
    Choice("a", "A 本申請書"),
    Choice("b", "B 業務経験証明書"),
    Choice("c", "C 上司等の証明"),
    Choice("d", "D 宣誓書"),
)
SENTENCE = "私は、記載内容に相違ないことを確認し、上記のとおり資格認定を申請します。"
ACCOUNT = "三菱UFJ銀行　新宿中央支店　普通 3176131　一般社団法人 日本コンタクトセンター教育検定協会"
NOTES = (
    "黒のボールペンで楷書によりはっきりと記入するか、パソコンで入力してください。※印は必ず記入する項目です。",
    "枠のある欄は、1枠に1文字ずつ算用数字で記入してください。年は西暦4桁で記入してください（生年月日は該当する元号を○で囲みます）。",
    "訂正するときは二重線で消し、その上に訂正印を押して、余白に正しい内容を記入してください。",
    "合格証明書（試験結果レポート）の有効期限は発行日から3年間です。期限を過ぎたものでは申請できません。",
    "認定審査手数料は11,000円（税込）です。振込人名は「合格者番号の下4桁＋氏名カナ」としてください（例：0123コンケンタロウ）。",
    "ご提出いただいた書類は返却しません。お手元にコピーを保管してください。個人情報は資格認定の審査および連絡にのみ使用します。",
)


def sheet_a() -> SheetDesign:
    """The application itself."""
    pen = Pen()
    y = sheet_head(pen, "A", TITLE)
    date("application_date")(pen, Slot("申請日", Box(136, y - 1.5, 59, 9), required=True))
    pen.text(Box(122, y - 1.5, 14, 9), "※申請日", Face(9), "right")
    pen.text(Box(LEFT_MM, y - 1.5, 100, 9), f"{ASSOCIATION}　御中", Face(10, "mincho"))
    y = table(pen, section(pen, y + 8, "申請する資格"), _exam_rows())
    y = table(pen, section(pen, y + 1.5, "申請者"), _person_rows())
    y = table(pen, section(pen, y + 1.5, "勤務先・送付先"), _work_rows())
    y = table(pen, section(pen, y + 1.5, "手数料の振込・同封書類"), _payment_rows())
    pen.text(Box(LEFT_MM, y + 1, WIDTH_MM, 6), SENTENCE, Face(9.5, "mincho"))
    signed = Cell("申請者署名", WIDTH_MM, with_seal(line("signature", "signature"), "seal"), required=True, hint="自筆で署名・押印")
    y = table(pen, y + 7.5, [Row(16, (signed,))])
    notes(pen, y + 1.2, NOTES)
    sheet_foot(pen, "資格認定申請フォーム A～D（1／4）")
    return SheetDesign("a", "a", TITLE, "CK-A 2026-1", tuple(pen.items), tuple(pen.fields))


def _exam_rows() -> list[Row]:
    number = Cell("合格者番号", 96, digits("pass_number", 10), required=True)
    issued = Cell("発行日", 84, date("certificate_issue_date"), required=True, hint="合格証明書の日付", label_width=26)
    return [
        Row(9.5, (Cell("申請資格", WIDTH_MM, ticks("qualification", QUALIFICATIONS), required=True),)),
        Row(10.5, (number, issued)),
    ]


def _person_rows() -> list[Row]:
    former = Cell("旧姓", 62, line("former_name", "name"), hint="証明書と異なる場合", label_width=26)
    born = Cell("生年月日", 118, birth_date("birth_date"), required=True, label_width=26)
    phone = Cell("電話番号", 84, line("phone", "phone"), required=True)
    email = Cell("メールアドレス", 96, line("email", "email"), required=True, label_width=29)
    return [
        Row(9, (Cell("フリガナ", WIDTH_MM, family_given("name_kana", "kana", ("セイ", "メイ")), required=True),)),
        Row(12.5, (Cell("氏名", WIDTH_MM, family_given("name", "name"), required=True),)),
        Row(10, (former, born)),
        Row(9.5, (Cell("郵便番号", WIDTH_MM, postal_code("postal_code", "自宅の郵便番号・住所を記入してください。"), required=True),)),
        Row(11, (Cell("住所", WIDTH_MM, line("address"), required=True, hint="都道府県から"),)),
        Row(9.5, (Cell("建物名・室番号", WIDTH_MM, line("building")),)),
        Row(10, (phone, email)),
    ]


def _work_rows() -> list[Row]:
    department = Cell("部署名", 100, line("department"))
    title = Cell("役職名", 80, line("job_title"), label_width=24)
    phone = Cell("勤務先電話番号", 100, line("employer_phone", "phone"))
    send_to = Cell("送付先", 80, ticks("send_to", (Choice("自宅", "自宅"), Choice("勤務先", "勤務先"))), required=True, label_width=24)
    return [
        Row(10, (Cell("勤務先名称", WIDTH_MM, line("employer")),)),
        Row(9.5, (department, title)),
        Row(9.5, (phone, send_to)),
    ]


def _payment_rows() -> list[Row]:
    day = Cell("振込日", 87, date("transfer_date"), required=True)
    payer = Cell("振込人名カナ", 93, line("transfer_name_kana", "kana"), required=True, label_width=27)
    papers = Cell("同封書類", WIDTH_MM, ticks("enclosed", ENCLOSED, "marks", face=Face(7.5)), required=True, hint="該当するものに✓")
    return [Row(6.5, (Cell("振込先", WIDTH_MM, _account),)), Row(10, (day, payer)), Row(10, (papers,))]


def _account(pen: Pen, slot: Slot) -> None:
    """Where to pay: print only, no field."""
    pen.text(Box(slot.box.x + 2, slot.box.y, slot.box.w - 4, slot.box.h), ACCOUNT, SMALL)

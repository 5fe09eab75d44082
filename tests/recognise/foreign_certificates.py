"""Certificates and letters that are not ours, and look it: other bodies' certificates, and papers about our own examination."""

from __future__ import annotations

from collections.abc import Callable

from tests.recognise.certificates import ISSUER, SCORES, Sheet, Values


def _facts(sheet: Sheet, rows: list[tuple[str, str]], top: float, pitch: float = 10.0) -> None:
    """Labels left, values right, ruled."""
    for place, (label, value) in enumerate(rows):
        y = top + place * pitch
        sheet.box(25, y, 50, pitch)
        sheet.box(75, y, 110, pitch)
        sheet.text(28, y + pitch * 0.65, label)
        sheet.text(80, y + pitch * 0.65, value, 4.4)


def computing(values: Values) -> Sheet:
    """パソコン検定: its short name holds the letters of ours."""
    sheet = Sheet("gothic")
    sheet.text(105, 34, "合格証明書", 9, "ms")
    sheet.text(105, 46, "パソコン検定試験　準2級", 5, "ms")
    rows = [
        ("氏名", values["name"]), ("受験番号", values["candidate_id"]), ("合格番号", values["pass_number"]), ("試験科目", "準2級"),
        ("試験日", values["exam_date"]), ("発行日", values["issue_date"]), ("得点", values["score"]), ("合否", "合格"),
    ]  # fmt: skip
    _facts(sheet, rows, 60)
    sheet.text(40, 200, "発行者　パソコン検定協会", 4)
    return sheet


def language(values: Values) -> Sheet:
    """An English test's score report, its labels in English."""
    sheet = Sheet("mincho")
    sheet.text(20, 28, "OFFICIAL SCORE REPORT", 7)
    sheet.text(20, 38, "Listening and Reading Test", 4.4)
    cells = [
        ("Name", values["name_roman"]), ("Candidate Number", values["candidate_id"]), ("Date of Birth", "1984/03/09"),
        ("Test Date", values["exam_date"]), ("Date of Issue", values["issue_date"]), ("Certificate Number", values["pass_number"]),
        ("Listening", "385"), ("Reading", "340"), ("Total Score", "725"), ("Result", "PASS"),
    ]  # fmt: skip
    for place, (label, value) in enumerate(cells):
        x, y = 20 + place % 2 * 88, 58 + place // 2 * 20
        sheet.box(x, y - 8, 86, 19)
        sheet.text(x + 3, y - 3, label, 3)
        sheet.text(x + 6, y + 6, value, 5)
    sheet.text(20, 190, "Issued by: International English Testing Board", 3.8)
    return sheet


def telephone(values: Values) -> Sheet:
    """The certificate of another examination for the same trade, from a body with nearly our body's name."""
    sheet = Sheet("bizud-mincho")
    sheet.text(105, 36, "合　格　証　書", 9, "ms")
    sheet.text(105, 48, "電話応対技能検定　指導者級", 5, "ms")
    rows = [
        ("受験者氏名", values["name"]), ("受験番号", values["candidate_id"]), ("認定番号", values["pass_number"]),
        ("試験日", values["exam_date"]), ("交付日", values["issue_date"]), ("総合得点", values["score"] + "点"), ("判定", "合格"),
    ]  # fmt: skip
    _facts(sheet, rows, 62)
    for place, (label, name) in enumerate(zip(("戦略", "カスタマーサービス", "オペレーション"), SCORES, strict=False)):
        sheet.text(40, 150 + place * 9, label, 3.8)
        sheet.text(120, 150 + place * 9, values[name], 3.8, "rs")
    sheet.text(40, 220, "発行者　一般社団法人日本コンタクトセンター協会", 4)
    return sheet


def licence(values: Values) -> Sheet:
    """A driving licence, copied onto a page."""
    sheet = Sheet("gothic")
    sheet.box(40, 60, 130, 82)
    rows = [
        "氏名　" + values["name"], "生年月日　昭和59年3月9日生", "住所　東京都中野区あさひ町0-0-0", "交付　令和5年03月01日　12345",
        "2028年(令和10年)04月09日まで有効", "免許の条件等　眼鏡等", "番号　第　301234567890　号",
    ]  # fmt: skip
    for place, text in enumerate(rows):
        sheet.text(44, 70 + place * 9, text, 4)
    sheet.text(44, 136, "運転免許証　東京都公安委員会", 4.6)
    return sheet


def skills(values: Values) -> Sheet:
    """A certificate from another chamber, whose foot speaks of contact centres."""
    sheet = Sheet("vlgothic")
    sheet.text(105, 30, "資格認定証", 9, "ms")
    sheet.text(105, 42, "販売士検定試験　1級", 5, "ms")
    for place, text in enumerate((f"氏名：{values['name']} 殿", f"証明書番号：{values['pass_number']}", f"試験日：{values['exam_date']}",
                                  f"発行日：{values['issue_date']}", f"得点：{values['score']}点", "判定：合格")):  # fmt: skip
        sheet.text(30, 64 + place * 11, text, 4.4)
    sheet.text(30, 150, "お問い合わせ　検定コンタクトセンター　0120-000-000", 3.6)
    sheet.text(105, 220, "全国商業検定協会", 4.4)
    return sheet


def ticket(values: Values) -> Sheet:
    """The admission ticket of our own examination."""
    sheet = Sheet("gothic")
    sheet.text(105, 30, "受　験　票", 9, "ms")
    sheet.text(105, 42, "コンタクトセンター検定試験　プロフェッショナル", 4.4, "ms")
    rows = [
        ("受験番号", values["candidate_id"]), ("氏名", values["name"]), ("試験名", values["exam"]), ("試験日", values["exam_date"]),
        ("開始時刻", "13時30分"), ("試験会場", "新宿第2会場"), ("発行日", values["issue_date"]),
    ]  # fmt: skip
    _facts(sheet, rows, 56, 12)
    sheet.text(25, 160, ISSUER, 4)
    return sheet


def receipt(values: Values) -> Sheet:
    """Our body's receipt of the examination's fee."""
    sheet = Sheet("mincho")
    sheet.text(105, 32, "受験料領収書", 8, "ms")
    rows = [
        ("お名前", values["name"]), ("受験番号", values["candidate_id"]), ("試験名", f"コンタクトセンター検定試験（{values['exam']}）"),
        ("試験日", values["exam_date"]), ("発行日", values["issue_date"]), ("金額", "24,000円"),
    ]  # fmt: skip
    _facts(sheet, rows, 50, 12)
    sheet.text(25, 150, "発行者　" + ISSUER, 4)
    return sheet


def guide(values: Values) -> Sheet:
    """A page of our guide: it names everything a certificate shows and is none."""
    sheet = Sheet("gothic")
    sheet.text(20, 28, "コンタクトセンター検定　資格認定のご案内", 6)
    lines = (
        "1. 合格証明書（試験結果レポート）の写しをご用意ください。", "2. 発行日から3年を過ぎた合格証明書は使えません。",
        "3. 合格者番号の下4桁と氏名（カナ）でお振り込みください。", "合格基準", "得点　500点以上", "記述問題正答率　78％以上",
        f"試験日　{values['exam_date']}", "お問い合わせ", ISSUER,
    )  # fmt: skip
    for place, text in enumerate(lines):
        sheet.text(24, 48 + place * 11, text, 4)
    return sheet


OTHER_BODIES: dict[str, Callable[[Values], Sheet]] = {
    "computing": computing, "language": language, "telephone": telephone, "licence": licence, "skills": skills,
}  # fmt: skip
"""Certificates of other examinations."""
ABOUT_OURS: dict[str, Callable[[Values], Sheet]] = {"ticket": ticket, "receipt": receipt, "guide": guide}
"""Papers about our own examination that are no certificates."""

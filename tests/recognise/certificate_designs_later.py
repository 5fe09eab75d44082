"""Designs of pass certificates drawn one after the other, each after the reader was frozen: a postcard, a web page, a diploma."""

from __future__ import annotations

from tests.recognise.certificates import SCORES, Sheet, Values


def postcard(values: Values) -> Sheet:
    """A folded postcard laid open and copied: address and notices on the left, tables with a row of labels above a row of values right."""
    sheet = Sheet("bizud-gothic")
    sheet.box(5, 20, 200, 148)
    for place in range(30):
        sheet.line(105, 20 + place * 5, 105, 22.5 + place * 5)
    sheet.text(14, 34, "〒160-0000", 3.6)
    sheet.text(14, 42, "東京都新宿区西新宿0-0-0", 3.6)
    sheet.text(22, 58, values["name"] + "　様", 6)
    sheet.text(14, 82, "受験者の方へ", 3.4)
    notices = ("このたびは検定試験にご合格おめでとうございます。", "本通知は資格の認定を申し込むときに必要です。",
               "再発行はできません。大切に保管してください。")  # fmt: skip
    for place, text in enumerate(notices):
        sheet.text(14, 89 + place * 6, text, 2.7)
    sheet.box(12, 106, 86, 25)
    sheet.text(15, 112, "個人情報の取扱い", 3)
    privacy = ("氏名、受験番号、得点、合否などの個人情報は、試験の", "実施と資格の認定のほかには使用しません。お問い合わせ",
               "の際は受験番号と氏名をお知らせください。")  # fmt: skip
    for place, text in enumerate(privacy):
        sheet.text(15, 117.5 + place * 5, text, 2.5)
    sheet.text(14, 142, "差出人", 2.8)
    sheet.text(14, 148, values["issuer"], 3)
    sheet.text(14, 153, "コン検運営事務局　電話 03-0000-0000", 2.6)
    sheet.fill(109, 24, 92, 10, 70)
    sheet.text(155, 31, "試験結果のご案内　兼　合格証明書", 4.4, "ms", 255)
    _headed(sheet, 38, [("受験番号", values["candidate_id"]), ("合格者No.", values["pass_number"]), ("受験級", values["exam"])])
    _headed(sheet, 54, [("受験者のお名前", values["name"] + " 様"), ("お名前（英字つづり）", values["name_roman"])])
    _headed(sheet, 70, [("試験日", values["exam_date"]), ("本通知の発行日", values["issue_date"])])
    written = values["written_percent"] + "%"
    _headed(sheet, 86, [("試験の結果", values["result"]), ("総得点（800点満点）", values["score"]), ("記述問題の得点率", written)])
    sheet.text(110, 109, "分野別成績の内訳（得点率％）", 3.2)
    names = ("戦略", "サービス", "CRM", "運営", "人材", "設計", "ICT")
    for row, (heading, top) in enumerate((("分野", 112), ("あなた", 119), ("受験者平均", 126))):
        sheet.box(109, top, 22, 7)
        sheet.text(120, top + 4.8, heading, 2.6, "ms")
        for place, (label, name) in enumerate(zip(names, SCORES, strict=True)):
            sheet.box(131 + place * 10, top, 10, 7)
            sheet.text(136 + place * 10, top + 4.8, (label, values[name], str(60 + place * 2))[row], 2.4 if row == 0 else 3.2, "ms")
    sheet.text(110, 142, "記述問題の得点率が78％以上、総得点が500点以上で合格です。", 2.5)
    sheet.text(110, 154, "発行団体", 2.8)
    sheet.text(125, 154, values["issuer"], 3)
    return sheet


def _headed(sheet: Sheet, top: float, cells: list[tuple[str, str]]) -> None:
    """A row of shaded labels above a row of values."""
    width = 92 / len(cells)
    for place, (label, value) in enumerate(cells):
        left = 109 + place * width
        sheet.fill(left, top, width, 5.5, 215)
        sheet.box(left, top, width, 5.5)
        sheet.box(left, top + 5.5, width, 8.5)
        sheet.text(left + width / 2, top + 4, label, 2.7, "ms")
        sheet.text(left + width / 2, top + 11.2, value, 3.8, "ms")


def website(values: Values) -> Sheet:
    """A page of a web site as a browser prints it: a menu, headings, label cells, scores beside earlier ones, a table of earlier tests."""
    sheet = Sheet("vlgothic")
    sheet.text(10, 10, "2026/01/20 10:14", 2.4)
    sheet.text(105, 10, "マイページ｜成績と合格の証明", 2.4, "ms")
    sheet.text(10, 22, "コン検マイページ", 5)
    sheet.text(200, 22, "日本コンタクトセンター教育検定協会", 3, "rs", 90)
    sheet.line(10, 26, 200, 26)
    menu = ("受験者情報", "試験の申し込み", "試験結果の照会", "合格証の発行", "お問い合わせ", "ログアウト")
    for place, text in enumerate(menu):
        sheet.fill(10, 32 + place * 9, 36, 8, 228)
        sheet.text(13, 37.5 + place * 9, text, 3)
    sheet.text(54, 38, "検定試験の成績と合格の証明", 5.6)
    facts = [
        ("お名前（漢字）", values["name"]), ("お名前（ローマ字）", values["name_roman"]), ("受験者ID", values["candidate_id"]),
        ("合格証の番号", values["pass_number"]), ("合格した試験", values["exam"]), ("受験年月日", values["exam_date"]),
        ("証明書の発行年月日", values["issue_date"]), ("合否", values["result"]), ("総合得点", values["score"] + " 点（満点 800 点）"),
        ("記述式問題の正答率", values["written_percent"] + " %"),
    ]  # fmt: skip
    for place, (label, value) in enumerate(facts):
        top = 44 + place * 9.5
        sheet.fill(54, top, 48, 8.5, 232)
        sheet.text(57, top + 5.8, label, 3.2)
        sheet.text(106, top + 5.8, value, 3.6)
        sheet.line(54, top + 9, 200, top + 9)
    sheet.text(54, 150, "科目ごとの正答率", 4.2)
    names = ("コンタクトセンター戦略", "カスタマーサービス", "CRM", "オペレーション", "ヒューマンリソース", "アーキテクチャ",
             "ICTマネジメント")  # fmt: skip
    rows: list[tuple[str, ...]] = [("科目", "前回", "今回", "全体平均")]
    rows += [(label, f"{41 + place * 3}%", values[name] + "%", f"{57 + place * 2}%")
             for place, (label, name) in enumerate(zip(names, SCORES, strict=True))]  # fmt: skip
    _rows(sheet, 154, (54, 114, 142, 170), rows)
    sheet.text(54, 223, "これまでの受験", 4.2)
    rows = [("回", "受験年月日", "総合得点", "合否"), ("1回目", "2021年11月7日", "438", "不合格"),
            ("2回目", values["exam_date"], values["score"], values["result"])]  # fmt: skip
    _rows(sheet, 227, (54, 78, 130, 165), rows)
    sheet.text(54, 262, "発行：" + values["issuer"], 3.4)
    sheet.text(10, 290, "https://mypage.example.jp/result/detail", 2.4)
    sheet.text(200, 290, "1 / 1", 2.4, "rs")
    return sheet


def _rows(sheet: Sheet, top: float, columns: tuple[float, ...], rows: list[tuple[str, ...]]) -> None:
    """A table with rules between its rows, the first of them shaded."""
    sheet.fill(54, top, 146, 7.5, 214)
    for place, row in enumerate(rows):
        for x, text in zip(columns, row, strict=True):
            sheet.text(x + 2, top + place * 7.5 + 5.3, text, 3.2)
        sheet.line(54, top + place * 7.5 + 7.5, 200, top + place * 7.5 + 7.5)


def leaders(values: Values) -> Sheet:
    """A framed diploma: dotted leaders between label and value, the head of the examination with a name of his own, a counterfoil below."""
    sheet = Sheet("bizud-mincho")
    sheet.box(12, 12, 186, 200)
    sheet.box(14, 14, 182, 196)
    sheet.text(105, 36, "認　定　証", 11, "ms")
    sheet.text(105, 46, "― 試験成績表付 ―", 4, "ms")
    sheet.text(105, 58, values["issuer"], 4.6, "ms")
    sheet.text(105, 66, "コンタクトセンター検定試験", 4, "ms")
    facts = [
        ("氏　名", values["name"]), ("英字氏名", values["name_roman"]), ("受験番号", values["candidate_id"]),
        ("認定番号", values["pass_number"]), ("試験の名称", values["exam"]), ("試験実施日", values["exam_date"]),
        ("認定証交付日", values["issue_date"]), ("合否判定", values["result"]), ("得点合計", values["score"] + "点"),
        ("筆記問題の得点率", values["written_percent"] + "％"),
    ]  # fmt: skip
    for place, (label, value) in enumerate(facts):
        y = 80 + place * 8
        sheet.text(34, y, label, 3.8)
        sheet.text(74, y, "・・・・・・・・・・", 3.8, ink=120)
        sheet.text(116, y, value, 4.2)
    names = ("戦略", "カスタマーサービス", "CRM", "オペレーション", "ヒューマンリソース", "アーキテクト", "ICT")
    for place, (label, name) in enumerate(zip(names, SCORES, strict=True)):
        x, y = 34 + place % 2 * 74, 166 + place // 2 * 7
        sheet.text(x, y, f"{place + 1}）{label}", 3.4)
        sheet.text(x + 62, y, values[name] + "％", 3.4, "rs")
    sheet.text(120, 198, "試験責任者　氏名　中村 健一", 3.6)
    sheet.text(105, 220, "- - - - - - - - - - - 切り取り線 - - - - - - - - - - -", 3, "ms")
    sheet.text(20, 232, "本人控", 4)
    sheet.text(20, 242, "受験者名：" + values["name"], 3.4)
    sheet.text(110, 242, "認定番号：" + values["pass_number"], 3.4)
    sheet.text(20, 250, "有効期限：交付日から3年間", 3.4)
    sheet.text(110, 250, "更新の受付開始日：2028年4月1日", 3.4)
    return sheet

"""Sheet D: 倫理綱領・職業倫理規定および継続教育・学習方針の順守への宣誓書."""

from __future__ import annotations

from pipeline.drawing.blank.entries import Choice, date, digits, line, ticks
from pipeline.drawing.blank.layout import RULE_MM, Face, Ink, Pen, SheetDesign
from pipeline.drawing.blank.table import LEFT_MM, WIDTH_MM, Cell, Row, notes, sheet_foot, sheet_head, table
from pipeline.geometry import Box

HEAD = "倫理綱領・職業倫理規定および\n継続教育・学習方針の順守への宣誓書"
TITLE = "倫理綱領・職業倫理規定および継続教育・学習方針の順守への宣誓書"
OATHS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "倫理綱領",
        (
            "私たちコンタクトセンターの専門職は、顧客、依頼主、ともに働く人および社会に対する責任を自覚し、誠実を旨として職務を行います。",
            "法令および社会規範を守り、公正な判断に基づいて行動し、資格の信用を傷つける行為をしません。",
            "すべての人の人格と尊厳を尊重し、いかなる理由による差別や嫌がらせも行わず、見過ごしません。",
            "職務を通じて得た知識と経験を、コンタクトセンターの発展と顧客の利益のために役立てます。",
        ),
    ),
    (
        "職業倫理規定",
        (
            "職務上知り得た個人情報および秘密を正当な理由なく他に漏らさず、自己または第三者の利益のために利用しません。",
            "顧客に対して正確で分かりやすい情報を提供し、事実に反する説明や誤解を招く表現を用いません。",
            "苦情や事故に際しては、速やかに事実を確かめて報告し、再発の防止に努めます。",
            "利害の対立が生じるおそれのあるときは、関係者にあらかじめ申し出て、その指示に従います。",
            "資格の名称を正しく使用し、保有する資格や経歴を偽りません。",
        ),
    ),
    (
        "継続教育・学習方針",
        (
            "資格認定を受けた後も、業務に必要な知識および技能を維持し、高めるための学習を続けます。",
            "法令、技術および顧客の期待の変化を把握し、協会または関係機関が行う研修等に進んで参加します。",
            "学んだ成果を職場でともに働く人と分かち合い、後進の育成に努めます。",
        ),
    ),
)
OATH = "私は、上記の倫理綱領、職業倫理規定および継続教育・学習方針の内容をよく読み、これに同意し、順守することを宣誓します。"
NOTES = (
    "内容をよくお読みになり、同意いただける場合は「同意する」に✓を付け、宣誓日を記入のうえ、必ず本人が自筆で署名してください。",
    "署名のないもの、印字・ゴム印による記名のみのものは受け付けられません。押印は不要です。",
)
BODY_FACE = Face(10.0, "mincho")
LEADING_MM = 7.0


def sheet_d() -> SheetDesign:
    """Three texts and the applicant's oath on them."""
    pen = Pen()
    y = sheet_head(pen, "D", HEAD)
    y += 1
    for head, articles in OATHS:
        y = _oath_text(pen, y, head, articles) + 4.0
    y = pen.paragraph(Box(LEFT_MM + 2, y + 3, WIDTH_MM - 4, 0), f"　{OATH}", Face(11.5, "mincho"), 7.2)
    agreed = Cell("同意の確認", 60, ticks("agreed", (Choice("同意", "同意する"),), "marks"), required=True)
    day = Cell("宣誓日", 120, date("oath_date"), required=True)
    rows = [
        Row(12, (agreed, day)),
        Row(12, (Cell("合格者番号", WIDTH_MM, digits("pass_number", 10), required=True),)),
        Row(19, (Cell("申請者署名", WIDTH_MM, line("signature", "signature"), required=True, hint="必ず自筆で署名"),)),
    ]
    y = table(pen, y + 4, rows)
    notes(pen, y + 4, NOTES)
    sheet_foot(pen, "資格認定申請フォーム A～D（4／4）")
    return SheetDesign("d", "d", TITLE, "CK-D 2026-1", tuple(pen.items), tuple(pen.fields))


def _oath_text(pen: Pen, y: float, head: str, articles: tuple[str, ...]) -> float:
    """A framed text with its articles numbered; returns its lower edge."""
    top = y
    pen.text(Box(LEFT_MM + 4, y + 1.6, 80, 6), head, Face(11))
    y += 8.2
    for number, article in enumerate(articles, 1):
        pen.text(Box(LEFT_MM + 5, y, 12, LEADING_MM), f"第{number}条", BODY_FACE)
        y = pen.paragraph(Box(LEFT_MM + 17, y, WIDTH_MM - 18.5, 0), article, BODY_FACE, LEADING_MM)
    pen.rectangle(Box(LEFT_MM, top, WIDTH_MM, y + 1.8 - top), Ink(RULE_MM))
    return y + 1.8

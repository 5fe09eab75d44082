from dataclasses import replace

import numpy as np
import pytest

from pipeline.drawing.looks import Look
from pipeline.geometry import Box
from pipeline.recognise import Candidate, Reading
from pipeline.recognise.certificate import CertificateField, in_time, open_certificate_reader, read_certificate
from pipeline.recognise.certificate.labels import field_of_label, is_misread, is_whole, split_label
from pipeline.recognise.certificate.layout import Line, places
from pipeline.recognise.certificate.position import UprightPage, turn
from pipeline.recognise.certificate.segments import gaps_of
from pipeline.recognise.certificate.values import _plain, fits
from pipeline.recognise.detect import LineBox
from pipeline.recognise.engine import open_engine
from pipeline.recognise.scripted import ScriptedReader
from pipeline.settings import Settings
from tests.recognise.certificate_designs import LAYOUTS
from tests.recognise.certificates import Sheet, cleaned, invented, own


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("氏名", "name"),
        ("氏　名：", "name"),
        ("氏名（ローマ字）", "name_roman"),
        ("■合格者番号", "pass_number"),
        ("合格著番号", "pass_number"),
        ("スコア（200〜800）", "score"),
        ("記述問題正答率（％）", "written_percent"),
        ("4 オペレーション（OP）", "scores_by_field[3]"),
        ("７．ＩＣＴマネジメント", "scores_by_field[6]"),
        ("才ペレ一シヨソ（OP）", "scores_by_field[3]"),
        ("戰略", "scores_by_field[0]"),
        ("受驗號", None),
        ("受验番號", "candidate_id"),
        ("合格証明書", None),
        ("合格者番号 / Candidate Number", "pass_number"),
        ("認定番号./CericteNo", "pass_number"),
        ("ーマ字/NameinRomanletters", "name_roman"),
        ("発行日/ateofissue", "issue_date"),
        ("Date of Issue", "issue_date"),
        ("ＮＡＭＥ", "name"),
        ("CRCRM", "scores_by_field[2]"),
        ("0Pオペレーション", "scores_by_field[3]"),
        ("生年月日", "-"),
        ("有効期限", "-"),
        ("フリガナ", "+"),
        ("合験者番号", None),
        ("受験者登録番号", "candidate_id"),
        ("アルファベット表記", "name_roman"),
        ("証明書の発行日", "issue_date"),
        ("認定番号/CertificateNo:", "pass_number"),
        ("お名前（英字つづり）", "name_roman"),
        ("氏名（よみ）", "-"),
        ("再発行年月日", "-"),
        ("再交付年月日", None),
        ("合格スコア", "-"),
        ("ローマ字：Igarashi Daisuke", None),
        ("近藤さくら", None),
        ("記述正答率：94%", None),
        ("2024年6月12日", None),
    ],
)
def test_labels_are_known_in_their_wordings(text: str, field: str | None) -> None:
    assert field_of_label(text) == field


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("name", "氏　名：", True),
        ("name", "氏名（漢字）", True),
        ("name", "氏名 / Name", True),
        ("name_roman", "氏名（ローマ字）", True),
        ("name", "氏名（代表者）", False),
        ("name", "会社名 / Name", False),
        ("candidate_id", "受講者番号", False),
        ("candidate_id", "受験番号 / Candidate No.", True),
        ("candidate_id", "受験者の番号", True),
    ],
)
def test_a_label_is_whole_when_nothing_of_it_was_left_out(field: str, text: str, expected: bool) -> None:  # noqa: FBT001
    assert is_whole(field, text) == expected


def test_a_label_with_another_character_is_misread() -> None:
    assert is_misread("合格著番号") and not is_misread("合格者番号") and not is_misread("才ペレ一シヨソ（OP）")


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("氏名：近藤さくら様", ("name", "近藤さくら様")),
        ("スコア(200-800):612", ("score", "612")),
        ("合格番号 2024100123", ("pass_number", "2024100123")),
        ("STコンタクトセンター戦略64%", ("scores_by_field[0]", "64%")),
        ("氏名 / Name：近藤さくら", ("name", "近藤さくら")),
        ("近藤さくら", None),
    ],
)
def test_a_label_and_its_value_in_one_line_are_parted(text: str, split: tuple[str, str] | None) -> None:
    found = split_label(text)
    assert (found and (found[0], text[found[1] :])) == split


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("score", "612 / 800", True),
        ("score", "(200~800、合格500以上)", False),
        ("issue_date", "令和6年12月1日", True),
        ("issue_date", "発行日から3年間", False),
        ("result", "合格", True),
        ("name", "記述", True),
        ("pass_number", "2O24lOO123", True),
        ("score", "|738点", True),
        ("score", "|1738点", False),
        ("scores_by_field[0]", "|00", True),
        ("scores_by_field[0]", "628", False),
        ("score", "801", False),
        ("scores_by_field[0]", ".44", True),
        ("name", "合格基準", False),
        ("name", "情報", False),
        ("name", "コンドウサクラ", False),
        ("name", "氏家ますみ", True),
        ("name_roman", "DATE Masamune", True),
        ("name_roman", "PASSED", False),
        ("candidate_id", "2024-06-12", False),
        ("pass_number", "03-0000-0000", False),
        ("result", "否", False),
        ("exam", "オペレーター資格", False),
    ],
)
def test_values_look_like_their_fields(name: str, text: str, expected: bool) -> None:  # noqa: FBT001
    assert fits(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("score", "|738点", "738"), ("exam", "IOMP", "OMP"), ("score", "4.1", "4.1"), ("score", ".77%", "77"),
        ("written_percent", "I96%", "96"), ("written_percent", "|00", "100"), ("written_percent", "l5", "15"),
    ],
)
def test_a_ruled_line_before_a_number_is_no_digit_of_it(name: str, text: str, expected: str) -> None:
    assert _plain(name, text) == expected


def line(text: str, x: float, y: float, size: float = 20.0) -> Line:
    return Line(LineBox((x + len(text) * size / 2, y), len(text) * size, size, 0.0), text)


def test_a_value_stands_to_the_right_or_below_and_belongs_to_one_label() -> None:
    page = [
        line("氏名", 0, 0), line("近藤さくら", 200, 2),
        line("スコア", 0, 100), line("判定", 300, 100), line("612", 10, 140), line("合格", 290, 140),
        line("1 戦略", 0, 200), line("93", 500, 201), line("2 カスタマーサービス", 0, 230), line("2", 0, 231), line("85", 500, 231),
        line("発行日", 0, 400),
    ]  # fmt: skip
    found = {place.name: place.value.text if place.value else None for place in places(page)}
    assert found == {
        "name": "近藤さくら", "score": "612", "result": "合格", "scores_by_field[0]": "93", "scores_by_field[1]": "85", "issue_date": None,
    }  # fmt: skip


def beside(page: list[Line]) -> dict[str, tuple[str | None, bool]]:
    """Field -> its value's text and whether a person must look."""
    return {place.name: (place.value.text if place.value else None, place.doubt) for place in places(page)}


def test_values_stand_above_their_labels_where_more_of_them_look_right() -> None:
    page = [
        line("近藤さくら", 0, 0), line("CK1234567", 300, 0), line("Name", 20, 30), line("Candidate ID", 300, 30),
        line("615", 0, 80), line("2024100123", 300, 80), line("Total Score", 0, 110), line("Certificate No.", 300, 110),
    ]  # fmt: skip
    assert beside(page) == {
        "name": ("近藤さくら", False), "candidate_id": ("CK1234567", False), "score": ("615", False), "pass_number": ("2024100123", False),
    }  # fmt: skip


def test_the_column_of_averages_is_not_the_candidates_own() -> None:
    page = [line("全受験者平均", 280, 0), line("正答率", 520, 0)]
    page += [line("戦略", 0, 40), line("58", 320, 40), line("64", 540, 40), line("オペレーション", 0, 80), line("61", 320, 80)]
    assert beside(page) == {"scores_by_field[0]": ("64", False), "scores_by_field[3]": (None, False)}


def test_a_value_with_a_rival_in_its_row_is_in_doubt_and_one_of_a_known_other_label_is_no_rival() -> None:
    page = [line("発行日", 0, 0), line("2024年6月1日", 100, 0), line("2027年5月31日", 400, 0)]
    assert beside(page) == {"issue_date": ("2024年6月1日", True)}
    assert beside([*page, line("有効期限", 345, 0, 10)]) == {"issue_date": ("2024年6月1日", False)}


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("合格者番号", "認定番号"), ("2024100123", False)),
        (("認定番号", "合格者番号"), ("2024100999", False)),
        (("認定番号", "証明書番号"), ("2024100123", True)),
    ],
)
def test_of_two_values_of_one_field_the_definite_label_decides_or_a_person(labels: tuple[str, str], expected: tuple[str, bool]) -> None:
    page = [line(labels[0], 0, 0), line("2024100123", 150, 0), line(labels[1], 0, 60), line("2024100999", 150, 60)]
    assert beside(page) == {"pass_number": expected}


def test_a_spaced_label_is_put_together_and_a_line_of_two_pairs_taken_apart() -> None:
    pairs = line("受験番号CK1234567合格者番号2024100123", 0, 50)
    page = [line("合", 0, 0), line("否", 60, 0), line("合格", 150, 0), replace(pairs, gaps=((0.2, 0.23),))]
    assert beside(page) == {"result": ("合格", False), "candidate_id": ("CK1234567", False), "pass_number": ("2024100123", False)}


@pytest.mark.parametrize(
    ("text", "gaps", "expected"),
    [
        ("受験者全員", (), ("全員", True)),
        ("受験者：全員", (), ("全員", False)),
        ("受験者近藤", ((0.58, 0.7),), ("近藤", False)),
        ("受験者近藤", ((0.58, 0.65),), ("近藤", True)),
        ("受験者近藤", ((0.18, 0.3), (0.38, 0.5), (0.58, 0.7)), ("近藤", True)),
        ("受験者情報", ((0.58, 0.7),), (None, False)),
    ],
)
def test_a_name_in_its_labels_line_is_parted_from_it_by_a_colon_or_a_gap_or_in_doubt(
    text: str, gaps: tuple[tuple[float, float], ...], expected: tuple[str | None, bool]
) -> None:
    assert beside([replace(line(text, 0, 0), gaps=gaps)]).get("name", (None, False)) == expected


def test_gaps_are_seen_in_the_picture() -> None:
    picture = np.full((20, 100), 255, np.uint8)
    for begin in (0, 22, 60):
        picture[:, begin : begin + 20] = 0
    assert gaps_of(picture) == ((0.42, 0.6),)


def test_of_two_labels_of_a_name_with_different_values_neither_is_certain() -> None:
    page = [line("お名前", 0, 0), line("近藤さくら", 100, 0), line("氏名", 0, 100), line("菅原大輔", 100, 100)]
    assert beside(page)["name"] == ("菅原大輔", True)
    assert beside([*page[:2], line("受験者名", 0, 200)])["name"] == ("近藤さくら", True)


def test_what_stands_below_a_heading_or_a_label_of_which_a_part_is_not_known_is_in_doubt() -> None:
    assert beside([line("受験者", 0, 0), line("綾小路", 0, 30)])["name"] == ("綾小路", True)
    assert beside([line("氏名（代表者）", 0, 0), line("近藤さくら", 300, 0)])["name"] == ("近藤さくら", True)


def test_a_label_in_the_block_on_the_right_leaves_a_value_to_the_label_above_it() -> None:
    page = [line("受験日", 0, 0), line("2024年6月1日", 0, 40), line("判定", 400, 40), line("合格", 500, 40)]
    assert beside(page) == {"exam_date": ("2024年6月1日", False), "result": ("合格", False)}


def test_values_stand_below_the_labels_of_one_block_and_above_those_of_another() -> None:
    page = []
    for place, (label, value) in enumerate((("氏名", "近藤さくら"), ("受験日", "2024年6月1日"), ("発行日", "2024年9月1日"))):
        page += [line(label, 0, 90.0 * place), line(value, 0, 90.0 * place + 35)]
    for place, (label, value) in enumerate((("総合得点", "615"), ("記述正答率", "84%"), ("判定", "合格"))):
        page += [line(label, 500 + 200.0 * place, 230), line(value, 500 + 200.0 * place, 195)]
    assert beside(page) == {
        "name": ("近藤さくら", False), "exam_date": ("2024年6月1日", False), "issue_date": ("2024年9月1日", False),
        "score": ("615", False), "written_percent": ("84%", False), "result": ("合格", False),
    }  # fmt: skip


def test_a_row_of_averages_below_the_labels_is_not_the_candidates_own() -> None:
    labels = ("戦略", "運営", "CRM")
    page = [line(label, 200 + 120.0 * place, 0) for place, label in enumerate(labels)]
    page += [line("全国平均", 0, 32), *(line(str(58 + place), 200 + 120.0 * place, 32) for place in range(3))]
    page += [line("あなた", 0, 64), *(line(str(71 + place), 200 + 120.0 * place, 64) for place in range(3))]
    assert beside(page) == {"scores_by_field[0]": ("71", False), "scores_by_field[2]": ("73", False), "scores_by_field[3]": ("72", False)}


def test_of_two_values_below_a_label_neither_is_certain_and_what_a_name_sounds_like_is_none() -> None:
    assert beside([line("得点", 0, 0), line("583", 0, 32), line("615", 0, 64)]) == {"score": ("583", True)}
    page = [line("氏名", 0, 0), line("コンドウサクラ", 0, 30, 10), line("近藤さくら", 0, 55)]
    assert beside(page) == {"name": ("近藤さくら", True)}


def test_an_unknown_label_beside_a_known_one_is_not_its_value() -> None:
    labels, values = ("氏名", "綾の署", "受験日", "発行日"), ("近藤さくら", "KONDO", "2024年6月1日", "2024年9月1日")
    page = [line(label, 200.0 * place, 0) for place, label in enumerate(labels)]
    page += [line(value, 200.0 * place, 40, 12) for place, value in enumerate(values)]
    found = beside(page)
    assert (found["name"], found["exam_date"]) == (("近藤さくら", False), ("2024年6月1日", False))


def test_a_value_behind_another_text_or_far_away_or_at_a_misread_label_is_in_doubt() -> None:
    page = [line("発行日", 0, 0), line("2024年6月1日", 250, 0)]
    assert beside(page) == {"issue_date": ("2024年6月1日", False)}
    assert beside([*page, line("満了", 150, 0)]) == {"issue_date": ("2024年6月1日", True)}
    assert beside([page[0], line("2024年6月1日", 500, 0)]) == {"issue_date": ("2024年6月1日", True)}
    assert beside([line("総合ヌコア", 0, 0), line("615", 150, 0)]) == {"score": ("615", True)}
    assert beside([line("受験登録潘号AB12345", 0, 0)]) == {"candidate_id": ("AB12345", True)}


def test_labels_in_a_tight_row_are_not_pieces_of_one() -> None:
    labels, values = ("CRM", "運営", "人材", "設計", "ICT"), ("45", "60", "94", "70", "57")
    page = [line(label, 75.0 * place, 0) for place, label in enumerate(labels)]
    page += [line(value, 75.0 * place, 32) for place, value in enumerate(values)]
    assert [value for value, _ in beside(page).values()] == list(values)


def test_a_body_that_names_itself_in_short_and_without_a_label_is_in_doubt() -> None:
    full, brief = "一般社団法人日本コンタクトセンター教育検定協会", "日本コンタクトセンター教育検定協会"
    assert beside([line(brief, 0, 0), line(full, 0, 300)]) == {"issuer": (full, True)}
    assert beside([line(brief, 0, 0), line(brief, 0, 300)]) == {"issuer": (brief, True)}
    assert beside([line(brief, 0, 0), line("発行：" + full, 0, 300)]) == {"issuer": (full, False)}


def test_a_bare_code_is_a_label_only_among_other_codes() -> None:
    assert beside([line("試験科目", 0, 0), line("OP", 120, 0)]) == {"exam": ("OP", True)}
    codes = [line(code, 60 * place, 0) for place, code in enumerate(("ST", "CS", "OP"))]
    values = [line(value, 60 * place, 30) for place, value in enumerate(("64", "47", "82"))]
    assert beside([*codes, *values]) == {f"scores_by_field[{place}]": (text, False) for place, text in ((0, "64"), (1, "47"), (3, "82"))}


def test_dates_in_the_wrong_order_are_both_in_doubt() -> None:
    def field(name: str, text: str) -> CertificateField:
        return CertificateField(name, Reading((Candidate(text, 0.0),), "ppocr"), Box(0, 0, 1, 1))

    swapped = in_time([field("exam_date", "2024年6月1日"), field("issue_date", "令和6年3月1日"), field("score", "615")])
    assert [found.doubt for found in swapped] == [True, True, False]
    assert not any(found.doubt for found in in_time([field("exam_date", "2024年3月1日"), field("issue_date", "2024年6月1日")]))


def test_a_page_with_four_labels_and_no_title_is_no_certificate() -> None:
    lines = tuple(line(text, 0, 40.0 * place) for place, text in enumerate(("氏名", "受験番号", "試験日", "得点", "判定")))
    reading = read_certificate(UprightPage(np.full((300, 300), 255, np.uint8), 200, lines, 0), ScriptedReader([]))
    assert (reading.is_certificate, reading.fields) == (False, ())


def test_turning_takes_the_boxes_along() -> None:
    gray = np.full((100, 200), 255, np.uint8)
    gray[10:20, 150:190] = 0
    turned, (box,) = turn(gray, [LineBox((170, 15), 40, 10, 0.0)], 90)
    ys, xs = np.nonzero(turned == 0)
    assert turned.shape == (200, 100)
    assert box.centre == pytest.approx((xs.mean() + 0.5, ys.mean() + 0.5), abs=1)
    assert (box.width, box.height) == (10, 40)


COPY = Look(generations=2, copy_edge_mm=6, skew_deg=1.2, copy_turn_deg=0.5, blur_mm=0.05, noise=2.0, specks=60, light=0.03)


@pytest.mark.slow
@pytest.mark.parametrize(("layout", "rotation", "look"), [
    ("own", 180, COPY), ("table", 90, Look()), ("colons", 270, Look()), ("stacked", 0, COPY), ("bilingual", 0, Look()), ("bars", 180, COPY),
    ("grid", 0, COPY), ("english", 0, Look()), ("letter", 180, COPY),
    ("panel", 0, Look()), ("postcard", 0, Look()),
])  # fmt: skip
def test_a_certificate_of_any_layout_is_read_any_way_up(layout: str, rotation: int, look: Look) -> None:
    rng = np.random.default_rng(20)
    values = invented(rng)
    sheet = own(values) if layout == "own" else LAYOUTS[layout](values).rgb()
    page = cleaned(sheet, Look(**{**vars(look), "rotation": rotation}), rng)
    reading = open_certificate_reader(Settings(), open_engine()).read(page)
    found = {field.name: field.reading.text.replace(" ", "") for field in reading.fields}
    wrong = {name: found.get(name) for name, value in values.items() if found.get(name) != value.replace(" ", "")}
    assert (reading.is_certificate, reading.rotation) == (True, rotation)
    assert set(wrong) <= {"issuer", "name"} and len(wrong) <= 1, wrong


def test_a_letter_that_speaks_of_the_examination_is_no_certificate() -> None:
    sheet = Sheet("mincho")
    letter = ("コンタクトセンター検定について", "氏名　近藤さくら", "受験日は六月でした。", "合格証明書の写しを同封します。")
    for place, text in enumerate(letter):
        sheet.text(30, 50 + 12 * place, text, 4.5)
    page = cleaned(sheet.rgb(), Look(), np.random.default_rng(1))
    assert not open_certificate_reader(Settings(), open_engine()).read(page).is_certificate

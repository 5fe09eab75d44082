import numpy as np
import pytest

from pipeline.drawing.looks import Look
from pipeline.recognise.certificate import open_certificate_reader, read_certificate
from pipeline.recognise.certificate.evidence import is_other_sheet, is_title, names_issuer
from pipeline.recognise.certificate.labels import field_of_label, split_label
from pipeline.recognise.certificate.layout import Line, places
from pipeline.recognise.certificate.position import UprightPage, turn
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
        ("近藤さくら", None),
        ("記述正答率：94%", None),
        ("2024年6月12日", None),
    ],
)
def test_labels_are_known_in_their_wordings(text: str, field: str | None) -> None:
    assert field_of_label(text) == field


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("氏名：近藤さくら様", ("name", "近藤さくら様")),
        ("スコア(200-800):612", ("score", "612")),
        ("合格番号 2024100123", ("pass_number", "2024100123")),
        ("近藤さくら", None),
    ],
)
def test_a_label_and_its_value_in_one_line_are_parted(text: str, split: tuple[str, str] | None) -> None:
    found = split_label(text)
    assert (found and (found[0], text[found[1] :])) == split


def test_titles_issuers_and_other_papers() -> None:
    assert is_title("合　格　証　明　書") and is_title("（試験結果レポート）")
    assert not is_title("合格証明書の写しを同封してください")
    assert names_issuer("一般社団法人 日本コンタクトセンター教育検定協会")
    assert is_other_sheet("Ａ　資格認定申請書".removeprefix("Ａ")) and not is_other_sheet("合格証明書")


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
    ],
)
def test_values_look_like_their_fields(name: str, text: str, expected: bool) -> None:  # noqa: FBT001
    assert fits(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [("score", "|738点", "738"), ("written_percent", "I96%", "96"), ("written_percent", "|00", "100"), ("written_percent", "l5", "15")],
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
    ("own", 180, COPY), ("table", 90, Look()), ("colons", 270, Look()), ("stacked", 0, COPY),
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

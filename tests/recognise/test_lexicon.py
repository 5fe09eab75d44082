from __future__ import annotations

import pytest

from pipeline.decide import weigh
from pipeline.forms import FieldKind, FieldSpec
from pipeline.geometry import Box
from pipeline.recognise import Candidate, Reading, TextCrop
from pipeline.recognise.engine import open_engine
from pipeline.recognise.joining import MOST_ANSWERS, joined_names
from pipeline.recognise.lexicon import MOST_PRICE, RARE, UNKNOWN, fits, judged, kept, load_lexicon, misfit
from tests.recognise.drawn import drawn_line

VARIANTS = [("髙橋", "高橋"), ("山﨑", "山崎"), ("渡邉", "渡邊"), ("濵田", "浜田"), ("德永", "徳永"), ("齋藤", "斎藤"), ("齊藤", "斉藤")]


def spec(kind: FieldKind, name: str = "field") -> FieldSpec:
    return FieldSpec(name, "", kind, Box(0, 0, 0, 0))


def test_the_lists_are_there() -> None:
    known = load_lexicon()
    assert len(known.surnames) > 12_000 and len(known.givens) > 80_000 and len(known.katakana) > 40_000
    assert known.surnames["佐藤"] == "サトウ" and "タロウ" in known.givens["太郎"].split()


@pytest.mark.parametrize(
    ("kind", "field", "text", "prior", "known"),
    [
        ("name", "name", "佐藤 太郎", 0.0, 0),
        ("name", "name", "佐藤太郎", 0.0, 0),
        ("name", "name", "佐膝 太郎", -UNKNOWN, 0),
        ("name", "name", "佐膝 犬朗郎", -MOST_PRICE, 0),
        ("kana", "name_kana", "サトウ タロウ", 0.0, 0),
        ("kana", "name_kana", "さとう たろう", 0.0, 0),
        ("kana", "name_kana", "サトワ タロウ", -UNKNOWN, 0),
        ("text", "job_title", "スーパーバイザー", 0.0, 1),
        ("text", "job_title", "センター長", 0.0, 1),
        ("text", "rows[0].employer", "東都コミュニケーションズ株式会社", 0.0, 0),
        ("text", "employer", "オ7ムツ有限会社", -UNKNOWN, 0),
        ("text", "address", "千代田区丸の内1-1-1", 0.0, 0),
        ("digits", "pass_number", "2024100123", 0.0, 0),
    ],
)
def test_what_is_known_costs_nothing(kind: str, field: str, text: str, prior: float, known: int) -> None:
    found = judged(kind, field, text)
    assert found.prior == pytest.approx(prior, abs=RARE)
    assert found.known == known


def test_no_text_is_held_back_by_more_than_a_clear_image_bears() -> None:
    assert judged("text", "employer", "ソーシャルメデイヤ・ネットワーワ・サポーテ・コンタワト").prior == -MOST_PRICE


def test_furigana_fits_its_name() -> None:
    assert (fits("高橋 太郎", "タカハシ タロウ"), misfit("髙橋太郎", "たかはし たろう")) == (1, 0.0)
    assert (fits("高橋 太郎", "クカハシ タロウ"), misfit("高橋 太郎", "クカハシ タロウ") > 2.0) == (-1, True)
    assert (fits("由塩 太郎", "ユシオ タロウ"), misfit("由塩 太郎", "ユシオ タロウ")) == (0, 0.0)  # a surname in no list


def test_an_unknown_name_wins_where_the_image_says_so_and_loses_where_it_hardly_does() -> None:
    clear = [Candidate("由中 太郎", -0.01), Candidate("田中 太郎", -5.0)]
    close = [Candidate("由中 太郎", -0.6), Candidate("田中 太郎", -0.8)]
    assert weigh(spec("name"), clear).raw == "由中 太郎"
    found = weigh(spec("name"), close)
    assert (found.raw, found.overruled, found.log_prob < found.rival) == ("田中 太郎", True, True)


@pytest.mark.parametrize("pair", VARIANTS, ids="/".join)
@pytest.mark.parametrize("font", ["mincho", "klee"])
def test_the_lexicon_pulls_no_variant_to_the_common_form(pair: tuple[str, str], font: str) -> None:
    for written in pair:
        reading = open_engine().read([TextCrop(drawn_line(written, font), "name")])[0]
        found = weigh(spec("name"), reading.candidates)
        assert found.raw == reading.text
        assert not found.overruled
        assert judged("name", "", written) == judged("name", "", pair[0])


def test_a_variant_that_is_near_stays_among_the_candidates() -> None:
    others = [Candidate(f"高橘{chr(ord('一') + number)}", -1.0 - number / 100) for number in range(20)]
    found = kept("name", [Candidate("高橋", -0.5), *others, Candidate("髙橋", -4.0), Candidate("髙橘", -14.0)], MOST_ANSWERS)
    assert "髙橋" in [one.text for one in found]
    assert [one.log_prob for one in found] == sorted((one.log_prob for one in found), reverse=True)


def test_a_known_name_deep_in_both_lists_is_kept() -> None:
    family = tuple(Candidate(text, -1.0 - number / 10) for number, text in enumerate(["左藤", "佐膝", "佐籐", "估藤", "左膝", "佐藤"]))
    given = tuple(Candidate(text, -1.0 - number / 10) for number, text in enumerate(["大朗", "犬郎", "犬朗", "人郎", "入郎", "太郎"]))
    joined = joined_names("name")([Reading(family, "x"), Reading(given, "x")])
    assert "佐藤 太郎" in [one.text for one in joined]
    assert joined[0].text == "左藤 大朗"

from pathlib import Path

import pytest

from pipeline.drawing.duties import DUTIES
from pipeline.errors import IntakeError
from pipeline.experience import FIELDS, NONE
from pipeline.experience.corpus import Example, checksum, read_corpus
from pipeline.experience.duplicates import find_twins

CORPUS = read_corpus()


def test_the_corpus_is_as_wide_as_the_guide_to_it_says() -> None:
    assert len(CORPUS) >= 6500
    assert len({example.id for example in CORPUS}) == len(CORPUS)
    assert len({example.theme for example in CORPUS}) >= 290
    assert sum(example.theme.startswith("cue_") for example in CORPUS) >= 850
    none = [example for example in CORPUS if example.main == NONE]
    assert len(none) >= 1100
    assert len({example.theme for example in none}) >= 100


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_met_in_many_themes(field: str) -> None:
    assert len({example.theme for example in CORPUS if example.main == field}) >= 120


def test_no_two_texts_are_too_much_alike() -> None:
    assert [(twin.first.id, twin.second.id) for twin in find_twins(CORPUS)] == []


def test_the_duties_drawn_on_forms_are_not_in_the_corpus() -> None:
    """Reading a drawn page stays a fair trial of the classifier."""
    drawn = [Example(str(number), "drawn", FIELDS[duty.field - 1], (), duty.text) for number, duty in enumerate(DUTIES)]
    assert not [twin for twin in find_twins([*CORPUS, *drawn], least=0.5) if "drawn" in (twin.first.theme, twin.second.theme)]


def test_twins_are_found_whatever_their_theme_and_spacing() -> None:
    first = Example("1", "a", "OP", (), "応対品質の評価を月100件行い、結果を各班に返した")
    second = Example("2", "b", "OP", (), "応対品質の評価を月 120件行い、結果を各班に返した。")
    other = Example("3", "a", "OP", (), "翌週の入電数を見込んで席を割り振る")
    assert [(twin.first.id, twin.second.id) for twin in find_twins([first, second, other])] == [("1", "2")]


@pytest.mark.parametrize("line", ["X1\ttheme\tOP\ttext", "X1\ttheme\tQQ\t\ttext", "X1\ttheme\tOP\tOP\ttext", "X1\ttheme\tOP\t\t "])
def test_a_malformed_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "x.tsv").write_text(f"# comment\n{line}\n", encoding="utf-8")
    with pytest.raises(IntakeError, match=r"x\.tsv:2"):
        read_corpus(tmp_path)


def test_the_checksum_sees_a_changed_label_but_not_the_order() -> None:
    first, second = Example("1", "a", "OP", (), "甲"), Example("2", "a", "OP", (), "乙")
    assert checksum([first, second]) == checksum([second, first])
    assert checksum([first, second]) != checksum([first, Example("2", "a", "ST", (), "乙")])

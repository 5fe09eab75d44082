from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pipeline.errors import IntakeError
from pipeline.experience.corpus import TEST_THEMES, parted, read_corpus
from pipeline.experience.labelled import Choice, labelled, read_labelled, write_labelled

TEXT = "予約係の聞き役"


@pytest.mark.parametrize(
    ("choices", "kept", "left_out"),
    [
        ([("OP", TEXT)], 1, {}),
        ([("OP", TEXT), ("OP", "予約係の 聞き役")], 1, {"repeated": 1}),
        ([("OP", TEXT), ("CS", TEXT), ("OP", TEXT)], 0, {"contradicted": 3}),
        ([("OP", None), ("OP", "  ")], 0, {"no_text": 2}),
        ([("オペレーション", TEXT), ("None", TEXT)], 0, {"no_label": 2}),
        ([("OP", "〃")], 0, {"too_short": 1}),
    ],
)
def test_what_can_be_learned_from(choices: list[tuple[str, str | None]], kept: int, left_out: dict[str, int]) -> None:
    found = labelled([Choice("a" * 64, f"2|rows[{at}]", label, text) for at, (label, text) in enumerate(choices)])
    assert len(found.examples) == kept
    assert found.left_out == left_out


def test_rows_of_one_paper_share_a_theme_that_does_not_name_it() -> None:
    scans = ("a" * 64, "a" * 64, "b" * 64)
    found = labelled([Choice(scan, f"1|rows[{at}]", "OP", f"{TEXT}{at}") for at, scan in enumerate(scans)]).examples
    assert found[0].theme == found[1].theme != found[2].theme
    assert len({example.id for example in found}) == 3
    assert "aaaa" not in found[0].theme


def test_rows_come_back_as_written_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "models" / "x.tsv"
    found = labelled([Choice("a" * 64, "1|rows[0]", "NONE", "席の\n割り振り\tと休憩")]).examples
    write_labelled(path, found)
    assert tuple(read_labelled(path)) == found
    assert found[0].text == "席の 割り振り と休憩"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["x.tsv"]


def test_a_damaged_file_is_named_without_its_content(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_text("秘密の文", encoding="utf-8")
    with pytest.raises(IntakeError) as raised:
        read_labelled(tmp_path / "x.tsv")
    assert "秘密" not in str(raised.value)


def test_the_fixed_test_themes_are_a_fifth_of_the_corpus_and_hold_every_field() -> None:
    corpus = read_corpus()
    teach, test = parted(corpus)
    named = [line for line in TEST_THEMES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert {example.theme for example in test} == set(named)
    assert not {example.theme for example in teach} & set(named)
    assert len(named) == 41
    assert len(test) == 1158
    assert len({example.main for example in test}) == 8

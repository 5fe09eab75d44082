"""Words that carried an answer are found again in the text as it was written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.experience.features import fold
from pipeline.experience.marking import Piece, pieces


def test_words_of_two_fields_are_told_apart_and_shared_ones_carry_both() -> None:
    found = pieces("応答率を管理し、研修を管理した。", {"OP": ("応答", "率", "管理"), "HR": ("研修", "管理")})
    assert found == (
        Piece("応答率", ("OP",)),
        Piece("を", ()),
        Piece("管理", ("OP", "HR")),
        Piece("し、", ()),
        Piece("研修", ("HR",)),
        Piece("を", ()),
        Piece("管理", ("OP", "HR")),
        Piece("した。", ()),
    )


def test_what_is_marked_stays_as_written() -> None:
    """Folded it is 「crmシステムとガイド」: half-width kana, capitals, spaces and line breaks do not hide a word."""
    found = pieces("ＣＲＭ ｼｽﾃﾑ\nとｶﾞｲﾄﾞ", {"IC": ("crmシステム", "ガイド")})
    assert found == (Piece("ＣＲＭ ｼｽﾃﾑ", ("IC",)), Piece("\nと", ()), Piece("ｶﾞｲﾄﾞ", ("IC",)))


def test_without_evidence_the_text_is_one_piece() -> None:
    assert pieces("経理", {}) == (Piece("経理", ()),)
    assert pieces("", {"OP": ("応答",)}) == ()


@given(st.text(max_size=40), st.text(max_size=3), st.text(max_size=3))
def test_the_pieces_are_the_text_again(text: str, one: str, other: str) -> None:
    found = pieces(text, {"OP": (fold(one),), "HR": (fold(other),)})
    joined = "".join(piece.text for piece in found)
    assert fold(joined) == fold(text) or fold(fold(text)) == fold(joined)
    assert all(before.fields != after.fields for before, after in zip(found, found[1:], strict=False))

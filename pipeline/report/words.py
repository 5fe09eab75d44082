"""Machine names -> the words of the mailroom."""

from __future__ import annotations

PACKET_STATES = {"review": "確認待ち", "deficient": "不備", "ready": "入金確認待ち", "accepted": "受理", "withdrawn": "取下げ"}
FIELD_DECISIONS = {"accept": "自動で確定", "review": "人の確認待ち", "blank": "空欄"}
SCAN_STATES = {"read": "読み取り済み", "open": "読み取り中", "refused": "受け付けず"}

LABELS = {
    # why a field waits
    "low_probability": "読み取りに確信が持てない",
    "readers_disagree": "二つの読み取り結果が食い違う",
    "sheets_disagree": "書類の間で食い違う",
    "variant_kanji": "異体字の確認",
    "grammar": "書式に合わない",
    "ink_quality": "かすれ・汚れ",
    "mark_doubt": "印の有無がはっきりしない",
    # pages
    "page_blank": "白紙",
    "page_unknown": "対象外の書類",
    "page_ambiguous": "様式を決められないページ",
    "page_misfit": "様式に合わないページ",
    "page_unreadable": "読み取れないページ",
    "page_duplicate": "同じ書類の二重スキャン",
    # packets
    "sheet_repeated": "同じ様式が複数ある",
    "packet_doubtful": "誰の書類か確認",
}


def label(code: str) -> str:
    """Short Japanese name of a finding or a reason; the code itself when it has none."""
    return LABELS.get(code, code)

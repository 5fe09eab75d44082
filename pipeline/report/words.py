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
    "signature_typed": "署名が手書きでない（印字の）疑い",
    "seal_on_text": "文字に印影が重なっている",
    "correction": "二重線・訂正印による訂正の確認",
    "field_undecided": "業務分野の判定",
    "place_doubt": "どの項目の値かはっきりしない",
    "unreadable": "判読できない（人が確認済み）",
    "invalid": "記入が書式に合わない（人が確認済み）",
    # pages
    "page_blank": "白紙",
    "page_unknown": "対象外の書類",
    "page_ambiguous": "様式を決められないページ",
    "page_misfit": "様式に合わないページ",
    "page_other_edition": "様式の版が違う可能性のあるページ",
    "page_unreadable": "読み取れないページ",
    "page_duplicate": "同じ書類の二重スキャン",
    "unread_page_beside": "判別できないページがある",
    "cover_sheet": "封筒仕切り票",
    "scanner_sheet": "スキャナー診断票",
    "cover_unreadable": "読み取れない封筒仕切り票",
    # packets
    "sheet_repeated": "同じ様式が複数ある",
    "packet_doubtful": "誰の書類か確認",
    "cover_missing": "封筒仕切り票がない",
    "cover_day_odd": "封筒仕切り票の受付日が合わない",
    "cover_double": "封筒仕切り票の重複",
    "envelopes_differ": "複数の封筒にまたがる申請",
    "sheet_missing_a": "A資格認定申請書がない",
    "sheet_missing_b": "B業務経験証明書がない・足りない",
    "sheet_missing_c": "C上司・監督者の証明がない",
    "sheet_missing_d": "D宣誓書がない",
    "sheet_missing_certificate": "合格証明書の写しがない",
    # rules
    "rule_undecided": "確認待ちの欄があり判断できない",
    "application_unsigned": "Aに署名がない",
    "oath_unsigned": "Dに署名がない",
    "oath_not_agreed": "Dの同意欄が空欄",
    "certificate_expired": "合格証明書の有効期限切れ",
    "certificate_not_passed": "合格していない",
    "issue_date_mismatch": "発行日が合格証明書と違う",
    "exam_mismatch": "試験区分が合格証明書と違う",
    "pass_number_mismatch": "合格者番号が書類の間で違う",
    "name_mismatch": "氏名が書類の間で違う",
    "certifier_is_applicant": "証明者が申請者本人",
    "birth_date_implausible": "生年月日がおかしい",
    "date_after_arrival": "到着日より後の日付",
    "postal_mismatch": "郵便番号と住所が合わない",
    "period_reversed": "期間の始まりと終わりが逆",
    "period_after_application": "期間が申請日より後",
    "period_not_covered": "Cの証明期間が経験期間に足りない",
    "experience_too_short": "業務経験の期間が足りない",
    "row_months_mismatch": "期間と月数が合わない",
    "total_months_mismatch": "合計月数が合わない",
    "months_by_field_mismatch": "分野別の期間が各行と合わない",
    "months_by_field_over_total": "分野別の期間が合計より長い",
    "field_disagrees": "分野番号と業務内容が合わない",
}


def label(code: str) -> str:
    """Short Japanese name of a finding or a reason; the code itself when it has none."""
    return LABELS.get(code, code)

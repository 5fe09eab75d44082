"""What normalising a text gives back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Normalised:
    """Either a value or the machine name of what is wrong with the text; both None for a blank text.

    Attributes:
        value: normal form of the text; None when there is none.
        problem: one of `PROBLEMS`, or None.
    """

    value: str | int | None
    problem: str | None


BLANK = Normalised(None, None)

PROBLEMS = {
    "not_digits": "数字以外の文字があります",
    "wrong_length": "桁数が合いません",
    "not_a_number": "数として読めません",
    "not_kana": "カタカナ以外の文字があります",
    "not_a_name": "氏名に使わない文字があります",
    "not_latin": "ローマ字以外の文字があります",
    "not_a_date": "日付として読めません",
    "era_missing": "元号または西暦の別がわかりません",
    "date_impossible": "暦にない日付です",
    "date_outside_era": "元号の期間にない日付です",
    "not_a_year_month": "年月として読めません",
    "not_a_duration": "年数・月数として読めません",
    "not_a_phone": "電話番号として読めません",
    "phone_prefix": "電話番号の市外局番等がありえない番号です",
    "phone_length": "電話番号の桁数が合いません",
    "email_syntax": "メールアドレスの形式ではありません",
}
"""Machine name -> the words a reviewer sees."""


def problem(name: str) -> Normalised:
    """A text without a value; `name` is a key of PROBLEMS (KeyError otherwise)."""
    PROBLEMS[name]
    return Normalised(None, name)

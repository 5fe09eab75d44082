"""What a printed label says of its field: the kind, and a name to go by. A clerk may change both."""

from __future__ import annotations

import re
import unicodedata

from pipeline.forms import FieldKind

TELLING: tuple[tuple[str, FieldKind, str], ...] = (
    (r"フリガナ|ふりがな|カナ$|カナ[(（氏]|かな$", "kana", "name_kana"),
    (r"メール|e-?mail", "email", "email"),
    (r"電話|^tel|連絡先番号|携帯", "phone", "phone"),
    (r"fax|ファクシミリ|ファックス", "phone", "fax"),
    (r"郵便番号|^〒$", "text", "postal_code"),
    (r"(?<!部)署名|自署", "signature", "signature"),
    (r"^印$|捺印|押印$|確認印", "seal", "seal"),
    (r"生年月日", "text", "birth_date"),
    (r"(申請|届出|提出|作成|記入)年?月?日", "text", "date"),
    (r"建物", "text", "building"),
    (r"住所|所在地", "text", "address"),
    (r"(会社|団体|勤務先|事業所|事業場|機関)の?名", "text", "employer"),
    (r"部署|所属", "text", "department"),
    (r"役職|職位|職名", "text", "job_title"),
    (r"氏名|旧姓|お名前", "name", "name"),
    (r"備考|特記事項", "text", "remarks"),
)
"""Pattern in the label (NFKC, lower case, without white), kind, name. Kinds other than text need a writing area of one line."""


def telling(label: str) -> tuple[FieldKind, str]:
    """Kind and name that a label tells of; ("text", "") when it tells nothing."""
    plain = re.sub(r"[\s※*]", "", unicodedata.normalize("NFKC", label)).lower()
    return next(((kind, name) for pattern, kind, name in TELLING if re.search(pattern, plain)), ("text", ""))

"""Bare cues: words of the trade that belong to two fields where only a sentence decides. Alone they are never accepted."""

from __future__ import annotations

import re

SHARED = (
    "リスク", "リスクマネジメント", "コンプライアンス", "コンプライアンス維持活動", "監査", "業務監査", "業務プロセス監査", "採用計画",
    "人員計画", "人事計画", "コーチング", "モニタリング", "モニタリング・コーチング", "知識", "スキル", "知識スキル", "スキル検証",
    "アウトソーシング", "アウトソーシング企画", "アウトソーシング調達企画", "アウトバウンド", "アウトバウンド戦略",
    "アウトバウンドセールス", "営業", "情報システム", "情報通信システム", "情報セキュリティ",
)  # fmt: skip
"""The cues that the project's domain notes list as shared by two fields of the guide, in folded form (`features.fold`)."""
FILLERS = ("の", "管理", "マネジメント", "業務", "担当", "全般", "関連", "及び", "、", "・", "。")
"""What may stand round them without saying whose work it is."""
BARE = re.compile(f"(?:{'|'.join(map(re.escape, sorted((*SHARED, *FILLERS), key=len, reverse=True)))})+")


def is_bare_cue(folded: str) -> bool:
    """Whether a folded text says nothing beyond shared cues and fillers."""
    return BARE.fullmatch(folded) is not None

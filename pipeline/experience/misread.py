"""Texts as a reader might get them: characters taken for their look-alikes, dropped, or small ones read large."""

from __future__ import annotations

import random

LOOK_ALIKES = (
    "ソン", "シツ", "ロ口", "ー一", "ニ二", "クワ", "ハ八", "カ力", "タ夕", "エ工", "へヘ", "リり", "ョヨ", "ッツ", "ャヤ", "ュユ", "ェエ",
    "っつ", "ょよ", "ゃや", "ゅゆ", "0O", "1l", "5S", "大犬", "人入", "未末", "土士", "日目", "員貝", "間問", "話語", "務努", "客容",
    "教数", "計討", "画面", "理埋", "業菜", "応広", "質賀", "評許", "採探", "用角", "管菅", "析折", "待侍", "持待", "約的", "電雷", "受愛",
)  # fmt: skip
"""Pairs that readers of Japanese print and hand confuse (the first rows: the list of confusions of the project's domain notes)."""
DROPPED = 0.25
"""Share of reading errors that lose the character instead of changing it."""


def _partners() -> dict[str, str]:
    both = [(pair[0], pair[1]) for pair in LOOK_ALIKES] + [(pair[1], pair[0]) for pair in LOOK_ALIKES]
    return {first: second for first, second in reversed(both) if first != second}


PARTNERS = _partners()


def misread(text: str, rate: float, chance: random.Random) -> str:
    """`text` with about `rate` of its characters read wrongly; one that has no look-alike is dropped or kept."""
    return "".join(_read(character, chance) if chance.random() < rate else character for character in text)


def _read(character: str, chance: random.Random) -> str:
    return "" if chance.random() < DROPPED else PARTNERS.get(character, "" if chance.random() < DROPPED else character)

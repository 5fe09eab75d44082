import random

from pipeline.experience.misread import LOOK_ALIKES, misread

TEXT = "オペレーターのシフト作成とコールセンターの業務改善を担当し、エラーを三割減らした。" * 20


def test_nothing_is_misread_at_rate_zero() -> None:
    assert misread(TEXT, 0.0, random.Random(1)) == TEXT


def test_the_same_seed_reads_the_same() -> None:
    assert misread(TEXT, 0.2, random.Random(1)) == misread(TEXT, 0.2, random.Random(1))


def test_only_look_alikes_appear_and_some_characters_go() -> None:
    read = misread(TEXT, 0.3, random.Random(2))
    assert set(read) - set(TEXT) <= set("".join(LOOK_ALIKES))
    assert len(TEXT) * 0.8 < len(read) < len(TEXT)

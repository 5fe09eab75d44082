import numpy as np

from pipeline.experience.distil import message_pack_map, murmur
from pipeline.experience.vectors import load_vectors

VECTORS = load_vectors()


def _likeness(first: str, second: str) -> float:
    one, two = (VECTORS.table[VECTORS.rows[word]] for word in (first, second))
    return float(one @ two / np.linalg.norm(one) / np.linalg.norm(two))


def test_kindred_words_lie_closer_than_strange_ones() -> None:
    assert _likeness("研修", "講習") > _likeness("研修", "回線") + 0.1
    assert _likeness("苦情", "クレーム") > _likeness("苦情", "回線") + 0.1


def test_an_unknown_word_adds_nothing_and_the_sum_has_length_one() -> None:
    parts = VECTORS.of_words([("研修", "研修"), ("ゑゑゑゑ", "ゑゑゑゑ")], [2.0, 3.0])
    assert not parts[1].any()
    assert abs(float(np.linalg.norm(parts.sum(axis=0))) - 1) < 1e-5


def test_no_words_give_no_meaning() -> None:
    assert VECTORS.of_words([], []).shape == (0, VECTORS.table.shape[1])


def test_strings_are_hashed_as_spacy_does() -> None:
    """The example in spaCy's documentation of its StringStore."""
    assert murmur(b"coffee") == 3197928453018144401


def test_key_map_reads_each_size_of_number() -> None:
    data = bytes([0xDF, 0, 0, 0, 2, 0xCF, *(7).to_bytes(8, "big"), 5, 0xCD, 1, 0, 0xCC, 200])
    assert message_pack_map(data) == {7: 5, 256: 200}

"""What the classifier of boxed characters is taught with; its network needs torch, which is not here."""

from __future__ import annotations

import numpy as np

from pipeline.recognise.box_input import FILLED, SHAPES, SIDE
from scripts.teach_boxes import cells, sources
from scripts.teach_boxes.skeletons import SKELETONS


def test_the_same_seed_draws_the_same_cells() -> None:
    first, again, other = (cells.batch(30, (seed,)) for seed in (1, 1, 2))
    assert all(np.array_equal(np.asarray(one), np.asarray(two)) for one, two in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])
    assert first[0].shape == (30, SIDE, SIDE) and set(first[2]) <= set(range(len(SHAPES) + 1))


def test_every_cell_has_ink_and_every_digit_its_skeletons() -> None:
    rng = np.random.default_rng(3)
    for char in "0123456789":
        picture, numbers, label = cells.drawn(char, rng)
        ink = picture > 60
        assert SHAPES[label] == char and 1 <= max(np.ptp(np.flatnonzero(ink.any(axis=axis))) + 1 for axis in (0, 1)) <= FILLED
        assert 0 < numbers[5] <= 1 and 0 < numbers[6] <= 1
        assert len(SKELETONS[char]) >= 4


def test_no_font_that_is_kept_out_is_taught_with() -> None:
    kept_out = ("Yusei", "ipaex", "Kurenaido", "HachiMaru", "aoyagi", "setofont", "BIZUDMincho", "BIZUDPMincho")
    assert not [name for name in (*sources.JAPANESE, *sources.LATIN) for word in kept_out if word.lower() in name.lower()]

"""Texts of the corpus that are too much alike: `python -m pipeline.experience.duplicates` lists them and exits with 1 if there are any.

Two descriptions that share most of their character pairs teach the same thing twice, and across themes they would let a
test theme be answered from memory.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from pipeline.experience.corpus import Example, read_corpus
from pipeline.experience.features import fold

GUIDE = "guide"
TOO_MUCH_ALIKE = 0.6
"""Jaccard index of the sets of character pairs. 応対品質の向上 and 応対品質管理 have 0.5; a sentence with one word changed 0.7-0.9."""


@dataclass(frozen=True)
class Twins:
    """Two examples and how much they are alike, 0 to 1."""

    first: Example
    second: Example
    likeness: float


def find_twins(examples: Sequence[Example], least: float = TOO_MUCH_ALIKE) -> list[Twins]:
    """Pairs with a likeness of at least `least`, most alike first; the guide is quoted as it is and may repeat itself."""
    pairs = [_pairs(example.text) for example in examples]
    columns = {pair: column for column, pair in enumerate(sorted(set().union(*pairs)))}
    flat = [columns[pair] for found in pairs for pair in sorted(found)]
    starts = np.cumsum([0, *map(len, pairs)])
    matrix = csr_matrix((np.ones(len(flat), np.int32), flat, starts), shape=(len(pairs), len(columns)))
    shared = (matrix @ matrix.T).tocoo()
    sizes = np.diff(starts)
    likeness = shared.data / (sizes[shared.row] + sizes[shared.col] - shared.data)
    chosen = np.flatnonzero((shared.row < shared.col) & (likeness >= least))
    twins = [Twins(examples[shared.row[at]], examples[shared.col[at]], float(likeness[at])) for at in chosen]
    twins = [twin for twin in twins if not twin.first.theme == twin.second.theme == GUIDE]
    return sorted(twins, key=lambda twin: (-twin.likeness, twin.first.id))


def _pairs(text: str) -> set[str]:
    folded = f"^{fold(text)}$"
    return {folded[start : start + 2] for start in range(len(folded) - 1)}


if __name__ == "__main__":
    found = find_twins(read_corpus())
    for twin in found:
        first, second = twin.first, twin.second
        sys.stdout.write(f"{twin.likeness:.2f}\t{first.id} {first.main} {first.text}\t{second.id} {second.main} {second.text}\n")
    sys.exit(1 if found else 0)

"""Teaches the network that reads descriptions of duties in their order, and its sisters, and writes them into pipeline/experience/data.

Usage: python -m scripts.teach_duties [number ...]

0-4: the sister without that fifth of the themes; 5: the whole one; all of them when none is named. Needs
scripts/teach_duties/requirements.txt beside the product's packages: torch is no part of the product. One thread, two minutes of CPU each;
the same corpus gives the same file on the same kind of processor. Run it when the corpus has changed, then
`python -m pipeline.experience.train`.
"""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from torch.nn import functional

from pipeline.experience.classify import LABELS
from pipeline.experience.corpus import Example, checksum, read_corpus
from pipeline.experience.features import Described, describe
from pipeline.experience.misread import misread
from pipeline.experience.network import LONGEST, SISTERS, UNKNOWN, WHOLE, sister_file
from pipeline.experience.train import MISREAD_RATE
from pipeline.experience.vectors import WordVectors, load_vectors
from scripts.teach_duties.network import Network

SEED = 1
EPOCHS = 14
BATCH = 64
STEP = 2e-3
DECAY = 1e-2
COPIES = 4
"""Misread copies of each text; an epoch sees the text and one of them."""
LOST_CHARACTER, LOST_WORD = 0.03, 0.1
"""Share that is left out of what is seen, anew each time."""
LEAST_CHARACTER, LEAST_LEMMA = 2, 3
"""Texts in which one must occur to have a number."""
NEVER = -1e4
"""Odds of a further field: it is neither asked for nor against."""

Numbers = dict[str, int]


@dataclass(frozen=True)
class Taught:
    """A text and its misread copies, taken apart."""

    example: Example
    copies: tuple[Described, ...]


@dataclass(frozen=True)
class Alphabet:
    """Numbers of characters, lemmas and vectors."""

    characters: Numbers
    lemmas: Numbers
    vectors: WordVectors

    def rows(self, described: Described, chance: random.Random) -> tuple[list[int], list[int], list[int]]:
        """Characters, vectors and lemmas of a text, some of them lost."""
        characters = [self.characters.get(each, UNKNOWN) for each in described.folded if chance.random() > LOST_CHARACTER][:LONGEST]
        words = [word for word in described.words if chance.random() > LOST_WORD]
        return characters, [self.vectors.row(*word) + 1 for word in words], [self.lemmas.get(lemma, UNKNOWN) for _, lemma in words]


def lessons(examples: Sequence[Example]) -> list[Taught]:
    """Every text with its copies."""
    chance = random.Random(SEED)
    copies = [[each.text, *(misread(each.text, MISREAD_RATE, chance) for _ in range(COPIES))] for each in examples]
    return [Taught(each, tuple(map(describe, texts))) for each, texts in zip(examples, copies, strict=True)]


def alphabet(taught: Sequence[Taught], vectors: WordVectors) -> Alphabet:
    """What these texts hold, the most frequent first."""
    characters = Counter(each for one in taught for each in set(one.copies[0].folded))
    lemmas = Counter(lemma for one in taught for lemma in {lemma for _, lemma in one.copies[0].words})
    return Alphabet(_numbered(characters, LEAST_CHARACTER), _numbered(lemmas, LEAST_LEMMA), vectors)


def _numbered(counted: Counter[str], least: int) -> Numbers:
    kept = sorted((text for text, number in counted.items() if number >= least), key=lambda text: (-counted[text], text))
    return {text: number for number, text in enumerate(kept, UNKNOWN + 1)}


def teach(taught: Sequence[Taught], known: Alphabet) -> Network:
    """A network taught with these texts."""
    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    network = Network(len(known.characters) + 2, len(known.lemmas) + 2, known.vectors.table).train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=STEP, weight_decay=DECAY)
    steps = EPOCHS * -(-2 * len(taught) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, STEP, total_steps=steps)
    for _ in range(EPOCHS):
        for batch in _batches(taught, chance):
            read = [_padded(part) for part in zip(*(known.rows(described, chance) for _, described in batch), strict=True)]
            loss = functional.cross_entropy(network(*read) + _also(batch), torch.tensor([LABELS.index(one.main) for one, _ in batch]))
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    return network.eval()


def _batches(taught: Sequence[Taught], chance: random.Random) -> Iterator[list[tuple[Example, Described]]]:
    """Every text once as written and once misread, in batches of like length: what is padded costs time."""
    asked = [(one.example, one.copies[place]) for one in taught for place in (0, chance.randint(1, COPIES))]
    asked.sort(key=lambda pair: len(pair[1].folded) + chance.random() * BATCH / 8)
    batches = [asked[start : start + BATCH] for start in range(0, len(asked), BATCH)]
    chance.shuffle(batches)
    yield from batches


def _padded(rows: Iterable[Sequence[int]]) -> torch.Tensor:
    kept = list(rows)
    padded = np.zeros((len(kept), max(1, *(len(row) for row in kept))), np.int64)
    for place, row in enumerate(kept):
        padded[place, : len(row)] = row
    return torch.from_numpy(padded)


def _also(batch: Sequence[tuple[Example, Described]]) -> torch.Tensor:
    wanted = np.zeros((len(batch), len(LABELS)), np.float32)
    for place, (example, _) in enumerate(batch):
        wanted[place, [LABELS.index(label) for label in example.also]] = NEVER
    return torch.from_numpy(wanted)


def parts(examples: Sequence[Example]) -> dict[str, int]:
    """Theme -> the sister that is taught without it: the largest themes first, each to the part with the fewest texts."""
    sizes = Counter(example.theme for example in examples)
    loads, found = [0] * SISTERS, {}
    for theme, size in sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0])):
        found[theme] = loads.index(min(loads))
        loads[found[theme]] += size
    return found


def write(number: int, taught: Sequence[Taught], corpus: str, vectors: WordVectors) -> None:
    """Teach one network and write its file."""
    known = alphabet(taught, vectors)
    network = teach(taught, known)
    texts = {"known_characters": known.characters, "known_lemmas": known.lemmas, "seen": sorted({one.example.theme for one in taught})}
    names = {name: _bytes("\n".join(each)) for name, each in texts.items()}
    np.savez_compressed(WHOLE if number == SISTERS else sister_file(number), corpus=_bytes(corpus), **names, **network.arrays())
    sys.stdout.write(f"{number}: {len(taught)} texts, {len(known.characters)} characters, {len(known.lemmas)} lemmas\n")
    sys.stdout.flush()


def _bytes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), np.uint8)


def main() -> None:
    """Teach the networks that are named."""
    torch.set_num_threads(1)
    examples, vectors = read_corpus(), load_vectors()
    taught, where = lessons(examples), parts(examples)
    for number in map(int, sys.argv[1:] or range(SISTERS + 1)):
        write(number, [one for one in taught if where[one.example.theme] != number], checksum(examples), vectors)


if __name__ == "__main__":
    main()

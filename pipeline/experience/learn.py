"""Learning from people: a model on the corpus and on people's rows, put into use only when it is better.

The rule:

1. On the fixed test themes (corpus.TEST_THEMES, which neither side has learned from), as written and misread, the candidate is not worse
   beyond chance, over all fields and within each one; it loses at most MOST_LOST of the texts; and among what would be accepted the
   share of wrong answers is within the promised one, or no larger than now.
2. On people's rows that the model in use has not learned, each asked of a candidate that has not seen its applicant, it is better beyond
   chance, and right in at least LEAST_RIGHT of them. The unit is the applicant, for the rows of one are worded alike. The share is asked
   for because words that no corpus knows are better guessed by anything that has met them: even labels dealt out at random were "better".

The second alone would let a reviewer who errs steadily teach the error; the first alone would replace for nothing. Where rows that the
model in use has learned were taken back since, the second is waived: what people withdrew must go.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom
from sklearn.model_selection import GroupKFold

from pipeline.experience import FIELDS, NONE
from pipeline.experience.accept import right
from pipeline.experience.classify import Classifier, certainty
from pipeline.experience.corpus import Example, parted
from pipeline.experience.duplicates import find_twins
from pipeline.experience.encode import Floats
from pipeline.experience.features import describe
from pipeline.experience.misread import misread
from pipeline.experience.network import load_family
from pipeline.experience.train import FOLDS, MISREAD_RATE, SEED, Lesson, fit, lessons
from pipeline.experience.vectors import WordVectors

CHANCE = 0.05
"""Level of every one-sided sign test; divided by the number of labels where each is tested."""
MOST_LOST = 0.005
"""Share of the test texts that may be lost net, chance or not: a tenth of what the whole corpus beyond its first half brought."""
LEAST_RIGHT = 2 / 3
"""Share of people's new rows that must be foreseen; of 48 rows with labels at random 29 % were, of sensible ones nearly all."""
LABELS = (*FIELDS, NONE)

Hits = NDArray[np.bool_]


@dataclass(frozen=True)
class Pair:
    """Two models on the same questions: right answers of each, and the questions that only one got right."""

    number: int
    now: int
    candidate: int
    gained: int
    lost: int

    @property
    def worse(self) -> float:
        """Chance of at least so many lost if both were as good."""
        return _tail(self.lost, self.gained + self.lost)

    @property
    def better(self) -> float:
        """Chance of at least so many gained if both were as good."""
        return _tail(self.gained, self.gained + self.lost)


@dataclass(frozen=True)
class Accepted:
    """What would be accepted on the test themes: how many, and how many of them wrongly."""

    number: int
    wrong: int

    @property
    def share(self) -> float:
        """Of wrong ones."""
        return self.wrong / self.number if self.number else 0.0


@dataclass(frozen=True)
class Trial:
    """What the rule goes by.

    Attributes:
        clean, noisy: the fixed test themes as written and misread.
        by_field: of `clean`, by the field as labelled.
        accepted: (now, candidate) on the test themes, both readings together.
        rows: people's new rows.
        applicants: the same by applicant: gained and lost are applicants with more and with fewer right answers.
        withdrawn: rows that the model in use has learned and that people took back.
    """

    clean: Pair
    noisy: Pair
    by_field: dict[str, Pair]
    accepted: tuple[Accepted, Accepted]
    rows: Pair
    applicants: Pair
    withdrawn: int


def objections(trial: Trial, max_error: float) -> tuple[str, ...]:
    """Why the candidate must not replace the model in use; empty when it shall. Codes, see commands/learning.py for the words."""
    now, candidate = trial.accepted
    said = {
        "test_worse": min(trial.clean.worse, trial.noisy.worse) <= CHANCE,
        "test_lost": any(pair.lost - pair.gained > MOST_LOST * pair.number for pair in (trial.clean, trial.noisy)),
        "field_worse": any(pair.worse <= CHANCE / len(LABELS) for pair in trial.by_field.values()),
        "accepted_wrong": candidate.share > max(max_error, now.share),
        "nothing_new": not trial.rows.number and not trial.withdrawn,
        "rows_not_better": bool(trial.rows.number) and not trial.withdrawn and trial.applicants.better > CHANCE,
        "rows_not_learnable": trial.rows.candidate < LEAST_RIGHT * trial.rows.number,
    }
    return tuple(code for code, holds in said.items() if holds)


@dataclass(frozen=True)
class Knowledge:
    """What a trial is about: the corpus, the rows that the model in use has learned, all of people's rows as they stand now."""

    corpus: Sequence[Example]
    learned: Sequence[Example]
    rows: Sequence[Example]


def try_out(knowledge: Knowledge, in_use: Classifier, vectors: WordVectors, max_error: float) -> Trial:
    """Measure a candidate against the model in use; neither of the two that are compared has learned from the test themes.

    `in_use` gives the certainty and the threshold by which answers would be accepted.
    """
    teach, test = parted(knowledge.corpus)
    learned, rows = _apart(knowledge.learned, test), _apart(knowledge.rows, test)
    now = fit(lessons([*teach, *learned]), vectors)
    taught = lessons([*teach, *rows])
    candidate = fit(taught, vectors)
    asked = _asked(test)
    themes = [example.theme for example in test]
    odds = [[_odds(model, texts, themes) for texts in asked] for model in (now, candidate)]
    clean, noisy = ([right(test, found[reading]) for found in odds] for reading in (0, 1))
    known = {example.text for example in learned}
    new = np.array([example.text not in known for example in rows], bool)
    before, after = _on_rows(now, rows, new), _held_out(taught, len(teach), vectors)[new]
    names = [example.theme for example, fresh in zip(rows, new, strict=True) if fresh]
    return Trial(
        clean=_pair(*clean),
        noisy=_pair(*noisy),
        by_field={label: _pair(*(hits[[example.main == label for example in test]] for hits in clean)) for label in LABELS},
        accepted=(_accepted(in_use, test, odds[0], max_error), _accepted(in_use, test, odds[1], max_error)),
        rows=_pair(before, after),
        applicants=_by_name(names, before, after),
        withdrawn=len(known - {example.text for example in rows}),
    )


def _apart(rows: Sequence[Example], test: Sequence[Example]) -> list[Example]:
    """Without rows that are almost a text of the test themes: they would answer it from memory."""
    themes = {example.theme for example in test}
    twins = find_twins([*rows, *test])
    answered = {one.id for twin in twins for one, other in ((twin.first, twin.second), (twin.second, twin.first)) if other.theme in themes}
    return [row for row in rows if row.id not in answered]


def _asked(examples: Sequence[Example]) -> tuple[list[str], list[str]]:
    chance = random.Random(SEED + 1)
    return [example.text for example in examples], [misread(example.text, MISREAD_RATE, chance) for example in examples]


def _odds(model: Classifier, texts: Sequence[str], themes: Sequence[str]) -> Floats:
    """(n, 8) log odds; beside the model a network answers that was not taught with the text's theme."""
    family = load_family()
    return np.array([model.log_odds(describe(text), family.unseen(theme)) for text, theme in zip(texts, themes, strict=True)])


def _on_rows(model: Classifier, rows: Sequence[Example], chosen: Hits) -> Hits:
    asked = [row for row, wanted in zip(rows, chosen, strict=True) if wanted]
    return right(asked, _odds(model, [row.text for row in asked], [row.theme for row in asked])) if asked else np.zeros(0, bool)


def _held_out(taught: Sequence[Lesson], corpus: int, vectors: WordVectors) -> Hits:
    """(rows,) whether each of people's rows is answered rightly by a candidate without its applicant; they follow the corpus' lessons."""
    rows, hits = taught[corpus:], np.zeros(len(taught) - corpus, bool)
    names = [lesson.example.theme for lesson in rows]
    if len(set(names)) < 2:
        return hits
    for train, test in GroupKFold(min(FOLDS, len(set(names)))).split(rows, groups=names):
        model = fit([*taught[:corpus], *(rows[index] for index in train)], vectors)
        hits[test] = _on_rows(model, [rows[index].example for index in test], np.ones(len(test), bool))
    return hits


def _accepted(in_use: Classifier, test: Sequence[Example], readings: Sequence[Floats], max_error: float) -> Accepted:
    level = in_use.threshold(max_error)
    taken = [np.array([certainty(in_use.certainty, row) >= level for row in odds], bool) for odds in readings]
    wrong = sum(int((part & ~right(test, odds)).sum()) for part, odds in zip(taken, readings, strict=True))
    return Accepted(sum(int(part.sum()) for part in taken), wrong)


def _pair(now: Hits, candidate: Hits) -> Pair:
    return Pair(len(now), int(now.sum()), int(candidate.sum()), int((candidate & ~now).sum()), int((now & ~candidate).sum()))


def _by_name(names: Sequence[str], now: Hits, candidate: Hits) -> Pair:
    """Each applicant is one question: gained where the candidate has more right answers than the model in use."""
    change = dict.fromkeys(names, 0)
    for name, before, after in zip(names, now, candidate, strict=True):
        change[name] += int(after) - int(before)
    gained, lost = sum(net > 0 for net in change.values()), sum(net < 0 for net in change.values())
    return Pair(len(change), lost, gained, gained, lost)


def _tail(wins: int, games: int) -> float:
    """Chance of at least `wins` heads in `games` tosses."""
    return float(binom.sf(wins - 1, games, 0.5)) if games else 1.0

"""How well descriptions of duties are told apart: `python benchmarks/seven_fields.py`.

Everything is measured on themes (workplaces, subjects) that the classifier has not seen, clean and with 6 % of the characters misread.
Takes about a minute and a half of CPU. What each ingredient adds is measured on the fixed test themes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.drawing.duties import DUTIES
from pipeline.experience import FIELDS, NONE
from pipeline.experience.accept import fit_certainty, right, thresholds, upper_bound
from pipeline.experience.classify import LABELS, NETWORK, Classifier, certainty, load_classifier
from pipeline.experience.corpus import Example, parted, read_corpus
from pipeline.experience.encode import Floats
from pipeline.experience.features import Described
from pipeline.experience.network import Family, load_family
from pipeline.experience.train import MISREAD_RATE, Lesson, fit, held_out, lessons
from pipeline.experience.vectors import WordVectors, load_vectors

BOUNDS = (0.01, 0.02, 0.05)
SPLITS = 100
"""Random halves of the themes on which the bound is tried out."""
SHARES = (0.125, 0.25, 0.5)
WEIGHTS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.2)


def certainties(coefficients: Floats, odds: Floats) -> np.ndarray:
    return np.array([certainty(coefficients, row) for row in odds])


def print_accuracy(name: str, examples: Sequence[Example], odds: Floats) -> None:
    hits = right(examples, odds)
    main = np.array([example.main for example in examples])
    best = np.array([LABELS[index] for index in odds.argmax(axis=1)])
    second = np.array([LABELS[index] for index in odds.argsort(axis=1)[:, -2]])
    none = main == NONE
    print(f"\n{name}: main right {hits.mean():.1%}, among the two best {(hits | (second == main)).mean():.1%}", end="; ")
    print(f"NONE found {(best[none] == NONE).mean():.1%}, of those called NONE right {none[best == NONE].mean():.1%}")
    print("      " + " ".join(f"{label:>5}" for label in LABELS) + "  right   (rows: as labelled, columns: as answered)")
    for label in LABELS:
        row = [int(((main == label) & (best == other)).sum()) for other in LABELS]
        print(f"{label:>5} " + " ".join(f"{number:5d}" for number in row) + f"  {row[LABELS.index(label)] / max(sum(row), 1):.1%}")


def also_found(examples: Sequence[Example], odds: Floats) -> None:
    named = {(number, LABELS[index]) for number, row in enumerate(odds) for index in np.flatnonzero(row > 0)}
    wanted = {(number, label) for number, example in enumerate(examples) for label in (example.main, *example.also)}
    both = len(named & wanted)
    print(f"fields named with an even chance or more: {both / len(named):.1%} right, {both / len(wanted):.1%} of the labelled ones found")


def print_by_length(examples: Sequence[Example], odds: Floats) -> None:
    """The row of form B holds 40 to 120 characters; a phrase of ten leaves more open."""
    hits, lengths = right(examples, odds), np.array([len(example.text) for example in examples])
    groups = {"up to 10": lengths <= 10, "11 to 39": (lengths > 10) & (lengths < 40), "40 and more": lengths >= 40}
    print("main right by length in characters:", "; ".join(f"{name} {hits[at].mean():.1%} of {at.sum()}" for name, at in groups.items()))


def print_acceptance(name: str, examples: Sequence[Example], odds: Floats) -> None:
    """Chosen on one half of the themes, held against the other, many times."""
    hits = right(examples, odds)
    themes = np.array([example.theme for example in examples])
    chance = np.random.default_rng(0)
    shares: dict[float, list[tuple[int, int, int]]] = {bound: [] for bound in BOUNDS}
    for _ in range(SPLITS):
        half = np.isin(themes, chance.permutation(np.unique(themes))[::2])
        coefficients = fit_certainty(odds[half], hits[half])
        levels = dict(thresholds(certainties(coefficients, odds[half]), hits[half]))
        sure = certainties(coefficients, odds[~half])
        for bound in BOUNDS:
            taken = sure >= levels.get(bound, 2.0)
            shares[bound].append((int((~hits[~half][taken]).sum()), int(taken.sum()), len(taken)))
    for bound, runs in shares.items():
        wrong, taken, total = np.array(runs).sum(axis=0)
        broken = np.mean([number > 0 and bad / number > bound for bad, number, _ in runs])
        error = f"{wrong / taken:.2%}" if taken else "-"
        print(f"{name}, bound {bound:.0%}, chosen on half of the themes: accepted {taken / total:.1%} of the other half,", end=" ")
        print(f"wrong among them {error}, more than the bound in {broken:.0%} of {SPLITS} runs")


def print_shipped(examples: Sequence[Example], clean: Floats, noisy: Floats) -> None:
    """The thresholds in the model file, on held-out answers (the coefficients have seen these: three numbers)."""
    classifier = load_classifier()
    for name, odds in (("clean", clean), ("misread", noisy)):
        hits, sure = right(examples, odds), certainties(classifier.certainty, odds)
        for bound in BOUNDS:
            taken = sure >= classifier.threshold(bound)
            wrong, number = int((~hits[taken]).sum()), int(taken.sum())
            most = upper_bound(wrong, number)
            print(f"shipped threshold, {name}, bound {bound:.0%}: accepted {number / len(hits):.1%}, wrong {wrong} (at most {most:.2%})")


def print_drawn() -> None:
    """The duties that are drawn on test forms: written apart from the corpus, 40 to 120 characters each."""
    classifier, texts = load_classifier(), [duty.text for duty in DUTIES]
    best = [answer.main for answer in classifier.classify(texts, max_error=1)]
    hits = np.array([main == FIELDS[duty.field - 1] for main, duty in zip(best, DUTIES, strict=True)])
    print(f"\nduties drawn on forms: main right {hits.sum()} of {len(hits)}", end="")
    for bound in BOUNDS:
        taken = np.array([answer.decision == "accept" for answer in classifier.classify(texts, max_error=bound)])
        print(f"; bound {bound:.0%}: accepted {taken.sum()}, wrong {(~hits[taken]).sum()}", end="")
    print()


def print_ingredients(learned: Sequence[Lesson], vectors: WordVectors) -> None:
    """What each ingredient adds, on the fixed test themes: the same questions for all, clean and misread."""
    teach, test = _fixed(learned)
    blank = WordVectors({}, vectors.table[:1])
    guide = [lesson for lesson in teach if lesson.example.theme == "guide"]
    other = next(lesson for lesson in teach if lesson.example.main == NONE)
    print(f"\nfixed test themes ({len(test)} texts)      clean   misread   accepted at 1 % (clean, threshold as shipped), wrong")
    print_row("guide only, and one text of NONE", fit([*guide, other], blank), test)
    print_row("+ corpus, words only", fit([_words_only(lesson) for lesson in teach], blank), [_words_only(lesson) for lesson in test])
    print_row("+ n-grams", fit(teach, blank), test)
    print_row("+ word vectors", fit(teach, vectors), test)
    print_row("+ network (as shipped)", fit(teach, vectors), test, load_family())
    print_weights(teach, vectors)


def print_weights(teach: Sequence[Lesson], vectors: WordVectors) -> None:
    """How much the network counts beside the regression: on folds of the themes to learn from, where NETWORK was chosen."""
    examples, family = [lesson.example for lesson in teach], load_family()
    for rate in (0.0, MISREAD_RATE):
        alone = held_out(teach, vectors, rate)
        answers = (held_out(teach, vectors, rate, family) - alone) / NETWORK
        shares = {weight: right(examples, alone + weight * answers).mean() for weight in WEIGHTS}
        print(f"weight of the network, {rate:.0%} misread:", ", ".join(f"{weight:g} {share:.1%}" for weight, share in shares.items()))


def print_row(name: str, model: Classifier, test: Sequence[Lesson], family: Family | None = None) -> None:
    examples, shipped = [lesson.example for lesson in test], load_classifier()
    networks = [None if family is None else family.unseen(example.theme) for example in examples]
    clean = np.array([model.log_odds(lesson.clean, network) for lesson, network in zip(test, networks, strict=True)])
    noisy = np.array([model.log_odds(lesson.misread, network) for lesson, network in zip(test, networks, strict=True)])
    hits, taken = right(examples, clean), certainties(shipped.certainty, clean) >= shipped.threshold(0.01)
    print(f"{name:36s} {hits.mean():.1%}   {right(examples, noisy).mean():.1%}     {taken.mean():.1%}, {(~hits & taken).sum()}")


def _fixed(learned: Sequence[Lesson]) -> tuple[list[Lesson], list[Lesson]]:
    test = {example.id for example in parted([lesson.example for lesson in learned])[1]}
    return [each for each in learned if each.example.id not in test], [each for each in learned if each.example.id in test]


def _words_only(lesson: Lesson) -> Lesson:
    return replace(lesson, clean=_without_grams(lesson.clean), misread=_without_grams(lesson.misread))


def _without_grams(described: Described) -> Described:
    kept = type(described.counts)({name: count for name, count in described.counts.items() if name[0] == "w"})
    return replace(described, counts=kept)


def print_growth(learned: Sequence[Lesson], vectors: WordVectors) -> None:
    """Whether more themes would help: the fixed test themes, answered after learning from a share of the others."""
    teach, test = _fixed(learned)
    names = np.random.default_rng(0).permutation(np.unique([lesson.example.theme for lesson in teach]))
    for share in SHARES:
        chosen = set(names[: round(share * len(names))])
        part = [lesson for lesson in teach if lesson.example.theme in chosen]
        print_row(f"learned from {share:4.0%} of the other themes", fit(part, vectors), test)


def print_speed(examples: Sequence[Example]) -> None:
    started = time.process_time()
    classifier = load_classifier()
    loaded = time.process_time()
    classifier.classify([example.text for example in examples[:300]], max_error=0.01)
    print(f"\nloading {loaded - started:.2f} s, {(time.process_time() - loaded) / 300 * 1000:.2f} ms a text with evidence")


def main() -> None:
    examples, vectors = read_corpus(), load_vectors()
    learned = lessons(examples)
    print(f"{len(examples)} texts, {len({example.theme for example in examples})} themes;", end=" ")
    print(", ".join(f"{label} {sum(example.main == label for example in examples)}" for label in (*FIELDS, NONE)))
    family = load_family()
    clean, noisy = held_out(learned, vectors, 0.0, family), held_out(learned, vectors, MISREAD_RATE, family)
    print_accuracy("clean", examples, clean)
    also_found(examples, clean)
    print_by_length(examples, clean)
    print_accuracy(f"{MISREAD_RATE:.0%} misread", examples, noisy)
    print()
    print_acceptance("clean", examples, clean)
    print_acceptance("misread", examples, noisy)
    print_shipped(examples, clean, noisy)
    print_drawn()
    print_ingredients(learned, vectors)
    print_growth(learned, vectors)
    print_speed(examples)


if __name__ == "__main__":
    main()

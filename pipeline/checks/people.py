"""Numbers, names and the exam agree over the sheets; the certifier is somebody else."""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

from pipeline.checks.facts import SHORT, Fact, Facts, Said, fact_of, finding, listed, unless_known
from pipeline.normalise import fold_for_comparison

NAMES = {"a": "name", "b": "name", "c": "applicant_name", "certificate": "name"}
OVERLOOKED = 1
"""A reader may lose a thin character (一, ノ) and be sure of the rest: names that differ in one character prove no difference, and a
doubtful reading that has one in common with the applicant's name proves no likeness."""
EXAMS = {"OMP": re.compile("OMP|オペレーション"), "CAP": re.compile("CAP|アーキテクト")}
"""The two professional exams and what they are called on papers."""


def _on_every_sheet(facts: Facts, names: dict[str, str]) -> list[Fact]:
    return [fact_of(side, name) for kind, name in names.items() for side in facts.sides(kind)]


def pass_number_agrees(facts: Facts) -> list[Said]:
    """One pass number on all sheets."""
    numbers = _on_every_sheet(facts, dict.fromkeys(SHORT, "pass_number"))
    known = [fact for fact in numbers if fact.known]
    if len({fact.text for fact in known}) > 1:
        return [finding("pass_number_mismatch", "error", f"合格者番号が書類の間で一致しません（{listed(known)}）。", known[0])]
    return unless_known("合格者番号が一致しているか", *numbers)


def names_agree(facts: Facts) -> list[Said]:
    """One name on all sheets; variant kanji count as equal, and the former name of A as the applicant's.

    Names that differ in a single character are for a person to look at.
    """
    names = _on_every_sheet(facts, NAMES)
    known = [fact for fact in names if fact.known]
    former = facts.of("a", "former_name")
    if len({fold_for_comparison(_compared(fact)) for fact in names} - {""}) == 1 and all(_compared(fact) for fact in names):
        return []
    own = next((fact for fact in known if fact.kind == "a"), known[0] if known else None)
    if own is None:
        return unless_known("氏名が一致しているか", *names)
    accepted = _writings(own.text, former.text)
    others = [fact for fact in known if fold_for_comparison(fact.text) not in accepted]
    if others and former.state == "waiting":
        return unless_known("氏名が一致しているか", former)
    if others:
        far = [fact for fact in others if all(_differences(fact.text, writing) > OVERLOOKED for writing in accepted)]
        message = f"氏名が書類の間で一致しません（{listed([own, *others])}）。"
        return [finding("name_mismatch", "error" if far else "review", message, others[0])]
    return unless_known("氏名が一致しているか", *(fact for fact in names if fold_for_comparison(_compared(fact)) not in accepted))


def _compared(fact: Fact) -> str:
    """A name as it is compared: which variant of a kanji is written does not matter here."""
    return fact.seems if fact.variant_only else fact.text


def _writings(name: str, former: str) -> set[str]:
    """The name, and the name under the former family name: 旧姓 holds the family name or the whole name, brackets or not."""
    plain = re.sub(r"[()（）]|旧姓[:：]?", "", former).strip()
    given = name.split(" ", 1)[1:] or [""]
    texts = [name, plain, plain + given[0]] if plain else [name]
    return {fold_for_comparison(text) for text in texts}


def exam_agrees(facts: Facts) -> list[Said]:
    """The qualification ticked on A is the one the certificate is for."""
    wanted, passed = facts.of("a", "qualification"), facts.of("certificate", "exam")
    if "missing" in (wanted.state, passed.state):
        return []
    one, two = _exam(wanted), _exam(passed)
    if one is None or two is None:
        return unless_known("資格と試験が一致しているか", *(fact for fact in (wanted, passed) if _exam(fact) is None))
    if one == two:
        return []
    return [finding("exam_mismatch", "error", f"申請資格（{one}）と合格証明書の試験（{two}）が一致しません。", wanted)]


def _exam(fact: Fact) -> str | None:
    text = " ".join(fact.value) if isinstance(fact.value, list) else fact.text
    found = [name for name, words in EXAMS.items() if words.search(text)]
    return found[0] if len(found) == 1 else None


def certifier_is_another(facts: Facts) -> list[Said]:
    """Nobody certifies their own experience."""
    certifier = facts.of("c", "certifier_name")
    own = [fact for fact in (facts.of("a", "name"), facts.of("c", "applicant_name")) if fact.state != "missing"]
    if certifier.state == "missing":
        return []
    if certifier.known and fold_for_comparison(certifier.text) in {fold_for_comparison(fact.text) for fact in own if fact.known}:
        return [finding("certifier_is_applicant", "error", f"証明者（{certifier.text}）が申請者本人です。", certifier)]
    names = [fold_for_comparison(_compared(fact)) for fact in own if _compared(fact)]
    if names and certifier.seems and all(_is_far(fold_for_comparison(certifier.seems), name) for name in names):
        return []
    return unless_known("証明者が申請者と別人か", certifier, *([] if names else own))


def _is_far(seems: str, name: str) -> bool:
    """Whether a doubtful reading is another name however wrong it is: all but OVERLOOKED of its characters would have to be."""
    return len(name) > OVERLOOKED + 1 and _differences(seems, name) >= len(name) - OVERLOOKED


def _differences(one: str, two: str) -> int:
    """Characters in which two names differ, variants folded."""
    return Levenshtein.distance(fold_for_comparison(one), two)

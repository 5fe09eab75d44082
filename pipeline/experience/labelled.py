"""Rows that people classified in review, as labelled texts: personal data, kept in the home, never logged, never in the repository."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import IntakeError
from pipeline.experience import FIELDS, NONE
from pipeline.experience.corpus import Example, parse
from pipeline.experience.features import fold

PRIVATE = 0o600
ID_CHARACTERS = 12
LEAST_CHARACTERS = 2
"""Of a text that can be learned from: 研修 is one, a lone character is a slip or 〃."""


@dataclass(frozen=True)
class Choice:
    """One person's choice: `source` names the paper (the applicant, as far as a test split goes), `place` the row on it."""

    source: str
    place: str
    chosen: str
    text: str | None


@dataclass(frozen=True)
class Lessons:
    """What can be learned from, and how many choices were left out, by reason.

    Reasons: no_text (the duties are not decided), no_label (not one of the seven or NONE), too_short, repeated (the same text and
    choice), contradicted (the same text, different choices: all of them are left out).
    """

    examples: tuple[Example, ...]
    left_out: dict[str, int]


def labelled(choices: Iterable[Choice]) -> Lessons:
    """The choices as examples; those of one paper share a theme, so that no split cuts through an applicant."""
    left_out: Counter[str] = Counter()
    by_text: dict[str, list[Choice]] = {}
    for choice in choices:
        reason = _why_not(choice)
        if reason:
            left_out[reason] += 1
        else:
            by_text.setdefault(fold(choice.text or ""), []).append(choice)
    examples = []
    for same in by_text.values():
        if len({choice.chosen for choice in same}) > 1:
            left_out["contradicted"] += len(same)
        else:
            left_out["repeated"] += len(same) - 1
            examples.append(_example(same[0]))
    return Lessons(tuple(examples), {reason: number for reason, number in left_out.items() if number})


def _why_not(choice: Choice) -> str:
    if not choice.text or not choice.text.strip():
        return "no_text"
    if choice.chosen not in (*FIELDS, NONE):
        return "no_label"
    return "too_short" if len(fold(choice.text)) < LEAST_CHARACTERS else ""


def _example(choice: Choice) -> Example:
    text = " ".join((choice.text or "").split())
    return Example(_name(choice.source, choice.place), f"people_{_name(choice.source)}", choice.chosen, (), text)


def _name(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:ID_CHARACTERS]


def write_labelled(path: Path, examples: Sequence[Example]) -> None:
    """Write the rows in the corpus's own format, for the owner alone, whole or not at all."""
    lines = ["\t".join((each.id, each.theme, each.main, ",".join(each.also), each.text)) for each in examples]
    replace_file(path, "".join(f"{line}\n" for line in lines).encode())


def read_labelled(path: Path) -> list[Example]:
    """Rows as written; none where there is no file. Raises IntakeError that names the line, not its content."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as exc:
        raise IntakeError(f"{path} を読めません。") from exc
    return [parse(line, f"{path.name}:{number}") for number, line in enumerate(lines, 1)]


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one step, readable by its owner alone: whoever reads meanwhile sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)

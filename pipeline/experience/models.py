"""Which model classifies: the one shipped, or one that learned from people's corrections and lies in the home; and the way back.

`models/` in the home holds, for each learned model, `<name>.npz` and `<name>.tsv` (the rows it learned, see `labelled`), and `in_use.json`:
what is in use and what was before it. A learned model belongs to the corpus it was built upon: after an update of the programme with
another corpus the shipped model is used until the learning has been done again.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import IntakeError
from pipeline.experience.classify import MODEL
from pipeline.experience.corpus import Example
from pipeline.experience.labelled import read_labelled, replace_file, write_labelled

log = logging.getLogger(__name__)

SHIPPED = "shipped"
"""Name of the model that comes with the programme."""
KEPT = 3
"""Earlier models to go back to; older ones are deleted, for they hold people's wording."""
NAME_CHARACTERS = 16


@dataclass(frozen=True)
class InUse:
    """The model in use: its name, its file, and the rows it learned beside the corpus."""

    name: str
    path: Path
    learned: tuple[Example, ...]


def model_in_use(home: Path) -> InUse:
    """The learned model of this home if it can be relied on, else the shipped one."""
    folder, noted = home / "models", _noted(home)
    name = noted["name"]
    if name == SHIPPED:
        return InUse(SHIPPED, MODEL, ())
    path = folder / f"{name}.npz"
    if noted["base"] != corpus_of(MODEL):
        log.warning("the learned model %s was built upon another corpus; the shipped one is used until the learning is done again", name)
    elif not path.is_file() or _name(path.read_bytes()) != name:
        log.error("the learned model %s is missing or damaged; the shipped one is used", name)
    else:
        return InUse(name, path, tuple(read_labelled(folder / f"{name}.tsv")))
    return InUse(SHIPPED, MODEL, ())


def install(home: Path, content: bytes, learned: Sequence[Example]) -> str:
    """Put a learned model into use; its name. What was in use is kept. Killed at any point, the old one is in use or the new one."""
    folder, before = home / "models", model_in_use(home)
    name = _name(content)
    replace_file(folder / f"{name}.npz", content)
    write_labelled(folder / f"{name}.tsv", learned)
    earlier = [before.name, *(each for each in _noted(home)["before"] if each not in (before.name, name))][:KEPT]
    _note(home, name, [each for each in earlier if each != name])
    return name


def revert(home: Path) -> str:
    """Go back to the model that was in use before; its name. Raises IntakeError when there is none."""
    noted = _noted(home)
    if noted["name"] == SHIPPED:
        raise IntakeError("戻せるモデルがありません。製品に付属のモデルを使っています。")
    earlier: list[str] = [*noted["before"], SHIPPED]
    name, rest = earlier[0], earlier[1:]
    _note(home, name, [each for each in rest if each != name])
    return name


def corpus_of(model: Path) -> str:
    """Checksum of the corpus a model file was trained on."""
    with np.load(model, allow_pickle=False) as stored:
        return str(json.loads(bytes(stored["about"]).decode("utf-8"))["corpus"])


def _noted(home: Path) -> dict[str, Any]:
    try:
        noted = json.loads((home / "models" / "in_use.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        noted = {}
    except (OSError, ValueError) as exc:
        raise IntakeError(f"{home / 'models' / 'in_use.json'} を読めません。消すと付属のモデルに戻ります。") from exc
    return {"name": SHIPPED, "before": [], "base": "", **noted}


def _note(home: Path, name: str, before: Sequence[str]) -> None:
    """Say what is in use, in one step, and delete what nobody can go back to any more."""
    folder = home / "models"
    note = {"name": name, "before": list(before), "base": corpus_of(MODEL)}
    replace_file(folder / "in_use.json", json.dumps(note, indent=1).encode())
    for path in [*folder.glob("*.npz"), *folder.glob("*.tsv")]:
        if path.stem not in (name, *before):
            path.unlink(missing_ok=True)


def _name(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:NAME_CHARACTERS]

"""truth.json of a case -> the true sides, by file and page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import WrongUsage
from pipeline.geometry import Matrix

TRUTH = "truth.json"
SCAN_SUFFIXES = frozenset({".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png"})

Written = str | bool | list[str]


@dataclass(frozen=True)
class TruePage:
    """One side as it was drawn or as a person has read it.

    Attributes:
        form: template id; None for a blank or foreign side.
        fields: what is written; "" or [] = left blank. A field that is absent is not judged.
        scan_from_page: (3, 3), page mm -> scan pixels, where the truth knows it.
    """

    form: str | None
    fields: Mapping[str, Written]
    scan_from_page: Matrix | None


@dataclass(frozen=True)
class Case:
    """A folder with scans and their truth: file -> page number -> side. Pages the truth does not name are not judged."""

    name: str
    files: Mapping[Path, Mapping[int, TruePage]]


def find_cases(folder: Path) -> list[Case]:
    """Every folder at or below `folder` that holds a truth.json. Raises WrongUsage when there is none or one is broken."""
    found = [load_case(path) for path in sorted(folder.rglob(TRUTH))]
    if not found:
        raise WrongUsage(f"{folder} に {TRUTH} がありません。")
    return found


def load_case(path: Path) -> Case:
    """The case of one truth.json. Sides that name no file are those of the folder's scans, in order of names."""
    try:
        pages = json.loads(path.read_text(encoding="utf-8"))["pages"]
        if any("file" in page for page in pages):
            return Case(path.parent.name, _by_file(path.parent, pages))
        return Case(path.parent.name, _in_order(path.parent, pages))
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise WrongUsage(f"{path.parent.name}/{TRUTH} が読めないか、形式が正しくありません。") from exc


def _by_file(folder: Path, pages: list[dict[str, Any]]) -> dict[Path, dict[int, TruePage]]:
    files: dict[Path, dict[int, TruePage]] = {}
    for page in pages:
        sides = files.setdefault(folder / page["file"], {})
        sides[page.get("page", len(sides) + 1)] = _page(page)
    return files


def _in_order(folder: Path, pages: list[dict[str, Any]]) -> dict[Path, dict[int, TruePage]]:
    """One file holds all sides, or each file one."""
    scans = sorted(path for path in folder.iterdir() if path.suffix.lower() in SCAN_SUFFIXES)
    sides = [_page(page) for page in pages]
    if len(scans) == 1:
        return {scans[0]: dict(enumerate(sides, start=1))}
    if len(scans) != len(sides):
        raise ValueError("sides cannot be told apart")
    return {scan: {1: side} for scan, side in zip(scans, sides, strict=True)}


def _page(page: dict[str, Any]) -> TruePage:
    matrix = page.get("scan_from_page")
    return TruePage(
        form=page.get("form"),
        fields=page.get("fields", {}),
        scan_from_page=None if matrix is None else np.array(matrix, dtype=np.float64).reshape(3, 3),
    )

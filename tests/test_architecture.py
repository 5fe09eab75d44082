"""The rules of the house, read from the source: imports point one way, names say something, nothing grows without bound."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*(PROJECT / "pipeline").rglob("*.py"), *(PROJECT / "flows").rglob("*.py")])

LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "geometry", "log"),
    ("findings", "settings"),
    ("ingest", "forms"),
    ("pages",),
    ("cleanup", "forms_check", "forms_preview"),
    ("forms_new", "cover_sheets"),
    ("identify",),
    ("register",),
    ("fields",),
    ("normalise", "experience"),
    ("recognise", "sheet"),
    ("decide",),
    ("packet",),
    ("checks",),
    ("drawing",),
    ("scanner_check",),
    ("run",),
    ("store", "evaluate", "calibrate", "samples"),
    ("report", "pool"),
    ("review",),
    ("doctor",),
    ("flows",),
    ("commands",),
    ("cli",),
    ("__main__",),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
"""A module may import what stands above it, and its own package."""

BANNED_NAMES = {"utils", "util", "helpers", "common", "misc", "base", "manager", "core"}
MODULE_LINES = 300
FUNCTION_LINES = 50
HOMES = {
    "prefect": {"flows"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    **dict.fromkeys(("fastapi", "starlette", "jinja2", "argon2", "authlib", "joserfc", "python_multipart"), {"review"}),
    "uvicorn": {"review", "flows"},
    "pytesseract": {"recognise", "doctor"},
}
"""Outside packages that may be imported in one place only."""


def part_of(path: Path) -> str:
    """The stage a source file belongs to: its module or package below pipeline/, or flows."""
    relative = path.relative_to(PROJECT)
    if relative.parts[0] == "flows":
        return "flows"
    return relative.parts[1].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module in ("pipeline", "flows"))


def own_part(name: str) -> str | None:
    pieces = name.split(".")
    if pieces[0] == "flows":
        return "flows"
    return pieces[1] if pieces[0] == "pipeline" and len(pieces) > 1 else None


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_source_file_keeps_the_rules(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    part = part_of(path)
    problems = [] if part == "__init__" or part in RANK else [f"{part} has no place in LAYERS"]
    problems += [f"{path.stem} is a name that says nothing"] if path.stem in BANNED_NAMES else []
    problems += [f"{text.count(chr(10))} lines"] if text.count("\n") > MODULE_LINES else []
    for name in imports(tree):
        other = own_part(name)
        if other is not None and other != part and part in RANK and RANK.get(other, 99) >= RANK[part]:
            problems.append(f"{part} imports {name}, which stands below it")
        homes = HOMES.get(name.split(".")[0])
        if homes is not None and part not in homes:
            problems.append(f"{name} belongs into {homes} only")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            problems += [f"{node.name}: {size} lines"] if size > FUNCTION_LINES else []
    assert not problems


def test_no_address_and_no_machine_path_is_committed() -> None:
    suspects = []
    others = [PROJECT / name for name in ("Makefile", "requirements.lock", "pyproject.toml", ".ci/run")]
    for path in [*SOURCES, *(PROJECT / "scripts").glob("*"), *others]:
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            suspects += [path.name for word in ("index-url", "find-links", "/root/", "/work/") if word in text]
    assert not suspects


def test_every_pinned_package_has_one_exact_version() -> None:
    lines = [line.split(";")[0].strip() for line in (PROJECT / "requirements.lock").read_text(encoding="utf-8").splitlines()]
    loose = [line for line in lines if line and not line.startswith("#") and line.count("==") != 1]
    assert lines
    assert not loose

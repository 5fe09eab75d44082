"""Accuracy against truth: every case of a folder read and held against its truth.json."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.errors import ScanRefused
from pipeline.evaluate.judge import judge
from pipeline.evaluate.registration import corner_errors
from pipeline.evaluate.result import Evaluation, FieldResult, Outcome, PageResult
from pipeline.evaluate.truth import TruePage, find_cases, load_case
from pipeline.forms import FormTemplate, Library, load_library
from pipeline.settings import Settings
from pipeline.sheet import FieldValue, Sheet

__all__ = ["Evaluation", "FieldResult", "PageResult", "evaluate", "hold_against", "load_case"]

ReadFile = Callable[[Path], list[Sheet]]
Progress = Callable[[int, int], None]


def evaluate(folder: Path, read_file: ReadFile, library: Library | None = None, *, on_progress: Progress | None = None) -> Evaluation:
    """Read every case at or below `folder`.

    Args:
        folder: holds truth.json files beside their scans.
        read_file: all sides of a file, in order. A file it refuses (ScanRefused) counts as read without any result.
        library: the templates; those of the settings when None.
        on_progress: called with files done and files in all.

    Raises:
        WrongUsage: there is no truth.json, or one is broken.
    """
    library = library or load_library(Settings().templates)
    cases = find_cases(folder)
    files = [(case, path, pages) for case in cases for path, pages in case.files.items()]
    results: list[PageResult] = []
    seconds = cpu_seconds = 0.0
    for done, (case, path, pages) in enumerate(files, start=1):
        began, cpu_began = time.perf_counter(), _cpu_seconds()
        sheets = _read(read_file, path)
        seconds += time.perf_counter() - began
        cpu_seconds += _cpu_seconds() - cpu_began
        results += _file_results(f"{case.name}/{path.name}", pages, sheets, library)
        if on_progress is not None:
            on_progress(done, len(files))
    return Evaluation(tuple(results), seconds, cpu_seconds)


def _read(read_file: ReadFile, path: Path) -> list[Sheet]:
    try:
        return read_file(path)
    except ScanRefused:
        return []


def _cpu_seconds() -> float:
    """Of this process and of the programmes it has run to their end."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _file_results(file: str, pages: Mapping[int, TruePage], sheets: list[Sheet], library: Library) -> list[PageResult]:
    by_number = {sheet.page: sheet for sheet in sheets}
    return [hold_against(file, number, true, by_number.get(number), library) for number, true in pages.items()]


def hold_against(file: str, number: int, true: TruePage, sheet: Sheet | None, library: Library) -> PageResult:
    """One side: its form, its fields, its registration. A side that was not read has all its fields wrong and none accepted."""
    templates = {template.id: template for template in library.templates}
    form = sheet.form if sheet is not None else None
    right = _family(templates, true.form) == _family(templates, form)
    outcome: Outcome = "right" if right else "refused" if form is None else "wrong"
    template = templates.get(true.form or "")
    fields = tuple(_field_result(template, name, true, sheet) for name in true.fields) if template is not None else ()
    errors = _registration_errors(template, true, sheet) if right and template is not None else ()
    return PageResult(file, number, true.form, form, outcome, fields, errors)


def _registration_errors(template: FormTemplate, true: TruePage, sheet: Sheet | None) -> tuple[float, ...]:
    """Of a page whose boxes are fixed and whose true place is known."""
    match = sheet.match if sheet is not None else None
    if not template.fixed or true.scan_from_page is None or match is None:
        return ()
    return tuple(float(error) for error in corner_errors(template, true.scan_from_page, match.scan_from_page))


def _family(templates: dict[str, FormTemplate], form: str | None) -> str | None:
    """Templates with the same boxes are one form to everybody but the printer."""
    return templates[form].variant_of if form in templates else form


def _field_result(template: FormTemplate, name: str, true: TruePage, sheet: Sheet | None) -> FieldResult:
    read: FieldValue | None = sheet.value(name) if sheet is not None else None
    kind = next((spec.kind for spec in template.fields if spec.name == name), "text")
    return FieldResult(name, true.fields[name], read, judge(kind, name, true.fields[name], read))


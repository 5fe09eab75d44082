from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from pipeline.checks import check
from pipeline.drawing.casefile import Case, PageCase, load_case
from pipeline.experience.months import merged_months, parse_month
from pipeline.forms import Library, load_library
from pipeline.normalise import normalise
from pipeline.packet import PacketSheet, assemble, decide_together
from pipeline.settings import PROJECT, Rules
from pipeline.sheet import Sheet
from tests.papers import foreign, read

SAMPLES = PROJECT / "sample_scans"
NAMES = sorted(path.parent.name for path in SAMPLES.glob("*/truth.json"))
LARGEST_BYTES = 40_000_000


@pytest.fixture(scope="module")
def cases() -> dict[str, Case]:
    return {name: load_case(SAMPLES / name / "truth.json") for name in NAMES}


def sides(path: Path) -> int:
    if path.suffix == ".pdf":
        with pikepdf.open(path) as pdf:
            return len(pdf.pages)
    with Image.open(path) as picture:
        return int(getattr(picture, "n_frames", 1))


def texts(page: PageCase, suffix: str) -> list[str]:
    return [str(value) for name, value in page.fields.items() if name.endswith(suffix) and value]


def perfectly_read(page: PageCase, fingerprint: str, library: Library) -> PacketSheet:
    """The side as a reader without a fault would give it."""
    number = page.page or 1
    if page.form is None:
        return PacketSheet(str(page.file), foreign(number, "page_blank" if page.blank else "page_unknown"))
    template = library.get(page.form)
    fields = tuple(read(spec.name, spec.kind, page.fields.get(spec.name) or "") for spec in template.fields)
    return PacketSheet(str(page.file), Sheet(number, template.id, template.sheet, None, fields, (), fingerprint))


def test_there_are_packets_of_every_kind(cases: dict[str, Case]) -> None:
    packets = [packet for case in cases.values() for packet in case.packets]
    assert len(packets) >= 12
    codes = Counter(code for packet in packets for code in packet.codes)
    assert {"sheet_missing_c", "certificate_expired", "oath_unsigned"} <= set(codes)
    assert {Path(page.file or "").suffix for case in cases.values() for page in case.pages} == {".pdf", ".tif", ".jpg", ".png"}
    assert {page.rotation for case in cases.values() for page in case.pages} == {0, 90, 180, 270}
    assert max(len(case.packets) for case in cases.values()) == 2


def test_the_folder_stays_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()) <= LARGEST_BYTES


@pytest.mark.parametrize("name", NAMES)
def test_truth_names_every_side_of_every_file(cases: dict[str, Case], name: str) -> None:
    stated = Counter(page.file for page in cases[name].pages)
    files = [path for path in (SAMPLES / name).iterdir() if path.name != "truth.json"]
    assert {path.name: sides(path) for path in files} == dict(stated)


def test_truth_speaks_of_fields_the_forms_have(cases: dict[str, Case]) -> None:
    library = load_library(PROJECT / "form_templates")
    for name, case in cases.items():
        for page in case.pages:
            if page.form:
                known = {field.name for field in library.get(page.form).fields}
                assert set(page.fields) <= known, (name, page.form)


def test_a_complete_packet_agrees_with_itself(cases: dict[str, Case]) -> None:
    for name, case in cases.items():
        for packet in case.packets:
            if packet.verdict != "complete":
                continue
            pages = [case.pages[number - 1] for number in packet.pages if case.pages[number - 1].form]
            sheets = {str(page.form).removesuffix("_plain") for page in pages}
            assert {"a", "b", "c", "d", "certificate"} <= sheets, name
            assert {number for page in pages for number in texts(page, "pass_number")} == {packet.pass_number}, name
            rows = [period for page in pages for period in periods(page)]
            total = next(value for page in pages for value in texts(page, "total_months"))
            assert merged_months(rows) == normalise("months", total).value, name
            assert merged_months(rows) >= 60, name


def periods(page: PageCase) -> list[tuple[int, int]]:
    """First and last month of each row; 現在 is the month the sheet was made."""
    made = normalise("date", str(page.fields.get("created_date", ""))).value
    found = []
    for begin, end in zip(texts(page, "].from"), texts(page, "].to"), strict=True):
        last = str(made)[:7] if end == "現在" else str(normalise("year_month", end).value)
        found.append((parse_month(str(normalise("year_month", begin).value)), parse_month(last)))
    return found


def test_the_readme_names_every_case_and_its_verdict(cases: dict[str, Case]) -> None:
    rows = dict(re.findall(r"^\| `([\w-]+)` \|(.+)\|$", (SAMPLES / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(NAMES) <= set(rows)
    for name, case in cases.items():
        for packet in case.packets:
            said = "不備なし" if packet.verdict == "complete" else "不備："
            assert said in rows[name], name
            assert all(f"`{code}`" in rows[name] for code in packet.codes), name


def test_every_written_value_is_one_the_office_would_accept(cases: dict[str, Case]) -> None:
    library = load_library(PROJECT / "form_templates")
    for name, case in cases.items():
        for page in case.pages:
            kinds = {field.name: field.kind for field in library.get(page.form).fields} if page.form else {}
            for field, value in page.fields.items():
                if isinstance(value, str) and kinds[field] not in ("choice", "marks", "signature"):
                    assert normalise(kinds[field], value, field=field).problem is None, (name, field, value)


@pytest.mark.parametrize("name", NAMES)
def test_read_without_a_fault_every_packet_gets_the_verdict_of_its_truth(cases: dict[str, Case], name: str) -> None:
    library, case = load_library(PROJECT / "form_templates"), cases[name]
    papers = [f"{page.form} {page.fields}" for page in case.pages]
    sides = [perfectly_read(page, str(papers.index(paper)), library) for page, paper in zip(case.pages, papers, strict=True)]
    assert case.received
    packets, _ = assemble(sides, received=case.received, same_paper=lambda one, other: one == other)
    verdicts = [check(decide_together(packet), Rules()) for packet in packets]
    found = [(verdict.name, sorted(finding.code for finding in verdict.findings if finding.severity == "error")) for verdict in verdicts]
    assert found == [(packet.verdict, sorted(packet.codes)) for packet in case.packets]

"""`intake demo` on the sample packets, through the real flow, held against each case's truth."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.settings import PROJECT, Settings
from pipeline.store import open_store
from pipeline.store.tables import FindingRow, PacketRow, PageRow, ScanRow, SheetRow

SAMPLES = PROJECT / "sample_scans"
CASES = sorted(path.parent.name for path in SAMPLES.glob("*/truth.json"))
DEMO_SECONDS = 900
"""Only to end a run that hangs."""

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Demo:
    """A finished demo: its exit code, what it printed, and its store."""

    exit_code: int
    printed: str
    session: Session


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    home = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "pipeline", "demo", "--home", str(home)]
    environment = {**os.environ, "COLUMNS": "160"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEMO_SECONDS, cwd=PROJECT, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    store = open_store(Settings(home=home, inbox=None, database_url=None))
    with store.reading() as session:
        yield Demo(done.returncode, done.stdout, session)
    store.close()


def truth_of(case: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SAMPLES / case / "truth.json").read_text(encoding="utf-8"))
    return document


def packet_of_page(session: Session, case: str, file: str, page: int) -> PacketRow | None:
    found = session.execute(
        select(SheetRow.packet_id)
        .join(PageRow, SheetRow.page_id == PageRow.id)
        .join(ScanRow, PageRow.scan_id == ScanRow.id)
        .where(ScanRow.name == f"{case}-{file}", PageRow.number == page)
    ).scalar_one()
    return None if found is None else session.get_one(PacketRow, found)


def packets_of_case(demo: Demo, case: str) -> list[tuple[dict[str, Any], set[str]]]:
    """Each packet of the truth with the keys of the packets its sheets were put into."""
    truth = truth_of(case)
    pages = truth["pages"]
    found = []
    for packet in truth["packets"]:
        keys = set()
        for number in packet["pages"]:
            entry = pages[number - 1]
            row = packet_of_page(demo.session, case, entry["file"], entry["page"])
            if entry.get("form"):
                keys.add(row.key if row is not None else "none")
        found.append((packet, keys))
    return found


@pytest.mark.parametrize("case", CASES)
def test_sheets_of_one_applicant_are_one_packet(demo: Demo, case: str) -> None:
    found = packets_of_case(demo, case)
    assert [len(keys) for _, keys in found] == [1] * len(found)
    assert len(set.union(*(keys for _, keys in found))) == len(found)
    assert "none" not in set.union(*(keys for _, keys in found))


@pytest.mark.parametrize("case", CASES)
def test_verdict_is_that_of_the_truth(demo: Demo, case: str) -> None:
    for packet, keys in packets_of_case(demo, case):
        row = demo.session.execute(select(PacketRow).where(PacketRow.key == keys.pop())).scalar_one()
        found = demo.session.execute(select(FindingRow.code).where(FindingRow.packet_id == row.id, FindingRow.severity == "error"))
        assert (row.verdict, sorted(set(found.scalars()))) == (packet["verdict"], sorted(packet["codes"]))


def test_form_of_every_page_is_that_of_the_truth(demo: Demo) -> None:
    wrong = []
    for case in CASES:
        for entry in truth_of(case)["pages"]:
            row = demo.session.execute(
                select(SheetRow)
                .join(PageRow, SheetRow.page_id == PageRow.id)
                .join(ScanRow, PageRow.scan_id == ScanRow.id)
                .where(ScanRow.name == f"{case}-{entry['file']}", PageRow.number == entry["page"])
            ).scalar_one()
            if row.form != entry.get("form"):
                wrong.append((case, entry["page"], entry.get("form"), row.form))
    assert wrong == []


def test_every_bad_file_is_refused_with_its_reason(demo: Demo) -> None:
    expected = json.loads((SAMPLES / "bad" / "expected.json").read_text(encoding="utf-8"))
    refused = demo.session.execute(select(ScanRow.name, ScanRow.refusal_code).where(ScanRow.state == "refused"))
    assert {name: code for name, code in refused} == {f"bad-{name}": code for name, code in expected.items()}  # noqa: C416


def test_report_is_a_japanese_table_without_names(demo: Demo) -> None:
    assert "申請書類" in demo.printed
    names = [packet["name"] for case in CASES for packet in truth_of(case)["packets"]]
    assert not [name for name in names if name in demo.printed or name.replace(" ", "") in demo.printed]

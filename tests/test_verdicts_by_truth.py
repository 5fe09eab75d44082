"""The rules against the truth of every sample: perfect readings must end in exactly the packets, verdicts and faults it states.

No picture is read here, so a wrong verdict is the rules' (or the sample's) fault and nobody else's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.checks import check
from pipeline.drawing.packets import ARRIVAL, FAULTS, faulty, invent_applicant, packet
from pipeline.forms import Library, load_library
from pipeline.packet import Packet, PacketSheet, assemble, decide_together
from pipeline.settings import PROJECT, Rules
from pipeline.sheet import FieldValue, Sheet
from tests.papers import foreign, read

TRUTHS = sorted((PROJECT / "sample_scans").glob("*/truth.json"))
SIDES_OF_NO_FORM = {"blank": "page_blank", "foreign": "page_unknown"}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(PROJECT / "form_templates")


def perfect_sheet(entry: Mapping[str, Any], library: Library) -> Sheet:
    """The side as a reader without fault would give it; fields the truth does not name are blank. The same content is one paper."""
    page = entry["page"]
    for key, code in SIDES_OF_NO_FORM.items():
        if entry.get(key):
            return foreign(page, code)
    template = library.get(entry["form"])
    fields = [_field(spec.name, spec.kind, entry["fields"].get(spec.name, "")) for spec in template.fields]
    fingerprint = hashlib.sha256(json.dumps(entry["fields"], sort_keys=True).encode()).hexdigest()[:16]
    return Sheet(page, template.id, template.sheet, None, tuple(fields), (), fingerprint)


def _field(name: str, kind: str, written: Any) -> FieldValue:
    return read(name, kind, written if isinstance(written, bool | list) else str(written))


def perfect_sides(truth: Mapping[str, Any], library: Library) -> list[PacketSheet]:
    return [PacketSheet(scan_of(entry), perfect_sheet(entry, library)) for entry in truth["pages"]]


def scan_of(entry: Mapping[str, Any]) -> str:
    return str(entry["file"]).ljust(64, "0")


def told(truth: Mapping[str, Any], library: Library) -> list[Packet]:
    packets, strays = assemble(
        perfect_sides(truth, library), received=date.fromisoformat(truth["received"]), same_paper=lambda one, two: one == two
    )
    assert not any(side.sheet.sheet for side in strays)
    return [decide_together(one) for one in packets]


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.parent.name)
def test_perfect_readings_end_in_the_true_verdict(path: Path, library: Library) -> None:
    truth = json.loads(path.read_text(encoding="utf-8"))
    found = told(truth, library)
    assert len(found) == len(truth["packets"])
    for whole, expected in zip(found, truth["packets"], strict=True):
        answer = check(whole, Rules())
        assert {finding.code for finding in answer.findings if finding.severity == "error"} == set(expected["codes"])
        assert (answer.name, [finding for finding in answer.findings if finding.severity == "review"]) == (expected["verdict"], [])
        places = [truth["pages"][number - 1] for number in expected["pages"]]
        sheets = {(scan_of(entry), entry["page"]) for entry in places if entry.get("form")}
        assert {(side.scan, side.sheet.page) for side in whole.sheets if side.sheet.sheet} == sheets
        if "pass_number_mismatch" not in expected["codes"]:
            assert whole.pass_number == expected["pass_number"]


@pytest.mark.parametrize("code", ["", *FAULTS])
@pytest.mark.parametrize("seed", range(12))
def test_invented_applicants_have_exactly_the_fault_that_was_planted(code: str, seed: int, library: Library) -> None:
    whole = packet(invent_applicant(np.random.default_rng(seed), overlap=seed % 4))
    whole = faulty(whole, code) if code else whole
    pages = [{"form": form, "file": "x.pdf", "page": page, "fields": fields} for page, (form, fields) in enumerate(whole.sheets, 1)]
    (found,) = told({"pages": pages, "received": ARRIVAL}, library)
    answer = check(found, Rules())
    assert [(finding.code, finding.severity) for finding in answer.findings] == [(code, "error") for code in whole.codes]


def test_there_are_samples() -> None:
    assert len(TRUTHS) >= 12

"""Stage 9: the sides of one or more scans -> one packet per applicant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.findings import Finding
from pipeline.sheet import Sheet


@dataclass(frozen=True)
class PacketSheet:
    """A side and the scan it came in."""

    scan: str
    """sha-256 of the scan."""
    sheet: Sheet


@dataclass(frozen=True)
class Packet:
    """What one applicant mailed, as far as pages could be told together without a guess.

    Attributes:
        key: stable identity, derived from the scan's hash and the number of its first page.
        pass_number, name: agreed over the sheets; None while undecided.
        sheets: in the order A, B (by sheet_no), C, D, certificate, others; a duplicate side is kept, with a finding.
        findings: about the packet's make-up (missing sheet, duplicate side, doubtful membership).
    """

    key: str
    received: date
    pass_number: str | None
    name: str | None
    sheets: tuple[PacketSheet, ...]
    findings: tuple[Finding, ...]

"""The records of a packet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipeline.findings import Finding
from pipeline.sheet import Sheet

Role = Literal["used", "duplicate", "doubtful", "other", "foreign"]


@dataclass(frozen=True)
class PacketSheet:
    """A side and the scan it came in.

    Attributes:
        scan: sha-256 of the scan.
        role: used = the rules look at it; duplicate = the same paper is among the used ones; doubtful = it lay between this packet's
            sheets, but nothing readable on it says whose it is; other = blank, foreign, unreadable, or a separator sheet; foreign = a
            person said that it belongs to no application, it is in no packet.
        envelope: label of the envelope it lay in (`packet.envelopes`); None in a stack without separator sheets.
    """

    scan: str
    sheet: Sheet
    role: Role = "used"
    envelope: str | None = None

    @property
    def place(self) -> str:
        """What it lay in: its envelope, or else its file."""
        return self.envelope or self.scan

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written or printed on it."""
        return any(finding.code == "page_blank" for finding in self.sheet.findings)


@dataclass(frozen=True)
class Packet:
    """What one applicant mailed, as far as pages could be told together without a guess.

    Attributes:
        key: stable identity, derived from the scan's hash and the number of its first page.
        pass_number, name: agreed over the sheets; None while undecided.
        sheets: in the order A, B (by sheet_no), C, D, certificate, others; a duplicate side is kept, with a finding.
        findings: about the packet's make-up: `page_duplicate` and `unread_page_beside` (info), `sheet_repeated`,
            `packet_doubtful`, `cover_missing`, `cover_double`, `cover_day_odd` and `envelopes_differ` (review).
    """

    key: str
    received: date
    pass_number: str | None
    name: str | None
    sheets: tuple[PacketSheet, ...]
    findings: tuple[Finding, ...]

    def used(self, kind: str | None = None) -> tuple[PacketSheet, ...]:
        """The sheets the rules look at; only those of one kind (a, b, c, d, certificate) when it is given."""
        return tuple(side for side in self.sheets if side.role == "used" and kind in (None, side.sheet.sheet))

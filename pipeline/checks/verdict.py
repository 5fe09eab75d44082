"""What the rules say of a packet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.findings import Finding

VerdictName = Literal["complete", "deficient", "undecided"]


@dataclass(frozen=True)
class Verdict:
    """What the rules say of a packet.

    Attributes:
        name: deficient = at least one `error` finding, each proven on accepted values; undecided = no error, but a rule
            could not be decided because a value it needs waits for a person (a `review` finding names the field);
            complete = every rule holds on accepted values.
        findings: of the rules only; the packet's and the sheets' own findings are beside them. `rule_undecided` (review) stands for
            every value a rule waits for.
    """

    name: VerdictName
    findings: tuple[Finding, ...]

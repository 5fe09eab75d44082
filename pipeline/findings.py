"""What is wrong with a paper, as data.

`severity`: `error` = the applicant's papers lack something (不備), proven; `review` = a person must look before anyone can say;
`info` = worth knowing, changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.geometry import Box

Severity = Literal["error", "review", "info"]


@dataclass(frozen=True)
class Finding:
    """One statement about a paper.

    Attributes:
        code: stable machine name, snake_case.
        severity: see the module's docstring.
        message: one Japanese sentence for the reviewer; may hold values of the form, so it never goes into a log.
        page: page number within the scan, from 1; None when it is about the whole packet.
        field: field name, or None.
        box: where on the page, mm, or None.
    """

    code: str
    severity: Severity
    message: str
    page: int | None = None
    field: str | None = None
    box: Box | None = None

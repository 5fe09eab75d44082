"""Programme problems. Paper problems are `findings.Finding`, never exceptions past `run.py`.

IntakeError                 caught once, in cli.py; its sentence is shown, its exit code returned
├── WrongUsage              exit 2: the call itself is off
├── MissingOnMachine        exit 3: a programme, a model or a font is not installed
├── TemplateError           a form template is broken
├── EngineError             a reader or a renderer failed in a way the page is not to blame for
├── StoreError              the database cannot be used
├── ScanRefused             a file is not a scan we take; caught by the flow, the file goes to rejected/
└── PageRejected            one page cannot be read; caught in run.py, becomes a finding
"""

from __future__ import annotations


class IntakeError(Exception):
    """Anything that ends a command with a sentence for the person at the keyboard."""

    exit_code = 1


class WrongUsage(IntakeError):
    """The command was called with something it cannot work on."""

    exit_code = 2


class MissingOnMachine(IntakeError):
    """Something has to be installed first; the sentence says what."""

    exit_code = 3


class TemplateError(IntakeError):
    """A form template does not hold together."""


class EngineError(IntakeError):
    """An outside engine failed."""


class StoreError(IntakeError):
    """The database is missing, locked or of another version."""


class ScanRefused(IntakeError):
    """A file that is not taken in.

    Args:
        code: machine name of the reason, one of `ingest.REFUSALS`.
        message: the reason in Japanese, without personal data or file content.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class PageRejected(IntakeError):
    """One page that cannot be read; `code` is a finding code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

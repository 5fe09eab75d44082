"""Settings: built once at the entry point from INTAKE_* environment variables, then handed down.

Every working assumption of the office's rules ([A] in the domain notes) is here, never a constant in code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


class Limits(BaseSettings):
    """What a scan may cost before it is refused (scans come from outside)."""

    model_config = SettingsConfigDict(env_prefix="INTAKE_LIMIT_", frozen=True)

    file_bytes: int = 500_000_000
    pages: int = 500
    page_pixels: int = 150_000_000
    """A4 at 600 dpi is 35 million; A3 at 600 dpi 70 million."""
    page_seconds: int = 60
    """CPU time of one page, and a fifth of the wall time it may take: a busy machine is no fault of the page."""
    worker_bytes: int = 4_000_000_000
    """Data of a page worker; a page with its readers takes 1.2 billion as measured."""
    render_dpi: int = 300


class Rules(BaseSettings):
    """The office's rules. Assumptions until the association states them."""

    model_config = SettingsConfigDict(env_prefix="INTAKE_RULE_", frozen=True)

    certificate_valid_years: int = 3
    certificate_held_against: Literal["arrival", "application_date"] = "arrival"
    required_months: int = 60
    score_pass: int = 500
    written_percent_pass: int = 78
    fee_yen: int = 11_000


class Settings(BaseSettings):
    """Where things are and how strict the office is."""

    model_config = SettingsConfigDict(env_prefix="INTAKE_", frozen=True)

    home: Path = Field(default_factory=lambda: Path.home() / ".local" / "share" / "conken-intake")
    inbox: Path | None = None
    database_url: str | None = None
    templates: Path = PROJECT / "form_templates"
    max_error: float = 0.001
    """Share of accepted fields that may be wrong."""
    max_error_fields: float = 0.01
    """Share of accepted classifications into the seven fields that may be wrong."""
    precision: Literal["f32", "bf16"] = "f32"
    engine: Literal["openvino", "onnxruntime"] = "openvino"
    second_reader: bool = True
    workers: int = 0
    """Processes that read pages; 0 = one per core."""
    reader: str = "pipeline.pool:line_reader"
    """What reads pages, "module:function": takes the settings, returns a `pool.PageReader`. Another one is for tests and trials."""
    review_days: int = 7
    """Days from arrival within which the office wants a doubt settled; an assumption, the guide names none."""
    settle_seconds: float = 2.0
    """A file that changed less than this ago is still being written: scanners and copies write at least once a second."""
    schedule: str = "30 22 * * *"
    timezone: str = "Asia/Tokyo"
    log_level: str = "WARNING"
    limits: Limits = Field(default_factory=Limits)
    rules: Rules = Field(default_factory=Rules)

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the store."""
        return self.database_url or f"sqlite:///{self.home / 'intake.db'}"

    @property
    def inbox_folder(self) -> Path:
        """Where new scans are put."""
        return self.inbox or self.home / "inbox"

    @property
    def blobs(self) -> Path:
        """Scans by content hash."""
        return self.home / "scans"

    @property
    def rejected(self) -> Path:
        """Refused files, each with its reason beside it."""
        return self.home / "rejected"

    @property
    def known(self) -> Path:
        """Files whose content had come before."""
        return self.home / "known"

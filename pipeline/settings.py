"""Settings: built once at the entry point from INTAKE_* environment variables, then handed down.

Every working assumption of the office's rules ([A] in the domain notes) is here, never a constant in code.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


class Limits(BaseSettings):
    """What a scan may cost before it is refused (scans come from outside)."""

    model_config = SettingsConfigDict(env_prefix="INTAKE_LIMIT_", frozen=True)

    file_bytes: int = Field(500_000_000, ge=1)
    pages: int = Field(500, ge=1)
    page_pixels: int = Field(150_000_000, ge=1)
    """A4 at 600 dpi is 35 million; A3 at 600 dpi 70 million."""
    page_seconds: int = Field(60, ge=1)
    """CPU time of one page, and a fifth of the wall time it may take: a busy machine is no fault of the page."""
    worker_bytes: int = Field(4_000_000_000, ge=1)
    """Data of a page worker; a page with its readers takes 1.2 billion as measured."""
    render_dpi: int = Field(300, ge=50, le=600)


class Rules(BaseSettings):
    """The office's rules. Assumptions until the association states them."""

    model_config = SettingsConfigDict(env_prefix="INTAKE_RULE_", frozen=True)

    certificate_valid_years: int = Field(3, ge=1)
    certificate_held_against: Literal["arrival", "application_date"] = "arrival"
    required_months: int = Field(60, ge=1)
    months_of_several_fields: Literal["full", "shared"] = "full"
    """What each field of a row with several fields gets: the row's months in full, or divided among them; the guide names neither."""
    score_pass: int = Field(500, ge=0)
    written_percent_pass: int = Field(78, ge=0, le=100)
    fee_yen: int = Field(11_000, ge=0)


class DeskSettings(BaseSettings):
    """The review desk. Without a proxy in front it is for this machine alone; `https` = a proxy speaks https with the browsers."""

    model_config = SettingsConfigDict(env_prefix="INTAKE_DESK_", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(8765, ge=0, le=65535)
    """0 = any free one."""
    names: str = "127.0.0.1,localhost"
    """Host names under which browsers call it, by comma; any other is refused (DNS rebinding)."""
    https: bool = False
    idle_minutes: int = Field(60, ge=1)
    """A session that was not used this long has ended."""
    session_hours: int = Field(12, ge=1)
    """No session lasts longer than a working day."""
    claim_minutes: int = Field(10, ge=1)
    """How long a queue item is held for the person who opened it."""
    login_tries: int = Field(5, ge=1)
    login_pause_minutes: int = Field(15, ge=1)
    form_bytes: int = Field(65_536, ge=1_024)
    """Largest body of a request: the longest field is a few thousand characters."""
    upload_bytes: int = Field(2_000_000_000, ge=1_024)
    """Largest body with files: a morning's stack at 600 dpi; one file is held against `Limits.file_bytes` as well."""
    upload_files: int = Field(200, ge=1)
    """Files sent at once."""
    oidc_issuer: str = ""
    """Address of an OpenID Connect provider, as it names itself; empty = no single sign-on. https, or a trial on this machine."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: Literal["preferred_username", "email", "sub"] = "preferred_username"
    """What of an account is held against our user names at its first login. People must not be able to choose it at the provider."""
    oidc_domain: str = ""
    """What stands after the @ where the name is an address: it is left out; an address anywhere else is nobody's name here."""
    password_login: bool = True
    """False = single sign-on alone; one-time links (`intake users link`) still let an admin in when the provider does not answer."""

    double_keyed: str = ""
    """Kinds and names of fields that two people key apart from each other, by comma, e.g. "pass_number,name,birth_date"; a name of a row's
    field without its row ("employer"). None to begin with: an office with one reviewer could finish no packet."""
    test_share: float = Field(0.02, ge=0, le=0.5)
    """Share of items given out whose answer is known, to measure who misses how much; 0 = none."""

    @field_validator("oidc_issuer")
    @classmethod
    def _safe(cls, value: str) -> str:
        """Tokens and codes go over https, or stay on this machine."""
        if value and not is_safe_address(value):
            raise ValueError("https")
        return value

    @property
    def double_keyed_words(self) -> frozenset[str]:
        """`double_keyed`, word by word."""
        return frozenset(word.strip() for word in self.double_keyed.split(",") if word.strip())


def is_safe_address(address: str) -> bool:
    """Whether what is sent to this address can be read on the way by nobody: https, or this machine."""
    parts = urlsplit(address)
    here = parts.hostname in ("127.0.0.1", "localhost", "::1")
    return bool(parts.hostname) and not parts.fragment and (parts.scheme == "https" or (parts.scheme == "http" and here))


def wrong_settings(error: ValidationError) -> list[str]:
    """Names of the environment variables an error is about; not their values: a database's URL may hold a password."""
    group: type[BaseSettings] = next((each for each in (Limits, Rules, DeskSettings) if each.__name__ == error.title), Settings)
    return sorted({f"{group.model_config['env_prefix']}{each['loc'][0]}".upper() for each in error.errors()})


class Settings(BaseSettings):
    """Where things are and how strict the office is."""

    model_config = SettingsConfigDict(env_prefix="INTAKE_", frozen=True)

    home: Path = Field(default_factory=lambda: Path.home() / ".local" / "share" / "conken-intake")
    inbox: Path | None = None
    database_url: str | None = None
    templates: Path = PROJECT / "form_templates"
    max_error: float = Field(0.001, gt=0, lt=1)
    """Share of accepted fields that may be wrong."""
    max_error_fields: float = Field(0.01, gt=0, lt=1)
    """Share of accepted classifications into the seven fields that may be wrong."""
    precision: Literal["auto", "f32", "bf16"] = "auto"
    """Of the network through openvino; "auto" = bf16 where the processor multiplies it natively, which is nearly twice as fast."""
    engine: Literal["openvino", "onnxruntime"] = "openvino"
    reader_model: Literal["conken", "stock"] = "conken"
    """The recogniser taught Japanese hands, or the one it was taught from (see recognise/models/MODEL_CARD.md)."""
    second_reader: Literal["none", "tesseract", "stock"] = "none"
    """Who is asked about fields that the first reader is not sure of, after its own second look: nobody, because on pages not fitted on
    no one made more fields pass (`benchmarks/error_rates.py`); "stock" is the model as it was shipped,
    where the first reader is an adapted one. true and false stand for "tesseract" and "none"."""
    workers: int = Field(0, ge=0)
    """Processes that read pages; 0 = one per core."""
    reader: str = "pipeline.pool:line_reader"
    """What reads pages, "module:function": takes the settings, returns a `pool.PageReader`. Another one is for tests and trials."""
    review_days: int = Field(7, ge=0)
    """Days from arrival within which the office wants a doubt settled; an assumption, the guide names none."""
    settle_seconds: float = Field(2.0, ge=0)
    """A file that changed less than this ago is still being written: scanners and copies write at least once a second."""
    watch_idle_minutes: int = Field(30, ge=1)
    """Without a new file for so long, `intake watch` lets go of its page workers (1.3 GB each); the next file waits until they are back."""
    schedule: str = "30 22 * * *"
    timezone: str = "Asia/Tokyo"
    today: date | None = None
    """The office's calendar day; None = by the clock. Papers that arrive later than this are not believed; for trials with old papers."""
    log_level: str = "WARNING"
    limits: Limits = Field(default_factory=Limits)
    rules: Rules = Field(default_factory=Rules)
    desk: DeskSettings = Field(default_factory=DeskSettings)

    @field_validator("second_reader", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        """Yes and no, as this setting was once written."""
        return {"true": "tesseract", "1": "tesseract", "false": "none", "0": "none"}.get(str(value).lower(), value)

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the store."""
        return self.database_url or f"sqlite:///{self.home / 'intake.db'}"

    @property
    def office_day(self) -> date:
        """The calendar day in the office."""
        return self.today or datetime.now(ZoneInfo(self.timezone)).date()

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

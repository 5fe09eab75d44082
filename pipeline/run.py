"""The line, once, in order. Everything a page worker needs is in a Kit that is opened once per process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline import cleanup, decide, fields, identify, ingest, pages, register
from pipeline.cleanup import CleanPage
from pipeline.cover_sheets import CoverPage, read_cover
from pipeline.decide.experience import classify_rows
from pipeline.errors import PageRejected, ScanRefused, WrongUsage
from pipeline.experience.classify import Classifier, load_classifier
from pipeline.experience.models import model_in_use
from pipeline.findings import Finding
from pipeline.forms import FormTemplate, Library, load_library
from pipeline.geometry import Gray
from pipeline.pages import PageImage
from pipeline.recognise.certificate import CertificateReader, CertificateReading, open_certificate_reader
from pipeline.register import RegisteredPage
from pipeline.scanner_check import is_sheet
from pipeline.settings import Settings
from pipeline.sheet import COVER, FieldValue, Match, Sheet, cover_fields

log = logging.getLogger(__name__)

BLANK = "白紙の面です。"
SEPARATOR = "封筒 {envelope} の仕切り票です。"
SEPARATOR_UNREADABLE = "封筒仕切り票ですが、二次元コードを読み取れません。封筒番号を確認してください。"
SCANNER_SHEET = "スキャナー診断票です。申請書類ではありません（intake doctor --scan で調べられます）。"
UNKNOWN = "どの様式とも一致しません。見て確認してください。"
AMBIGUOUS = "様式を決められません。候補: {candidates}"
OTHER_EDITION = "「{title}」に似ていますが、印刷の一部（{count} か所）がありません。別の版でないか、端が切れていないか確認してください。"
MISFIT = "様式との位置合わせの誤差が大きいため、読み取りませんでした（{residual}）。"


@dataclass(frozen=True)
class Kit:
    """What is loaded once per worker: form library with its index, readers, thresholds."""

    settings: Settings
    library: Library
    index: identify.FormIndex
    readers: decide.Readers
    certificates: CertificateReader
    classifier: Classifier


def open_kit(settings: Settings, form: str | None = None) -> Kit:
    """Load models and templates; with `form`, pages are held against that template only.

    Raises:
        MissingOnMachine, TemplateError, EngineError, WrongUsage (`form` is not in the library).
    """
    library = load_library(settings.templates)
    wanted = library if form is None else _only(library, form)
    readers = decide.open_readers(settings)
    certificates = open_certificate_reader(settings, readers.text)
    return Kit(settings, library, identify.build_index(wanted), readers, certificates, load_classifier(model_in_use(settings.home).path))


def _only(library: Library, form: str) -> Library:
    chosen = tuple(template for template in library.templates if template.id == form)
    if not chosen:
        raise WrongUsage(f"様式 {form} はありません。")
    if not chosen[0].fixed:
        raise WrongUsage(f"様式 {form} は記入欄の位置が決まっていないため、指定できません。")
    return Library(chosen)


def process_scan(kit: Kit, scan: ingest.Scan) -> Iterator[Sheet]:
    """Read every side of `scan`, one in memory at a time."""
    for number in range(1, scan.page_count + 1):
        yield from read_pages(kit, scan, [number])


def read_pages(kit: Kit, scan: ingest.Scan, numbers: Sequence[int]) -> list[Sheet]:
    """Read the sides `numbers` (from 1) of `scan`. A side that cannot be read becomes a Sheet with a finding, never an exception."""
    return [_read_number(kit, scan, number) for number in numbers]


def file_reader(settings: Settings) -> Callable[[Path], list[Sheet]]:
    """A function that reads every side of a file, for measuring. Raises as `open_kit` and `ingest.open_scan` do."""
    kit = open_kit(settings)

    def read(path: Path) -> list[Sheet]:
        return list(process_scan(kit, ingest.open_scan(path, settings.limits, received=date.today())))

    return read


def lay_over(path: Path, form: str, library: Library) -> Gray:
    """The first side of a file in the frame of one form, at `register.PAGE_DPI`.

    Raises:
        WrongUsage: the file cannot be taken in, or its first side is not this form.
    """
    settings = Settings()
    try:
        scan = ingest.open_scan(path, settings.limits, received=date.today())
        clean = cleanup.clean(next(iter(pages.page_images(scan, settings.limits, [1]))))
    except (OSError, ScanRefused, PageRejected) as problem:
        raise WrongUsage(f"{path.name}: {problem}") from problem
    found = identify.identify(clean, identify.build_index(_only(library, form)))
    if found.chosen is None:
        raise WrongUsage(f"{path.name} の 1 ページ目は様式 {form} と一致しません。")
    return register.register(clean, found.chosen, library).gray


def _read_number(kit: Kit, scan: ingest.Scan, number: int) -> Sheet:
    try:
        page = next(iter(pages.page_images(scan, kit.settings.limits, [number])))
        return read_page(kit, page)
    except PageRejected as rejected:
        log.warning("page %d of scan %s: %s", number, scan.sha256[:12], rejected.code)
        return _unread(number, Finding(rejected.code, "review", str(rejected), page=number))


def read_page(kit: Kit, page: PageImage) -> Sheet:
    """One side: cleaned, identified, registered, cut into fields, read and decided. A side of no known form says so in its findings."""
    clean = cleanup.clean(page)
    if clean.blank:
        return _unread(page.number, Finding("page_blank", "info", BLANK, page=page.number), clean)
    identified = identify.identify(clean, kit.index)
    if identified.chosen is None:
        return _without_form(kit, clean, identified)
    registered = register.register(clean, identified.chosen, kit.library)
    doubt = page_doubt(page.number, registered)
    if doubt is not None:
        return _unread(page.number, doubt, clean)
    crops = fields.cut_fields(registered, kit.library)
    values = decide.read_fields(crops, kit.readers)
    return _sheet(page.number, registered, values + classify_rows(values, kit.classifier, kit.settings.max_error_fields))


def page_doubt(number: int, page: RegisteredPage) -> Finding | None:
    """Why a page is not read although its form is known."""
    if page.residual_mm > register.MAX_RESIDUAL_MM:
        residual = f"{page.residual_mm:.1f} mm" if page.residual_mm < register.UNUSABLE_MM else "測れません"
        return Finding("page_misfit", "review", MISFIT.format(residual=residual), page=number)
    if len(page.missing) > register.MAX_MISSING:
        message = OTHER_EDITION.format(title=page.template.title, count=len(page.missing))
        return Finding("page_other_edition", "review", message, page=number)
    return None


def _sheet(number: int, page: RegisteredPage, values: tuple[FieldValue, ...]) -> Sheet:
    match = Match(page.score, page.residual_mm, page.rotation, page.skew_deg, tuple(float(cell) for cell in page.scan_from_page.ravel()))
    sheet = None if page.template.sheet == "other" else page.template.sheet
    return Sheet(number, page.template.id, sheet, match, values, (), cleanup.fingerprint(page.gray))


def _without_form(kit: Kit, clean: CleanPage, identified: identify.Identified) -> Sheet:
    """A page that is none of the forms for certain: a separator or diagnosis sheet, a certificate, one of two forms, a foreign page.

    An office whose template folder describes no certificate has none read: it is a foreign page there.
    """
    level = cleanup.levelled(clean)
    separator = read_cover(level)
    if separator is not None:
        return _separator(level, separator)
    if is_sheet(level.gray):
        return _unread(clean.number, Finding("scanner_sheet", "info", SCANNER_SHEET, page=clean.number), level)
    template = next((template for template in kit.library.templates if template.sheet == "certificate"), None)
    certificate = kit.certificates.read(level) if template is not None else None
    if template is not None and certificate is not None and certificate.is_certificate:
        return _certificate(kit, template, level, certificate, clean.skew_deg)
    if identified.candidates:
        names = "、".join(kit.library.get(candidate.form).title for candidate in identified.candidates)
        finding = Finding("page_ambiguous", "review", AMBIGUOUS.format(candidates=names), page=clean.number)
    else:
        finding = Finding("page_unknown", "review", UNKNOWN, page=clean.number)
    return _unread(clean.number, finding, level)


def _separator(clean: CleanPage, page: CoverPage) -> Sheet:
    if page.cover is None:
        finding = Finding("cover_unreadable", "review", SEPARATOR_UNREADABLE, page=clean.number)
    else:
        finding = Finding("cover_sheet", "info", SEPARATOR.format(envelope=page.cover.envelope), page=clean.number)
    values = () if page.cover is None else cover_fields(page.cover)
    return Sheet(clean.number, COVER, None, None, values, (finding,), cleanup.fingerprint(clean.gray))


def _certificate(kit: Kit, template: FormTemplate, level: CleanPage, reading: CertificateReading, skew_deg: float) -> Sheet:
    kinds = {spec.name: spec.kind for spec in template.fields}
    values = tuple(
        decide.decide_reading(field.name, kinds[field.name], field.reading, field.box, kit.readers, doubt=field.doubt)
        for field in reading.fields
        if field.name in kinds
    )
    match = Match(reading.score, None, reading.rotation, skew_deg, ())
    fingerprint = cleanup.fingerprint(cleanup.upright(level.gray, reading.rotation))
    return Sheet(level.number, template.id, template.sheet, match, values, (), fingerprint)


def _unread(number: int, finding: Finding, clean: CleanPage | None = None) -> Sheet:
    fingerprint = "" if clean is None else cleanup.fingerprint(cleanup.levelled(clean).gray)
    return Sheet(number, None, None, None, (), (finding,), fingerprint)

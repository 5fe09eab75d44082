"""Drawn pages with known truth -> the calibration of the confidence, through the real stages."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline import cleanup, decide, fields, identify, ingest, pages, register
from pipeline.cleanup import CleanPage
from pipeline.drawing.casefile import PageCase, load_case
from pipeline.errors import PageRejected, WrongUsage
from pipeline.pages import PageImage
from pipeline.recognise.calibrate import Sample, fit_calibration
from pipeline.recognise.calibration import Calibration
from pipeline.run import Kit

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
TRUTH = "truth.json"
ABOUT = "about.txt"
"""Beside the cases: what they were drawn with, for the provenance."""
SCOPE = "pages of forms with fixed boxes; certificates are judged by the same models"


@dataclass(frozen=True)
class Collected:
    """What the pages of a folder gave.

    Attributes:
        samples: of all pages that were used.
        pages: number of these.
        skipped: pages of our forms whose form was not found or did not fit: they say nothing about reading.
    """

    samples: tuple[Sample, ...]
    pages: int
    skipped: int


def calibrate(folder: Path, kit: Kit, *, on_progress: Progress | None = None) -> Calibration:
    """Read every case at or below `folder` and fit confidence and thresholds to it.

    Args:
        folder: holds truth.json files beside their scans.
        kit: what reads; its own calibration is not used.
        on_progress: called with files done and files in all.

    Raises:
        WrongUsage: there is no truth.json, one is broken, or no field could be read.
        ScanRefused: a scan is none.
        EngineError, MissingOnMachine: as reading does.
    """
    found = collect(folder, kit, on_progress=on_progress)
    if not found.samples:
        raise WrongUsage(f"{folder} には、読み取りを確かめられる項目がありません。")
    about = folder / ABOUT
    second = "none" if kit.readers.second is None else type(kit.readers.second).__name__
    provenance: dict[str, str | int | float] = {
        "drawn": about.read_text(encoding="utf-8").strip() if about.is_file() else "",
        "scope": SCOPE,
        "second_reader": second,
        "pages": found.pages,
        "pages_skipped": found.skipped,
        "fitted": date.today().isoformat(),
    }
    return fit_calibration(found.samples, provenance)


def collect(folder: Path, kit: Kit, *, on_progress: Progress | None = None) -> Collected:
    """The samples of every case at or below `folder`. Raises as `calibrate` does."""
    files = list(_files(folder))
    samples: list[Sample] = []
    used = skipped = 0
    for done, (path, true) in enumerate(files, start=1):
        for found in _file_samples(path, true, kit):
            samples += found or ()
            used, skipped = used + (found is not None), skipped + (found is None)
        if on_progress is not None:
            on_progress(done, len(files))
    return Collected(tuple(samples), used, skipped)


def _files(folder: Path) -> Iterator[tuple[Path, dict[int, PageCase]]]:
    """Every scan below `folder` with its sides by number."""
    truths = sorted(folder.rglob(TRUTH))
    if not truths:
        raise WrongUsage(f"{folder} に {TRUTH} がありません。")
    for truth in truths:
        sides: dict[Path, dict[int, PageCase]] = {}
        count: Counter[str] = Counter()
        for page in load_case(truth).pages:
            if page.file is None:
                raise WrongUsage(f"{truth.parent.name}/{TRUTH} のページに file がありません。")
            count[page.file] += 1
            sides.setdefault(truth.parent / page.file, {})[page.page or count[page.file]] = page
        yield from sides.items()


def _file_samples(path: Path, true: Mapping[int, PageCase], kit: Kit) -> Iterator[list[Sample] | None]:
    """Per page of one of our forms with fixed boxes: its samples, None where its form was not found."""
    fixed = {template.id for template in kit.library.templates if template.fixed}
    wanted = [number for number, side in sorted(true.items()) if side.form in fixed]
    if not wanted:
        return
    scan = ingest.open_scan(path, kit.settings.limits, received=date.today())
    for number, page in zip(wanted, _decoded(scan, kit, wanted), strict=True):
        yield None if page is None else _page_samples(cleanup.clean(page), true[number], kit)


def _decoded(scan: ingest.Scan, kit: Kit, numbers: Iterable[int]) -> Iterator[PageImage | None]:
    for number in numbers:
        try:
            yield next(iter(pages.page_images(scan, kit.settings.limits, [number])))
        except PageRejected as rejected:
            log.warning("page %d of scan %s: %s", number, scan.sha256[:12], rejected.code)
            yield None


def _page_samples(clean: CleanPage, true: PageCase, kit: Kit) -> list[Sample] | None:
    """The samples of one side, by the stages that `run.read_page` takes."""
    if clean.blank:
        return None
    identified = identify.identify(clean, kit.index)
    if identified.chosen is None:
        return None
    registered = register.register(clean, identified.chosen, kit.library)
    if registered.residual_mm > register.MAX_RESIDUAL_MM or registered.template.variant_of != kit.library.get(true.form or "").variant_of:
        return None
    return decide.samples_of(fields.cut_fields(registered, kit.library), true.fields, kit.readers)


def summary(calibration: Calibration, max_error: float) -> Iterator[str]:
    """What the calibration promises, in sentences: readings, and per family the threshold and the share it accepts by first readings."""
    told = calibration.provenance
    yield f"{told.get('pages', '?')} ページ、読み取り {told.get('readings', 0)} 件、うち誤り {told.get('wrong', 0)} 件"
    yield f"許容する誤り {max_error:.2%} のときのしきい値と、自動で確定できる割合（第2の読み取り前）:"
    for family in sorted(calibration.steps):
        if family == "all":
            continue
        threshold, steps = calibration.threshold(family, max_error), calibration.steps[family]
        passed = next((step for step in reversed(steps) if step.confidence >= threshold), None)
        accepted, wrong = (passed.accepted, passed.wrong) if passed else (0, 0)
        share = accepted / steps[-1].accepted
        yield f"  {family}: {steps[-1].accepted} 件、しきい値 {threshold:.5f}、確定 {share:.1%}、うち誤り {wrong}"

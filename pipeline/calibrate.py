"""Drawn pages with known truth -> the calibration of the confidence, through the real stages."""

from __future__ import annotations

import logging
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline import cleanup, decide, fields, identify, ingest, pages, register
from pipeline.cleanup import CleanPage
from pipeline.decide.readers import open_second
from pipeline.drawing.casefile import PageCase, load_case
from pipeline.errors import PageRejected, WrongUsage
from pipeline.pages import PageImage
from pipeline.recognise import TextReader
from pipeline.recognise.calibrate import Sample, fit_calibration
from pipeline.recognise.calibration import Calibration
from pipeline.recognise.samplefile import FileSamples, SampleFile
from pipeline.recognise.text import TEXT_KINDS
from pipeline.run import Kit, open_kit, page_doubt
from pipeline.settings import Settings

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
        files: one entry per scan, by its path below the folder.
    """

    files: tuple[FileSamples, ...]

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Of all pages that were used."""
        return tuple(sample for file in self.files for sample in file.samples)

    @property
    def pages(self) -> int:
        """Number of pages used."""
        return sum(file.pages for file in self.files)

    @property
    def skipped(self) -> int:
        """Pages of our forms whose form was not found or did not fit: they say nothing about reading."""
        return sum(file.skipped for file in self.files)


@dataclass(frozen=True)
class _Task:
    """One scan to be read: where it lies, its name below the folder, the truth of its sides by number."""

    path: Path
    name: str
    true: Mapping[int, PageCase]


def calibrate(
    folder: Path, kit: Kit, *, samples: Path | None = None, workers: int = 1, on_progress: Progress | None = None
) -> Calibration:
    """Read every case at or below `folder` and fit confidence and thresholds to it.

    Args:
        folder: holds truth.json files beside their scans. What lies in one folder directly below it was written alike (one hand, one
            font): thresholds are tested on what the models have not seen of it.
        kit: what reads, and which second reader is asked; its own calibration is not used.
        samples: file that keeps what the pages gave; scans that it holds are not read again.
        workers: processes that read.
        on_progress: called with files done and files in all.

    Raises:
        WrongUsage: there is no truth.json, one is broken, no field could be read, or `samples` was made by other readers.
        ScanRefused: a scan is none.
        EngineError, MissingOnMachine: as reading does.
    """
    found = collect(folder, kit, samples=samples, workers=workers, on_progress=on_progress)
    if not found.samples:
        raise WrongUsage(f"{folder} には、読み取りを確かめられる項目がありません。")
    about = folder / ABOUT
    provenance: dict[str, str | int | float] = {
        "drawn": about.read_text(encoding="utf-8").strip() if about.is_file() else "",
        "scope": SCOPE,
        **_reader(kit.settings),
        "second_reader": kit.settings.second_reader,
        "pages": found.pages,
        "pages_skipped": found.skipped,
        "fitted": date.today().isoformat(),
    }
    return fit_calibration(found.samples, provenance)


def collect(
    folder: Path,
    kit: Kit,
    *,
    samples: Path | None = None,
    seconds: Sequence[str] | None = None,
    workers: int = 1,
    on_progress: Progress | None = None,
) -> Collected:
    """The samples of every case at or below `folder`.

    Args:
        folder: as in `calibrate`, like `kit`, `samples`, `workers` and `on_progress`.
        kit: what reads.
        samples: file that keeps what was read.
        seconds: second readers to ask, by `calibration.SECONDS`; None = the kit's.
        workers: processes that read.
        on_progress: called with files done and files in all.

    Raises:
        As `calibrate`.
    """
    own = () if kit.readers.second is None else (kit.readers.second_name,)
    asked = own if seconds is None else tuple(seconds)
    tasks = list(_tasks(folder))
    kept = SampleFile.open(samples, {**_reader(kit.settings), "seconds": ",".join(asked)})
    waiting = [task for task in tasks if task.name not in kept.files]
    for done, file in enumerate(_read_all(waiting, kit, asked, workers), start=len(tasks) - len(waiting) + 1):
        kept.add(file)
        if on_progress is not None:
            on_progress(done, len(tasks))
    return Collected(tuple(kept.files[task.name] for task in tasks))


def _reader(settings: Settings) -> dict[str, str]:
    """What the first reader is: samples of another one are never mixed with its own."""
    names = ("engine", "precision", "reader_model")
    return {name: str(getattr(settings, name)) for name in names if name in Settings.model_fields}


def _tasks(folder: Path) -> Iterator[_Task]:
    """Every scan below `folder`, with its sides by number."""
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
        yield from (_Task(path, path.relative_to(folder).as_posix(), true) for path, true in sides.items())


def _read_all(tasks: Sequence[_Task], kit: Kit, seconds: Sequence[str], workers: int) -> Iterator[FileSamples]:
    """One after the other here, or side by side in processes of their own; in the order of `tasks`."""
    if workers < 2 or len(tasks) < 2:
        readers = {name: open_second(name, kit.settings) for name in seconds} if tasks else {}
        yield from (_file_samples(task, kit, readers) for task in tasks)
        return
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawned, _open_worker, (kit.settings, tuple(seconds))) as pool:
        yield from pool.map(_in_worker, tasks)


class _Worker:
    """What a reading process has loaded."""

    kit: Kit
    seconds: Mapping[str, TextReader]


def _open_worker(settings: Settings, seconds: Sequence[str]) -> None:
    _Worker.kit = open_kit(settings)
    _Worker.seconds = {name: open_second(name, settings) for name in seconds}


def _in_worker(task: _Task) -> FileSamples:
    return _file_samples(task, _Worker.kit, _Worker.seconds)


def _file_samples(task: _Task, kit: Kit, seconds: Mapping[str, TextReader]) -> FileSamples:
    """The samples of a scan's sides that are one of our forms with fixed boxes."""
    fixed = {template.id for template in kit.library.templates if template.fixed}
    wanted = [number for number, side in sorted(task.true.items()) if side.form in fixed]
    group = task.name.split("/")[0] if "/" in task.name else ""
    found: list[list[Sample] | None] = []
    if wanted:
        scan = ingest.open_scan(task.path, kit.settings.limits, received=date.today())
        for number, page in zip(wanted, _decoded(scan, kit, wanted), strict=True):
            crops = None if page is None else _page_crops(cleanup.clean(page), task.true[number], kit)
            truth = task.true[number].fields
            found.append(None if crops is None else decide.samples_of(crops, truth, kit.readers, seconds=seconds, group=group))
    used = [samples for samples in found if samples is not None]
    written = sum(_written(task.true[number], kit) for number, samples in zip(wanted, found, strict=True) if samples is not None)
    return FileSamples(task.name, len(used), len(found) - len(used), written, tuple(sample for page in used for sample in page))


def _written(page: PageCase, kit: Kit) -> int:
    """Text fields of a page in which something is written."""
    kinds = {spec.name: spec.kind for spec in kit.library.get(page.form or "").fields}
    return sum(kinds.get(name) in TEXT_KINDS and text != "" for name, text in page.fields.items())


def _decoded(scan: ingest.Scan, kit: Kit, numbers: Iterable[int]) -> Iterator[PageImage | None]:
    for number in numbers:
        try:
            yield next(iter(pages.page_images(scan, kit.settings.limits, [number])))
        except PageRejected as rejected:
            log.warning("page %d of scan %s: %s", number, scan.sha256[:12], rejected.code)
            yield None


def _page_crops(clean: CleanPage, true: PageCase, kit: Kit) -> Sequence[fields.FieldCrop] | None:
    """The fields of one side, by the stages and with the doubts of `run.read_page`; None where that reads none, or another form's."""
    if clean.blank:
        return None
    identified = identify.identify(clean, kit.index)
    if identified.chosen is None:
        return None
    registered = register.register(clean, identified.chosen, kit.library)
    if page_doubt(clean.number, registered) is not None or registered.template.variant_of != kit.library.get(true.form or "").variant_of:
        return None
    return fields.cut_fields(registered, kit.library)


def summary(calibration: Calibration, max_error: float) -> Iterator[str]:
    """What the calibration promises, in sentences: readings, and per family the threshold and the share it accepts."""
    told = calibration.provenance
    second = {"tesseract": "second", "stock": "stock"}.get(str(told.get("second_reader")))
    yield f"{told.get('pages', '?')} ページ、読み取り {told.get('readings', 0)} 件、うち誤り {told.get('wrong', 0)} 件"
    if not calibration.is_shown(max_error, second):
        yield f"件数が足りず、誤り {max_error:.2%} 以下は実証できません。実証できる範囲からの推定で、しきい値を厳しくしました。"
    yield f"許容する誤り {max_error:.2%} のときのしきい値と、自動で確定できる割合（較正に使っていない筆跡での値）:"
    for family in sorted(name for name in calibration.steps if "+" not in name and name != "all"):
        threshold = calibration.threshold(family, max_error, second)
        steps = calibration.steps.get(f"{family}+{second}") or calibration.steps[family]
        passed = next((step for step in reversed(steps) if step.confidence >= threshold), None)
        accepted, wrong = (passed.accepted, passed.wrong) if passed else (0, 0)
        share = accepted / max(steps[-1].accepted, 1)
        yield f"  {family}: {steps[-1].accepted} 件、しきい値 {threshold:.5f}、確定 {share:.1%}、うち誤り {wrong}"

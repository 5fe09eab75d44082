"""Whether the error rate an office asks for is kept on pages that the calibration has not seen, and what second opinions add.

Run: python -m benchmarks.error_rates FOLDER [--stacks N] [--fit FILE]      (FOLDER: drawn and read once, used again later)

FIT are the samples that `intake calibrate DIR --samples FILE` keeps, of the pages of scripts/make_calibration; without --fit, the
shipped calibration is judged alone. What is checked here is drawn from other fonts, other words, other people, other seeds, at 300 dpi
on office paper, photocopied and faxed. IPAex Mincho, IPAex Gothic and Yusei Magic are designs no calibration has seen; Klee, kiloji
and seto are sister files of designs it knows, and stand in rows of their own.
"""

from __future__ import annotations

import argparse
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_THREAD_LIMIT"):
    os.environ.setdefault(name, "1")

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.stats import binom

from pipeline.calibrate import collect
from pipeline.drawing import fonts
from pipeline.drawing.case import draw_case, parse_case
from pipeline.drawing.packets import invent_applicant, packet
from pipeline.forms import load_library
from pipeline.recognise.calibrate import Sample, confidence, fit_calibration
from pipeline.recognise.calibration import CERTAINTY, Calibration, load_calibration, upper_bound
from pipeline.recognise.samplefile import FileSamples, SampleFile
from pipeline.run import open_kit
from pipeline.settings import Settings

SEED = 91_000
STACKS = 48
DPI = 300
ERRORS = (0.001, 0.005, 0.01)
DESIGNS = ("mincho", "yusei", "gothic", "yusei", "mincho", "klee", "gothic", "yusei", "kiloji", "yusei", "gothic", "seto")
"""One per stack, in turns."""
NEW = frozenset({"mincho", "gothic", "yusei"})
PAPERS = ("office", "copy", "office", "fax")
HANDS = (0.3, 0.5, 0.6)
POLICIES: tuple[tuple[str, bool, str | None], ...] = (
    ("first reading alone", False, None), ("+ second view", True, None), ("+ Tesseract", False, "second"),
    ("+ view and Tesseract", True, "second"), ("+ view and stock model", True, "stock"),
)  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """A stack that was read: what it was drawn with, and its samples."""

    design: str
    paper: str
    file: FileSamples


def draw(folder: Path, number: int) -> None:
    """Stack `number`: sheets A to D, a person a page, unless it is there."""
    design, paper = DESIGNS[number % len(DESIGNS)], PAPERS[number // 3 % len(PAPERS)]
    out = folder / f"{number:03d}-{design}-{paper}"
    if (out / "truth.json").is_file():
        return
    rng = np.random.default_rng([SEED, number])
    plain = "_plain" if number % 2 else ""
    pages = []
    for place, sheet in enumerate(("a", "b", "c", "d")):
        whole = packet(invent_applicant(rng))
        fields = next(fields for form, fields in whole.sheets if form == sheet)
        name = whole.applicant.person.name
        pages.append({"form": sheet + plain, "fields": fields, "name": name, "file": "scan.pdf", "writer": str(place)})
    hand = float(rng.choice(HANDS)) if design in fonts.HAND_FONTS else 0.0
    library, file = load_library(Settings().templates), fonts.font_file(design)
    draw_case(parse_case({"pages": pages}), out=out, font=file, hand=hand, paper=paper, seed=SEED + number, dpi=DPI, library=library)


def checked(folder: Path, stacks: int, seconds: Sequence[str]) -> list[Checked]:
    """Draw and read what is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(stacks):
        draw(folder, number)
    kept = folder / "samples.jsonl"
    found = collect(folder, open_kit(Settings(second_reader="none")), samples=kept, seconds=seconds, on_progress=progress)
    parts = [(file.name.split("/")[0].split("-"), file) for file in found.files]
    return [Checked(design, paper, file) for (number, design, paper), file in parts if int(number) < stacks]


def progress(done: int, total: int) -> None:
    sys.stderr.write(f"\r{done}/{total}")


@dataclass(frozen=True)
class Row:
    """Of fields in which something is written: all, accepted, wrong among these."""

    written: int
    accepted: int
    wrong: int

    def said(self, max_error: float) -> str:
        """The counts, the bound and whether it shows `max_error` kept; NOT KEPT where the counts show the contrary (both at 95 %)."""
        bound = upper_bound(self.wrong, self.accepted)
        broken = binom.sf(self.wrong - 1, self.accepted, max_error) < 1 - CERTAINTY
        kept = "kept" if bound <= max_error else "NOT KEPT" if broken else "not shown"
        share = self.accepted / max(self.written, 1)
        return f"accepted {share:6.1%} of {self.written:5d}, wrong {self.wrong:2d} of {self.accepted:5d}, upper 95 % {bound:7.3%}  {kept}"


def accepted(sample: Sample, calibration: Calibration, max_error: float, policy: tuple[bool, str | None]) -> bool:
    view, second = policy
    threshold = calibration.threshold(sample.family, max_error, second)
    return not sample.barred and confidence(calibration, sample, second, view=view) >= threshold


def row(stacks: Iterable[Checked], calibration: Calibration, max_error: float, policy: tuple[bool, str | None], family: str = "") -> Row:
    every = list(stacks)
    samples = [sample for stack in every for sample in stack.file.samples if family in ("", sample.family)]
    passed = [sample for sample in samples if accepted(sample, calibration, max_error, policy)]
    written = sum(stack.file.written for stack in every) if not family else len(samples)
    return Row(written, len(passed), sum(not sample.right for sample in passed))


def report(stacks: Sequence[Checked], calibration: Calibration, policy: tuple[bool, str | None]) -> None:
    families = sorted({sample.family for stack in stacks for sample in stack.file.samples})
    for max_error in ERRORS:
        shown = "by count" if calibration.is_shown(max_error, policy[1]) else "extrapolated"
        print(f"max_error {max_error:.1%} ({shown})")
        new = [stack for stack in stacks if stack.design in NEW]
        kinds = {"print": new, "hand": new, "sister hands": [stack for stack in stacks if stack.design not in NEW]}
        for title, group in kinds.items():
            for paper in ("office", "copy", "fax"):
                part = [s for s in group if s.paper == paper and (title == "print") == (s.design in fonts.PRINT_FONTS)]
                print(f"  {title:13s}{paper:8s}{row(part, calibration, max_error, policy).said(max_error)}")
        for family in families:
            threshold = calibration.threshold(family, max_error, policy[1])
            print(f"  {family:12s}>={threshold:.5f} {row(stacks, calibration, max_error, policy, family).said(max_error)}")
        print(f"  {'all':21s}{row(stacks, calibration, max_error, policy).said(max_error)}")


def opinions(stacks: Sequence[Checked], known: Sequence[Sample]) -> None:
    """What each second opinion adds, with models and thresholds fitted for it."""
    there = {name for sample in known for name in sample.opinions}
    families = sorted({sample.family for sample in known})
    for title, view, second in POLICIES:
        if second is not None and second not in there:
            continue
        names = {name: name for name in (("view",) if view else ()) + ((second,) if second else ())}
        if second is not None and not view:
            names = {second: "view"}  # who is asked first, if only one is
        calibration = fit_calibration([heard(sample, names) for sample in known], {})
        told = [replace(stack, file=replace(stack.file, samples=tuple(heard(s, names) for s in stack.file.samples))) for stack in stacks]
        policy = (bool(names), second if view else None)
        for max_error in ERRORS:
            shown = "" if calibration.is_shown(max_error, policy[1]) else "  (threshold extrapolated)"
            print(f"{title:24s}{max_error:5.1%}  {row(told, calibration, max_error, policy).said(max_error)}{shown}")
            if max_error == ERRORS[0]:
                parts = {family: row(told, calibration, max_error, policy, family) for family in families}
                print(f"{'':31s}{', '.join(f'{name} {part.accepted / max(part.written, 1):.1%}' for name, part in parts.items())}")


def heard(sample: Sample, names: Mapping[str, str]) -> Sample:
    """The sample with the opinions of `names` alone, under other names."""
    return replace(sample, opinions={to: sample.opinions[name] for name, to in names.items() if name in sample.opinions})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--stacks", type=int, default=STACKS)
    parser.add_argument("--fit", type=Path)
    parser.add_argument("--seconds", default="second", help="second readers, as in calibration.SECONDS, with commas")
    parser.add_argument("--second", default="second", help="the one that is asked: second, stock or none")
    parser.add_argument("--calibration", type=Path, help="another calibration to check")
    asked = parser.parse_args()
    stacks = checked(asked.folder, asked.stacks, tuple(name for name in asked.seconds.split(",") if name))
    policy = (True, None if asked.second == "none" else asked.second)
    print("the shipped calibration" if asked.calibration is None else asked.calibration.name)
    report(stacks, load_calibration() if asked.calibration is None else load_calibration(asked.calibration), policy)
    if asked.fit is None:
        return
    known = [sample for file in SampleFile.read(asked.fit) for sample in file.samples]
    print(f"\nfitted to {len(known)} readings, {sum(not sample.right for sample in known)} of them wrong; asked: view, {asked.second}")
    report(stacks, fit_calibration(known, {}), policy)
    print("\nsecond opinions")
    opinions(stacks, known)


if __name__ == "__main__":
    main()

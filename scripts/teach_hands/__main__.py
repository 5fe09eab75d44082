"""Run: python -m scripts.teach_hands train|export|show (see --help of each)."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, fields
from pathlib import Path

import cv2
import numpy as np
import torch

from pipeline.recognise.engine import model_path
from pipeline.recognise.head import untaught_head, with_variants
from pipeline.recognise.onnxfile import split_model
from scripts.teach_hands import judge, letters
from scripts.teach_hands.batches import Drawer
from scripts.teach_hands.network import exported, open_network
from scripts.teach_hands.training import How, Teacher, draw_back, drawn, save

FONT_FOLDER = Path("/usr/share/fonts")
STATE, LOG, HOW = "state.pt", "log.tsv", "how.json"


def main() -> None:
    """Parse, call one function."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=("train", "export", "show"))
    parser.add_argument("folder", type=Path, help="checkpoints and log; for export and show also where the file is put")
    parser.add_argument("--model", type=Path, default=None, help="the stock model; looked for in the rapidocr package when left out")
    parser.add_argument("--fonts", type=Path, action="append", default=[], help="a folder with more font files")
    parser.add_argument("--trials", type=Path, default=None, help="JSON file of real lines to judge by (see judge.real_trials)")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--every", type=int, default=10, help="steps between two judgements and states")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.5, help="export: how far from the stock model, 1 = as it was taught")
    parser.add_argument("--resume", action="store_true")
    for field in fields(How):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    cv2.setNumThreads(1)
    {"train": train, "export": export, "show": show}[asked.task](asked)


def _drawer(asked: argparse.Namespace) -> Drawer:
    folders = [FONT_FOLDER, *asked.fonts]
    found = [tuple(letters.files_in(folders, names)) for names in (letters.PRINT_FILES, letters.HAND_FILES)]
    if not all(found):
        sys.exit("no fonts to draw with: see letters.PRINT_FILES and HAND_FILES")
    alphabet = with_variants(untaught_head(split_model(_stock(asked)))).alphabet
    return Drawer(found[0], found[1], frozenset(alphabet))


def _stock(asked: argparse.Namespace) -> bytes:
    return bytes((asked.model or model_path()).read_bytes())


def _how(asked: argparse.Namespace) -> How:
    return How(**{field.name: getattr(asked, field.name) for field in fields(How)})


def train(asked: argparse.Namespace) -> None:
    """Steps up to `--steps`, judged and saved every so often."""
    how = _how(asked)
    asked.folder.mkdir(parents=True, exist_ok=True)
    (asked.folder / HOW).write_text(json.dumps(asdict(how)) + "\n", encoding="utf-8")
    teacher = Teacher(open_network(_stock(asked)), _drawer(asked), how)
    if asked.resume:
        teacher.resume(torch.load(asked.folder / STATE))
    trials = judge.real_trials(asked.trials) if asked.trials else []
    losses: list[float] = []
    begun = time.monotonic()
    while True:
        if teacher.step % asked.every == 0 and (losses or not asked.resume):
            rates = [judge.error_rate(judge.reader(teacher.average), trial) for trial in trials]
            loss = float(np.mean(losses)) if losses else float("nan")
            _note(asked.folder, [trial.name for trial in trials], [teacher.step, loss, time.monotonic() - begun, *rates])
            save(teacher.state(), asked.folder / STATE)
            (asked.folder / f"step{teacher.step}.onnx").write_bytes(exported(_stock(asked), teacher.average))
            losses = []
        if teacher.step >= asked.steps:
            return
        losses.append(teacher.learn())


def _note(folder: Path, names: list[str], row: list[float]) -> None:
    file = folder / LOG
    if not file.exists():
        file.write_text("\t".join(["step", "loss", "seconds", *names]) + "\n", encoding="utf-8")
    with file.open("a", encoding="utf-8") as log:
        log.write("\t".join([str(row[0]), *(f"{value:.4f}" for value in row[1:])]) + "\n")


def export(asked: argparse.Namespace) -> None:
    """The average of a state as taught.onnx, `--share` of the way from the stock model."""
    data = _stock(asked)
    teacher = Teacher(open_network(data), _drawer(asked), _how(asked))
    teacher.resume(torch.load(asked.folder / STATE))
    draw_back(teacher.average, open_network(data), 1 - asked.share)
    (asked.folder / "taught.onnx").write_bytes(exported(data, teacher.average))


def show(asked: argparse.Namespace) -> None:
    """drawn.png: the lines of the first steps, to look at."""
    lines = [line.picture for step in range(3) for line in drawn(_drawer(asked), _how(asked), step)]
    rows = [np.pad(line, ((2, 2), (0, 730 - line.shape[1])), constant_values=200) for line in lines]
    asked.folder.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(asked.folder / "drawn.png"), np.vstack(rows))


if __name__ == "__main__":
    main()

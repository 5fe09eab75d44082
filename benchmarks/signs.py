"""Signatures and seals, counted on thousands of drawn strips of form A: right, to a person, or wrong, by scene and by scan.

Run from the project's root: python -m benchmarks.signs [--cases N] [--seed S] [--kind KIND] [--scene WORD] [--save FOLDER]. Among
the cases that nobody was asked about it counts the wrong ones and prints the one-sided 95 % bound of their share.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from pipeline.decide.marks import decide_seal, decide_signature
from pipeline.drawing import fonts, marks
from pipeline.drawing.hand import new_hand, typed_hand, write_line
from pipeline.drawing.ink import PENS, Stroke, smooth
from pipeline.drawing.lettering import sign_in_box
from pipeline.drawing.people import invent_person
from pipeline.fields import FieldCrop
from pipeline.recognise.calibration import upper_bound
from pipeline.recognise.text import TextReading
from tests.recognise.strips import LOOKS, Strip, crops_of, strip_of

UNREAD = TextReading((), (), 5.0, blank=False, faint=False, cut=0.0)
TOP, HEIGHT = 218.0, 30.0
"""mm; the band of form A with the applicant's signature, the seal's circle and what is printed round them."""
STEP = 300
"""Cases after which the counts so far are printed: a long run may be cut short."""
SEALS = (8.5, 9.5, 10.5, 10.5, 12.0, 13.5, 15.0)
"""mm; diameters of 認印 and company seals."""
KINDS = ("signature", "seal")
PRINTS = tuple(fonts.installed(fonts.PRINT_FONTS))
HANDS = tuple(fonts.installed(fonts.HAND_FONTS))
Scene = Callable[[Strip, str, np.random.Generator], tuple[bool, bool | None]]
"""Draws; answers whether it is signed by hand, and whether it is sealed (None: either answer will do)."""


def _one(names: tuple[str, ...], rng: np.random.Generator) -> Path:
    return fonts.font_file(names[int(rng.integers(len(names)))])


def _sign(strip: Strip, name: str, rng: np.random.Generator) -> None:
    pen = PENS[str(rng.choice(["black", "black", "blue", "pencil"]))]
    hand = new_hand(_one(HANDS, rng), float(rng.uniform(0.5, 1.0)), rng, pen)
    box = strip.field("signature").box
    if rng.random() < 0.8:
        sign_in_box(strip.canvas, hand, name, box, rng)
    else:
        write_line(strip.canvas, hand, name, (box.x + rng.uniform(1, 20), box.y + box.h / 2), float(rng.uniform(4.5, 8)), rng)


def _stamp(strip: Strip, name: str, away: tuple[float, float], rng: np.random.Generator) -> None:
    box = strip.field("seal").box
    at = (box.x + box.w / 2 + away[0] + float(rng.normal(0, 0.7)), box.y + box.h / 2 + away[1] + float(rng.normal(0, 0.7)))
    marks.seal(strip.canvas, name.split()[0], at, _one(PRINTS, rng), rng, float(rng.choice(SEALS)))


def signed(strip: Strip, name: str, rng: np.random.Generator) -> tuple[bool, bool | None]:
    _sign(strip, name, rng)
    return True, False


def signed_and_sealed(strip: Strip, name: str, rng: np.random.Generator) -> tuple[bool, bool | None]:
    _sign(strip, name, rng)
    _stamp(strip, name, (0, 0), rng)
    return True, True


def sealed_over_the_name(strip: Strip, name: str, rng: np.random.Generator) -> tuple[bool, bool | None]:
    _sign(strip, name, rng)
    _stamp(strip, name, (-float(rng.uniform(4, 24)), 0), rng)
    return True, True


def sealed_far_off(strip: Strip, name: str, rng: np.random.Generator) -> tuple[bool, bool | None]:
    _sign(strip, name, rng)
    _stamp(strip, name, (-float(rng.uniform(30, 120)), float(rng.uniform(-4, 4))), rng)
    return True, True


def sealed_only(strip: Strip, name: str, rng: np.random.Generator) -> tuple[bool, bool | None]:
    _stamp(strip, name, (0, 0), rng)
    return False, True


def sealed_only_where_to_sign(strip: Strip, name: str, rng: np.random.Generator) -> tuple[bool, bool | None]:
    _stamp(strip, name, (-float(rng.uniform(35, 115)), 0), rng)
    return False, None


def empty(strip: Strip, name: str, rng: np.random.Generator) -> tuple[bool, bool | None]:
    del strip, name, rng
    return False, False


def typed(strip: Strip, name: str, rng: np.random.Generator) -> tuple[bool, bool | None]:
    box = strip.field("signature").box
    at = (box.x + float(rng.uniform(1, 30)), box.y + box.h / 2 + float(rng.uniform(-2, 2)))
    write_line(strip.canvas, typed_hand(_one(PRINTS, rng)), name, at, float(rng.uniform(3.5, 8)), rng)
    return False, False


def typed_and_sealed(strip: Strip, name: str, rng: np.random.Generator) -> tuple[bool, bool | None]:
    typed(strip, name, rng)
    _stamp(strip, name, (-float(rng.choice([0.0, 0.0, rng.uniform(4, 24)])), 0), rng)
    return False, True


def scrap(strip: Strip, name: str, rng: np.random.Generator) -> tuple[bool, bool | None]:
    """A line, a wave, a cross, a circle, a dot: no name."""
    del name
    box = strip.field("signature").box
    x, y = box.x + float(rng.uniform(10, 90)), box.y + box.h / 2 + float(rng.uniform(-3, 3))
    strip.canvas.draw(_scrap_ways(x, y, rng), PENS[str(rng.choice(["black", "blue", "pencil"]))], rng)
    return False, False


def _scrap_ways(x: float, y: float, rng: np.random.Generator) -> list[Stroke]:
    length = float(rng.uniform(8, 60))
    angle = np.linspace(0, 6.4, 50)
    ways: list[list[Stroke]] = [
        [smooth([(x, y), (x + length / 2, y + 0.4), (x + length, y - 0.3)])],
        [smooth([(x + i * 3.0, y + (2 if i % 2 else -2)) for i in range(8)])],
        [np.array([[x, y - 4], [x + 8, y + 4]]), np.array([[x + 8, y - 4], [x, y + 4]])],
        [np.column_stack([x + 5 * np.cos(angle), y + 5 * np.sin(angle)])],
        [np.array([[x, y], [x + 0.5, y + 0.3]])],
    ]
    return ways[int(rng.integers(len(ways)))]


SCENES: dict[str, Scene] = {
    "signed": signed, "signed and sealed": signed_and_sealed, "sealed over the name": sealed_over_the_name,
    "sealed far off": sealed_far_off, "sealed only": sealed_only, "sealed only where to sign": sealed_only_where_to_sign,
    "empty": empty, "typed": typed, "typed and sealed": typed_and_sealed, "scrap": scrap,
}  # fmt: skip
Judged = tuple[str, str, str, str, FieldCrop]
"""Kind, scene, look, verdict, crop."""


def judged(number: int, scene: str, look: str, seed: int, kinds: Sequence[str] = KINDS) -> Iterator[Judged]:
    """The verdicts on the signature and on the seal, as `kinds` asks, of one drawn strip."""
    rng = np.random.default_rng([seed, number])
    strip = strip_of("a", TOP, HEIGHT)
    hand, seal = SCENES[scene](strip, invent_person(rng).name, rng)
    crops = crops_of(strip, look, rng)
    for crop in (crop for crop in crops if crop.spec.kind in kinds):
        is_seal = crop.spec.kind == "seal"
        value = decide_seal(crop, crops) if is_seal else decide_signature(crop, UNREAD)
        wanted = seal if is_seal else hand
        right = wanted is None or bool(value.value) == wanted
        yield crop.spec.kind, scene, look, "person" if value.decision == "review" else "right" if right else "WRONG", crop


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=360)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, default=None, help="read only these")
    parser.add_argument("--scene", default="", help="only scenes whose name holds this")
    parser.add_argument("--save", type=Path, default=None, help="folder for pictures of what was not read right")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    scenes = [scene for scene in SCENES if options.scene in scene]
    totals: dict[tuple[str, str], Counter[str]] = {}
    for number in range(options.cases):
        look, scene = LOOKS[number % len(LOOKS)], scenes[number // len(LOOKS) % len(scenes)]
        for kind, _, _, verdict, crop in judged(number, scene, look, options.seed, [options.kind] if options.kind else KINDS):
            for key in (look, scene, "all"):
                totals.setdefault((kind, key), Counter())[verdict] += 1
            if options.save and verdict != "right":
                name = f"{verdict}-{kind}-{look}-{scene}-{number}.png".replace(" ", "_")
                cv2.imwrite(str(options.save / name), np.vstack([crop.gray, crop.ink]))
        if (number + 1) % STEP == 0 or number + 1 == options.cases:
            report(number + 1, totals)


def report(cases: int, totals: dict[tuple[str, str], Counter[str]]) -> None:
    print(f"after {cases} cases")
    for (kind, key), total in sorted(totals.items()):
        bound = upper_bound(total["WRONG"], total["WRONG"] + total["right"])
        print(f"{kind:10} {key:28} {dict(sorted(total.items()))}, wrong at most {bound:.3%} of those decided", flush=True)


if __name__ == "__main__":
    main()

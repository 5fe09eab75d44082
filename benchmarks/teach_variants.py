"""Teach the reader's last layer the variant kanji it lacks or mixes up, and write pipeline/recognise/variants.json.

For each pair (高 and 髙) lines are drawn in every Japanese font of this machine, sizes, blur and slant at random; the network's features
at the step where the character is read are told apart by a logistic regression, whose weights become (part of) the variant's row.
Fonts kept for acceptance are never used. Run: python -m benchmarks.teach_variants
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import cv2
import numpy as np
from fontTools.ttLib import TTFont
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from sklearn.linear_model import LogisticRegression

from pipeline.recognise.engine import model_path, openvino_body
from pipeline.recognise.head import VARIANTS_FILE, untaught_head
from pipeline.recognise.lines import as_line
from pipeline.recognise.onnxfile import split_model

FONTS = Path("/usr/share/fonts")
KEPT_FOR_ACCEPTANCE = ("kurenaido", "hachi", "aoyagi")
PAIRS = (
    ("高", "髙", "橋田木山島瀬野"),
    ("崎", "﨑", "山岩宮尾島川長藤"),
    ("邊", "邉", "渡田川"),
    ("真", "眞", "鍋田島一理"),
    ("徳", "德", "永田島川"),
    ("恵", "惠", "子美一藤"),
    ("濱", "濵", "田口野中"),
    ("吉", "𠮷", "田川野岡村"),
)
"""Everyday form, variant, characters beside them."""
LINES = 10
"""Drawn of each character in each font."""
CAUTION = 0.05
"""Inverse strength of the regularisation: 120 weights from a few hundred lines."""

Floats = NDArray[np.float32]


def fonts_with(chars: str) -> list[Path]:
    """Fonts that draw the characters of `chars`, each differently."""
    found = []
    for path in sorted(FONTS.rglob("*.[to]tf")):
        if any(word in path.name.lower() for word in KEPT_FOR_ACCEPTANCE) or path.is_symlink():
            continue
        table = TTFont(path, fontNumber=0).getBestCmap() or {}
        if not all(ord(char) in table for char in chars):
            continue
        masks = [bytes(ImageFont.truetype(str(path), 60).getmask(char)) for char in chars]
        if len(set(masks)) == len(chars) and all(any(mask) for mask in masks):
            found.append(path)
    return found


def drawn(text: str, path: Path, rng: np.random.Generator) -> NDArray[np.uint8]:
    size = round(float(rng.uniform(2.6, 5.5)) * 300 / 25.4)
    font = ImageFont.truetype(str(path), size)
    picture = Image.new("L", (int(font.getlength(text)) + 2 * size, 2 * size), 255)
    ImageDraw.Draw(picture).text((size, size // 2), text, fill=0, font=font)
    gray = np.asarray(picture).astype(np.float32)
    matrix = np.array([[rng.uniform(0.85, 1.15), rng.normal(0, 0.08), 0], [rng.normal(0, 0.01), rng.uniform(0.9, 1.1), 0]])
    gray = cv2.warpAffine(gray, matrix, (gray.shape[1], gray.shape[0]), borderValue=(255.0,))
    gray = cv2.GaussianBlur(gray, (0, 0), float(rng.uniform(0.4, 1.6))) + rng.normal(0, rng.uniform(0, 12), gray.shape)
    if rng.random() < 0.3:
        gray = np.where(gray < rng.uniform(120, 200), 0, 255)
    gray = np.clip(gray, 0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        kernel = np.ones((2, 2), np.uint8)
        gray = (cv2.erode if rng.random() < 0.6 else cv2.dilate)(gray, kernel)
    return np.asarray(gray, dtype=np.uint8)


def main() -> None:
    model = split_model(model_path().read_bytes())
    body, head = openvino_body(model, "f32"), untaught_head(model)
    place = {char: index + 1 for index, char in enumerate(head.alphabet)}
    rows = []
    for common, variant, beside in PAIRS:
        fonts = fonts_with(common + variant)
        steps, labels, groups = [], [], []
        for number, path in enumerate(fonts):
            rng, chance = np.random.default_rng([number, ord(variant)]), random.Random(number)
            for char in (common, variant) * LINES:
                text = "".join(chance.sample([char, chance.choice(beside)], 2))
                line = as_line(drawn(text, path, rng))
                features = body(np.repeat(line[None, None], 3, axis=1) / np.float32(127.5) - 1)[0]
                group = [place[other] for other in (common, variant) if other in place]
                steps.append(features[int(head.log_probs(features)[:, group].max(axis=1).argmax())])
                labels.append(char == variant)
                groups.append(path.parent.name)
        found = fitted(np.array(steps), np.array(labels))
        print(f"{common} {variant}: {len(fonts)} fonts, {len(labels)} lines, right on fonts left out {left_out(steps, labels, groups):.4f}")
        rows.append({"like": common, "character": variant, "weights": [round(float(w), 4) for w in found[0]], "bias": round(found[1], 4)})
    provenance = "benchmarks/teach_variants.py, lines drawn in the fonts of Debian's Japanese font packages"
    VARIANTS_FILE.write_text(json.dumps({"provenance": provenance, "rows": rows}, ensure_ascii=False) + "\n", encoding="utf-8")


def fitted(steps: Floats, labels: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Direction and offset of the log odds of the variant."""
    centre, spread = steps.mean(axis=0), steps.std(axis=0) + 1e-6
    fit = LogisticRegression(C=CAUTION, max_iter=3000, class_weight="balanced").fit((steps - centre) / spread, labels)
    weights = fit.coef_[0] / spread
    return weights, float(fit.intercept_[0] - weights @ centre)


def left_out(steps: list[Floats], labels: list[bool], groups: list[str]) -> float:
    """Share right when each family of fonts is judged by a fit on the others."""
    features, truth, family = np.array(steps), np.array(labels), np.array(groups)
    right = 0
    for name in set(groups):
        weights, bias = fitted(features[family != name], truth[family != name])
        right += int(((features[family == name] @ weights + bias > 0) == truth[family == name]).sum())
    return right / len(truth)


if __name__ == "__main__":
    main()

"""The shipped recogniser beside the one it was taught from; the steps that taught it, where their packages are installed."""

from __future__ import annotations

import hashlib
import importlib
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.recognise import TextCrop
from pipeline.recognise.charsets import every_character
from pipeline.recognise.engine import CONKEN_FILE, model_path, open_engine
from pipeline.recognise.head import FORM_SHIFTS, japanese_head, taught_head, untaught_head
from pipeline.recognise.lines import as_line
from pipeline.recognise.onnxfile import CtcModel, split_model
from pipeline.settings import Settings
from tests.recognise.drawn import drawn_line

LARGEST_BYTES = 16_000_000
VARIANTS = ["髙橋", "高橋", "山﨑", "山崎", "德永", "徳永", "渡邉", "渡邊", "濵田", "濱田", "眞鍋", "真鍋", "吉田"]
BOTH = ["conken", "stock"]


@pytest.fixture(scope="module")
def shipped() -> CtcModel:
    return split_model(CONKEN_FILE.read_bytes())


def test_the_shipped_model_is_small_and_holds_only_japanese_characters(shipped: CtcModel) -> None:
    assert CONKEN_FILE.stat().st_size <= LARGEST_BYTES
    assert set(shipped.characters) <= set(every_character())
    assert len(set(shipped.characters)) == len(shipped.characters)
    assert shipped.characters[-1] == " "


def test_it_knows_every_character_the_stock_model_is_used_for(shipped: CtcModel) -> None:
    assert set(taught_head(shipped).alphabet) == set(japanese_head(split_model(model_path().read_bytes())).alphabet)


def test_forms_are_shifted_but_for_taught_variants(shipped: CtcModel) -> None:
    plain, held = untaught_head(shipped), taught_head(shipped)
    apart = dict(zip(plain.alphabet, plain.bias[1:] - held.bias[1:], strict=True))
    assert {char: apart[char] for char in "薰橫冨德惠田"} == pytest.approx(
        {"薰": -FORM_SHIFTS["薰"], "橫": -FORM_SHIFTS["橫"], "冨": -FORM_SHIFTS["冨"], "德": 0, "惠": 0, "田": 0}, abs=1e-3
    )


@pytest.mark.parametrize("model", BOTH)
@pytest.mark.parametrize("font", ["gothic", "mincho"])
def test_variants_are_told_apart(model: str, font: str) -> None:
    found = open_engine(model=model).read([TextCrop(drawn_line(name, font), "name") for name in VARIANTS])
    assert [reading.text for reading in found] == VARIANTS


@pytest.mark.parametrize("model", BOTH)
def test_both_models_read_a_drawn_hand(model: str) -> None:
    text = "応答率を確かめ、席を決めます。"
    assert open_engine(model=model).read([TextCrop(drawn_line(text, "klee"), "japanese")])[0].text == text


def test_the_models_are_two() -> None:
    crop = TextCrop(drawn_line("受付"), "japanese")
    conken, stock = (open_engine(model=model).read([crop])[0].candidates[0].log_prob for model in BOTH)
    assert conken != stock


def test_a_setting_chooses_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_READER_MODEL", "stock")
    assert Settings().reader_model == "stock"


def test_the_card_names_the_file_it_belongs_to() -> None:
    card = (CONKEN_FILE.parent / "MODEL_CARD.md").read_text(encoding="utf-8")
    stated = re.search(r"sha-256 `([0-9a-f]{64})`", card)
    assert stated is not None
    assert stated.group(1) == _digest(CONKEN_FILE)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def training() -> Any:
    for package in ("torch", "onnx", "onnx2torch", "wordfreq"):
        pytest.importorskip(package, reason=f"{package} is needed for training only (scripts/teach_hands/requirements.txt)")
    return importlib.import_module("scripts.teach_hands.training"), importlib.import_module("scripts.teach_hands.network")


class OneLine:
    """Draws the same line whatever is asked."""

    def __init__(self, line: Any) -> None:
        self._line = line

    def draw(self, rng: np.random.Generator, longest: int) -> Any:  # noqa: ARG002 - stands in for batches.Drawer
        return self._line


def test_a_step_of_training_moves_the_weights_a_little_and_can_go_on_from_its_state() -> None:
    steps, network = training()
    line = importlib.import_module("scripts.teach_hands.batches").Line(as_line(drawn_line("応答率", "klee")), "応答率", held=False)
    how = steps.How(batch=2)
    teachers = [steps.Teacher(network.open_network(model_path().read_bytes()), OneLine(line), how) for _ in range(2)]
    before = [weight.detach().clone() for weight in steps.weights(teachers[0].average)]
    losses = [teachers[0].learn() for _ in range(2)]
    moved = max(float((now - old).abs().max().detach()) for now, old in zip(steps.weights(teachers[0].average), before, strict=True))
    assert 0 < moved < 2 * how.head_rate
    teachers[1].resume(teachers[0].state())
    assert teachers[1].learn() == pytest.approx(teachers[0].learn(), rel=1e-4)
    assert losses[1] < losses[0]


def test_an_untaught_network_comes_back_as_the_same_file_with_fewer_classes() -> None:
    _, network = training()
    stock = model_path().read_bytes()
    parts, whole = split_model(network.exported(stock, network.open_network(stock))), split_model(stock)
    head = untaught_head(whole)
    again = untaught_head(parts)
    place = {char: index + 1 for index, char in enumerate(again.alphabet)}
    for number, char in enumerate("受付0カー", 1):
        column = 1 + head.alphabet.index(char)
        assert np.array_equal(again.weights[:, place[char]], head.weights[:, column]), number

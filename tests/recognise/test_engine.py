"""The first reader on drawn lines."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import EngineError, MissingOnMachine
from pipeline.recognise import TextCrop, engine
from pipeline.recognise.engine import open_engine
from pipeline.recognise.onnxfile import split_model
from tests.recognise.drawn import drawn_line

LINES = [
    ("digits", "2024100123"),
    ("digits", "1"),
    ("kana", "ナカニシロエミ"),
    ("kana", "ー"),
    ("name", "髙橋"),
    ("name", "高橋"),
    ("name", "山﨑"),
    ("name", "山崎"),
    ("name", "渡邉"),
    ("name", "渡邊"),
    ("japanese", "東京都新宿区西新宿2-8-1"),
    ("japanese", "応答率を維持するための要員計画とモニタリング・コーチング"),
    ("japanese", "ニューコール第二ビルロータリー5階"),
    ("phone", "03-5321-1111"),
    ("email", "taro.conken_01@example.co.jp"),
    ("year_month", "現在"),
]


@pytest.mark.parametrize("font", ["gothic", "mincho"])
def test_drawn_lines_are_read(font: str) -> None:
    crops = [TextCrop(drawn_line(text, font), charset) for charset, text in LINES]
    found = open_engine().read(crops)
    assert [reading.text for reading in found] == [text for _, text in LINES]
    for reading in found:
        assert sum(math.exp(candidate.log_prob) for candidate in reading.candidates) <= 1 + 1e-6


def test_both_engines_say_the_same() -> None:
    crops = [TextCrop(drawn_line(text, "mincho"), charset) for charset, text in LINES[:12]]
    for one, other in zip(open_engine("openvino").read(crops), open_engine("onnxruntime").read(crops), strict=True):
        assert one.text == other.text
        assert one.candidates[0].log_prob == pytest.approx(other.candidates[0].log_prob, abs=0.01)
        assert one.inside == pytest.approx(other.inside, abs=0.01)


def test_a_reading_does_not_depend_on_its_neighbours_in_the_batch() -> None:
    reader = open_engine()
    crops = [TextCrop(drawn_line(text), "digits") for text in ("1", "20", "2024100123", "7")]
    alone = [reader.read([crop])[0] for crop in crops]
    for one, other in zip(alone, reader.read(crops), strict=True):
        assert one.text == other.text
        assert one.candidates[0].log_prob == pytest.approx(other.candidates[0].log_prob, abs=1e-3)


def test_letters_in_a_field_of_digits_leave_a_trace() -> None:
    reader = open_engine()
    digits, letters = reader.read([TextCrop(drawn_line(text), "digits") for text in ("5302", "山田")])
    assert digits.inside > -0.1 > -2 > letters.inside


def test_a_missing_model_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MODEL_CARRIER", "no_such_package")
    with pytest.raises(MissingOnMachine, match="pip install"):
        engine.model_path()


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    for data in (b"", b"\x00" * 100, b"not a model at all", np.arange(50, dtype=np.uint8).tobytes()):
        with pytest.raises(EngineError):
            split_model(data)
    assert tmp_path.is_dir()


def test_a_glance_tells_the_text_and_reads_on_with_other_characters_without_the_network() -> None:
    reader = open_engine()
    picture = drawn_line("合格者番号2024100123")
    (glance,) = reader.glance([TextCrop(picture, "japanese")])
    assert glance.text == "合格者番号2024100123"
    for charset in ("japanese", "digits"):
        (read,) = reader.read([TextCrop(picture, charset)])
        assert glance.read(charset) == read
    assert glance.read("digits").inside < -10


@pytest.mark.parametrize(
    ("capabilities", "wanted", "used"),
    [(["FP32", "BF16"], "auto", "bf16"), (["FP32", "INT8"], "auto", "f32"), (["FP32"], "bf16", "bf16"), (["BF16"], "f32", "f32")],
)
def test_bf16_is_used_by_itself_only_where_the_processor_has_it(capabilities: list[str], wanted: str, used: str) -> None:
    class Core:
        def get_property(self, device: str, name: str) -> list[str]:
            assert (device, name) == ("CPU", "OPTIMIZATION_CAPABILITIES")
            return capabilities

    assert engine._precision_here(Core(), wanted) == used

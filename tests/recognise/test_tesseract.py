"""The second reader: one process for many crops, in their order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytesseract
import pytest

from pipeline.errors import EngineError, MissingOnMachine
from pipeline.recognise import TextCrop
from pipeline.recognise.tesseract import TesseractReader
from tests.recognise.drawn import drawn_line

BLANK = np.full((40, 80), 255, np.uint8)


@pytest.fixture
def reader() -> TesseractReader:
    try:
        return TesseractReader()
    except MissingOnMachine as exc:
        pytest.skip(str(exc))


def test_answers_come_in_the_order_of_the_crops(reader: TesseractReader, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    real = pytesseract.image_to_data

    def counted(*args: Any, **kwargs: Any) -> Any:
        calls.append(kwargs["lang"])
        return real(*args, **kwargs)

    monkeypatch.setattr(pytesseract, "image_to_data", counted)
    asked = [("digits", "160"), ("japanese", "東京都新宿区"), (None, ""), ("digits", "2024"), ("name", "山田太郎")]
    crops = [TextCrop(drawn_line(text) if charset else BLANK, charset or "japanese") for charset, text in asked]
    assert [reading.text for reading in reader.read(crops)] == ["160", "東京都新宿区", "", "2024", "山田太郎"]
    assert sorted(calls) == ["eng", "jpn"]


def test_a_failing_process_is_an_engine_error(reader: TesseractReader, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise pytesseract.TesseractError(1, "killed")

    monkeypatch.setattr(pytesseract, "image_to_data", fail)
    with pytest.raises(EngineError):
        reader.read([TextCrop(drawn_line("12"), "digits")])


def test_an_absent_program_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> list[str]:
        raise pytesseract.TesseractNotFoundError

    monkeypatch.setattr(pytesseract, "get_languages", absent)
    with pytest.raises(MissingOnMachine, match="apt-get install"):
        TesseractReader()

"""What is loaded once per worker to read fields."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.recognise import TextReader
from pipeline.recognise.calibration import Calibration, load_calibration
from pipeline.recognise.engine import open_engine
from pipeline.recognise.tesseract import TesseractReader
from pipeline.settings import Settings


@dataclass(frozen=True)
class Readers:
    """What is loaded once per worker to read fields.

    Attributes:
        text: first reader.
        second: second reader, or None where it is switched off.
        calibration: features -> probability, and thresholds.
        max_error: share of accepted fields that may be wrong.
    """

    text: TextReader
    second: TextReader | None
    calibration: Calibration
    max_error: float


def open_readers(settings: Settings) -> Readers:
    """Load models. Raises MissingOnMachine, EngineError."""
    second = TesseractReader() if settings.second_reader else None
    return Readers(open_engine(settings.engine, settings.precision, settings.reader_model), second, load_calibration(), settings.max_error)

"""What is loaded once per worker to read fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.recognise import TextReader
from pipeline.recognise.box_opinion import BoxClassifier
from pipeline.recognise.boxes import open_boxes
from pipeline.recognise.calibration import Calibration, load_calibration
from pipeline.recognise.engine import STOCK, open_engine
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
        second_name: what the second reader is called among the features, one of `calibration.SECONDS`.
        boxes: classifier of boxed characters, which speaks instead of the second reader where a field has cells; or None.
    """

    text: TextReader
    second: TextReader | None
    calibration: Calibration
    max_error: float
    second_name: str = "second"
    boxes: BoxClassifier | None = None

    def threshold(self, family: str) -> float:
        """Confidence from which on a reading of that family passes, with the second reader there is."""
        return self.calibration.threshold(family, self.max_error, None if self.second is None else self.second_name)


def open_readers(settings: Settings) -> Readers:
    """Load models. Raises MissingOnMachine, EngineError."""
    name = SECOND_NAMES.get(settings.second_reader)
    second = None if name is None else open_second(name, settings)
    first = open_engine(settings.engine, settings.precision, settings.reader_model)
    boxes = open_boxes(settings.engine)
    return Readers(first, second, load_calibration(), settings.max_error, name or "second", boxes)


def open_second(name: str, settings: Settings) -> TextReader:
    """The second reader of that feature. Raises MissingOnMachine, EngineError; KeyError when there is none of that name."""
    return SECOND_READERS[name](settings)


def _stock(settings: Settings) -> TextReader:
    return open_engine(settings.engine, settings.precision, STOCK)


SECOND_NAMES = {"tesseract": "second", "stock": "stock"}
"""`Settings.second_reader` -> the reader's feature, one of `calibration.SECONDS`."""
SECOND_READERS: dict[str, Callable[[Settings], TextReader]] = {"second": lambda _: TesseractReader(), "stock": _stock}

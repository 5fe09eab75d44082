"""The double answers as told."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.recognise import TextCrop
from pipeline.recognise.scripted import ScriptedReader, fingerprint

ONE, TWO = np.zeros((4, 9), np.uint8), np.ones((4, 9), np.uint8)


def test_answers_by_picture_and_in_order() -> None:
    crops = [TextCrop(TWO, "digits"), TextCrop(ONE, "digits")]
    by_picture = ScriptedReader({fingerprint(ONE): "1", fingerprint(TWO): [("2", -0.1), ("7", -2.5)]})
    assert [reading.text for reading in by_picture.read(crops)] == ["2", "1"]
    assert [reading.text for reading in ScriptedReader(["", "5"]).read(crops)] == ["", "5"]


def test_what_was_not_scripted_is_not_invented() -> None:
    with pytest.raises(IndexError):
        ScriptedReader(["1"]).read([TextCrop(ONE, "digits"), TextCrop(ONE, "digits")])
    with pytest.raises(KeyError):
        ScriptedReader({fingerprint(ONE): "1"}).read([TextCrop(TWO, "digits")])

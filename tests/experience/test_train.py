import numpy as np
import pytest

from pipeline.experience import train as training
from pipeline.experience.accept import right
from pipeline.experience.classify import LABELS, certainty, load_classifier
from pipeline.experience.corpus import Example
from pipeline.experience.encode import Floats
from pipeline.experience.features import describe
from pipeline.experience.train import fit, lessons, train
from pipeline.experience.vectors import WordVectors

NO_VECTORS = WordVectors({}, np.zeros((1, 1), np.float32))
NUMBER = 600
LEADERS = ("電話を代わり、件数を数えた", "電話を代わり、席と件数を見た", "困った電話を代わり、夕方に件数を配った")
OTHERS = (
    ("CS", "電話に出て答えた"), ("CS", "お客様の話を聞いた"), ("OP", "件数を数え、席を決めた"), ("OP", "件数と席の表を配った"),
    ("HR", "新人に教えた"), ("ST", "予算を立てた"), ("CR", "会社を訪ねた"),
    ("AR", "業者を選んだ"), ("IC", "回線を直した"), ("NONE", "魚を焼いた"),
)  # fmt: skip


def test_a_further_field_does_not_outvote_the_main_one() -> None:
    examples = [Example(f"a{number}", "a", "CS", ("OP",), text) for number, text in enumerate(LEADERS)]
    examples += [Example(f"b{number}", "b", main, (), text) for number, (main, text) in enumerate(OTHERS)]
    odds = fit(lessons(examples), NO_VECTORS).log_odds(describe("電話を代わり、夕方に席と件数を数えた"))
    assert LABELS[int(odds.argmax())] == "CS"


def test_the_threshold_holds_for_texts_as_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    examples = [Example(str(number), str(number), "OP", (), "席") for number in range(NUMBER)]
    clean, misread = _odds(wrong_below=NUMBER // 10), _odds(wrong_below=NUMBER // 2)
    monkeypatch.setattr(training, "held_out", lambda *given: misread if given[2:] else clean)
    monkeypatch.setattr(training, "fit", lambda *_: load_classifier())
    classifier, _ = train(examples)
    sure = np.array([certainty(classifier.certainty, row) for row in misread])
    taken = sure >= classifier.threshold(0.1)
    assert taken.sum() > NUMBER / 3
    assert (~right(examples, misread)[taken]).mean() < 0.1


def _odds(wrong_below: int) -> Floats:
    """(NUMBER, 8): the later, the surer; the answer is OP, but HR for every other of the first `wrong_below`."""
    odds = np.full((NUMBER, len(LABELS)), -9.0, np.float32)
    for number in range(NUMBER):
        odds[number, LABELS.index("HR" if number < wrong_below and number % 2 else "OP")] = number / 60
    return odds

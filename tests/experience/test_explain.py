import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.experience import FIELDS, NONE
from pipeline.experience.classify import LABELS, load_classifier
from pipeline.experience.corpus import read_corpus
from pipeline.experience.explain import marked, reasons
from pipeline.experience.features import describe, fold

CLASSIFIER = load_classifier()
GUIDE = {example.text: example.main for example in read_corpus() if example.theme == "guide"}
TEXTS = (
    "新人研修の企画と通話の評価",
    "CTIとPBXの更改、障害対応",
    "応答率と要員配置の管理",
    "センターの中期計画と予算の策定",
    "経理の仕訳と月次決算",
)


@pytest.mark.parametrize("text", TEXTS)
def test_every_field_shown_has_its_own_proven_words_and_its_own_example(text: str) -> None:
    answer = CLASSIFIER.classify([text], max_error=0.01)[0]
    found = reasons(CLASSIFIER, text, answer)
    shown = [reason.field for reason in found]
    assert {answer.main, *answer.also, answer.ranked[0][0], answer.ranked[1][0]} == set(shown)
    assert [reason.probability for reason in found] == sorted((reason.probability for reason in found), reverse=True)
    for reason in found:
        label = LABELS.index(reason.field)
        whole = CLASSIFIER.log_odds(describe(text))[label]
        for word in reason.words:
            assert CLASSIFIER.log_odds(describe(fold(text).replace(word, "")))[label] < whole
        assert (reason.example == "") == (reason.field == NONE)
        assert reason.field == NONE or GUIDE[reason.example] == reason.field
        assert 0.0 <= reason.likeness <= 1.0


def test_a_sentence_of_the_guide_is_its_own_nearest_example() -> None:
    for text, field in list(GUIDE.items())[::6]:
        answer = CLASSIFIER.classify([text], max_error=0.01)[0]
        own = next((reason for reason in reasons(CLASSIFIER, text, answer) if reason.field == field), None)
        assert own is not None, text
        assert own.example == text
        assert own.likeness == pytest.approx(1.0, abs=1e-3)


def test_words_are_marked_where_they_stand_the_longer_one_first() -> None:
    assert marked("研修と研修企画、研修", ["研修", "研修企画"]) == "【研修】と【研修企画】、【研修】"
    assert marked("応答率の管理", ["率", "応答"]) == "【応答率】の管理"
    assert marked("１つもない", []) == "1つもない"


def test_the_page_names_the_two_fields_to_choose_from_where_it_is_undecided() -> None:
    text = "リスク管理"
    answer = CLASSIFIER.classify([text], max_error=0.01)[0]
    assert answer.decision == "review"
    printed = CliRunner().invoke(app, ["classify", text, "--explain"])
    assert printed.exit_code == 0
    assert "人が確かめてください" in printed.stdout
    assert "手引きの近い例" in printed.stdout
    assert sum(field in printed.stdout for field in FIELDS) >= 2


def test_json_and_explain_exclude_each_other() -> None:
    result = CliRunner().invoke(app, ["classify", "研修", "--json", "--explain"])
    assert result.exit_code != 0

from dataclasses import replace

import numpy as np
import pytest

from pipeline.experience import NONE
from pipeline.experience.classify import LABELS, MODEL, load_classifier
from pipeline.experience.corpus import checksum, read_corpus
from pipeline.experience.features import describe, fold
from pipeline.experience.vectors import VECTORS

CLASSIFIER = load_classifier()
CORPUS = read_corpus()

CLEAR = (
    ("ST", "全国のコンタクトセンターの中期経営計画を立て、予算の執行状況を役員に報告した"),
    ("ST", "監査部員として受注センターの業務監査を実施"),
    ("CS", "カタログ通販のお客様からの注文と返品の電話を受けた"),
    ("CS", "お客様相談室で製品に関する苦情の申し出に対応"),
    ("CR", "購買履歴から顧客セグメントを作り、販促キャンペーンを企画した"),
    ("CR", "顧客満足度調査の設計と結果の分析"),
    ("OP", "翌月の入電量を予測し、オペレーターのシフトを組んだ"),
    ("OP", "通話モニタリングの結果を集計して応対品質の改善に取り組む"),
    ("HR", "オペレーターの募集、面接、入社時研修の講師を担当"),
    ("HR", "スタッフの人事評価と報奨金の仕組みづくり"),
    ("AR", "委託先の選定と契約、SLAの達成状況の確認"),
    ("AR", "受託した新規センターの立上げプロジェクトの管理"),
    ("IC", "CTIサーバーとIP-PBXの構築、障害時の復旧"),
    ("IC", "IVRと通話録音装置の保守運用"),
    ("NONE", "会計事務所で法人の決算書を作成した"),
    ("NONE", "病院の外科病棟で看護師として勤務"),
    ("NONE", "橋りょう工事の現場監督"),
)


def test_the_clear_cases_are_not_learned_by_heart() -> None:
    assert not {fold(text) for _, text in CLEAR} & {fold(example.text) for example in CORPUS}


@pytest.mark.parametrize(("field", "text"), CLEAR)
def test_a_clear_case_finds_its_field(field: str, text: str) -> None:
    assert CLASSIFIER.classify([text], max_error=0.05)[0].main == field


@pytest.mark.parametrize("text", ["", "  　\n", "・・・", "、。"])
def test_a_text_without_words_goes_to_a_person(text: str) -> None:
    answer = CLASSIFIER.classify([text], max_error=0.5)[0]
    assert (answer.decision, answer.evidence) == ("review", ())


@pytest.mark.parametrize(
    "text",
    [
        "リスク管理",
        "ﾘｽｸ 管理",
        "リスクマネジメント業務",
        "コンプライアンス管理",
        "監査",
        "コーチング",
        "モニタリング・コーチング業務",
        "営業",
        "採用計画及び人事計画",
        "情報システムの管理",
    ],
)
def test_a_bare_cue_of_two_fields_goes_to_a_person_however_sure_the_model_is(text: str) -> None:
    assert CLASSIFIER.classify([text], max_error=0.5)[0].decision == "review"


@pytest.mark.parametrize(
    ("field", "text"), [("ST", "監査部で受電部門の内部監査を計画し、指摘を出した"), ("CR", "法人営業として新規の企業を訪問")]
)
def test_a_sentence_round_the_cue_may_decide(field: str, text: str) -> None:
    answer = CLASSIFIER.classify([text], max_error=0.01)[0]
    assert (answer.main, answer.decision) == (field, "accept")


def test_nothing_is_accepted_under_a_bound_that_was_never_shown() -> None:
    assert {answer.decision for answer in CLASSIFIER.classify([text for _, text in CLEAR], max_error=1e-6)} == {"review"}


def test_a_looser_bound_accepts_no_less() -> None:
    levels = [CLASSIFIER.threshold(bound) for bound in (0.001, 0.01, 0.05, 0.1)]
    assert levels == sorted(levels, reverse=True)
    assert levels[-1] <= 1


def test_the_ranking_holds_every_label_once_best_first() -> None:
    answer = CLASSIFIER.classify(["コールセンターの新人研修と通話の評価"], max_error=0.05)[0]
    assert sorted(label for label, _ in answer.ranked) == sorted(LABELS)
    chances = [chance for _, chance in answer.ranked]
    assert chances == sorted(chances, reverse=True)
    assert answer.ranked[0][0] == answer.main
    assert NONE not in answer.also
    assert answer.main not in answer.also


def test_without_its_evidence_the_field_scores_lower() -> None:
    """Word by word, and all of them together, on every seventh text of the corpus."""
    texts = [example.text for example in CORPUS[::7]]
    shown = 0
    for text, answer in zip(texts, CLASSIFIER.classify(texts, max_error=0.05), strict=True):
        label = LABELS.index(answer.main)
        whole = CLASSIFIER.log_odds(describe(text))[label]
        bare = fold(text)
        for word in answer.evidence:
            assert word in fold(text)
            assert CLASSIFIER.log_odds(describe(fold(text).replace(word, "")))[label] < whole, (text, word)
            bare = bare.replace(word, "")
        assert not answer.evidence or CLASSIFIER.log_odds(describe(bare))[label] < whole, text
        shown += bool(answer.evidence)
    assert shown >= 0.98 * len(texts)


def test_width_and_spacing_do_not_change_the_answer() -> None:
    plain, wide = CLASSIFIER.classify(["CTIとPBXの保守", "ＣＴＩ と ＰＢＸ の保守"], max_error=0.05)
    assert plain == wide


def test_the_model_was_trained_on_the_corpus_as_it_is() -> None:
    assert CLASSIFIER.corpus == checksum(CORPUS), "run python -m pipeline.experience.train"


def test_the_model_is_small_and_its_numbers_are_finite() -> None:
    assert MODEL.stat().st_size + VECTORS.stat().st_size < 10_000_000
    assert all(np.isfinite(array).all() for array in (CLASSIFIER.weights, CLASSIFIER.meaning_weights, CLASSIFIER.bias))


def test_an_answer_without_evidence_is_the_same_answer() -> None:
    text = "過去の入電実績から呼量を予測し、シフトを作成した。"
    (whole,), (bare,) = (CLASSIFIER.classify([text], max_error=0.01, evidence=wanted) for wanted in (True, False))
    assert whole.evidence
    assert bare == replace(whole, evidence=())

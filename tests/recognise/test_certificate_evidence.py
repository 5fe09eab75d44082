import numpy as np
import pytest

from pipeline.drawing.looks import Look
from pipeline.recognise.certificate import open_certificate_reader
from pipeline.recognise.certificate.evidence import is_certificate, is_other_sheet, is_title, may_be_certificate, names_issuer
from pipeline.recognise.engine import open_engine
from pipeline.settings import Settings
from tests.recognise.certificates import cleaned, invented
from tests.recognise.foreign_certificates import ABOUT_OURS, OTHER_BODIES

OURS = ["合格証明書", "コンタクトセンター検定試験"]
LABELS = {"name", "pass_number", "issue_date", "score"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("合　格　証　明　書", True),
        ("（試験結果レポート）", True),
        ("プロフェッショナル試験　試験結果レポート", True),
        ("CERTIFICATEOFPASSING", True),
        ("合格証明書の写しを同封してください", False),
    ],
)
def test_titles(text: str, expected: bool) -> None:  # noqa: FBT001
    assert is_title(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一般社団法人 日本コンタクトセンター教育検定協会", True),
        ("一般社団法人口木コンククトセンター教育検定協会", True),
        ("コン検プロフェッショナル資格検定試験", True),
        ("パソコン検定試験", False),
        ("一般社団法人日本コンタクトセンター協会", False),
        ("検定コンタクトセンター", False),
        ("電話応対技能検定", False),
    ],
)
def test_our_name_and_names_like_it(text: str, expected: bool) -> None:  # noqa: FBT001
    assert names_issuer(text) == expected


def test_titles_of_other_papers() -> None:
    assert is_other_sheet("　資格認定申請書") and is_other_sheet("受　験　票") and not is_other_sheet("合格証明書")


@pytest.mark.parametrize(
    ("texts", "labels", "expected"),
    [
        (OURS, LABELS, True),
        (OURS[1:], LABELS, True),
        (OURS[1:], LABELS - {"pass_number"} | {"exam"}, False),
        (OURS[:1], LABELS, False),
        (OURS, {"name", "candidate_id", "exam", "exam_date"}, False),
        (OURS, {"name", "pass_number", "-", "+"}, False),
        ([*OURS, "受験票"], LABELS, False),
        ([*OURS, "フリガナ", "郵便番号", "勤務先"], LABELS, False),
    ],
)
def test_what_makes_a_certificate_of_ours(texts: list[str], labels: set[str], expected: bool) -> None:  # noqa: FBT001
    assert is_certificate(texts, labels) == expected


def test_the_head_tells_whether_the_rest_is_worth_reading() -> None:
    assert may_be_certificate(["コンタクトセンター検定"]) and may_be_certificate(["受験番号", "氏名：近藤さくら"])
    assert not may_be_certificate(["氏名"]) and not may_be_certificate(["合格証明書", "領収書"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["computing", "language", "telephone", "ticket"])
def test_a_certificate_of_another_examination_and_a_ticket_of_ours_go_to_a_person(name: str) -> None:
    rng = np.random.default_rng(4)
    page = cleaned({**OTHER_BODIES, **ABOUT_OURS}[name](invented(rng)).rgb(), Look(skew_deg=0.8, blur_mm=0.04, noise=1.5), rng)
    reading = open_certificate_reader(Settings(), open_engine()).read(page)
    assert (reading.is_certificate, reading.fields) == (False, ())

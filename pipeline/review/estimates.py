"""What another accepted error rate would make of the fields in the store: how many pass, how many wait, how many are wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.decide.texts import FAMILIES
from pipeline.recognise.calibration import Calibration
from pipeline.store.whatif import Band, Levels

RATES = (0.0002, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01)
"""Error rates that are estimated, beside the one that is set. None above 1 %: from there on readings pass whose confidence was capped
because something spoke against them (`decide.texts.FAINT_LIMIT`), and the store does not tell them from the others."""
FAMILY_NAMES = {
    "digits": "数字・番号・電話番号",
    "date": "日付・期間・月数",
    "kana": "フリガナ",
    "name": "氏名",
    "text": "文字（住所・勤務先など）",
    "multiline": "業務内容の文章",
    "latin": "英字・メールアドレス",
}
FIXED_NAMES = {
    "choice": "選択の印",
    "marks": "選択の印",
    "signature": "署名の有無",
    "seal": "印影の有無",
    "field": "業務分野の判定",
    "blank": "空欄という判定",
}
"""Kinds whose decision does not follow `max_error`."""


@dataclass(frozen=True)
class Part:
    """Fields of one sort under one error rate. `expected`: wrong ones among the accepted, by their confidences."""

    name: str
    accepted: int
    waiting: int
    expected: float


@dataclass(frozen=True)
class Estimate:
    """One error rate.

    Attributes:
        parts: by family, the largest first.
        upper: wrong ones among the accepted, at most, with 95 % confidence; None where the calibration cannot show that rate by count.
        counted: of the calibration's own readings, how many passed and how many of these were wrong; None as `upper`.
    """

    rate: float
    parts: tuple[Part, ...]
    upper: float | None
    counted: tuple[int, int] | None

    @property
    def accepted(self) -> int:
        """Fields nobody need look at."""
        return sum(part.accepted for part in self.parts)

    @property
    def waiting(self) -> int:
        """Fields a person looks at."""
        return sum(part.waiting for part in self.parts)

    @property
    def expected(self) -> float:
        """Wrong ones among the accepted."""
        return sum(part.expected for part in self.parts)


@dataclass(frozen=True)
class Estimates:
    """All error rates, strict to loose; `fixed`: sorts that are the same at all of them; `people`: fields that people have settled."""

    lines: tuple[Estimate, ...]
    fixed: tuple[Part, ...]
    people: int


def rates(current: float) -> tuple[float, ...]:
    """The rates estimated, strict to loose, the current one among them."""
    return tuple(sorted({*RATES, current}))


def levels(calibration: Calibration, current: float, second: str | None) -> Levels:
    """Kind -> its threshold at each of `rates`."""
    by_family = {family: [calibration.threshold(family, rate, second) for rate in rates(current)] for family in FAMILY_NAMES}
    return {kind: by_family[family] for kind, family in FAMILIES.items()}


def estimates(bands: Sequence[Band], calibration: Calibration, current: float, second: str | None) -> Estimates:
    """`bands`: counted with `levels` of the same calibration and current rate."""
    asked = rates(current)
    now = asked.index(current)
    machine = [band for band in bands if not band.person]
    moving = [band for band in machine if band.level >= 0 and band.decision != "blank"]
    lines = tuple(_estimate(moving, calibration, rate, place, now, second) for place, rate in enumerate(asked))
    still = [band for band in machine if band.level < 0 or band.decision == "blank"]
    fixed = _parts(still, _fixed_name, lambda band: band.decision != "review")
    return Estimates(lines, fixed, sum(band.fields for band in bands if band.person))


def _fixed_name(band: Band) -> str:
    kind = "blank" if band.decision == "blank" else band.kind
    return FIXED_NAMES.get(kind, kind)


def _estimate(moving: Sequence[Band], calibration: Calibration, rate: float, place: int, now: int, second: str | None) -> Estimate:
    parts = _parts(moving, lambda band: FAMILY_NAMES[FAMILIES[band.kind]], lambda band: _passes(band, place, now))
    accepted = sum(part.accepted for part in parts)
    step = calibration.shown(rate, second)
    return Estimate(rate, parts, None if step is None else rate * accepted, None if step is None else (step.accepted, step.wrong))


def _passes(band: Band, place: int, now: int) -> bool:
    """What passes now passes while its confidence suffices; what waits passes only if its confidence is what is missing now."""
    if band.decision == "accept":
        return band.level <= place
    return band.liftable and now < band.level <= place


def _parts(bands: Iterable[Band], name: Callable[[Band], str], passes: Callable[[Band], bool]) -> tuple[Part, ...]:
    found: dict[str, list[Band]] = {}
    for band in bands:
        found.setdefault(name(band), []).append(band)
    parts = [_part(each, some, passes) for each, some in found.items()]
    return tuple(sorted(parts, key=lambda part: (-part.accepted - part.waiting, part.name)))


def _part(name: str, bands: Sequence[Band], passes: Callable[[Band], bool]) -> Part:
    good = [band for band in bands if passes(band)]
    accepted = sum(band.fields for band in good)
    return Part(name, accepted, sum(band.fields for band in bands) - accepted, sum(band.doubt for band in good))

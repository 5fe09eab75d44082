"""From features of a reading to the probability that it is right, and the threshold an accepted error rate asks for."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scipy.stats import beta

from pipeline.errors import EngineError

FILE = Path(__file__).parent / "calibration.json"
CERTAINTY = 0.95
"""One-sided confidence of the bound on the accepted error rate."""
MOST_CONFIDENT = 0.99999
"""No reading is said to be surer than this: nobody drew enough pages to prove more."""
VIEWED = "+"
"""Suffix of the models of readings that were seen a second time by the first reader."""
SECONDS = ("second", "stock")
"""Features of second readers (Tesseract, the model as it was shipped): "+second" is the suffix of models and steps that know one."""
ASKED = {"second": frozenset({"kana", "text", "multiline"})}
"""Families about which a second reader is asked; all, where it is not named here. At 0.1 % Tesseract lifts kana from 49 to 60 % and text
from 57 to 70 % accepted, dates, digits and names by less than half a percent (python -m benchmarks.error_rates)."""
LEAST_ODDS = 3.0
"""Log odds, and lead over the next candidate, of the first reading below which no second opinion makes it surer: who agrees with a guess
has mostly guessed alike. Of calibration readings below it with which a second view agreed 57 of 255 were wrong, above it 16 of 1,952."""
MOST_DOUBT = 10.0
"""No field passes that by itself is more than this many times as likely to be wrong as the share the office accepts."""
ALLOWED_AT_START = 2
"""Wrong readings that the first set tried may hold where there are readings enough: with none allowed a single odd one would close the
door for good."""
WIDER = 1.2
"""Where the wanted error rate cannot be shown, rates each this many times the one before are tried."""


@dataclass(frozen=True)
class Model:
    """Logistic regression of one family of kinds: probability = 1 / (1 + exp(-(bias + weights . features)))."""

    bias: float
    weights: dict[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        """Probability that the reading is right; a feature that is not there counts as 0."""
        score = self.bias + sum(weight * features.get(name, 0.0) for name, weight in self.weights.items())
        return min(1 / (1 + math.exp(-max(min(score, 50.0), -50.0))), MOST_CONFIDENT)


@dataclass(frozen=True)
class Step:
    """Of readings by models that had not seen them, how many fields became at least this confident, and how many of those were wrong."""

    confidence: float
    accepted: int
    wrong: int


@dataclass(frozen=True)
class Calibration:
    """What `calibrate` found.

    Attributes:
        models: family -> model of a single reading; "<family>+" = when it was seen a second time; "<family>+second", "<family>+stock" =
            when that second reader was asked as well.
        steps: family -> steps of falling confidence, second views asked; "all" pools the families; with the same suffixes as the models.
        provenance: what it was fitted on, for people.
    """

    models: dict[str, Model]
    steps: dict[str, tuple[Step, ...]]
    provenance: dict[str, str | int | float]

    def probability(self, family: str, features: Mapping[str, float], *, asked: bool) -> float:
        """Probability that a reading is right; `asked`: second opinions are among the features."""
        first = self.models[family].probability(features)
        if not asked:
            return first
        suffixes = (*(VIEWED + name for name in SECONDS if name in features), VIEWED)
        model = next((self.models[family + suffix] for suffix in suffixes if family + suffix in self.models), None)
        lifted = first if model is None else model.probability(features)
        lead = min(features.get("odds", LEAST_ODDS), features.get("margin", LEAST_ODDS))
        return lifted if lead >= LEAST_ODDS else min(first, lifted)

    def threshold(self, family: str, max_error: float, second: str | None = None) -> float:
        """Confidence from which on at most `max_error` of the accepted readings are wrong.

        Shown by the readings of all families together, one-sided at CERTAINTY, as far down as a test in fixed order goes
        (`_shown`), and raised for a family whose own readings speak against it (`_own`). Never below 1 - MOST_DOUBT * max_error.
        Where the readings do not suffice to show `max_error`, the doubt allowed is that of the strictest rate they do show, scaled
        down in proportion: an extrapolation, `is_shown` tells. Above 1 when nothing at all can be shown.

        Args:
            family: as in `decide.FAMILIES`.
            max_error: share of accepted readings that may be wrong.
            second: one of SECONDS when that reader is asked, too.
        """
        suffix = "" if second is None else VIEWED + second
        own, pooled = (self.steps.get(name + suffix) or self.steps.get(name, ()) for name in (family, "all"))
        return _threshold(own, pooled, max_error)

    def is_shown(self, max_error: float, second: str | None = None) -> bool:
        """Whether `max_error` is shown by count and not extrapolated."""
        return self.shown(max_error, second) is not None

    def shown(self, max_error: float, second: str | None = None) -> Step | None:
        """The readings by which `max_error` is shown; None where it is extrapolated."""
        suffix = "" if second is None else VIEWED + second
        return _shown(self.steps.get("all" + suffix) or self.steps.get("all", ()), max_error)


@cache
def _threshold(own: tuple[Step, ...], pooled: tuple[Step, ...], max_error: float) -> float:
    rate, level = max_error, None
    while level is None and rate < 1:
        level = _shown(pooled, rate)
        rate = rate if level is not None else rate * WIDER
    if level is None:
        return 1.0
    threshold = max(1 - (1 - level.confidence) * max_error / rate, 1 - MOST_DOUBT * max_error)
    return _own(own, level.wrong / level.accepted * max_error / rate, threshold, max_error)


def _shown(steps: Sequence[Step], max_error: float) -> Step | None:
    """The last of the steps, tried from strict to loose, before the first whose one-sided bound lies above `max_error`.

    Trying fixed sets in a fixed order and stopping at the first failure keeps CERTAINTY for the one chosen (fixed-sequence testing, as in
    "Learn then Test", Angelopoulos et al. 2021); taking the loosest that passes would not. The steps' confidences are fixed in
    advance, and where the trying begins follows from how many readings stand above them alone, not from which are wrong.
    """
    tried = [step for step in steps if step.confidence >= 1 - MOST_DOUBT * max_error]
    most = max((step.accepted for step in tried), default=0)
    allowed = next((wrong for wrong in range(ALLOWED_AT_START, -1, -1) if upper_bound(wrong, most) <= max_error), None)
    if allowed is None:
        return None
    found = None
    for step in tried:
        if upper_bound(allowed, step.accepted) > max_error:
            continue
        if upper_bound(step.wrong, step.accepted) > max_error:
            break
        found = step
    return found


def _own(steps: Sequence[Step], rate: float, threshold: float, max_error: float) -> float:
    """`threshold`, or the next step above it at which the family's error rate, shrunk towards the common `rate`, is `max_error`.

    Shrunk by as many readings at the common rate as hold one wrong one at `max_error`: few readings of a family without an error prove
    nothing for it, and one error among few is no proof against it.
    """
    weight = 1 / max_error
    below = [step for step in steps if step.confidence <= threshold][:1]
    above = [step for step in steps if step.confidence > threshold]
    for step in (*below, *reversed(above)):
        if (step.wrong + weight * rate) / (step.accepted + weight) <= max_error:
            return max(threshold, step.confidence)
    return 1.0 if steps else threshold


def is_asked(second: str, family: str) -> bool:
    """Whether that second reader is asked about readings of that family."""
    return second not in ASKED or family in ASKED[second]


def upper_bound(wrong: int, total: int, certainty: float = CERTAINTY) -> float:
    """One-sided upper bound of an error rate after `wrong` errors in `total` trials (Clopper and Pearson 1934)."""
    if total <= wrong:
        return 1.0
    return float(beta.ppf(certainty, wrong + 1, total - wrong))


@cache
def load_calibration(path: Path = FILE) -> Calibration:
    """Read a calibration. Raises EngineError when it is missing or not one."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        models = {name: Model(float(entry["bias"]), dict(entry["weights"])) for name, entry in data["models"].items()}
        steps = {name: tuple(Step(float(c), int(n), int(w)) for c, n, w in rows) for name, rows in data["steps"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise EngineError("信頼度の較正ファイルが読めません。intake calibrate で作り直してください。") from exc
    return Calibration(models, steps, dict(data.get("provenance", {})))


def save_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration as JSON that people can read."""
    data = {
        "provenance": calibration.provenance,
        "models": {name: {"bias": model.bias, "weights": model.weights} for name, model in calibration.models.items()},
        "steps": {name: [[step.confidence, step.accepted, step.wrong] for step in steps] for name, steps in calibration.steps.items()},
    }
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

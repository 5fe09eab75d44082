"""From features of a reading to the probability that it is right, and the threshold an accepted error rate asks for."""

from __future__ import annotations

import json
import math
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


@dataclass(frozen=True)
class Model:
    """Logistic regression of one family of kinds: probability = 1 / (1 + exp(-(bias + weights . features)))."""

    bias: float
    weights: dict[str, float]

    def probability(self, features: dict[str, float]) -> float:
        """Probability that the reading is right; a feature that is not there counts as 0."""
        score = self.bias + sum(weight * features.get(name, 0.0) for name, weight in self.weights.items())
        return min(1 / (1 + math.exp(-max(min(score, 50.0), -50.0))), MOST_CONFIDENT)


@dataclass(frozen=True)
class Step:
    """Of the calibration's readings, how many were at least this confident, and how many of those were wrong."""

    confidence: float
    accepted: int
    wrong: int


@dataclass(frozen=True)
class Calibration:
    """What `calibrate` found.

    Attributes:
        models: family -> model of a single reading; "<family>+" = model when second opinions were asked.
        steps: family -> steps of falling confidence; "all" pools the families.
        provenance: what it was fitted on, for people.
    """

    models: dict[str, Model]
    steps: dict[str, tuple[Step, ...]]
    provenance: dict[str, str | int | float]

    def probability(self, family: str, features: dict[str, float], *, asked: bool) -> float:
        """Probability that a reading is right; `asked`: second opinions are among the features."""
        model = self.models.get(f"{family}+" if asked else family) or self.models[family]
        return model.probability(features)

    def threshold(self, family: str, max_error: float) -> float:
        """Confidence from which on at most `max_error` of the accepted readings are wrong.

        By the family's own readings where they suffice for the bound, else by the pooled ones, and never below 1 - 10 * max_error;
        where even these do not suffice, only what is clearly more confident than every wrong reading of the calibration.
        """
        return _threshold(self.steps.get(family, ()), self.steps.get("all", ()), max_error)


@cache
def _threshold(own: tuple[Step, ...], pooled: tuple[Step, ...], max_error: float) -> float:
    for steps in (own, pooled):
        proven = [step.confidence for step in steps if upper_bound(step.wrong, step.accepted) <= max_error]
        if proven:
            return max(min(proven), 1 - 10 * max_error)
    fault = max((step.confidence for steps in (own, pooled) for step in steps if step.wrong), default=0.0)
    return max(1 - 5 * max_error, 1 - (1 - fault) / 2)


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

"""Ten texts for each cue that belongs to two fields, with the answer and its evidence: `python benchmarks/confusable_cues.py`.

To be read by a person; × marks an answer that differs from the label, "a" one that is accepted.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.experience.classify import load_classifier
from pipeline.experience.explain import marked
from pipeline.settings import Settings

TEXTS = Path(__file__).with_suffix(".tsv")


def main() -> None:
    lines = [line.split("\t") for line in TEXTS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    answers = load_classifier().classify([line[3] for line in lines], max_error=Settings().max_error_fields)
    right, cue = Counter[str](), ""
    for (name, field, also, text), answer in zip(lines, answers, strict=True):
        if name != cue:
            print(f"\n## {name}")
            cue = name
        right["main"] += answer.main == field
        right["accepted"] += answer.decision == "accept"
        right["accepted wrong"] += answer.decision == "accept" and answer.main != field
        right["further"] += bool(also) and also in answer.also
        verdict = "    " if answer.main == field else " ×  "
        said = ",".join((answer.main, *answer.also))
        taken = "a" if answer.decision == "accept" else " "
        print(f"{verdict}{taken} {field}{'+' + also if also else '':4} -> {said:9} {marked(text, answer.evidence)}")
    print(f"\nmain right {right['main']} of {len(lines)}, accepted {right['accepted']}, of them wrong {right['accepted wrong']}", end="; ")
    print(f"further fields found {right['further']} of {sum(bool(line[2]) for line in lines)}")


if __name__ == "__main__":
    main()

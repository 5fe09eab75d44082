"""What deciding a packet's sheets together saves, and whether it ever gives one person's sheet the value of another person.

Run: python -m benchmarks.joint FOLDER [--max-error E]     (FOLDER: drawn and read once, the sheets kept there for later runs)

Pairs of people who are easily confused: numbers one digit apart (digits that look alike), 髙橋 and 高橋, ヒロシ and ヒロミ. Each has a
whole packet of five sheets, by hand and by word processor, on office paper, photocopied and faxed. "Mixed" are packets into which one
or two sheets of the neighbour were put by force; what grouping makes of the same stack is counted apart.
"""

from __future__ import annotations

import argparse
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_THREAD_LIMIT"):
    os.environ.setdefault(name, "1")

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from pathlib import Path

import numpy as np

from pipeline.checks import check
from pipeline.drawing import fonts
from pipeline.drawing.case import draw_case, parse_case
from pipeline.drawing.packets import invent_applicant, packet
from pipeline.forms import load_library
from pipeline.ingest import open_scan
from pipeline.packet import Packet, PacketSheet, assemble, decide_together
from pipeline.packet.belief import number_key
from pipeline.packet.together import kana_key
from pipeline.run import open_kit, process_scan
from pipeline.settings import Settings
from pipeline.sheet import FieldValue, Sheet, sheet_from_json, sheet_to_json

SEED = 96_000
DPI = 300
ARRIVED = date(2026, 11, 10)
PAIRS = (
    (("髙橋 花子", "タカハシ ハナコ"), ("高橋 花子", "タカハシ ハナコ"), "yusei", "office"),
    (("田中 浩", "タナカ ヒロシ"), ("田中 浩美", "タナカ ヒロミ"), "yusei", "fax"),
    (("渡邊 真一", "ワタナベ シンイチ"), ("渡邉 真二", "ワタナベ シンジ"), "klee", "copy"),
    (("斎藤 裕子", "サイトウ ユウコ"), ("斉藤 祐子", "サイトウ ユウコ"), "kiloji", "fax"),
    (("大田 圭", "オオタ ケイ"), ("太田 佳", "オオタ ケイ"), "mincho", "fax"),
    (("山崎 建", "ヤマザキ ケン"), ("山﨑 健", "ヤマサキ ケン"), "seto", "copy"),
)
LOOKALIKES = {"0": "6", "1": "7", "2": "3", "3": "8", "4": "9", "5": "6", "6": "0", "7": "1", "8": "3", "9": "4"}
SHARED = ("pass_number", "name", "applicant_name", "name_kana", "transfer_name_kana")


@dataclass(frozen=True)
class Person:
    """One of a pair: sheets as read, and what each says, by sheet and field."""

    sheets: tuple[Sheet, ...]
    truth: tuple[Mapping[str, str], ...]


def neighbour_of(number: str, rng: np.random.Generator) -> str:
    """The number with one digit replaced by one that looks like it."""
    place = int(rng.integers(6, 10))
    return number[:place] + LOOKALIKES[number[place]] + number[place + 1 :]


def draw(folder: Path, number: int) -> None:
    """Both packets of a pair, unless they are there."""
    *people, font, paper = PAIRS[number]
    rng = np.random.default_rng([SEED, number])
    pass_number = invent_applicant(rng).pass_number
    for side, ((name, kana), own) in enumerate(zip(people, (pass_number, neighbour_of(pass_number, rng)), strict=True)):
        out = folder / f"{number:02d}-{font}-{paper}-{'ab'[side]}"
        if (out / "truth.json").is_file():
            continue
        applicant = invent_applicant(rng)
        applicant = replace(applicant, pass_number=own, person=replace(applicant.person, name=name, kana=kana))
        pages = [{"form": form, "fields": said, "name": name, "file": "scan.pdf"} for form, said in packet(applicant).sheets]
        hand = 0.5 if font in fonts.HAND_FONTS else 0.0
        library, seed = load_library(Settings().templates), SEED + 10 * number + side
        file = fonts.font_file(font)
        draw_case(parse_case({"pages": pages}), out=out, font=file, hand=hand, paper=paper, seed=seed, dpi=DPI, library=library)


def read(folder: Path) -> list[Person]:
    """Every packet, two and two; what was read before is taken from its file."""
    kit = None
    people = []
    for out in sorted(path.parent for path in folder.rglob("truth.json")):
        kept = out / "sheets.json"
        if not kept.is_file():
            kit = kit or open_kit(Settings(second_reader="none"))
            sheets = list(process_scan(kit, open_scan(out / "scan.pdf", kit.settings.limits, received=ARRIVED)))
            kept.write_text(json.dumps([sheet_to_json(sheet) for sheet in sheets], ensure_ascii=False), encoding="utf-8")
        truth = json.loads((out / "truth.json").read_text(encoding="utf-8"))["pages"]
        sheets = [sheet_from_json(entry) for entry in json.loads(kept.read_text(encoding="utf-8"))]
        people.append(Person(tuple(sheets), tuple({key: str(value) for key, value in page["fields"].items()} for page in truth)))
    return people


Entry = tuple[Sheet, Mapping[str, str]]


def entries(person: Person) -> list[Entry]:
    """The sheets that were told, with what they say."""
    return [(sheet, said) for sheet, said in zip(person.sheets, person.truth, strict=True) if sheet.sheet is not None]


def forced(sides: list[Entry]) -> Packet:
    """All of them in one packet, whosever they are."""
    return Packet("k", ARRIVED, None, None, tuple(PacketSheet("5c" * 32, sheet) for sheet, _ in sides), ())


def shared(packet_: Packet, sides: list[Entry]) -> Iterator[tuple[FieldValue, str]]:
    """The fields that are decided together, each with its truth."""
    for side, (_, said) in zip(packet_.sheets, sides, strict=True):
        yield from ((value, said[value.name]) for value in side.sheet.fields if value.name in SHARED and value.name in said)


def written_alike(value: FieldValue, truth: str) -> bool:
    """Whether an accepted value is what was written; kanji variants count."""
    if value.name == "pass_number":
        return str(value.value) == number_key(truth)
    if "kana" in value.name:
        return kana_key(str(value.value)) == kana_key(truth)
    return str(value.value).replace(" ", "").replace("　", "") == truth.replace(" ", "")


@dataclass
class Counts:
    """Of fields decided together."""

    fields: int = 0
    before: int = 0
    after: int = 0
    wrong_before: int = 0
    wrong_after: int = 0
    sent: int = 0

    def add(self, sides: list[Entry], max_error: float) -> list[str]:
        """Decide and count; returns what became wrong."""
        plain = forced(sides)
        decided = decide_together(plain, max_error=max_error)
        said = []
        for (first, truth), (last, _) in zip(shared(plain, sides), shared(decided, sides), strict=True):
            self.fields += first.decision != "blank"
            self.before += first.decision == "review"
            self.after += last.decision == "review"
            self.sent += first.decision == "accept" and last.decision == "review"
            self.wrong_before += first.decision == "accept" and not written_alike(first, truth)
            wrong = last.decision == "accept" and not written_alike(last, truth)
            self.wrong_after += wrong
            if wrong and (first.decision != "accept" or written_alike(first, truth)):
                said.append(f"  {last.name}: {truth!r} became {last.value!r} ({first.confidence:.4f} {first.reason})")
        return said

    def show(self, title: str) -> None:
        """One row."""
        waiting = f"waiting {self.before:4d} -> {self.after:4d} of {self.fields:4d} ({self.sent} sent to a person anew)"
        print(f"{title:34s}{waiting}   accepted wrong {self.wrong_before} -> {self.wrong_after}")


def mixed(mine: list[Entry], theirs: list[Entry], number: int) -> Iterator[list[Entry]]:
    """The packet with `number` of its sheets replaced by the neighbour's."""
    other = {sheet.sheet: (sheet, said) for sheet, said in theirs}
    for places in combinations(range(len(mine)), number):
        if all(mine[place][0].sheet in other for place in places):
            yield [other[sheet.sheet] if place in places else (sheet, said) for place, (sheet, said) in enumerate(mine)]


def grouped(mine: list[Entry], theirs: list[Entry], settings: Settings) -> tuple[int, int, int]:
    """Stacks with one sheet exchanged; packets that use sheets of both without a finding of the grouping; those the rules call complete."""
    stacks = together = complete = 0
    own = {id(sheet) for sheet, _ in mine}
    for sides in mixed(mine, theirs, 1):
        stacks += 1
        pages = [PacketSheet("5c" * 32, replace(sheet, page=page)) for page, (sheet, _) in enumerate(sides, start=1)]
        whose = {page: id(sheet) in own for page, (sheet, _) in enumerate(sides, start=1)}
        for found in assemble(pages, received=ARRIVED, same_paper=lambda one, two: one == two and bool(one))[0]:
            both = len({whose[side.sheet.page] for side in found.used()}) == 2
            if both and not any(finding.severity == "review" for finding in found.findings):
                together += 1
                verdict = check(decide_together(found, max_error=settings.max_error), settings.rules)
                complete += verdict.name == "complete"
    return stacks, together, complete


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--max-error", type=float, default=Settings().max_error)
    asked = parser.parse_args()
    for number in range(len(PAIRS)):
        draw(asked.folder, number)
    people = read(asked.folder)
    pairs = [(entries(one), entries(two)) for one, two in zip(people[::2], people[1::2], strict=True)]
    whole, one, two = Counts(), Counts(), Counts()
    faults: list[str] = []
    stacks = together = complete = 0
    settings = Settings(max_error=asked.max_error)
    for pair in pairs:
        for mine, theirs in (pair, pair[::-1]):
            faults += whole.add(mine, asked.max_error)
            for counts, number in ((one, 1), (two, 2)):
                for sides in mixed(mine, theirs, number):
                    faults += counts.add(sides, asked.max_error)
            found = grouped(mine, theirs, settings)
            stacks, together, complete = stacks + found[0], together + found[1], complete + found[2]
    whole.show("packets of one person")
    one.show("mixed: one sheet of the neighbour")
    two.show("mixed: two sheets")
    print(f"of {stacks} stacks with one sheet exchanged, grouping left {together} as one packet without a finding")
    print(f"of these the rules call complete: {complete}")
    print("\n".join(["turned into a wrong value:", *(faults or ["  none"])]))


if __name__ == "__main__":
    main()

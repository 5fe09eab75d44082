"""Draws the pages that `intake calibrate` is fitted to, apart from everything sample_scans are made of.

With the same fonts installed the bytes are the same each time. Stacks of one design lie in one folder, which is what the calibration
leaves out when it tests what it has found.

Usage: python -m scripts.make_calibration OUT [--packets N]

Every page has a person of its own, so that no name counts twice. The font files are none of the registry that sample_scans and the
benchmarks are drawn with, and none of those kept for acceptance; the seeds begin where no sample's do.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.drawing import fonts
from pipeline.drawing.case import draw_case, parse_case
from pipeline.drawing.packets import Applicant, invent_applicant, packet
from pipeline.errors import MissingOnMachine
from pipeline.forms import Library, load_library
from scripts.calibration_names import GIVEN_NAMES, SURNAMES


def words(text: str) -> tuple[str, ...]:
    """The words of a list written with spaces."""
    return tuple(text.split())


PROJECT = Path(__file__).resolve().parent.parent
SEED = 50_000
PACKETS = 60
"""About 80 readings a stack, and some 3,000 above the threshold without an error are needed to prove an error rate of 0.1 %."""
PRINT_FILES = ("BIZUDPGothic-Regular.ttf", "BIZUDPMincho-Regular.ttf", "VL-PGothic-Regular.ttf", "BIZUDGothic-Bold.ttf")
HAND_FILES = (
    "KleeOne-SemiBold.ttf", "kiloji_p.ttf", "kiloji_b.ttf", "kiloji_d.ttf", "setofont-ex.ttf", "YOzRNF.ttf", "YOzRNX90.ttf", "YOzBNF.ttf",
)  # fmt: skip
FEWEST_FONTS = 3
"""Of print and of hands: confidence that was fitted to one or two designs speaks for these only."""
HANDS = (0.0, 0.0, 0.0, 0.3, 0.5, 0.6)
PAPERS = ("office", "office", "office", "clean", "copy", "fax")
RESOLUTIONS = (200, 300, 300, 300, 400)
LAST_SHEETS = ("a", "c", "d", "b_continued")
LONG_CAREER = (14, 16, 9, 22, 11, 18, 26, 13)
"""Months of eight jobs: sheet B and its continuation."""
COMPANY_FORMS = (
    "株式会社{}{}", "{}{}株式会社", "有限会社{}{}", "㈱{}{}", "一般社団法人{}{}協会", "{}{}合同会社", "(株){}{}",
)  # fmt: skip
COMPANY_PLACES = words("東都 あおぞら みずほ野 日新 北陸 関東 第一 三栄 丸和 大成 新日本 ひまわり 富士見 中央 共立 昭栄 ABC NTS スター")
COMPANY_TRADES = words(
    "コールセンター カスタマー サポート テレサービス システム ソリューション マーケティング ホールディングス クリエイト プランニング "
    "エージェンシー リレーション パートナーズ テクノロジー フーズ トラベル リース ファイナンス"
)
DEPARTMENTS = words("人事部研修課 営業推進部 情報システム部 総務課 通販事業本部 東日本コールセンター オペレーション二課 CS推進室 IT企画室")
TITLES = words("シニアマネージャー トレーナー 係長 取締役 チームリーダー 管理者 QA担当 SV リーダー スーパーバイザー センター長")
BUILDINGS = (
    "", "新宿第二ビル8F", "パークタワーB-1205", "サンシャイン荘5号", "ロイヤルマンション301", "ニュー日吉ビル4階", "エクセル高円寺102",
)  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """How one stack of pages is written and scanned."""

    font: Path
    hand: float
    paper: str
    dpi: int
    plain: bool


def installed_files(names: tuple[str, ...]) -> list[Path]:
    """Those of the font files that are on this machine, in this order. MissingOnMachine when there are too few for a calibration."""
    found = [next((path for folder in fonts.FOLDERS for path in sorted(folder.rglob(name))), None) for name in names]
    there = [path for path in found if path is not None]
    if len(there) < FEWEST_FONTS:
        raise MissingOnMachine(f"較正用のフォントが足りません（{len(there)} 種類）。次から入れてください: {'、'.join(names)}")
    return there


def invent_desk(rng: np.random.Generator) -> Desk:
    """Any hand on any paper."""
    hand = float(rng.choice(HANDS))
    files = installed_files(HAND_FILES if hand else PRINT_FILES)
    font = files[int(rng.integers(len(files)))]
    return Desk(font, hand, str(rng.choice(PAPERS)), int(rng.choice(RESOLUTIONS)), bool(rng.random() < 0.5))


def full_name(rng: np.random.Generator) -> tuple[str, str]:
    """A name and its furigana."""
    chosen = [names[int(rng.integers(len(names)))] for names in (SURNAMES, GIVEN_NAMES)]
    return " ".join(name for name, _ in chosen), " ".join(kana for _, kana in chosen)


def with_other_words(applicant: Applicant, rng: np.random.Generator) -> Applicant:
    """The applicant under names, companies and titles the samples do not use."""

    def word(*lists: tuple[str, ...]) -> str:
        return "".join(str(rng.choice(words)) for words in lists)

    def company() -> str:
        return str(rng.choice(COMPANY_FORMS)).format(word(COMPANY_PLACES), word(COMPANY_TRADES))

    name, kana = full_name(rng)
    certifier_name, certifier_kana = full_name(rng)
    person = replace(
        applicant.person,
        name=name,
        kana=kana,
        building=word(BUILDINGS),
        department=word(DEPARTMENTS),
        employer=company(),
    )
    certifier = replace(
        applicant.certifier,
        name=certifier_name,
        kana=certifier_kana,
        department=word(DEPARTMENTS),
        employer=company(),
    )
    return replace(applicant, person=person, certifier=certifier, title=word(TITLES), superior=word(TITLES))


def page_of(sheet: str, desk: Desk, rng: np.random.Generator) -> dict[str, Any]:
    """One sheet of somebody's papers."""
    months = list(LONG_CAREER) if sheet == "b_continued" else None
    applicant = with_other_words(invent_applicant(rng, months), rng)
    form, fields = next((form, fields) for form, fields in packet(applicant).sheets if form == sheet)
    if sheet == "a" and rng.random() < 0.5:
        fields = {**fields, "former_name": SURNAMES[int(rng.integers(len(SURNAMES)))][0]}
    return {"form": f"{form}_plain" if desk.plain else form, "fields": fields, "name": applicant.person.name}


def about(packets: int) -> str:
    """What `intake calibrate` notes as the provenance."""
    return (
        f"scripts/make_calibration.py, {packets} stacks: sheets A to D in both variants, a person a page; word processor "
        f"({_installed(PRINT_FILES)}) and hands 0.3 to 0.6 ({_installed(HAND_FILES)}); papers clean, office, copy, fax; 200 to 400 dpi; "
        f"seeds from {SEED}"
    )


def _installed(names: tuple[str, ...]) -> str:
    return ", ".join(path.name for path in installed_files(names))


def design(font: Path) -> str:
    """What sister files of a font have in common: kiloji_b and kiloji_p are one hand, BIZUDGothic and BIZUDPGothic one print."""
    return re.split("[-_]", font.stem)[0].replace("BIZUDP", "BIZUD")


def draw_stack(number: int, out: Path, library: Library) -> int:
    """Draw stack `number` below its font's folder, unless it is there; returns its number of pages."""
    rng = np.random.default_rng([SEED, number])
    desk = invent_desk(rng)
    sheets = ("a", "b", "c", str(rng.choice(LAST_SHEETS)))
    pages = [{**page_of(sheet, desk, rng), "file": "scan.pdf", "writer": str(place)} for place, sheet in enumerate(sheets)]
    folder = out / design(desk.font) / f"{number:03d}"
    if (folder / "truth.json").is_file():
        return len(pages)
    draw_case(
        parse_case({"pages": pages}),
        out=folder,
        font=desk.font,
        hand=desk.hand,
        paper=desk.paper,
        seed=SEED + number,
        dpi=desk.dpi,
        library=library,
    )
    sys.stdout.write(f"{number:03d}: {desk.font.name} hand {desk.hand} {desk.paper} {desk.dpi} dpi\n")
    sys.stdout.flush()
    return len(pages)


def main() -> None:
    """Draw all stacks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--packets", type=int, default=PACKETS)
    asked = parser.parse_args()
    library = load_library(PROJECT / "form_templates")
    pages = sum(draw_stack(number, asked.out, library) for number in range(asked.packets))
    (asked.out / "about.txt").write_text(about(asked.packets) + "\n", encoding="utf-8")
    sys.stdout.write(f"{pages} pages\n")


if __name__ == "__main__":
    main()

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

from rich.console import Console

from pipeline.report import Status, render_status, status_json
from pipeline.report.words import LABELS, PACKET_STATES
from pipeline.sheet import Reason
from pipeline.store.counts import Counts, FindingState, LooseSide, PacketState, RefusedFile
from pipeline.store.packets import STATES

SOURCES = Path(__file__).resolve().parent.parent / "pipeline"
CODE = re.compile(r'[fF]inding\(\s*"([a-z_]+)",|PageRejected\(\s*"([a-z_]+)"|"([a-z]+(?:_[a-z]+)+)",\s*"(?:error|review)"')
DAY = date(2026, 11, 10)


def packet(state: str, *codes: str, doubts: tuple[str, ...] = ()) -> PacketState:
    findings = tuple(FindingState(code, "error", None, 1, None) for code in codes)
    return PacketState("0a1b2c3d4e5f6071-1", DAY, date(2026, 11, 17), "2024100123", state, "complete", 5, ("a" * 64,), findings, doubts)


STATUS = Status(
    packets=(
        packet("ready"),
        packet("deficient", "oath_unsigned", "sheet_missing_c", "oath_unsigned"),
        packet("review", doubts=("low_probability", "low_probability", "mark_doubt")),
    ),
    counts=Counts({"read": 3, "refused": 1}, {"read": 15, "failed": 1}, {"accept": 970, "review": 30}, {("field", "low_probability"): 30}),
    refused=(RefusedFile("申請 [1].pdf", "password", "パスワードで保護されています。"),),
)


def shown(status: Status) -> str:
    console = Console(file=io.StringIO(), width=160)
    console.print(render_status(status))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_mailroom_sees_what_each_packet_is_ready_for_or_lacks() -> None:
    text = shown(STATUS)
    for words in (
        "0a1b2c3d-1",
        "入金確認待ち",
        "書類はそろっています",
        "C上司・監督者の証明がない",
        "読み取りに確信が持てない（2 件）",
        "97.0%",
        "11/17",
    ):
        assert words in text
    assert text.count("Dに署名がない") == 1
    assert "処理に失敗 1 ページ" in text
    assert "申請 [1].pdf" in text


def test_of_the_pass_number_only_the_end_is_shown() -> None:
    assert "…0123" in shown(STATUS)
    assert "2024100123" not in shown(STATUS)


def with_blanks(*pages: tuple[str, int]) -> PacketState:
    blank = tuple(FindingState("page_blank", "info", scan, page, None) for scan, page in pages)
    return replace(packet("ready"), findings=blank, scans=tuple(dict.fromkeys(scan for scan, _ in pages)))


def test_blank_sides_are_shown_with_their_pages_and_never_left_out() -> None:
    one, two = with_blanks(("a" * 64, 4), ("a" * 64, 2)), with_blanks(("b" * 64, 1), ("c" * 64, 2))
    blank = LooseSide("d" * 64, "裏だけ.pdf", 3, ("page_blank",), ())
    loose = (blank, replace(blank, page=4, codes=("cover_sheet",), doubts=("cover_double",)))
    status = replace(STATUS, packets=(one, two), loose=loose)
    text = shown(status)
    for words in (
        "書類はそろっています", "白紙：2・4 ページ（2 面）", "白紙：bbbbbbbb の 1、cccccccc の 2 ページ（2 面）",
        "どの申請書類にも属さない面", "裏だけ.pdf", "確認：封筒仕切り票の重複",
    ):  # fmt: skip
        assert words in text
    document = json.loads(json.dumps(status_json(status)))
    assert [(each["code"], each["page"]) for each in document["packets"][0]["findings"]] == [("page_blank", 4), ("page_blank", 2)]
    assert [(each["page"], each["codes"], each["doubts"]) for each in document["loose_sides"]] == [
        (3, ["page_blank"], []),
        (4, ["cover_sheet"], ["cover_double"]),
    ]


def test_an_empty_store_says_so() -> None:
    assert "まだありません" in shown(Status((), Counts({}, {}, {}, {}), ()))


def test_json_holds_the_same() -> None:
    document = json.loads(json.dumps(status_json(STATUS)))
    assert [each["state"] for each in document["packets"]] == ["ready", "deficient", "review"]
    assert document["packets"][1]["lacks"] == ["oath_unsigned", "sheet_missing_c"]
    assert document["packets"][0]["received"] == "2026-11-10"
    assert document["queue"] == [{"kind": "field", "reason": "low_probability", "count": 30}]
    assert document["refused"][0]["code"] == "password"


def test_every_finding_every_reason_and_every_state_has_its_japanese_name() -> None:
    found = {next(filter(None, match)) for path in SOURCES.rglob("*.py") for match in CODE.findall(path.read_text(encoding="utf-8"))}
    codes = found | set(get_args(Reason)) | {f"sheet_missing_{kind}" for kind in ("a", "b", "c", "d", "certificate")}
    assert len(found) > 20
    assert codes - set(LABELS) == set()
    assert set(STATES) - set(PACKET_STATES) == {"dissolved"}

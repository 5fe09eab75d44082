"""Files on their way into the inbox."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.store.blobs import LEFT_SECONDS
from pipeline.store.inbox import NAME_BYTES, arrivals
from pipeline.store.incoming import Part, may_be_sent, safe_name, sweep_parts

NAMES = [
    ("束1.pdf", "束1.pdf"),
    ("../../etc/passwd", "passwd"),
    ("..\\..\\boot.pdf", "boot.pdf"),
    ("C:\\scan\\a.tif", "a.tif"),
    ("/abs/olute.png", "olute.png"),
    ("", "scan"),
    ("...", "scan"),
    (" . ", "scan"),
    ("../", "scan"),
    (".hidden.pdf", "hidden.pdf"),
    ("a\0b\r\n.pdf", "ab.pdf"),
    ("fdp.\u202egnp.pdf", "fdp.gnp.pdf"),
    ('a<b>:"|?*.pdf', "a_b______.pdf"),
    ("CON.pdf", "_CON.pdf"),
    ("a.pdf. ", "a.pdf"),
    ("か\u3099.pdf", "が.pdf"),
]


@pytest.mark.parametrize(("sent", "kept"), NAMES)
def test_a_name_that_any_folder_takes(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


@given(st.text(max_size=400))
def test_no_name_leads_out_of_the_folder_or_hides(sent: str) -> None:
    name = safe_name(sent)
    assert name == safe_name(name)
    assert name == Path(name).name and not name.startswith(".") and "\\" not in name
    assert 0 < len(name.encode()) <= NAME_BYTES
    assert name.isprintable()


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_name("申" * 200 + ".tiff")
    assert name.endswith("申.tiff")
    assert len(name.encode()) <= NAME_BYTES


@pytest.mark.parametrize("name", ["a.tif.json", "a.pdf.part", "a.crdownload", "Thumbs.db", "a.pdf~"])
def test_what_the_inbox_would_leave_lying_is_not_taken(name: str) -> None:
    assert not may_be_sent(safe_name(name))


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    part = Part(tmp_path / "inbox")
    part.write(b"first ")
    assert arrivals(tmp_path / "inbox") == []
    part.write(b"second")
    placed = part.place("束.pdf")
    part.drop()
    assert (placed.name, placed.read_bytes()) == ("束.pdf", b"first second")
    assert [path.name for path in (tmp_path / "inbox").iterdir()] == ["束.pdf"]
    assert placed.stat().st_mode & 0o077 == 0


def test_what_is_dropped_leaves_nothing(tmp_path: Path) -> None:
    part = Part(tmp_path)
    part.write(b"half")
    part.drop()
    assert list(tmp_path.iterdir()) == []


def test_no_file_is_ever_put_over_another_or_beside_the_day_of_another(tmp_path: Path) -> None:
    (tmp_path / "a (2).pdf.json").write_text('{"received": "2026-11-10"}')
    for content in (b"one", b"two", b"three"):
        part = Part(tmp_path)
        part.write(content)
        part.place("a.pdf")
    found = {path.name: path.read_bytes() for path in tmp_path.glob("*.pdf")}
    assert found == {"a.pdf": b"one", "a (3).pdf": b"two", "a (4).pdf": b"three"}


def test_a_folder_without_links_gets_a_name_that_nobody_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Path) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    (tmp_path / "a.pdf").write_bytes(b"old")
    part = Part(tmp_path)
    part.write(b"new")
    placed = part.place("a.pdf")
    assert placed.name.startswith("a-") and placed.suffix == ".pdf"
    assert (placed.read_bytes(), (tmp_path / "a.pdf").read_bytes()) == (b"new", b"old")
    assert len(list(tmp_path.iterdir())) == 2


def test_only_old_leftovers_are_swept(tmp_path: Path) -> None:
    old, new = Part(tmp_path), Part(tmp_path)
    left = sorted(tmp_path.iterdir())
    for path in left[:1]:
        os.utime(path, (path.stat().st_mtime - LEFT_SECONDS - 60,) * 2)
    sweep_parts(tmp_path)
    assert sorted(tmp_path.iterdir()) == left[1:]
    old.drop()
    new.drop()

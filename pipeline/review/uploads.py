"""Files out of a multipart body, piece by piece: nothing is held in memory, and nothing is written before the sender's token was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fastapi import HTTPException
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from pipeline.ingest import media_of
from pipeline.ingest.refusals import refusal
from pipeline.review.access import CSRF_FIELD, Visitor, hold_token
from pipeline.review.desk import Desk
from pipeline.store.audit import record
from pipeline.store.blobs import blob_path
from pipeline.store.incoming import UNNAMED, Part, may_be_sent, safe_name
from pipeline.store.scans import find_scan

FILES = "files"
HEAD_BYTES = 1024
"""What `ingest.media_of` looks at."""
TOKEN_BYTES = 256
"""More is no token of ours."""
BROKEN = "送信が途中で切れたか、内容を読み取れません。もう一度送ってください。"
NO_SCAN = "スキャンしたファイルではありません。PDF・TIFF・JPEG・PNG のファイルを選んでください。"
TOO_MANY = "一度に送れるのは {most} ファイルまでです。初めの {most} ファイルは受け付けました。残りは分けて送ってください。"
KNOWN = "同じ内容のファイルをすでに受け付けています。"
NO_ROOM = "保存できません（ディスクの空きか、受付フォルダーの権限を確認してください）。管理者に連絡してください。"
TAKEN = "受け付けました。"

Outcome = Literal["taken", "known", "refused"]


@dataclass(frozen=True)
class Sent:
    """What became of one file: the name it came under, and one sentence."""

    name: str
    outcome: Outcome
    message: str
    sha256: str = ""


class Receiver:
    """One body. Feed it from a thread; always `close` it.

    Args:
        boundary: of the body, from its content type.
        desk: where files go, what is too much, and what came before.
        visitor: who sends; a file is taken only after the token of their session.
        held: whether that came in a header and was held against them already.
    """

    def __init__(self, boundary: bytes, desk: Desk, visitor: Visitor, *, held: bool) -> None:
        self.sent: list[Sent] = []
        self._settings, self._store, self._visitor, self._held = desk.settings, desk.store, visitor, held
        self._header, self._value = b"", b""
        self._headers: dict[bytes, bytes] = {}
        self._field, self._text, self._is_file, self._name = "", b"", False, ""
        self._part: Part | None = None
        self._head, self._problem = b"", ""
        self._ended = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._open,
                    "on_part_data": self._data,
                    "on_part_end": self._finish,
                    "on_end": self._end,
                },
            )
        except FormParserError as exc:
            raise HTTPException(400, BROKEN) from exc

    def feed(self, piece: bytes) -> None:
        """The next bytes. Raises HTTPException: 400 for what is no form, 403 for a file before the right token."""
        try:
            self._parser.write(piece)
        except FormParserError as exc:
            raise HTTPException(400, BROKEN) from exc

    def finish(self) -> list[Sent]:
        """What became of each file, when all has come. Raises HTTPException 400 when it has not: files before the break are kept."""
        if not self._ended:
            raise HTTPException(400, BROKEN)
        self._require_token()
        return self.sent

    def close(self) -> None:
        """Leave nothing of a file that did not come to its end."""
        if self._part is not None:
            self._part.drop()
            self._part = None

    def _begin(self) -> None:
        self._headers, self._header, self._value = {}, b"", b""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header = self._value = b""

    def _open(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._field = options.get(b"name", b"").decode(errors="replace")
        self._text = self._head = b""
        self._is_file = b"filename" in options
        if self._is_file:
            self._require_token()
            if len(self.sent) >= (most := self._settings.desk.upload_files):
                raise HTTPException(413, TOO_MANY.format(most=most))
            self._name = _shown(options[b"filename"])
            self._problem = "" if may_be_sent(safe_name(self._name)) else NO_SCAN

    def _data(self, data: bytes, start: int, end: int) -> None:
        piece = data[start:end]
        if not self._is_file:
            self._text = (self._text + piece)[: TOKEN_BYTES + 1]
        elif not self._problem:
            try:
                self._problem = self._keep(piece)
            except OSError:
                self._problem = NO_ROOM
            if self._problem:
                self.close()

    def _keep(self, piece: bytes) -> str:
        """Write a piece; why no more of this file is wanted."""
        self._part = self._part or Part(self._settings.inbox_folder)
        self._part.write(piece)
        if self._part.size > self._settings.limits.file_bytes:
            return str(refusal("too_many_bytes", self._settings.limits))
        if len(self._head) < HEAD_BYTES:
            self._head = (self._head + piece)[:HEAD_BYTES]
            if len(self._head) == HEAD_BYTES and media_of(self._head) is None:
                return NO_SCAN
        return ""

    def _finish(self) -> None:
        if self._is_file:
            if self._name or self._part is not None:  # a form sends a file without name and content when nobody chose one
                self.sent.append(self._concluded())
            self.close()
        elif self._field == CSRF_FIELD and not self._held:
            hold_token(self._visitor, self._text.decode(errors="replace"))
            self._held = True

    def _concluded(self) -> Sent:
        name = self._name or UNNAMED
        if self._problem:
            return Sent(name, "refused", self._problem)
        if self._part is None:
            return Sent(name, "refused", str(refusal("empty", self._settings.limits)))
        if media_of(self._head) is None:
            return Sent(name, "refused", NO_SCAN)
        return self._placed(self._part, name)

    def _placed(self, part: Part, name: str) -> Sent:
        before = self._before(part.sha256)
        if before is not None:
            return Sent(name, *before, part.sha256)
        try:
            part.place(safe_name(name))
        except OSError:
            return Sent(name, "refused", NO_ROOM)
        with self._store.writing() as session:
            record(session, self._visitor.name, "scan_sent", scan=part.sha256)  # the name may be a person's
        return Sent(name, "taken", TAKEN, part.sha256)

    def _before(self, sha256: str) -> tuple[Outcome, str] | None:
        """What became of the same content when it came before; None when it is to be taken."""
        with self._store.reading() as session:
            row = find_scan(session, sha256)
            if row is not None and row.state == "refused":
                return "refused", row.refusal_message or NO_SCAN
            return ("known", KNOWN) if row is not None and blob_path(self._settings.blobs, sha256).exists() else None

    def _end(self) -> None:
        self._ended = True

    def _require_token(self) -> None:
        if not self._held:
            hold_token(self._visitor, "")


def boundary_of(content_type: str) -> bytes | None:
    """The boundary of a multipart form; None for any other body."""
    kind, options = parse_options_header(content_type)
    return options.get(b"boundary") if kind == b"multipart/form-data" else None


def _shown(sent: bytes) -> str:
    """A file's name as a person reads it back; browsers write quotes and line ends in it as %22, %0D and %0A."""
    text = sent.decode(errors="replace").replace("%22", '"').replace("%0D", " ").replace("%0A", " ")
    last = text.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in last if character.isprintable()).strip()

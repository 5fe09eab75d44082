"""CASE.json and truth.json: one structure, read strictly because people write it by hand.

A truth.json can be drawn again: what only a result can know (`scan_from_page`) is read and not used.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError, model_validator

from pipeline.drawing.files import SEVERAL_SIDES, SUFFIXES
from pipeline.drawing.looks import Mode, Preset
from pipeline.errors import WrongUsage

FieldTruth = StrictBool | StrictInt | StrictStr | list[StrictStr]
Share = Annotated[float, Field(ge=0, le=1)]
ForeignKind = Literal["letter", "bill", "survey", "other_form"]
SKEW_LIMIT = 20.0
"""Degrees; beyond it the sheet would leave the scan."""
SKEW = Annotated[float, Field(ge=-SKEW_LIMIT, le=SKEW_LIMIT)]
Scale = Annotated[float, Field(ge=0.8, le=1.2)]
PLAIN_NAME = r"^[^/\\]+\.(pdf|tiff?|jpe?g|png)$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PageCase(_Strict):
    """One side.

    Attributes:
        form: template id; None for a blank or foreign side, and for one that `repeats`.
        fields: what is written, keys as in the template; "" = left blank.
        foreign: True, or which kind of foreign sheet.
        repeats: number of an earlier side (from 1) of which this is the same paper, scanned once more.
        file, page: the file it goes to; `page` is counted anew.
        name: whose name signs and seals; None = the name in the fields or of the packet.
        writer: sides with the same word are written by the same hand; None = one hand a packet, another for sheet C.
        font: a registered font's name; hand, paper, dpi: as the arguments of `draw_case`, for this side only.
        struck: field -> wrong text that was written first and struck out.
        exif_turned: JPEG whose pixels lie on their side, with the tag that says so.
    """

    form: StrictStr | None = None
    fields: dict[str, FieldTruth] = Field(default_factory=dict)
    blank: bool = False
    foreign: StrictBool | ForeignKind = False
    repeats: Annotated[int, Field(ge=1)] | None = None
    file: Annotated[str, Field(pattern=PLAIN_NAME)] | None = None
    page: Annotated[int, Field(ge=1)] | None = None
    scan_from_page: Annotated[list[float], Field(min_length=9, max_length=9)] | None = None
    rotation: Literal[0, 90, 180, 270] | None = None
    skew_deg: SKEW | None = None
    name: StrictStr | None = None
    writer: StrictStr | None = None
    font: StrictStr | None = None
    hand: Share | None = None
    ink: Literal["black", "blue", "pencil"] | None = None
    paper: Preset | None = None
    mode: Mode | None = None
    dpi: Annotated[int, Field(ge=100, le=600)] | None = None
    print_scale: tuple[Scale, Scale] | None = None
    generations: Annotated[int, Field(ge=0, le=4)] | None = None
    struck: dict[str, StrictStr] = Field(default_factory=dict)
    exif_turned: bool = False

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        said = sum((self.form is not None, self.blank, bool(self.foreign), self.repeats is not None))
        if said != 1:
            raise ValueError("form、blank、foreign、repeats のどれか1つだけを書いてください")
        if self.fields and self.form is None:
            raise ValueError("fields を書けるのは form のあるページだけです")
        unwritten = [name for name in self.struck if not self.fields.get(name)]
        if unwritten:
            raise ValueError(f"struck の「{unwritten[0]}」が fields にありません")
        return self


class PacketCase(_Strict):
    """One applicant's sheets; `pages` are places in the case's list of pages, from 1."""

    pages: list[Annotated[int, Field(ge=1)]]
    pass_number: StrictStr | None = None
    name: StrictStr | None = None
    verdict: Literal["complete", "deficient"] | None = None
    codes: list[StrictStr] = Field(default_factory=list)

    @model_validator(mode="after")
    def _verdict_fits(self) -> Self:
        if self.verdict and (self.verdict == "deficient") != bool(self.codes):
            raise ValueError("verdict は codes があるとき deficient、ないとき complete です")
        return self


class Case(_Strict):
    """Sides to draw, and what they make up together.

    Attributes:
        format: of the files where the pages name none.
    """

    pages: Annotated[list[PageCase], Field(min_length=1)]
    packets: list[PacketCase] = Field(default_factory=list)
    received: date | None = None
    format: Literal["png", "jpeg", "pdf", "tiff"] = "png"

    @model_validator(mode="after")
    def _numbers_exist(self) -> Self:
        beyond = [number for packet in self.packets for number in packet.pages if number > len(self.pages)]
        if beyond:
            raise ValueError(f"packets が指す {beyond[0]} ページ目はありません")
        if any(page.repeats is not None and page.repeats > place for place, page in enumerate(self.pages)):
            raise ValueError("repeats は前のページの番号を書いてください")
        return self

    @model_validator(mode="after")
    def _files_hold_their_pages(self) -> Self:
        named = [page.file for page in self.pages if page.file]
        if named and len(named) != len(self.pages):
            raise ValueError("file は全部のページに書くか、どこにも書かないでください")
        single = [name for name in named if SUFFIXES[PurePath(name).suffix.lower()] not in SEVERAL_SIDES and named.count(name) > 1]
        if single:
            raise ValueError(f"{single[0]} には1ページしか入りません")
        return self


def parse_case(data: Any) -> Case:
    """A case from what JSON held.

    Raises:
        WrongUsage: it says something a case cannot say; the sentence names the place.
    """
    try:
        return Case.model_validate(data)
    except ValidationError as exc:
        first = exc.errors()[0]
        place = ".".join(str(step) for step in first["loc"]) or "CASE"
        raise WrongUsage(f"CASE の {place} に誤りがあります: {first['msg'].removeprefix('Value error, ')}") from exc


def load_case(path: Path) -> Case:
    """The case in a JSON file; WrongUsage when there is none or it is no case."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise WrongUsage(f"CASE ファイル {path.name} を開けません。") from exc
    except ValueError as exc:
        raise WrongUsage(f"CASE ファイル {path.name} は JSON として読めません。") from exc
    return parse_case(data)

"""Templates from any blank PDF: `intake forms new`.

The recipe: the pages of the blank become references; the boxes come from a JSON list or are proposed from the rules of the page;
the folders are built and checked beside their place and only then moved there.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

import cv2

from pipeline.errors import IntakeError, WrongUsage
from pipeline.forms import FieldSpec, FormTemplate, load_template
from pipeline.forms_check import check_library
from pipeline.forms_new.blank import BlankPage, PrintReader, read_blank, write_page
from pipeline.forms_new.boxes import BoxEntry, as_field, boxes_json, read_boxes
from pipeline.forms_new.exchange import exchange
from pipeline.forms_new.propose import propose
from pipeline.forms_new.toml import template_toml
from pipeline.forms_preview import preview
from pipeline.settings import Limits

__all__ = ["How", "NewForms", "make_templates"]

FORM_ID = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
RESERVED = frozenset({"cover"})
"""Ids that say something else of a side: it is a separator sheet."""
MOST_PROBLEMS_SHOWN = 5


@dataclass(frozen=True)
class How:
    """How templates are made.

    Attributes:
        limits: what a page may cost.
        reader: reads the printed words where the PDF does not tell them, for the labels of proposed boxes.
        replace: whether templates of the same id give way; else they are kept and the call is refused.
    """

    limits: Limits
    reader: PrintReader | None = None
    replace: bool = False


@dataclass(frozen=True)
class NewForms:
    """What was written.

    Attributes:
        folders: one per page that has fields, in page order.
        without_fields: pages (from 1) that got no template because nothing is to be written there.
        proposal: the boxes that were proposed, to be edited; None when they were given.
        pictures: one per folder: the boxes and their names over the blank page.
        kinds: how many fields there are of each kind.
        fitted: pages of another size and the scale at which they were laid on A4.
    """

    folders: tuple[Path, ...]
    without_fields: tuple[int, ...]
    proposal: Path | None
    pictures: tuple[Path, ...]
    kinds: Mapping[str, int]
    fitted: tuple[tuple[int, float], ...] = ()


def make_templates(blank: Path, boxes: Path | None, form: str, out: Path, how: How) -> NewForms:
    """Write `out`/<form> (one page) or `out`/<form>_1, `out`/<form>_2 … from the blank PDF, and pictures of their boxes beside them.

    Args:
        blank: the empty form, drawn or scanned, A4 portrait; a drawn one of nearly its size (US Letter) is fitted on A4.
        boxes: JSON list of `boxes.BoxEntry`; None = propose them and write `out`/<form>_boxes.json too.
        form: id of the template.
        out: folder of templates; made when missing.
        how: limits, reader, and whether older ones are replaced.

    Raises:
        WrongUsage: the call, the blank or the boxes cannot become a template; nothing was written.
    """
    if not FORM_ID.fullmatch(form):
        raise WrongUsage(f"様式の ID「{form}」は使えません。英小文字・数字・下線だけの 40 字以内にしてください。")
    if form in RESERVED:
        raise WrongUsage(f"様式の ID「{form}」は封筒仕切り票に使っています。別の ID にしてください。")
    pages = read_blank(blank, how.limits, how.reader if boxes is None else None)
    given = None if boxes is None else read_boxes(boxes, len(pages))
    entries = [entry for page in pages for entry in propose(page)] if given is None else given
    if not entries:
        raise WrongUsage("記入欄が 1 つもありません。--boxes で記入欄の一覧を渡してください。")
    names = [form] if len(pages) == 1 else [f"{form}_{page.number}" for page in pages]
    proposal = out / f"{form}_boxes.json" if given is None else None
    targets = [*(out / name for name in names), *(out / _picture(name) for name in names), *([proposal] if proposal else [])]
    if not how.replace:
        _refuse_existing(targets)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=out) as scratch:
        made = _write_all(Path(scratch), names, pages, entries, blank)
        if proposal is not None:
            (Path(scratch) / proposal.name).write_text(boxes_json(entries), encoding="utf-8")
            made.append(Path(scratch) / proposal.name)
        exchange(made, [target for target in targets if target.exists()], out)
    return _told(pages, entries, targets, proposal)


def _told(pages: Sequence[BlankPage], entries: Sequence[BoxEntry], targets: Sequence[Path], proposal: Path | None) -> NewForms:
    filled = {entry.page for entry in entries}
    wanted = [page.number in filled for page in pages]
    return NewForms(
        folders=tuple(compress(targets, wanted)),
        without_fields=tuple(page.number for page in pages if page.number not in filled),
        proposal=proposal,
        pictures=tuple(compress(targets[len(pages) :], wanted)),
        kinds=Counter(entry.kind for entry in entries),
        fitted=tuple((page.number, page.fitted) for page in pages if page.fitted is not None),
    )


def _picture(name: str) -> str:
    return f"{name}_boxes.png"


def _refuse_existing(paths: Sequence[Path]) -> None:
    for path in paths:
        if path.exists():
            raise WrongUsage(f"{path} はもうあります。作り直すなら --replace を付けてください。残すなら別の ID にしてください。")


def _write_all(scratch: Path, names: Sequence[str], pages: Sequence[BlankPage], entries: Sequence[BoxEntry], blank: Path) -> list[Path]:
    """The folders of all pages with fields, sound by `check_library`, then their pictures."""
    made = []
    for name, page in zip(names, pages, strict=True):
        fields = tuple(as_field(entry) for entry in entries if entry.page == page.number)
        if fields:
            made.append(_write(scratch / name, page, fields, blank))
    problems = check_library(scratch)
    if problems:
        more = f"（ほか {len(problems) - MOST_PROBLEMS_SHOWN} 件）" if len(problems) > MOST_PROBLEMS_SHOWN else ""
        raise WrongUsage("記入欄の一覧に誤りがあります。" + "。".join(problems[:MOST_PROBLEMS_SHOWN]) + more)
    for folder in list(made):
        made.append(scratch / _picture(folder.name))
        cv2.imwrite(str(made[-1]), cv2.cvtColor(preview(load_template(folder), None), cv2.COLOR_RGB2BGR))
    return made


def _write(folder: Path, page: BlankPage, fields: tuple[FieldSpec, ...], blank: Path) -> Path:
    folder.mkdir()
    name = folder.name
    template = FormTemplate(
        id=name,
        sheet="other",
        title=page.title or name,
        version="1",
        variant="plain",
        variant_of=name,
        fixed=True,
        folder=folder,
        fields=fields,
    )
    (folder / "form.toml").write_text(template_toml(template), encoding="utf-8")
    if not cv2.imwrite(str(folder / "reference.png"), page.reference):
        raise WrongUsage(f"{folder.name} の reference.png を書き込めません。")
    write_page(blank, page.number, folder / "blank.pdf")
    try:
        load_template(folder)
    except IntakeError as exc:
        raise WrongUsage(f"記入欄の一覧からテンプレートを作れません。{exc}") from exc
    return folder

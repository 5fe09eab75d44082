"""The field of a row whose duties a person settled, made of the words that hold now by the model this home uses now.

Nothing of it is kept beside the row: it follows from what people last said, so taking a correction back brings the first answer back.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import replace

from pipeline.errors import IntakeError
from pipeline.experience.loaded import Remembered
from pipeline.settings import Settings
from pipeline.sheet import FieldValue, Sheet
from pipeline.store.judged import CLASSIFIED, DUTIES
from pipeline.store.readings import Again

log = logging.getLogger(__name__)


def reclassifier(settings: Settings) -> Again:
    """Classifies the rows of a sheet again whose duties people have the last word on, and whose field they have not."""

    def again(sheet: Sheet, said: Collection[str]) -> Sheet:
        rows = [name.removesuffix(DUTIES) for name in said if name.endswith(DUTIES)]
        stale = [row for row in rows if row + CLASSIFIED not in said]
        return _renewed(sheet, stale, settings) if stale else sheet

    return again


def warm_up(settings: Settings) -> None:
    """Load what `reclassifier` needs, so that nobody at the desk waits for it with the first correction."""
    try:
        _renewed(Sheet(0, None, None, None, (), (), ""), (), settings)
        Remembered(settings.home).classify(["業務"], max_error=settings.max_error_fields)
    except IntakeError as exc:
        log.warning("the classifier cannot be loaded: %s", type(exc).__name__)


def _renewed(sheet: Sheet, rows: Collection[str], settings: Settings) -> Sheet:
    from pipeline.decide.experience import classify_rows  # with what reads pages behind it: a second, for desks that need it only

    duties = [value for row in rows if (value := sheet.value(row + DUTIES)) is not None]
    made = {value.name: value for value in classify_rows(duties, Remembered(settings.home), settings.max_error_fields)}
    silent = [_without_words(sheet, each) for each in duties if not each.raw]
    made |= {value.name: value for value in silent if value is not None}
    kept = tuple(made.get(value.name, value) for value in sheet.fields)
    known = {value.name for value in kept}
    return replace(sheet, fields=(*kept, *(value for name, value in made.items() if name not in known)))


def _without_words(sheet: Sheet, duties: FieldValue) -> FieldValue | None:
    """Of a row whose duties turned out to be blank, or that nobody can read: no field, or the old answer as a doubt."""
    before = sheet.value(duties.name.removesuffix(DUTIES) + CLASSIFIED)
    if before is None:
        return None
    if duties.decision == "blank":
        return replace(before, raw="", value=None, problem=None, confidence=1.0, decision="blank", reason=None, candidates=())
    return replace(before, decision="review", reason="field_undecided") if before.decision == "accept" else before

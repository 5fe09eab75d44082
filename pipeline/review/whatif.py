"""What another accepted error rate would mean for the fields that are in the office now. It changes nothing."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from pipeline.review.access import TheDesk, Visitor, needs
from pipeline.store import Store
from pipeline.store.whatif import bands

if TYPE_CHECKING:
    from pipeline.review.estimates import Estimates

looking = needs("reviewer", "admin")
router = APIRouter(dependencies=[Depends(looking)])

KEPT_SECONDS = 60
Step = Annotated[int | None, Query(ge=0, le=99)]


@router.get("/queue/what-if")
def show_what_if(request: Request, desk: TheDesk, visitor: Annotated[Visitor, Depends(looking)], step: Step = None) -> Response:
    """All rates in a table; `step` is the place of the one that is looked at, the current one when none is given."""
    current = desk.settings.max_error
    found = _estimated(desk.store, current, desk.settings.second_reader, int(time.monotonic() // KEPT_SECONDS))
    rates = [line.rate for line in found.lines]
    place = rates.index(current) if step is None else min(step, len(rates) - 1)
    alone = bool(request.headers.get("hx-request"))
    return desk.page(
        "whatif_part.html" if alone else "whatif.html",
        visitor=visitor,
        found=found,
        chosen=found.lines[place],
        place=place,
        current=current,
        now=found.lines[rates.index(current)],
    )


@lru_cache(maxsize=1)
def _estimated(store: Store, current: float, second_reader: str, period: int) -> Estimates:
    """Counted anew in every period: at 100,000 fields it takes half a second, too long for each step of a slider."""
    # what reads pages stands behind these: a second of loading, which no other page of the desk needs
    from pipeline.decide.readers import SECOND_NAMES
    from pipeline.recognise.calibration import load_calibration
    from pipeline.review.estimates import estimates, levels

    del period
    calibration, second = load_calibration(), SECOND_NAMES.get(second_reader)
    with store.reading() as session:
        counted = bands(session, levels(calibration, current, second))
    return estimates(counted, calibration, current, second)

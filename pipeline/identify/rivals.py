"""Telling apart forms that print much alike: only what one prints and the other does not is asked.

Sheet B and its continuation share nine tenths of their print, a form with corner marks and the same form without them nearly all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import pixels
from pipeline.identify.anchors import WHITE, sight
from pipeline.identify.verify import VERIFY_PLAN, Look, Print

_SAME_MATCH = 0.8
"""Correlation from which another form prints the same piece in the same place; the same letters drawn half a pixel off reach 0.85."""
_SAME_REACH_MM = 1.5
"""Search around the same place; half of it still counts as the same place."""
_MIN_OWN = 3
"""Fewer pieces of its own than this do not speak for a form."""
_PRESENT = 0.6
_ABSENT = 0.3
"""Shares of a form's own pieces on the page: above the first it is there, below the second it is not, between them nobody knows."""


@dataclass(frozen=True)
class Own:
    """How much of what only the one form prints was found on the page: `share` 0 to 1 of `count` pieces."""

    share: float
    count: int

    @property
    def present(self) -> bool:
        """The pieces are there."""
        return self.count >= _MIN_OWN and self.share >= _PRESENT

    @property
    def absent(self) -> bool:
        """The pieces are not there, or there are none."""
        return self.count < _MIN_OWN or self.share <= _ABSENT


def own(look: Look, template: Print, other: Print) -> Own:
    """What `template` prints and `other` does not, on the page that `look` (a look for `template`) saw."""
    asked = _lacking(template, other) & look.seen
    return Own(float(look.found[asked].mean()) if asked.any() else 0.0, int(asked.sum()))


def beats(one: tuple[Look, Print], other: tuple[Look, Print]) -> bool:
    """Is the page certainly `one` and not `other`: what only `one` prints is there, what only `other` prints is not."""
    return own(*one, other[1]).present and own(*other, one[1]).absent


@lru_cache(maxsize=256)
def _lacking(one: Print, other: Print) -> NDArray[np.bool_]:
    picture = other.anchors.reference
    sighting = sight(picture, np.full_like(picture, WHITE), one.anchors, _SAME_REACH_MM)
    off = np.hypot(*(sighting.found - sighting.expected).T)
    same = (sighting.match > _SAME_MATCH) & (off < pixels(_SAME_REACH_MM, VERIFY_PLAN.dpi) / 2)
    return np.asarray(~same, np.bool_)

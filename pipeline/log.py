"""Logging to standard error. Messages carry ids, counts and codes; never names, numbers or texts from a form."""

from __future__ import annotations

import logging
import sys


def configure(level: str = "WARNING") -> None:
    """Send every logger to standard error at `level`, one line a record."""
    logging.basicConfig(level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)

"""For every test."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("busy machine", deadline=None)
"""Hypothesis fails an example that takes more than 200 ms by the wall clock: on a busy machine that says nothing about the code."""
settings.load_profile("busy machine")

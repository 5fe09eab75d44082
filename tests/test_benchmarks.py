"""Every benchmark can be started: they are run by hand, so nothing else would tell that one has lost what it imports."""

import importlib
from pathlib import Path

import pytest

BENCHMARKS = sorted(path.stem for path in (Path(__file__).parents[1] / "benchmarks").glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", BENCHMARKS)
def test_benchmark_is_whole(name: str) -> None:
    module = importlib.import_module(f"benchmarks.{name}")
    assert module.__doc__

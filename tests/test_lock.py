"""requirements.lock is installed with --no-deps, so it has to be complete: also on Pythons that this one is not."""

from __future__ import annotations

import importlib.metadata
import tomllib
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pipeline.settings import PROJECT

PYTHONS = ("3.11.0", "3.11.2", "3.11.9", "3.12.3", "3.13.1")
MACHINES = ("x86_64", "aarch64")
LEFT_OUT = {
    "rapidocr": {"colorlog", "omegaconf", "opencv-python-headless", "pyclipper", "shapely", "tqdm"},  # its models are used, not its code
    "openvino": {"openvino-telemetry"},  # optional: it would call home
}


def pinned() -> list[Requirement]:
    lines = (PROJECT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def environments() -> Iterator[dict[str, str]]:
    for python in PYTHONS:
        for machine in MACHINES:
            yield {
                "python_full_version": python,
                "python_version": ".".join(python.split(".")[:2]),
                "platform_machine": machine,
                "sys_platform": "linux",
                "platform_system": "Linux",
                "os_name": "posix",
                "platform_python_implementation": "CPython",
                "implementation_name": "cpython",
                "extra": "",
            }


@pytest.mark.parametrize("environment", list(environments()), ids=lambda env: f"{env['python_full_version']}-{env['platform_machine']}")
def test_everything_that_is_needed_is_pinned(environment: dict[str, str]) -> None:
    active = [line for line in pinned() if line.marker is None or line.marker.evaluate(environment)]
    names = {canonicalize_name(line.name) for line in active}
    missing = set()
    for line in active:
        try:
            needs = importlib.metadata.requires(line.name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # pinned for another Python than this one
        for need in map(Requirement, needs):
            wanted = need.marker is None or need.marker.evaluate(environment)
            name = canonicalize_name(need.name)
            if wanted and name not in names and name not in LEFT_OUT.get(canonicalize_name(line.name), set()):
                missing.add((line.name, name))
    assert missing == set()


def test_what_the_project_asks_for_is_pinned() -> None:
    names = {canonicalize_name(line.name) for line in pinned()}
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [Requirement(need) for need in (*project["dependencies"], *project["optional-dependencies"]["dev"])]
    assert [need.name for need in asked if canonicalize_name(need.name) not in names] == []

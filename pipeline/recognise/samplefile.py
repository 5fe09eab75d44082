"""Samples of a calibration on disk: one line of JSON per scan, without any text, so that fits are redone without reading again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import WrongUsage
from pipeline.recognise.calibrate import Sample

DECIMALS = 5
"""Of features: more than any slope can tell apart."""


@dataclass(frozen=True)
class FileSamples:
    """What one scan gave.

    Attributes:
        name: of the scan, below its folder.
        pages: sides that were used.
        skipped: sides of our forms whose form was not found or did not fit.
        written: text fields on the used sides in which something is written.
        samples: those that were read with a value.
    """

    name: str
    pages: int
    skipped: int
    written: int
    samples: tuple[Sample, ...]


class SampleFile:
    """What was read so far, kept on disk line by line where there is a path."""

    def __init__(self, path: Path | None, files: dict[str, FileSamples]) -> None:
        self._path = path
        self.files = files

    @classmethod
    def open(cls, path: Path | None, readers: Mapping[str, str]) -> SampleFile:
        """Read what is there; a last line that was cut off while it was written is dropped.

        Args:
            path: of the file; None = kept in memory only.
            readers: what reads; it stands in the first line.

        Raises:
            WrongUsage: the file was made by other readers, or is no such file.
        """
        if path is None:
            return cls(None, {})
        if not path.exists():
            path.write_text(json.dumps(dict(readers)) + "\n", encoding="utf-8")
            return cls(path, {})
        made_by, files = _load(path)
        if made_by != dict(readers):
            raise WrongUsage(f"{path} は別の読み取り設定で作られています。別のファイル名を指定するか、削除してください。")
        path.write_text("".join(_whole_lines(path)), encoding="utf-8")
        return cls(path, files)

    @staticmethod
    def read(path: Path) -> list[FileSamples]:
        """What a file holds, whoever read it. Raises WrongUsage when it is no such file."""
        return list(_load(path)[1].values())

    def add(self, file: FileSamples) -> None:
        """Keep one more."""
        self.files[file.name] = file
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as out:
                out.write(json.dumps(_to_json(file), ensure_ascii=False) + "\n")


def _whole_lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if line.endswith("\n")]


def _load(path: Path) -> tuple[dict[str, str], dict[str, FileSamples]]:
    try:
        made_by, *entries = [json.loads(line) for line in _whole_lines(path)]
        return dict(made_by), {entry["name"]: _from_json(entry) for entry in entries}
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise WrongUsage(f"{path} は較正用のサンプルファイルではありません。") from exc


def _to_json(file: FileSamples) -> dict[str, Any]:
    return {**asdict(file), "samples": [_sample_to_json(sample) for sample in file.samples]}


def _sample_to_json(sample: Sample) -> dict[str, Any]:
    rounded = {name: round(value, DECIMALS) for name, value in sample.features.items()}
    return {**asdict(sample), "features": rounded}


def _from_json(entry: Mapping[str, Any]) -> FileSamples:
    return FileSamples(**{**entry, "samples": tuple(Sample(**sample) for sample in entry["samples"])})

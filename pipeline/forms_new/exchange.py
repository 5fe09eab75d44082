"""Puts what was made into its place, all of it or nothing; what stood there gives way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import WrongUsage


def exchange(made: Sequence[Path], old: Sequence[Path], out: Path) -> None:
    """Move `made`, all in one scratch folder below `out`, into `out`; `old` in `out` goes into the scratch folder.

    Raises:
        WrongUsage: something cannot be moved, or a folder in the way is no template; all is as it was.
    """
    for path in old:
        if path.is_dir() and not (path / "form.toml").is_file():
            raise WrongUsage(f"{path} はテンプレートではないため、置き換えません。")
    attic = made[0].parent / "old"
    moves = [(path, attic / path.name) for path in old] + [(path, out / path.name) for path in made]
    done: list[tuple[Path, Path]] = []
    try:
        attic.mkdir()
        for source, place in moves:
            source.rename(place)
            done.append((source, place))
    except OSError as exc:
        for source, place in reversed(done):
            place.rename(source)
        raise WrongUsage(f"{out} に書き込めません。") from exc

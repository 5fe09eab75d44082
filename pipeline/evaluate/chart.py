"""Shapes on a sheet of pixels, and the SVG file they make: a browser shows it, no plotting library is needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

INK, GRID, MAIN, SOFT, MARK = "#222222", "#dddddd", "#1f5fa8", "#c9dcf2", "#c0392b"
FONTS = "'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans','Yu Gothic','Meiryo','IPAexGothic',sans-serif"
Anchor = str
"""start, middle or end, as SVG calls them."""
Point = tuple[float, float]


@dataclass(frozen=True)
class Path:
    """A line through points, in pixels from the top left; closed and filled where `fill` is set."""

    points: tuple[Point, ...]
    colour: str = INK
    width: float = 1.0
    fill: bool = False
    dashed: bool = False


@dataclass(frozen=True)
class Dot:
    """A disc."""

    at: Point
    radius: float
    colour: str = MAIN


@dataclass(frozen=True)
class Label:
    """A line of text, its baseline at `at`."""

    at: Point
    text: str
    size: int = 12
    anchor: Anchor = "middle"
    colour: str = INK
    upright: bool = False
    """Whether it runs from bottom to top."""


Shape = Path | Dot | Label


@dataclass(frozen=True)
class Axis:
    """Where values lie between two pixels, and where lines are drawn.

    Attributes:
        place: value -> share of the axis, 0 to 1; outside of it the value is cut off.
        ticks: (value, what stands there).
        title: of the axis.
    """

    place: Callable[[float], float]
    ticks: tuple[tuple[float, str], ...]
    title: str


@dataclass(frozen=True)
class Frame:
    """A panel: its place on the sheet in pixels, its axes."""

    left: float
    top: float
    width: float
    height: float
    across: Axis
    up: Axis

    def at(self, x: float, y: float) -> Point:
        """Pixel of a pair of values."""
        share_x, share_y = min(max(self.across.place(x), 0.0), 1.0), min(max(self.up.place(y), 0.0), 1.0)
        return self.left + share_x * self.width, self.top + (1 - share_y) * self.height

    def shapes(self, title: str) -> list[Shape]:
        """Grid, axes and their labels."""
        bottom, right = self.top + self.height, self.left + self.width
        found: list[Shape] = [Label((self.left + self.width / 2, self.top - 14), title, 14)]
        for value, text in self.across.ticks:
            x = self.left + self.across.place(value) * self.width
            found += [Path(((x, self.top), (x, bottom)), GRID), Label((x, bottom + 17), text, 11)]
        for value, text in self.up.ticks:
            y = self.top + (1 - self.up.place(value)) * self.height
            found += [Path(((self.left, y), (right, y)), GRID), Label((self.left - 6, y + 4), text, 11, "end")]
        box = ((self.left, self.top), (right, self.top), (right, bottom), (self.left, bottom), (self.left, self.top))
        found.append(Path(box))
        found.append(Label((self.left + self.width / 2, bottom + 38), self.across.title))
        found.append(Label((self.left - 56, self.top + self.height / 2), self.up.title, upright=True))
        return found


def to_svg(shapes: Sequence[Shape], width: int, height: int) -> str:
    """The sheet as an SVG document."""
    body = "\n".join(_svg(shape) for shape in shapes)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'{head} font-family="{FONTS}">\n<rect width="{width}" height="{height}" fill="#ffffff"/>\n{body}\n</svg>\n'


def _svg(shape: Shape) -> str:
    if isinstance(shape, Dot):
        return f'<circle cx="{shape.at[0]:.1f}" cy="{shape.at[1]:.1f}" r="{shape.radius}" fill="{shape.colour}"/>'
    if isinstance(shape, Label):
        x, y = shape.at
        turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if shape.upright else ""
        look = f'font-size="{shape.size}" text-anchor="{shape.anchor}" fill="{shape.colour}"{turn}'
        return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(shape.text)}</text>'
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
    if shape.fill:
        return f'<polygon points="{points}" fill="{shape.colour}"/>'
    dashes = ' stroke-dasharray="5 4"' if shape.dashed else ""
    return f'<polyline points="{points}" fill="none" stroke="{shape.colour}" stroke-width="{shape.width}"{dashes}/>'

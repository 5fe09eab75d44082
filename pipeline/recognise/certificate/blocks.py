"""Labels that stand together, in a column or in a row: within such a block values stand on the same side of their labels."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.recognise.certificate.segments import Line, offset

SAME_SIZE = 1.5
"""Labels of one block differ in height by less than this factor."""
COLUMN_STEP = 6.0
"""Label heights from a label to the next one of its column at most: the value and a rule stand between them."""
ROW_STEP = 24.0
"""Label heights between two labels of a row at most."""
ALIGNED = 1.0
"""Label heights by which the left ends, middles or right ends of a column's labels differ at most."""
ROW = 0.5
"""Label heights by which the middles of a row's labels differ at most."""


def blocks(labels: list[Line], turn: float) -> list[int]:
    """A number for every label, the same for those of one block: of a column, or of a row of labels that belong to no column.

    Args:
        labels: in any order.
        turn: degrees by which the page is still turned.
    """

    def in_row(one: int, other: int) -> bool:
        return columns.count(columns[one]) == columns.count(columns[other]) == 1 and _in_row(labels[one], labels[other], turn)

    columns = _joined(list(range(len(labels))), lambda one, other: _in_column(labels[one], labels[other], turn))
    return _joined(columns, in_row)


def _joined(numbers: list[int], together: Callable[[int, int], bool]) -> list[int]:
    """The numbers, made the same for what belongs together."""
    for place in range(len(numbers)):
        for before in range(place):
            old, new = numbers[place], numbers[before]
            if old != new and together(place, before):
                numbers = [new if number == old else number for number in numbers]
    return numbers


def _same_size(one: Line, other: Line) -> bool:
    low, high = sorted((one.box.height, other.box.height))
    return high < SAME_SIZE * low


def _in_row(one: Line, other: Line, turn: float) -> bool:
    across, down = offset(one, other, turn)
    high = max(one.box.height, other.box.height)
    near = abs(across) - (one.box.width + other.box.width) / 2 < ROW_STEP * high
    return _same_size(one, other) and abs(down) < ROW * high and near


def _in_column(one: Line, other: Line, turn: float) -> bool:
    across, down = offset(one, other, turn)
    high = max(one.box.height, other.box.height)
    apart = (other.box.width - one.box.width) / 2
    aligned = min(abs(across), abs(across - apart), abs(across + apart)) < ALIGNED * high
    return _same_size(one, other) and ROW * high <= abs(down) < COLUMN_STEP * high and aligned

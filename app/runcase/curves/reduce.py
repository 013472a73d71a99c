"""Reduces curves to the pixels they are drawn on, so that no extreme is ever lost."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from runcase.curves.series import Floats

# Below this many points a pixel nothing is won by reducing.
_DENSE = 4


@dataclass(frozen=True, slots=True, eq=False)
class PixelColumns:
    """Where the points of an x lie on the pixels of a view; many curves may share one.

    Attributes:
        part: The points in the view and one beyond each end, so that lines run off the picture.
        starts: (c,) int64 into `part`, the first point of each pixel column that has one; None
            where there are too few points for reducing to win anything.
        ends: (c,) int64, the last point of each.
    """

    part: slice
    starts: npt.NDArray[np.int64] | None
    ends: npt.NDArray[np.int64] | None


def pixel_columns(x: Floats, low: float, high: float, pixels: int) -> PixelColumns:
    """Find the points of each pixel column between low and high.

    Exact: the columns are those of the picture, by `searchsorted` on their edges.

    Args:
        x: (n,), ascending.
        low: Left edge of the view, in x.
        high: Right edge.
        pixels: Columns between the edges.
    """
    if not len(x) or pixels < 1 or not high > low:
        return PixelColumns(slice(0, len(x)), None, None)
    first = max(0, int(np.searchsorted(x, low, "left")) - 1)
    last = min(len(x), int(np.searchsorted(x, high, "right")) + 1)
    part = slice(first, last)
    count = last - first
    if count <= _DENSE * pixels:
        return PixelColumns(part, None, None)
    edges = np.linspace(low, high, pixels + 1)
    starts = np.unique(np.concatenate(([0], np.searchsorted(x[part], edges, "left"))))
    starts = starts[starts < count]
    return PixelColumns(part, starts, np.append(starts[1:], count) - 1)


def reduced(
    x: Floats, y: Floats, columns: PixelColumns, *, gaps: bool = True, full: bool = True
) -> tuple[Floats, Floats]:
    """Keep the minimum and the maximum of every pixel column.

    A column that holds NaN ends with one, so that a gap stays a gap.

    Args:
        x: (n,), the x that `columns` is of.
        y: (n,), NaN for a gap.
        columns: The pixel columns of the view.
        gaps: Whether y may hold NaN; without them two passes over the points are saved.
        full: Four points a column, which also enter and leave it where the curve does; else the
            two extremes, for many curves, whose joints nobody can see.

    Returns:
        (x, y) to draw; views of the arrays themselves when there is nothing to win.
    """
    x, y, starts, ends = x[columns.part], y[columns.part], columns.starts, columns.ends
    if starts is None or ends is None:
        return x, y
    lowest = (np.fmin if gaps else np.minimum).reduceat(y, starts)
    highest = (np.fmax if gaps else np.maximum).reduceat(y, starts)
    holes = np.logical_or.reduceat(np.isnan(y), starts) if gaps else None
    if full or (holes is not None and holes.any()):
        return _four(x, y, starts, ends, lowest, highest, holes)
    # The nearer extreme first: so a line that only rises or falls is drawn without steps back.
    rises = y[starts] - lowest <= highest - y[starts]
    out = np.empty(len(starts) * 2)
    out[0::2] = np.where(rises, lowest, highest)
    out[1::2] = np.where(rises, highest, lowest)
    return np.repeat(x[starts], 2), out


def to_pixels(x: Floats, y: Floats, low: float, high: float, pixels: int) -> tuple[Floats, Floats]:
    """Reduce one curve to a view; see `pixel_columns` and `reduced`."""
    if not high > low or pixels < 1:
        return x, y
    return reduced(x, y, pixel_columns(x, low, high, pixels))


def _four(
    x: Floats,
    y: Floats,
    starts: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    lowest: Floats,
    highest: Floats,
    holes: npt.NDArray[np.bool_] | None,
) -> tuple[Floats, Floats]:
    """Enter a column at its first value, touch both extremes, leave at its last."""
    out_x = np.repeat(x[starts], 4)
    out_y = np.empty(len(starts) * 4)
    out_y[0::4], out_y[1::4], out_y[2::4], out_y[3::4] = y[starts], lowest, highest, y[ends]
    out_x[3::4] = x[ends]
    if holes is not None and holes.any():
        # A gap inside the column is drawn after its extremes, so that none of them is lost.
        column = np.flatnonzero(holes)
        out_y[column * 4 + 3] = np.nan
        out_y[column * 4] = lowest[column]
    return out_x, out_y

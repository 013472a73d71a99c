"""Reduces a curve to the pixels it is drawn on, so that no extreme is ever lost."""

import numpy as np

from runcase.curves.series import Floats

# Below this many points a pixel nothing is won by reducing.
_DENSE = 4


def to_pixels(x: Floats, y: Floats, low: float, high: float, pixels: int) -> tuple[Floats, Floats]:
    """Keep the minimum and the maximum of every pixel column between low and high.

    Exact: bins are the pixel columns themselves, by `searchsorted` on their edges. A column that
    holds NaN ends with one, so that a gap stays a gap. One point beyond each end is kept, so that
    lines run off the picture.

    Args:
        x: (n,), ascending.
        y: (n,), NaN for a gap.
        low: Left edge of the view, in x.
        high: Right edge.
        pixels: Columns between the edges.

    Returns:
        (x, y) to draw; the arrays themselves when there is nothing to win.
    """
    if not len(x) or pixels < 1 or not high > low:
        return x, y
    first = max(0, int(np.searchsorted(x, low, "left")) - 1)
    last = min(len(x), int(np.searchsorted(x, high, "right")) + 1)
    x, y = x[first:last], y[first:last]
    if len(x) <= _DENSE * pixels:
        return x, y
    edges = np.linspace(low, high, pixels + 1)
    starts = np.unique(np.concatenate(([0], np.searchsorted(x, edges, "left"))))
    starts = starts[starts < len(x)]
    lowest = np.fmin.reduceat(y, starts)
    highest = np.fmax.reduceat(y, starts)
    ends = np.append(starts[1:], len(x)) - 1
    gaps = np.logical_or.reduceat(np.isnan(y), starts)
    # Four points a column: enter at the first value, touch both extremes, leave at the last.
    out_x = np.repeat(x[starts], 4)
    out_y = np.empty(len(starts) * 4)
    out_y[0::4], out_y[1::4], out_y[2::4], out_y[3::4] = y[starts], lowest, highest, y[ends]
    out_x[3::4] = x[ends]
    if gaps.any():
        # A gap inside the column is drawn after its extremes, so that none of them is lost.
        column = np.flatnonzero(gaps)
        out_y[column * 4 + 3] = np.nan
        out_y[column * 4] = lowest[column]
    return out_x, out_y

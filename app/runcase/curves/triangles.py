"""Triangles between scattered points, and values in between: linear over Delaunay's triangles.

Bowyer and Watson (1981): each point replaces the triangles whose circumcircle holds it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from runcase.curves.scales import jitter
from runcase.curves.series import Floats, Ints

# Of the unit square: points on a grid lie on one circle by fours, and in lines.
_NUDGE = 1e-8
# Half the width of the triangle that holds all others while they are made, in unit squares.
_FAR = 3e3
_FLAT = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Triangles:
    """A surface over points.

    Attributes:
        x: (n,) where the points are, in any unit; y, z likewise.
        corners: (m, 3) points of each triangle, counter-clockwise.
        hull: (h,) points around all of them, counter-clockwise.
    """

    x: Floats
    y: Floats
    z: Floats
    corners: Ints
    hull: Ints

    def at(self, x: float, y: float) -> float:
        """Return z at a place, NaN outside the hull."""
        if not len(self.corners):
            return float("nan")
        shares = _shares(self, self.corners, np.array([x]), np.array([y]))[:, :, 0]
        inside = np.flatnonzero((shares >= -_FLAT).all(axis=0))
        if not len(inside):
            return float("nan")
        return float(shares[:, inside[0]] @ self.z[self.corners[inside[0]]])

    def on_grid(self, xs: Floats, ys: Floats) -> Floats:
        """Return z on a grid, (len(ys), len(xs)); beyond the hull that of its nearest edge."""
        grid = np.full((len(ys), len(xs)), np.nan)
        for corners in self.corners:
            at_x, at_y = self.x[corners], self.y[corners]
            left, right = np.searchsorted(xs, (at_x.min() - _FLAT, at_x.max() + _FLAT))
            low, high = np.searchsorted(ys, (at_y.min() - _FLAT, at_y.max() + _FLAT))
            if left == right or low == high:
                continue
            wide, tall = np.meshgrid(xs[left:right], ys[low:high])
            shares = _shares(self, corners[None], wide.ravel(), tall.ravel())[:, 0]
            found = np.tensordot(self.z[corners], shares, 1).reshape(wide.shape)
            inside = (shares >= -_FLAT).all(axis=0).reshape(wide.shape)
            np.copyto(grid[low:high, left:right], found, where=inside)
        rows, columns = np.nonzero(np.isnan(grid))
        if len(self.hull) and len(rows):
            grid[rows, columns] = self._beyond(xs[columns], ys[rows])
        return grid

    def _beyond(self, x: Floats, y: Floats) -> Floats:
        start, end = self.hull, np.roll(self.hull, -1)
        along_x, along_y = self.x[end] - self.x[start], self.y[end] - self.y[start]
        off_x, off_y = x[:, None] - self.x[start], y[:, None] - self.y[start]
        share = (off_x * along_x + off_y * along_y) / (along_x**2 + along_y**2)
        share = np.clip(share, 0.0, 1.0)
        distance = np.hypot(off_x - share * along_x, off_y - share * along_y)
        rows, nearest = np.arange(len(x)), distance.argmin(axis=1)
        part = share[rows, nearest]
        found: Floats = self.z[start][nearest] * (1 - part) + self.z[end][nearest] * part
        return found


def triangles(x: Floats, y: Floats, z: Floats) -> Triangles:
    """Join points, (n,), finite, no two alike, in the unit square; none where all are in line.

    Takes about 60 µs a point and grows with its square: 0.1 s for 1,500.
    """
    none = np.empty(0, dtype=np.int64)
    if len(x) < 3 or _in_line(x, y):
        return Triangles(x, y, z, none.reshape(0, 3), none)
    nudge = _NUDGE * jitter(2 * len(x))
    corners = _delaunay(x + nudge[: len(x)], y + nudge[len(x) :][::-1])
    corners = corners[_doubled(x[corners], y[corners]) > _FLAT]
    return Triangles(x, y, z, corners, _hull(x, y))


def _in_line(x: Floats, y: Floats) -> bool:
    spread = np.column_stack((x - x.mean(), y - y.mean()))
    return bool(np.linalg.svd(spread, compute_uv=False)[1] < 1e-3)


def _delaunay(x: Floats, y: Floats) -> Ints:
    count = len(x)
    x = np.concatenate((x, (-_FAR, _FAR, 0.0)))
    y = np.concatenate((y, (-_FAR, -_FAR, _FAR)))
    most = 2 * count + 8
    corners = np.zeros((most, 3), dtype=np.int64)
    circles = np.zeros((3, most))  # x, y, radius squared
    corners[0] = count, count + 1, count + 2
    circles[:, :1] = _circles(x[corners[:1]], y[corners[:1]])
    made = 1
    for point in range(count):
        off_x, off_y = circles[0, :made] - x[point], circles[1, :made] - y[point]
        gone = np.flatnonzero(off_x * off_x + off_y * off_y < circles[2, :made])
        rim = _rim(corners[gone])
        new = np.column_stack((rim, np.full(len(rim), point)))
        places = np.concatenate((gone, np.arange(made, made + len(new) - len(gone))))
        corners[places] = new
        circles[:, places] = _circles(x[new], y[new])
        made += len(new) - len(gone)
    corners = corners[:made]
    return corners[(corners < count).all(axis=1)]


def _rim(corners: Ints) -> Ints:
    """Return the edges, (k, 2), that only one of these triangles has; they keep their sense."""
    edges = {
        (a, b)
        for first, second, third in corners.tolist()
        for a, b in ((first, second), (second, third), (third, first))
    }
    return np.array([edge for edge in edges if edge[::-1] not in edges], dtype=np.int64)


def _hull(x: Floats, y: Floats) -> Ints:
    """Return the points around all others, those on an edge included (Andrew 1979)."""
    order = np.lexsort((y, x)).tolist()
    found: list[int] = []
    for way in (order, order[::-1]):
        chain: list[int] = []
        for each in way:
            while len(chain) > 1 and _turn(x, y, chain[-2], chain[-1], each) < -_FLAT:
                chain.pop()
            chain.append(each)
        found += chain[:-1]
    return np.array(found, dtype=np.int64)


def _turn(x: Floats, y: Floats, a: int, b: int, c: int) -> float:
    return float((x[b] - x[a]) * (y[c] - y[a]) - (x[c] - x[a]) * (y[b] - y[a]))


def _circles(x: Floats, y: Floats) -> npt.NDArray[np.float64]:
    """Return (3, m): the middles of the circumcircles of (m, 3) corners, radii squared."""
    base_x, base_y = x[:, 0], y[:, 0]
    x1, y1, x2, y2 = x[:, 1] - base_x, y[:, 1] - base_y, x[:, 2] - base_x, y[:, 2] - base_y
    twice = 2 * (x1 * y2 - y1 * x2)
    twice = np.where(np.abs(twice) < 1e-300, 1e-300, twice)
    first, second = x1 * x1 + y1 * y1, x2 * x2 + y2 * y2
    middle_x = (y2 * first - y1 * second) / twice
    middle_y = (x1 * second - x2 * first) / twice
    return np.array(
        (base_x + middle_x, base_y + middle_y, middle_x * middle_x + middle_y * middle_y)
    )


def _doubled(x: Floats, y: Floats) -> Floats:
    """Return twice the areas of triangles of (m, 3) corners."""
    found: Floats = (x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (
        y[:, 1] - y[:, 0]
    )
    return found


def _shares(made: Triangles, corners: Ints, x: Floats, y: Floats) -> npt.NDArray[np.float64]:
    """Return (3, m, k): what each corner of m triangles weighs at k places."""
    (x0, x1, x2), (y0, y1, y2) = made.x[corners].T[:, :, None], made.y[corners].T[:, :, None]
    area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    second = ((x - x0) * (y2 - y0) - (x2 - x0) * (y - y0)) / area
    third = ((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) / area
    return np.array((1 - second - third, second, third))

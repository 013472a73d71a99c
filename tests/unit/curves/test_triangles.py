"""Triangles between points: those of Qhull, which matplotlib brings, and no point left out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runcase.curves.triangles import triangles

SIDE = np.linspace(0.0, 1.0, 23)


def test_values_between_points_are_those_of_qhull():
    tri = pytest.importorskip("matplotlib.tri")
    x, y, z = np.random.default_rng(1).random((3, 200))
    found = triangles(x, y, z).on_grid(SIDE, SIDE)
    wanted = tri.LinearTriInterpolator(tri.Triangulation(x, y), z)(*np.meshgrid(SIDE, SIDE))
    inside = ~np.ma.getmaskarray(wanted)
    assert inside.sum() > 300
    assert found[inside] == pytest.approx(np.asarray(wanted)[inside])
    assert np.isfinite(found).all()  # beyond the hull that of its edge


# On a lattice: what grids of params are, and where points lie on one line or circle.
@settings(max_examples=60, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=3, max_size=60))
def test_a_plane_stays_a_plane_and_every_point_has_its_value(places):
    x, y = (np.array(each, dtype=float) / 8 for each in zip(*sorted(places), strict=True))
    z = 3 * x - y
    found = triangles(x, y, z)
    spread = np.column_stack((x - x.mean(), y - y.mean()))
    if np.linalg.matrix_rank(spread) < 2:
        assert not len(found.corners)
        return
    for at in range(len(x)):
        assert found.at(x[at], y[at]) == pytest.approx(z[at])
    grid = found.on_grid(SIDE, SIDE)
    hull_x, hull_y = x[found.hull], y[found.hull]
    around = np.sum(hull_x * np.roll(hull_y, -1) - np.roll(hull_x, -1) * hull_y) / 2
    parts = x[found.corners], y[found.corners]
    covered = np.sum(
        (parts[0][:, 1] - parts[0][:, 0]) * (parts[1][:, 2] - parts[1][:, 0])
        - (parts[0][:, 2] - parts[0][:, 0]) * (parts[1][:, 1] - parts[1][:, 0])
    ) / 2  # fmt: skip
    assert covered == pytest.approx(around)
    for row, column in np.argwhere(np.isfinite(grid))[::7]:
        value = found.at(SIDE[column], SIDE[row])
        assert np.isnan(value) or value == pytest.approx(3 * SIDE[column] - SIDE[row])


def test_outside_the_hull_there_is_nothing():
    found = triangles(np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0]), np.array([1.0, 2, 3]))
    assert np.isnan(found.at(0.9, 0.9))
    assert found.at(0.25, 0.25) == pytest.approx(1.75)

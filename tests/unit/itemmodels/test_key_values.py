"""A run's short tables: metrics with their ranges, params verbatim."""

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt

from runcase.curves.series import Series
from runcase.itemmodels import key_values as rows
from runcase.itemmodels.key_values import MetricsModel, ParamsModel
from runcase.store.records import MetricSummary

TIP = Qt.ItemDataRole.ToolTipRole


def metric(key, last=0.25, least=0.125, most=0.5, points=3):
    return MetricSummary(key, last, 7, 0, least, most, points)


def column(model, at):
    return [model.index(row, at).data() for row in range(model.rowCount())]


@pytest.fixture
def metrics(qapp):
    made = MetricsModel()
    made.show([metric("system/cpu"), metric("val/loss"), metric("Acc"), metric("once", 2, 2, 2, 1)],
              {})  # fmt: skip
    return made


def test_metrics_are_in_order_of_key_with_system_metrics_last(metrics, qtmodeltester):
    qtmodeltester.check(metrics)
    assert column(metrics, 0) == ["Acc", "once", "val/loss", "system/cpu"]
    assert column(metrics, 5) == ["3", "1", "3", "3"]


def test_one_number_of_decimals_a_row(metrics):
    row = [metrics.index(0, at).data() for at in (2, 3, 4)]
    assert row == ["0.2500", "0.1250", "0.5000"]


def test_a_single_point_has_no_range(metrics):
    assert [metrics.index(1, at).data() for at in (2, 3, 4)] == ["2", "—", "—"]


def test_the_better_end_is_marked_by_direction(metrics):
    better = [
        [bool(metrics.index(row, at).data(rows.BETTER_ROLE)) for at in (3, 4)] for row in range(4)
    ]
    assert better == [[False, True], [False, False], [True, False], [False, False]]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_values_that_are_no_numbers_warn(qapp, value):
    model = MetricsModel()
    model.show([metric("loss", value, 1.0, 2.0)], {})
    assert model.index(0, 2).data(rows.WARN_ROLE)
    assert not model.index(0, 3).data(rows.WARN_ROLE)
    assert model.index(0, 2).data() in ("NaN", "∞", "−∞")


def test_tips_are_exact(metrics):
    assert metrics.index(0, 2).data(TIP).startswith("0.25\nstep 7, ")
    assert metrics.index(0, 3).data(TIP) == "0.125"
    assert metrics.index(0, 0).data(TIP) == "Acc"


def test_curves_follow_their_key_under_a_search(metrics, qtbot):
    empty = np.empty(0, np.int64)
    curve = Series("r", "val/loss", empty, empty, np.empty(0))
    with qtbot.waitSignal(metrics.dataChanged):
        metrics.show_curves({"val/loss": curve})
    metrics.search("LOSS val")
    assert column(metrics, 0) == ["val/loss"]
    assert metrics.index(0, rows.HISTORY).data(rows.SERIES_ROLE) is curve
    metrics.search("")
    assert metrics.rowCount() == 4
    assert metrics.index(0, rows.HISTORY).data(rows.SERIES_ROLE) is None


def test_params_are_verbatim(qapp, qtmodeltester):
    model = ParamsModel()
    model.show({"lr": "0.0003", "Batch": "032", "note": "two\nlines"})
    qtmodeltester.check(model)
    assert column(model, 0) == ["Batch", "lr", "note"]
    assert column(model, 1) == ["032", "0.0003", "two⏎lines"]
    assert model.index(2, 1).data(TIP) == "two\nlines"
    model.search("lines note")
    assert column(model, 0) == ["note"]

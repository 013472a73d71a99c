"""Correlation matrices and importance: pairwise complete, texts by eta, seeded."""

import math
import sys

import numpy as np
import pytest

from runcase.curves.importance import by_forest, by_rank
from runcase.curves.links import pearson, spearman
from runcase.curves.matrix import Method, correlations
from runcase.errors import RuncaseError
from runcase.progress import Progress
from tables import numbers, sweep, texts


@pytest.mark.parametrize("method", Method)
def test_a_matrix_is_pairwise_complete(method):
    runs = sweep()
    columns = [runs.columns[name] for name in ("metric:accuracy", "metric:val/loss", "param:lr")]
    found = correlations(columns, columns, method, Progress())
    plain = spearman if method is Method.SPEARMAN else pearson
    for row, left in enumerate(columns):
        for column, right in enumerate(columns):
            both = np.isfinite(left.numbers) & np.isfinite(right.numbers)
            assert found.counts[row, column] == both.sum()
            wanted = plain(left.numbers[both], right.numbers[both])
            assert found.values[row, column] == pytest.approx(wanted, abs=1e-12)
    assert np.diag(found.values).tolist() == pytest.approx([1.0] * 3)


def test_texts_go_with_numbers_by_eta_and_not_with_texts():
    runs = sweep()
    columns = [runs.columns["param:optimizer"], runs.columns["metric:accuracy"]]
    found = correlations(columns, columns, Method.SPEARMAN, Progress())
    assert found.is_eta.tolist() == [[False, True], [True, False]]
    assert 0 < found.values[0, 1] == found.values[1, 0] < 1
    assert math.isnan(found.values[0, 0])


def params(runs):
    return [column for name, column in runs.columns.items() if name.startswith("param:")]


def test_ranks_say_which_params_matter():
    runs = sweep()
    found = by_rank(params(runs), runs.columns["metric:val/loss"], Progress())
    assert found.silent == 1  # the seed does not vary
    values = [each.value for each in found.params]
    assert values == sorted(values, reverse=True)
    by_title = {each.title: each for each in found.params}
    assert math.isnan(by_title["optimizer"].link)
    assert by_title["batch_size"].value == abs(by_title["batch_size"].link)


def test_nothing_matters_for_a_metric_that_nobody_logged():
    nothing = numbers("metric:a", [None] * 60)
    assert by_rank(params(sweep()), nothing, Progress()).params == ()


def test_a_forest_finds_what_ranks_cannot():
    pytest.importorskip("sklearn")
    runs = sweep(50)
    found = by_forest(params(runs), runs.columns["metric:accuracy"], Progress())
    assert found.params[0].title == "lr"  # a parabola: its rank correlation is near 0
    assert found.score > 0.5
    again = by_forest(params(runs), runs.columns["metric:accuracy"], Progress())
    assert [each.value for each in found.params] == [each.value for each in again.params]
    assert found.silent == 1


@pytest.mark.parametrize("scale", [1e300, 1e-300])
def test_a_forest_takes_values_of_any_size(scale):
    pytest.importorskip("sklearn")
    x = np.linspace(-1, 1, 40)
    found = by_forest(
        [numbers("param:x", x * scale), texts("param:t", ["a", None] * 20)],
        numbers("metric:y", x * scale),
        Progress(),
    )
    assert found.params[0].title == "x"


def test_a_forest_of_a_few_runs_says_so():
    pytest.importorskip("sklearn")
    with pytest.raises(RuncaseError, match="needs 10 runs with the metric; there are 2"):
        by_forest([], numbers("metric:a", [1.0, 2.0, None]), Progress())


def test_without_scikit_learn_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)  # as where it is not installed
    with pytest.raises(RuncaseError, match="pip install scikit-learn"):
        by_forest([], numbers("metric:a", [1.0]), Progress())

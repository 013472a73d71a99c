"""Which end of a metric is better: by the experiment's tags, else by its key."""

import pytest

from runcase.itemmodels.directions import Direction, direction

LOWER, HIGHER, UNKNOWN = Direction.LOWER, Direction.HIGHER, Direction.UNKNOWN


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        *[(key, LOWER) for key in ["loss", "error", "rmse", "mae", "ece", "time", "latency"]],
        *[(key, HIGHER) for key in ["acc", "f1", "auc", "r2", "score", "accuracy"]],
        ("val/loss", LOWER),
        ("valLoss", LOWER),
        ("mean_absolute_error", LOWER),
        ("error_rate", LOWER),
        ("test.rocAuc", HIGHER),
        ("top5_acc", HIGHER),
        ("acc5", HIGHER),
        ("balanced_accuracy_score", HIGHER),
        ("f1_macro", HIGHER),
        ("accumulated_cost", UNKNOWN),
        ("epoch", UNKNOWN),
        ("lr", UNKNOWN),
        ("", UNKNOWN),
        ("1234", UNKNOWN),
    ],
)
def test_by_key(key, expected):
    assert direction(key) is expected


@pytest.mark.parametrize(
    ("greater", "expected"), [("True", HIGHER), ("false", LOWER), ("", LOWER), ("maybe", LOWER)]
)
def test_the_experiments_primary_metric_wins_where_it_says_so(greater, expected):
    tags = {
        "mlflow.experiment.primaryMetric.name": "loss",
        "mlflow.experiment.primaryMetric.greaterIsBetter": greater,
    }
    assert direction("loss", tags) is expected
    assert direction("acc", tags) is HIGHER

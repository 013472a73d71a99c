"""The sample's experiment "svm/rbf-grid": a small grid, and a deleted experiment beside it."""

import numpy as np

from runcase.store import sample_pictures as pictures
from runcase.store.records import Dataset
from runcase.store.sample_desk import DAY, MINUTE, Desk, Plan, put, put_json

_COSTS = (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)
_GAMMAS: tuple[float | str, ...] = (0.0001, 0.001, 0.01, 0.1, 1.0, "scale", "auto")


def write(desk: Desk) -> None:
    """Write the grid and its parent run."""
    experiment = desk.experiment("svm/rbf-grid", 90 * DAY, {"team": "teaching"})
    random = desk.random("svm")
    places = {"scale": -2.2, "auto": -1.8}
    shares = np.zeros((len(_COSTS), len(_GAMMAS)))
    for row, cost in enumerate(_COSTS):
        for column, gamma in enumerate(_GAMMAS):
            at = places[gamma] if isinstance(gamma, str) else float(np.log10(gamma))
            off = (np.log10(cost) - 1.0) ** 2 * 0.012 + (at + 2.3) ** 2 * 0.05
            shares[row, column] = max(0.1, 0.991 - off + random.normal(0, 0.002))
    parent = desk.run(
        experiment,
        Plan(
            name="grid-search-digits",
            ago=75 * DAY,
            took=31 * MINUTE,
            params={"estimator": "SVC", "cv": 5, "n_candidates": shares.size},
            finals={"best_cv_score": float(shares.max())},
            tags={"estimator_name": "GridSearchCV", "mlflow.autologging": "sklearn"},
            note="`GridSearchCV` over **C** and **gamma** on the digits data.",
            user="jonas",
        ),
    )
    runs = [parent]
    for row, cost in enumerate(_COSTS):
        for column, gamma in enumerate(_GAMMAS):
            number = row * len(_GAMMAS) + column
            score = float(shares[row, column])
            plan = Plan(
                name=f"C={cost:g}, gamma={gamma}",
                ago=75 * DAY - number * 40_000,
                took=int(random.integers(4, 60)) * 1_000,
                params={"kernel": "rbf", "C": cost, "gamma": gamma, "probability": False},
                finals={
                    "cv_score": score,
                    "test_accuracy": score - 0.006,
                    "support_vectors": float(random.integers(200, 1_400)),
                    "fit_seconds": float(random.gamma(2.0, 0.4)),
                },
                parent=parent.run_id,
                user="jonas",
            )
            runs.append(desk.run(experiment, plan))
    dataset = Dataset(
        name="digits",
        digest=desk.digits("digest", "digits", 8),
        source_type="code",
        source='{"tags": {"mlflow.source.name": "grid.py"}}',
        schema=None,
        profile='{"num_rows": 1797}',
        context="train",
    )
    desk.uses(runs, desk.dataset(experiment, dataset), "train")
    title = "Mean cross-validated accuracy"
    chart = pictures.heat_map(title, shares, [f"{c:g}" for c in _COSTS], [str(g) for g in _GAMMAS])
    put(parent.folder / "grid.png", chart)
    put_json(parent.folder / "best_params.json", {"C": 10.0, "gamma": "scale", "kernel": "rbf"})


def write_deleted(desk: Desk) -> None:
    """Write an experiment that was deleted, with three runs."""
    experiment = desk.experiment("svm/linear-old", 200 * DAY, {})
    for cost in (0.1, 1.0, 10.0):
        plan = Plan(
            name=f"linear-C{cost:g}",
            ago=190 * DAY,
            took=MINUTE,
            params={"kernel": "linear", "C": cost},
            finals={"cv_score": 0.94},
            user="jonas",
        )
        desk.run(experiment, plan)
    desk.writer.delete_experiment(experiment.number, desk.now - 80 * DAY)

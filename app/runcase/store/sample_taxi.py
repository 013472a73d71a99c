"""The sample's experiment "nyc-taxi/duration-xgb": gradient boosting with an Optuna-like sweep."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from runcase.store import sample_curves as curves
from runcase.store import sample_files as files
from runcase.store import sample_pictures as pictures
from runcase.store.records import Dataset, LoggedModel
from runcase.store.sample_desk import (
    DAY,
    HOUR,
    MINUTE,
    Curve,
    Desk,
    Experiment,
    Plan,
    Written,
    put,
    put_json,
)

_FEATURES = (
    "trip_distance",
    "pickup_zone",
    "dropoff_zone",
    "hour",
    "weekday",
    "passenger_count",
    "rain_mm",
    "airport_trip",
)
_NOTE = """\
**Candidate for production.** Depth 9, learning rate 0.05, tuned by `optuna-sweep-04`.

| split | rmse | mae |
|---|---:|---:|
| validation | 6.182 | 4.071 |
| week 46 (shadow) | 6.31 | 4.12 |

- [x] compared with the champion
- [ ] fairness by borough

Next: try *geo features* from `xgb-geo-features`.
"""


@dataclass(frozen=True, slots=True)
class Boosting:
    """One boosting run: how it was set up and how well it did."""

    name: str
    ago: int
    took: int | None
    rmse: float
    depth: int
    eta: float
    rounds: int = 800
    status: str = "FINISHED"
    note: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    model: str = "xgboost"
    deleted: bool = False


_RUNS = (
    Boosting("ridge-v1", 290 * DAY, 3 * MINUTE, 7.902, 0, 0.0, rounds=40, model="ridge"),
    Boosting("xgb-baseline", 285 * DAY, 7 * MINUTE + 19_000, 6.487, 6, 0.3),
    Boosting("xgb-2026-02", 267 * DAY, 9 * MINUTE, 6.312, 8, 0.08),
    Boosting("xgb-hist-gpu", 256 * DAY, 2 * MINUTE + 41_000, 6.391, 8, 0.1),
    Boosting("lgbm-leaf255", 247 * DAY, 5 * MINUTE + 8_000, 6.344, 8, 0.05, model="lightgbm"),
    Boosting("xgb-monotone", 8 * DAY, 2 * MINUTE + 33_000, 6.471, 7, 0.1, status="FAILED"),
    Boosting("xgb-depth12-hist", 6 * DAY, 9 * MINUTE + 2_000, 6.355, 12, 0.08),
    Boosting("xgb-geo-features", 4 * DAY, 11 * MINUTE + 46_000, 6.268, 9, 0.05),
    Boosting(
        "xgb-final-2026-11",
        2 * DAY,
        14 * MINUTE + 32_000,
        6.182,
        9,
        0.05,
        note=_NOTE,
        tags=(("release", "2026-11"), ("reviewed_by", "maria")),
    ),
    Boosting("xgb-retrain-weekly", 4 * MINUTE + 10_000, None, 6.171, 9, 0.05, status="RUNNING"),
    Boosting("xgb-typo-in-target", 9 * DAY, MINUTE, 31.4, 6, 0.3, deleted=True),
    Boosting("test", 12 * DAY, 20_000, 9.9, 2, 0.3, rounds=20, deleted=True),
)


@dataclass(frozen=True, slots=True)
class Taxi:
    """What the registry and the traces need of this experiment."""

    experiment: Experiment
    runs: Mapping[str, Written]
    models: Mapping[str, LoggedModel]


def write(desk: Desk) -> Taxi:
    """Write the experiment with all its runs, files and logged models."""
    experiment = desk.experiment(
        "nyc-taxi/duration-xgb",
        300 * DAY,
        {
            "mlflow.note.content": "Trip duration in minutes for **NYC yellow taxis**.",
            "team": "mobility",
            "mlflow.experiment.primaryMetric.name": "rmse",
            "mlflow.experiment.primaryMetric.greaterIsBetter": "False",
        },
    )
    runs = {boosting.name: desk.run(experiment, _plan(desk, boosting)) for boosting in _RUNS}
    runs |= _sweep(desk, experiment)
    _use_datasets(desk, experiment, list(runs.values()))
    models: dict[str, LoggedModel] = {}
    for name, run in runs.items():
        if run.plan.status == "FINISHED" and not run.plan.deleted:
            _files(desk, run)
        if run.plan.parent is None and run.plan.params.get("model") and not run.plan.deleted:
            models[name] = _model(desk, run)
    models["trial-031"] = _model(desk, runs["trial-031"])
    _reports(desk, runs["xgb-final-2026-11"])
    return Taxi(experiment, runs, models)


def _plan(desk: Desk, boosting: Boosting, parent: str | None = None) -> Plan:
    random = desk.random(boosting.name)
    last = boosting.rounds * 9 // 20 if boosting.took is None else boosting.rounds
    if boosting.status in ("FAILED", "KILLED"):
        last //= 3
    at = curves.steps(last, max(1, boosting.rounds // 160))
    rmse, mae = boosting.rmse, boosting.rmse * 0.6586
    finals = {
        "rmse": rmse,
        "mae": round(mae, 4),
        "r2": round(1 - (rmse / 14.3) ** 2, 4),
        "mape": round(rmse / 31.0, 4),
    }
    made: dict[str, Curve] = {
        "val-rmse": (at, curves.falling(at, 9.6, rmse, 5.5, 0.006, random)),
        "train-rmse": (at, curves.falling(at, 9.4, rmse * 0.79, 4.6, 0.003, random)),
        "val-mae": (at, curves.falling(at, 6.6, mae, 5.5, 0.006, random)),
    }
    if boosting.status == "FAILED":
        made["val-rmse"][1][-3:] = np.nan  # the label column held a hole
        finals = {"rmse": float("nan")}
    return Plan(
        name=boosting.name,
        ago=boosting.ago,
        took=boosting.took,
        params=_params(boosting, random),
        curves=made,
        finals=finals,
        tags={
            "team": "mobility",
            "mlflow.source.name": "train_xgb.py",
            "mlflow.source.git.commit": desk.digits("commit", boosting.name[:6], 40),
            "mlflow.source.git.branch": "main",
            **dict(boosting.tags),
        },
        status=boosting.status,
        note=boosting.note,
        parent=parent,
        deleted=boosting.deleted,
    )


def _params(boosting: Boosting, random: np.random.Generator) -> dict[str, object]:
    if boosting.model == "ridge":
        return {"model": "ridge", "alpha": 1.0, "seed": 1337}
    return {
        "model": boosting.model,
        "max_depth": boosting.depth,
        "eta": boosting.eta,
        "subsample": round(float(random.uniform(0.6, 1.0)), 2),
        "colsample_bytree": round(float(random.uniform(0.5, 1.0)), 2),
        "min_child_weight": int(random.integers(1, 12)),
        "n_estimators": boosting.rounds,
        "tree_method": "hist",
        "objective": "reg:squarederror",
        "early_stopping_rounds": 50,
        "monotone_constraints": str({"trip_distance": 1}) if "mono" in boosting.name else "None",
        "seed": 1337,
    }


def _sweep(desk: Desk, experiment: Experiment) -> dict[str, Written]:
    """Write the study, its forty trials, and the folds of its best trial."""
    study = desk.run(
        experiment,
        Plan(
            name="optuna-sweep-04",
            ago=3 * DAY,
            took=3 * HOUR + 12 * MINUTE,
            params={"sampler": "TPESampler", "pruner": "MedianPruner", "n_trials": 40},
            finals={"rmse": 6.204, "mae": 4.088},
            tags={"optuna.study": "sweep-04", "team": "mobility"},
            note="Forty trials over depth, learning rate and sampling. Best: `trial-031`.",
        ),
    )
    runs = {study.plan.name: study}
    random = desk.random("sweep")
    known = {31: 6.204, 17: 6.231, 38: 6.247, 22: 6.398}
    for number in range(40):
        rmse = known.get(number) or round(6.26 + float(random.gamma(2.0, 0.16)), 3)
        status = "KILLED" if number == 22 else "FAILED" if number in (5, 29) else "FINISHED"
        boosting = Boosting(
            name=f"trial-{number:03}",
            ago=3 * DAY - number * 4 * MINUTE - 2 * MINUTE,
            took=int(random.integers(70, 310)) * 1_000,
            rmse=rmse,
            depth=int(random.integers(4, 13)),
            eta=round(float(10 ** random.uniform(-2.0, -0.6)), 3),
            rounds=400,
            status=status,
            tags=(("optuna.trial", str(number)),),
        )
        runs[boosting.name] = desk.run(experiment, _plan(desk, boosting, study.run_id))
    best = runs["trial-031"]
    for fold, rmse in enumerate((6.19, 6.24, 6.18)):
        boosting = Boosting(f"fold-{fold}", best.plan.ago, 90_000, rmse, 10, 0.041, rounds=400)
        runs[boosting.name] = desk.run(experiment, _plan(desk, boosting, best.run_id))
    put_json(study.folder / "study.json", {"best_trial": 31, "values": list(known.values())})
    names = ["eta", "max_depth", "subsample", "min_child_weight", "colsample_bytree"]
    shares = [0.52, 0.23, 0.12, 0.08, 0.05]
    picture = pictures.bars("Importance of each hyperparameter", names, shares, "#7A5AF0")
    put(study.folder / "param_importance.png", picture)
    return runs


def _use_datasets(desk: Desk, experiment: Experiment, runs: list[Written]) -> None:
    schema = [{"type": "double", "name": name, "required": True} for name in _FEATURES]
    for month, context, rows in (("2026-09", "training", 2_914_406), ("2026-10", "eval", 731_220)):
        dataset = Dataset(
            name=f"yellow_{month}",
            digest=desk.digits("digest", month, 8),
            source_type="http",
            source=json.dumps(
                {"url": f"https://example.org/trips/yellow_tripdata_{month}.parquet"}
            ),
            schema=json.dumps({"mlflow_colspec": schema}),
            profile=json.dumps({"num_rows": rows, "num_elements": rows * len(schema)}),
            context=context,
        )
        desk.uses(runs, desk.dataset(experiment, dataset), context)


def _files(desk: Desk, run: Written) -> None:
    random = desk.random(f"files of {run.plan.name}")
    put_json(run.folder / "params.json", dict(run.plan.params))
    if run.plan.params.get("model") == "ridge" or "max_depth" not in run.plan.params:
        return
    gain = np.sort(random.gamma(1.2, 90.0, len(_FEATURES)))[::-1]
    if run.plan.parent is None or run.plan.name == "trial-031":
        chart = pictures.bars("Feature importance (gain)", _FEATURES, gain.tolist(), "#2F3ED4")
        put(run.folder / "importance.png", chart)
    truth = random.gamma(2.2, 6.5, 5_000) + 2
    guess = np.clip(truth + random.normal(0, run.plan.finals["rmse"], 5_000), 0.5, None)
    if run.plan.parent is None:
        table = {
            "trip_id": np.arange(5_000),
            "pickup_zone": random.integers(1, 264, 5_000),
            "minutes": np.round(truth, 2),
            "predicted": np.round(guess, 2),
        }
        put(run.folder / "val_predictions.parquet", files.parquet(table))


def _reports(desk: Desk, run: Written) -> None:
    random = desk.random("reports")
    truth = random.gamma(2.2, 6.5, 700) + 2
    guess = np.clip(truth + random.normal(0, 5.5, 700), 0.5, None)
    names = ("actual minutes", "predicted minutes")
    put(run.folder / "plots/residuals.png", pictures.scatter("Validation", truth, guess, names))
    shown = [
        ("train", "#2F3ED4", run.plan.curves["train-rmse"][1]),
        ("validation", "#D97A16", run.plan.curves["val-rmse"][1]),
    ]
    put(run.folder / "plots/learning_curve.svg", pictures.line_svg("RMSE by round", shown))
    errors = np.abs(truth - guess)
    worst = np.argsort(errors)[::-1][:200]
    rows = [(int(at), f"{truth[at]:.2f}", f"{guess[at]:.2f}", f"{errors[at]:.2f}") for at in worst]
    put(run.folder / "errors.csv", files.csv(("trip", "actual", "predicted", "error"), rows))
    put(run.folder / "report.html", _HTML)
    put(run.folder / "README.md", _NOTE + "\n![residuals](plots/residuals.png)\n")
    put(run.folder / "config.yaml", _YAML)
    log = [
        f"2026-11-16 09:{minute:02}:{second:02} INFO  round {at:>4}  val-rmse {value:.4f}"
        for at, value, minute, second in zip(
            run.plan.curves["val-rmse"][0],
            run.plan.curves["val-rmse"][1],
            np.arange(161) // 12,
            np.arange(161) * 5 % 60,
            strict=True,
        )
    ]
    put(run.folder / "logs/train.log", "\n".join(log) + "\n")


def _model(desk: Desk, run: Written) -> LoggedModel:
    model = str(run.plan.params["model"])
    flavor, pins = {
        "xgboost": ("xgboost", ("mlflow==3.18.0", "xgboost==2.1.4", "pandas==2.2.3")),
        "lightgbm": ("lightgbm", ("mlflow==3.18.0", "lightgbm==4.6.0", "pandas==2.2.3")),
        "ridge": ("sklearn", ("mlflow==3.18.0", "scikit-learn==1.6.1", "pandas==2.2.3")),
    }[model]
    inputs = [(name, "double") for name in _FEATURES]
    example = dict(zip(_FEATURES, (2.4, 161, 236, 18, 4, 1, 0.2, 0), strict=True))
    weights = {"base_score": 15.2, "features": list(_FEATURES), "trees": run.plan.finals}
    content = files.model_folder(run, flavor, pins, inputs, example, weights)
    return desk.model(run, "model", flavor, content, {"stage": "candidate"})


_YAML = """\
# train_xgb.py --config config.yaml
data:
  months: [2026-07, 2026-08, 2026-09]
  target: minutes
  drop_longer_than: 180
model:
  max_depth: 9
  eta: 0.05
  early_stopping_rounds: 50
split: {train: 0.8, validation: 0.2, seed: 1337}
"""
_HTML = """\
<!doctype html>
<html><head><meta charset="utf-8"><title>Validation report</title>
<style>body{font-family:sans-serif;margin:2em} td,th{padding:4px 12px;text-align:right}
th{background:#eef}</style></head>
<body><h1>Validation report</h1>
<p>xgb-final-2026-11 on <b>yellow_2026-10</b>, 731,220 trips.</p>
<table><tr><th>borough</th><th>trips</th><th>rmse</th></tr>
<tr><td>Manhattan</td><td>612,004</td><td>5.71</td></tr>
<tr><td>Queens</td><td>81,377</td><td>8.94</td></tr>
<tr><td>Brooklyn</td><td>33,120</td><td>7.42</td></tr>
<tr><td>Bronx</td><td>4,719</td><td>9.88</td></tr></table></body></html>
"""

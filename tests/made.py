"""Stores that ten MLflow releases wrote, with what each release's own client read from them.

They are zipped because some artifacts have names that Windows and Git on Windows refuse.
"""

import json
import math
import zipfile
from pathlib import Path
from typing import Any

STORES = Path(__file__).parent / "stores"
VERSIONS = (
    "1.0.0",
    "1.10.0",
    "1.30.0",
    "2.3.2",
    "2.14.3",
    "2.22.5",
    "3.1.4",
    "3.7.0",
    "3.14.0",
    "3.18.0",
)
_LARGEST = 1.7976931348623157e308
_METRIC = ("value", "step", "timestamp")
_INFO = (
    "run_name",
    "experiment_id",
    "status",
    "start_time",
    "end_time",
    "lifecycle_stage",
    "artifact_uri",
)


def unpack(version: str, folder: Path) -> Path:
    """Unpack the store of one MLflow release into an empty folder; returns its database."""
    with zipfile.ZipFile(STORES / f"mlflow-{version}.zip") as archive:
        archive.extractall(folder)
    return folder / "mlflow.db"


def expected(version: str) -> dict[str, Any]:
    """Return what MLflow's client of that release read from its store."""
    with zipfile.ZipFile(STORES / f"mlflow-{version}.zip") as archive:
        content: dict[str, Any] = json.loads(archive.read("expected.json"))
    return content


def facts(store: dict[str, Any]) -> dict[str, Any]:
    """Lay an expected.json, or what `runcase dump` prints, out as comparable facts by name."""
    found: dict[str, Any] = {}
    for one in store["experiments"]:
        at = f"experiment {one['experiment_id']}"
        for key in ("name", "artifact_location", "lifecycle_stage", "tags"):
            found[f"{at} {key}"] = _plain(one.get(key))
    for run_id, run in store["runs"].items():
        found |= {f"run {run_id} {key}": value for key, value in _run(run).items()}
    prompts = {one["name"] for one in store.get("prompts") or []}
    for kind, keys, fields in (
        ("registered_models", ("name",), ("description", "tags", "aliases")),
        (
            "model_versions",
            ("name", "version"),
            ("current_stage", "description", "run_id", "source", "tags"),
        ),
        ("logged_models", ("model_id",), ("name", "source_run_id", "status", "params", "tags")),
    ):
        for one in store.get(kind) or []:
            if one.get("name") not in prompts or kind == "logged_models":
                at = f"{kind} " + "/".join(str(one[key]) for key in keys)
                found |= {f"{at} {field}": _plain(one.get(field)) for field in fields}
    for one in store.get("traces") or []:
        found |= _trace(one)
    return found


def _run(run: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {key: run["info"].get(key) for key in _INFO if run["info"].get(key)}
    for kind in ("params", "tags"):
        found |= {f"{kind} {key}": value for key, value in run[kind].items()}
    for key, metric in run["metrics"].items():
        found |= {f"metric {key} {field}": _plain(metric[field]) for field in _METRIC}
    for key, history in run["histories"].items():
        found[f"history {key}"] = history["n"], history["sha256"]
    listed = run.get("artifacts")
    files = listed if isinstance(listed, list) else []  # else why MLflow could not list them
    found |= {f"file {one['path']}": None if one["is_dir"] else one["size"] for one in files}
    for used in run.get("dataset_inputs") or []:
        data = used["dataset"]
        context = used["tags"].get("mlflow.data.context")
        found[f"dataset {data['name']} {data['digest']} {context}"] = True
    return found


def _trace(one: dict[str, Any]) -> dict[str, Any]:
    info = one.get("info", one)
    spans = len((one.get("data") or {}).get("spans") or []) if "info" in one else one["spans"]
    name = info.get("trace_id") or info.get("request_id")
    return {f"trace {name}": (info.get("state") or info.get("status"), spans)}


def _plain(value: Any) -> Any:
    """Return one spelling for what MLflow's clients spell in several ways."""
    if value in (None, "", [], {}):
        return None
    if isinstance(value, float) and math.isfinite(value) and abs(value) == _LARGEST:
        return "inf" if value > 0 else "-inf"
    if isinstance(value, dict):
        return {key: str(text) for key, text in value.items()}
    return value

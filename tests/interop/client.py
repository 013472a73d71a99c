"""Runs in MLflow's own environment: one function a call, arguments and answer as JSON."""

import json
import math
import os
import sys
import time

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, ViewType
from mlflow.exceptions import MlflowException


def client_of(database):
    uri = f"sqlite:///{database}"
    return MlflowClient(uri, uri)


def write(database, artifacts, runs):
    """Write runs as they are described; returns the ids in the order given."""
    client = client_of(database)
    experiment = client.create_experiment("interop", artifacts)
    ids = []
    for described in runs:
        run = client.create_run(
            experiment, described["start"], run_name=described["name"], tags=described["tags"]
        )
        run_id = run.info.run_id
        ids.append(run_id)
        for key, value in described["params"].items():
            client.log_param(run_id, key, value)
        for key, value in described["metrics"].items():
            client.log_metric(run_id, key, float(value), timestamp=5, step=0)
        for name, digest, context in described["datasets"]:
            data = Dataset(name, digest, "local", '{"uri": "/d"}')
            tags = [InputTag("mlflow.data.context", context)]
            client.log_inputs(run_id, [DatasetInput(data, tags)])
        if described["status"] != "RUNNING":
            client.set_terminated(run_id, described["status"], described["end"])
        if described["deleted"]:
            client.delete_run(run_id)
    return {"experiment": experiment, "ids": ids}


def search(database, experiments, queries):
    """Answer each (filter, order, view) with run ids, or None where MLflow refuses it."""
    client = client_of(database)
    views = {"active": ViewType.ACTIVE_ONLY, "deleted": ViewType.DELETED_ONLY, "all": ViewType.ALL}
    answers = []
    for filter_text, order, view in queries:
        try:
            found = client.search_runs(experiments, filter_text, views[view], 50_000, order)
        except MlflowException:
            answers.append(None)
        else:
            answers.append([run.info.run_id for run in found])
    return answers


def read(database):
    """Return all that the client reads in a store, in the shape of expected.json."""
    client = client_of(database)
    experiments = client.search_experiments(ViewType.ALL)
    ids = [one.experiment_id for one in experiments]
    runs = client.search_runs(ids, run_view_type=ViewType.ALL, max_results=50_000)
    return {
        "experiments": [
            {
                "experiment_id": one.experiment_id,
                "name": one.name,
                "artifact_location": one.artifact_location,
                "lifecycle_stage": one.lifecycle_stage,
                "tags": one.tags,
            }
            for one in experiments
        ],
        "runs": {run.info.run_id: read_run(client, run) for run in runs},
        "registered_models": [
            {
                "name": one.name,
                "description": one.description,
                "tags": one.tags,
                "aliases": {alias: int(version) for alias, version in one.aliases.items()},
            }
            for one in client.search_registered_models()
        ],
        "model_versions": [
            {
                "name": one.name,
                "version": int(one.version),
                "current_stage": one.current_stage,
                "description": one.description,
                "run_id": one.run_id,
                "source": one.source,
                "tags": one.tags,
            }
            for one in client.search_model_versions()
        ],
        "logged_models": [
            {
                "model_id": one.model_id,
                "name": one.name,
                "source_run_id": one.source_run_id,
                "status": str(one.status),
                "params": one.params,
                "tags": one.tags,
            }
            for one in client.search_logged_models(ids)
        ],
        "prompts": [{"name": one.name} for one in client.search_prompts()],
        "traces": [
            {
                "trace_id": one.info.trace_id,
                "state": one.info.state.value,
                "spans": len(one.data.spans),
                "root": one.data.spans[0].inputs,
                "name": one.info.tags.get("mlflow.traceName"),
                "tokens": one.info.token_usage,
            }
            for one in client.search_traces(locations=ids)
        ],
    }


def read_run(client, run):
    info = run.info
    history = {}
    for key in list(run.data.metrics)[:4]:
        points = client.get_metric_history(info.run_id, key)
        history[key] = [[one.step, one.timestamp, text(one.value)] for one in points]
    return {
        "info": {
            "run_name": info.run_name,
            "experiment_id": info.experiment_id,
            "status": info.status,
            "start_time": info.start_time,
            "end_time": info.end_time,
            "lifecycle_stage": info.lifecycle_stage,
            "artifact_uri": info.artifact_uri,
        },
        "params": run.data.params,
        "tags": run.data.tags,
        "metrics": {key: text(value) for key, value in run.data.metrics.items()},
        "points": history,
        "dataset_inputs": [
            {
                "dataset": {"name": one.dataset.name, "digest": one.dataset.digest},
                "tags": {tag.key: tag.value for tag in one.tags},
            }
            for one in run.inputs.dataset_inputs
        ],
        "artifacts": [[one.path, one.is_dir] for one in client.list_artifacts(info.run_id)],
        "outputs": [one.model_id for one in run.outputs.model_outputs],
    }


def log(database, experiment):
    """Log into a store that somebody else made; returns the new run's id."""
    client = client_of(database)
    run_id = client.create_run(experiment, run_name="from the client").info.run_id
    client.log_batch(run_id, [Metric("m", 1.5, 1, 1)])
    client.set_terminated(run_id)
    return run_id


def write_live(database, experiment, name, key, stop, most):
    """Log a metric point by point until a file named `stop` is there; returns run id and points."""
    client = client_of(database)
    run_id = client.create_run(experiment, run_name=name).info.run_id
    points = 0
    while points < most and not os.path.exists(stop):
        client.log_metric(run_id, key, 1 / (points + 1), step=points)
        points += 1
        time.sleep(0.05)  # as a training step takes its time
    client.set_terminated(run_id)
    return {"run_id": run_id, "points": points}


def text(value):
    return value if math.isfinite(value) else str(value)


def main():
    functions = {
        "write": write,
        "search": search,
        "read": read,
        "log": log,
        "write_live": write_live,
    }
    answer = functions[sys.argv[1]](**json.load(sys.stdin))
    # MLflow prints of its own accord; the answer is what follows the last record separator.
    print("\x1e" + json.dumps(answer))


if __name__ == "__main__":
    main()

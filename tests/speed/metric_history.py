"""Run by `bench_curves.py` with the interpreter of `.venv-interop`: times MLflow's own client."""

import sys
import time

from mlflow import MlflowClient

path, run, key = sys.argv[1:]
client = MlflowClient(f"sqlite:///{path}")
began = time.perf_counter()
points = client.get_metric_history(run, key)
whole = time.perf_counter() - began
began = time.perf_counter()
store = client._tracking_client.store
some = store.get_metric_history_bulk_interval_from_steps(
    run, key, [at * (len(points) // 320) for at in range(320)], 320
)
print(
    f"get_metric_history {whole * 1000:.0f} ms ({len(points):,}), "
    f"bulk interval {(time.perf_counter() - began) * 1000:.0f} ms ({len(some)})"
)

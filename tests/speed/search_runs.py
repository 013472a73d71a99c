"""Run by MLflow's own Python: the median seconds of search_runs over one experiment."""

import statistics
import sys
import time

from mlflow import MlflowClient

path, experiment, most = sys.argv[1:]
client = MlflowClient(f"sqlite:///file:{path}?mode=ro&uri=true")


def search():
    left, token = int(most), None
    while left > 0:
        found = client.search_runs([experiment], max_results=min(left, 1000), page_token=token)
        left -= len(found)
        token = found.token
        if not token:
            return


search()
times = []
for _ in range(3):
    began = time.perf_counter()
    search()
    times.append(time.perf_counter() - began)
print(statistics.median(times))

"""Runs in MLflow's own environment: logs as fast as it can, slice after slice, as it is told."""

import json
import sys
import time

from client import client_of


def main():
    client = client_of(sys.argv[1])
    experiment = client.create_experiment("busy")
    run_id = client.create_run(experiment, run_name="busy").info.run_id
    step = 0
    print("ready", flush=True)
    for line in sys.stdin:
        took = []
        end = time.perf_counter() + float(line)
        while time.perf_counter() < end:
            started = time.perf_counter()
            client.log_metric(run_id, "loss", 1 / (step + 1), step=step)
            took.append(time.perf_counter() - started)
            step += 1
            if not step % 50:
                run_id = client.create_run(experiment, run_name=f"busy {step}").info.run_id
        print("\x1e" + json.dumps(took), flush=True)


if __name__ == "__main__":
    main()

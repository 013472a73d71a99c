"""From process start to the first rows on the screen, against the least that does the same.

Run on request: `python3 packaging/dev.py test -s tests/speed/bench_start.py`. The store is
RUNCASE_BENCH_M, or is made by ../shared/bench (size M, 10,000 runs, 1 GB) in the system's
temporary folder.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from speed.stores import big_store

HERE = Path(__file__).parent
ROUNDS = 7
AT_MOST = 5.0


def first_rows(script: str, store: Path) -> float:
    """Return the seconds from starting a process to the first painted rows."""
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(HERE.parents[1] / "app")}
    began = time.time()
    done = subprocess.run(
        [sys.executable, str(HERE / script), str(store)],
        env=env,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return float(done.stdout.split()[-1]) - began


def test_first_rows_at_10000_runs():
    store = big_store("M")
    ours, floor = [], []
    for _ in range(ROUNDS):
        floor.append(first_rows("minimal.py", store))
        ours.append(first_rows("start.py", store))
    ratio = statistics.median(ours) / statistics.median(floor)
    print(
        f"\nfirst rows at 10,000 runs: {statistics.median(ours) * 1000:.0f} ms, "
        f"floor {statistics.median(floor) * 1000:.0f} ms, ratio {ratio:.2f} (at most {AT_MOST})"
    )

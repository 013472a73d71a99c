"""A file store of 800 runs and 36,000 files: its second opening against its first.

Run on request: `python3 packaging/dev.py test -s tests/speed/bench_filestore.py`.
"""

import os
import statistics
import time

from filestores import add_experiment, add_run
from runcase.store.engine import Store

RUNS, PARAMS, ROUNDS = 800, 40, 5
AT_MOST = 0.1


def opening(root, *, at_once):
    """Return the seconds to open the store and, apart, to bring it up to date."""
    began = time.perf_counter()
    store = Store.open(root, at_once=at_once)
    shown = time.perf_counter()
    store.refresh()
    done = time.perf_counter()
    store.close()
    return shown - began, done - shown


def test_the_second_opening(tmp_path):
    root = tmp_path / "mlruns"
    experiment = add_experiment(root, "big")
    for number in range(RUNS):
        folder = add_run(experiment, number, metrics={"loss": "1 0.5 0\n2 0.25 1\n"})
        for param in range(PARAMS):
            (folder / "params" / f"p{param}").write_text(str(param))
    first, second, checked = [], [], []
    for round_ in range(ROUNDS):
        os.environ["XDG_CACHE_HOME"] = str(tmp_path / f"cache{round_}")
        first.append(opening(root, at_once=True)[0])
        shown, looked = opening(root, at_once=True)
        second.append(shown)
        checked.append(shown + looked)
    ratio = statistics.median(second) / statistics.median(first)
    whole = statistics.median(checked) / statistics.median(first)
    print(
        f"\nsecond opening {statistics.median(second) * 1000:.0f} ms, first "
        f"{statistics.median(first) * 1000:.0f} ms, ratio {ratio:.3f} (at most {AT_MOST}); "
        f"until every file was looked at {whole:.2f}"
    )

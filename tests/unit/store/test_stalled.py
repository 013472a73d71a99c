import numpy as np

from made import unpack
from runcase.store.engine import Store
from runcase.store.frame import load
from runcase.store.records import Lifecycle
from runcase.store.stalled import STALLED_MS, stalled_runs


def test_only_running_runs_without_a_sign_of_life_are_stalled(tmp_path):
    store = Store.open(unpack("3.18.0", tmp_path))
    with store.read() as connection:
        frame = load(connection, None, Lifecycle.ACTIVE)
        rows = np.flatnonzero(frame.attribute("status").where("RUNNING".__eq__))
        running = set(frame.ids.take(rows))
        assert running
        newest = int(frame.start_time.max())
        long_after = stalled_runs(connection, frame, newest + 100 * STALLED_MS)
        assert set(long_after) == running
        signs = max(long_after.values())
        assert stalled_runs(connection, frame, signs) == {
            run: sign for run, sign in long_after.items() if signs - sign > STALLED_MS
        }
    store.close()

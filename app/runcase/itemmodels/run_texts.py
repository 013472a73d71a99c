"""Facts of a run in words, as several pages show them."""

from runcase.itemmodels import formats
from runcase.store.records import Run


def run_name(run: Run) -> str:
    """Return a run's name on one line, its short id when it has none."""
    return formats.one_line(run.name) or formats.short_id(run.run_id)


def run_duration(run: Run) -> str:
    """Return how long a run took; its status in words while it has no end."""
    if run.start_time is None or run.end_time is None:
        return run.status.lower()
    return formats.duration(run.end_time - run.start_time)

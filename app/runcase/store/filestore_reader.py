"""Reads those folders of a file store that changed into its copy, and of a run only its files."""

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runcase.store.filestore_cache import Cache, Known
from runcase.store.filestore_read import (
    Rows,
    experiment_rows,
    is_unfinished,
    latest_of,
    logged_model_rows,
    metric_rows,
    registered_model_rows,
    run_row,
    run_rows,
)
from runcase.store.filestore_scan import META, TRACE_META, Kind, Unit, repack, unpack
from runcase.store.filestore_traces import TRACES, trace_rows
from runcase.store.filestore_values import UNFINISHED_LINE, Source, key_of
from runcase.store.schema import (
    experiments,
    latest_metrics,
    logged_models,
    metrics,
    registered_models,
    runs,
)

# A file that was written this short a time ago may be written again in the same tick of its clock.
_TICK_NS = 20_000_000
# MLflow truncates meta.yaml and writes it anew; who reads it in between sees an empty one.
_UNSETTLED_NS = 2_000_000_000


@dataclass(slots=True)
class Work:
    """What a refresh did, counted for tests and notes."""

    units: int = 0
    files: int = 0


class Reader:
    """Reads units into the cache, within its transaction."""

    def __init__(self, folder: Path, cache: Cache, known: dict[str, Known], work: Work) -> None:
        self._folder = folder
        self._cache = cache
        self._known = known
        self._work = work
        self._owners = {
            (each.kind, each.id): path for path, each in known.items() if each.id is not None
        }
        self._now = time.time_ns()

    def read(self, unit: Unit) -> None:
        """Read one unit, or the files of it that changed."""
        source = Source(f"{self._folder}{os.sep}{unit.path.replace('/', os.sep)}")
        files = unpack(unit.listing)
        before = self._known.get(unit.path)
        if unit.kind is Kind.RUN:
            done = self._read_run(unit, source, files, before)
        else:
            done = self._read_whole(unit, source, files, before)
        if done:
            self._cache.skip(unit.path, source.skipped)
        self._work.units += 1
        self._work.files += source.files

    def _read_run(
        self, unit: Unit, source: Source, files: dict[str, str], before: Known | None
    ) -> bool:
        old = unpack(before.listing) if before is not None and before.id is not None else {}
        # How far a metric's file is whole depends on the run's status.
        same_place = before is not None and before.experiment == unit.experiment
        if before is None or before.id is None or not same_place or old.get(META) != files[META]:
            return self._read_new_run(unit, source, files, before)
        run = self._cache.run(before.id)
        names = [name for name, stamp in files.items() if old.get(name) != stamp]
        grown = {
            name: start
            for name in names
            if name.startswith("metrics/") and name in old and is_unfinished(run)
            if _size(old[name]) < _size(files[name])
            if (start := source.end_of_lines(name, _size(old[name])))
        }
        names = [name for name in names if name not in grown]
        gone = [name for name in old if name not in files]
        # A link is a file or two in a folder of its own: there are few, and they go together.
        linked = [name for name in (*names, *gone) if name.startswith(("inputs/", "outputs/"))]
        if linked:
            names = [n for n in names if n not in linked] + [
                n for n in files if n.startswith(("inputs/", "outputs/"))
            ]
        self._cache.unskip(unit.path, [*names, *gone])
        self._cache.clear_keys(before.id, [*names, *gone])
        self._put(unit, before.id, run_rows(unit, source, run, names), files)
        self._add_metrics(source, run, names, files)
        self._cache.unskip(unit.path, grown, UNFINISHED_LINE)
        for name, start in grown.items():
            self._add_points(source, run, name, slice(start, _size(files[name])))
        return True

    def _read_new_run(
        self, unit: Unit, source: Source, files: dict[str, str], before: Known | None
    ) -> bool:
        run = run_row(unit, source)
        if run is None and before is not None and before.id is not None and self._is_new(files):
            return False  # it is being written: what is known stays until it can be read
        run_id = None if run is None else str(run["run_uuid"])
        self._drop(unit, before, before is not None and before.id == run_id)
        if run is None or run_id is None or self._is_taken(unit, source, run_id):
            self._put(unit, None, {}, files)
            return True
        rows = run_rows(unit, source, run, files)
        rows[runs] = [run]
        self._put(unit, run_id, rows, files)
        self._add_metrics(source, run, files, files)
        return True

    def _add_metrics(
        self,
        source: Source,
        run: Mapping[str, Any],
        names: Iterable[str],
        files: Mapping[str, str],
    ) -> None:
        """Read metrics as long as they were when they were listed: the next time goes on there."""
        for name in names:
            if name.startswith("metrics/"):
                rows = metric_rows(source, run, name, slice(0, _size(files[name])))
                self._cache.add({metrics: rows, latest_metrics: latest_of(rows)})

    def _add_points(self, source: Source, run: Mapping[str, Any], name: str, part: slice) -> None:
        """Read what was added to a metric: MLflow appends, and never writes a line anew."""
        key = key_of(name.partition("/")[2])
        rows = metric_rows(source, run, name, part)
        latest = latest_of([*self._cache.latest(run["run_uuid"], key), *rows])
        self._cache.add({metrics: rows})
        self._cache.put_latest(run["run_uuid"], key, latest)

    def _read_whole(
        self, unit: Unit, source: Source, files: dict[str, str], before: Known | None
    ) -> bool:
        rows, id_ = self._rows(unit, source, files)
        if id_ is None and before is not None and before.id is not None and self._is_new(files):
            return False
        self._drop(unit, before, experiments in rows)
        if id_ is None or self._is_taken(unit, source, id_):
            self._put(unit, None, {}, files)
        else:
            self._put(unit, id_, rows, files)
        return True

    def _rows(self, unit: Unit, source: Source, files: Iterable[str]) -> tuple[Rows, str | None]:
        match unit.kind:
            case Kind.EXPERIMENT:
                return experiment_rows(unit, source, files), str(unit.experiment)
            case Kind.LOGGED_MODEL:
                rows, owner, key = logged_model_rows(unit, source, files), logged_models, "model_id"
            case Kind.TRACE:
                rows, owner, key = trace_rows(unit, source, files), TRACES, "request_id"
            case _:
                rows = registered_model_rows(unit, source, files)
                owner, key = registered_models, "name"
        return rows, str(rows[owner][0][key]) if rows.get(owner) else None

    def _drop(self, unit: Unit, before: Known | None, keep: bool) -> None:
        if before is None:
            return
        self._cache.unskip(unit.path, None)
        if before.id is not None:
            self._cache.clear(before.kind, before.id, keep)
            self._owners.pop((before.kind, before.id), None)

    def _is_taken(self, unit: Unit, source: Source, id_: str) -> bool:
        """Say whether another folder gave this id before: a copy beside its original."""
        owner = self._owners.setdefault((unit.kind, id_), unit.path)
        if owner == unit.path:
            return False
        source.skip("", f"It has the same id as {owner}.")
        return True

    def _put(self, unit: Unit, id_: str | None, rows: Rows, files: dict[str, str]) -> None:
        if any(self._age(stamp) < _TICK_NS for stamp in files.values()):
            # It may change once more and look the same: it is read again the next time.
            old = {
                name: stamp if self._age(stamp) >= _TICK_NS else f"0 {_size(stamp)}"
                for name, stamp in files.items()
            }
            unit = replace(unit, listing=repack(old))
        self._cache.put(unit, id_, rows)

    def _is_new(self, files: dict[str, str]) -> bool:
        metas = [files[name] for name in (META, TRACE_META) if name in files]
        return any(self._age(stamp) < _UNSETTLED_NS for stamp in metas)

    def _age(self, stamp: str) -> int:
        """Return how long ago a file was written, in ns; what comes from the future is old."""
        age = self._now - int(stamp.partition(" ")[0])
        return age if age > -_TICK_NS else _UNSETTLED_NS


def _size(stamp: str) -> int:
    return int(stamp.partition(" ")[2])

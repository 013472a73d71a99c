"""The private database that a file store is read into: MLflow's tables, and what was read when."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    TableClause,
    bindparam,
    column,
    create_engine,
    delete,
    exists,
    func,
    insert,
    select,
    table,
)
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.pool import NullPool

from runcase.store import create, schema
from runcase.store.filestore_read import Rows, bare_experiment
from runcase.store.filestore_scan import Kind, Skipped, Unit
from runcase.store.filestore_traces import ASSESSMENTS, SPANS, TRACES
from runcase.store.filestore_values import key_of

FORMAT = 1  # raised when a cache that an older Runcase wrote must be made anew
_BUSY_SECONDS = 20
_BATCH = 5_000  # rows of one table kept before they are written
_MEMORY_KIB = 200_000  # SQLite would lock readers out early if a refresh did not fit

# What MLflow's schema forbids and a file store may hold: equal lines of a metric (FileStore keeps
# them, and the primary key of `metrics` would drop them), two experiments of one name, a status
# that MLflow does not know. The index is the one that histories are read by.
_LOOSER_SQL = """
DROP TABLE metrics;
CREATE TABLE metrics (
    "key" VARCHAR(250) NOT NULL,
    value FLOAT NOT NULL,
    timestamp BIGINT NOT NULL,
    run_uuid VARCHAR(32) NOT NULL,
    step BIGINT DEFAULT '0' NOT NULL,
    is_nan BOOLEAN DEFAULT '0' NOT NULL
);
CREATE INDEX index_metrics_run_uuid_key_step ON metrics (run_uuid, "key", step);
DROP TABLE logged_model_metrics;
CREATE TABLE logged_model_metrics (
    model_id VARCHAR(36) NOT NULL,
    metric_name VARCHAR(500) NOT NULL,
    metric_timestamp_ms BIGINT NOT NULL,
    metric_step BIGINT NOT NULL,
    metric_value FLOAT,
    experiment_id INTEGER NOT NULL,
    run_id VARCHAR(32) NOT NULL,
    dataset_uuid VARCHAR(36),
    dataset_name VARCHAR(500),
    dataset_digest VARCHAR(36)
);
CREATE INDEX index_logged_model_metrics_model_id ON logged_model_metrics (model_id);
DROP TABLE runs;
CREATE TABLE runs (
    run_uuid VARCHAR(32) NOT NULL,
    name VARCHAR(250),
    source_type VARCHAR(20),
    source_name VARCHAR(500),
    entry_point_name VARCHAR(50),
    user_id VARCHAR(256),
    status VARCHAR(9),
    start_time BIGINT,
    end_time BIGINT,
    source_version VARCHAR(50),
    lifecycle_stage VARCHAR(20),
    artifact_uri VARCHAR(200),
    experiment_id INTEGER,
    deleted_time BIGINT,
    CONSTRAINT run_pk PRIMARY KEY (run_uuid)
);
DROP TABLE experiments;
CREATE TABLE experiments (
    experiment_id INTEGER NOT NULL,
    name VARCHAR(256) NOT NULL,
    artifact_location VARCHAR(256),
    lifecycle_stage VARCHAR(32),
    creation_time BIGINT,
    last_update_time BIGINT,
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    CONSTRAINT experiment_pk PRIMARY KEY (experiment_id)
);
DELETE FROM alembic_version;
CREATE TABLE runcase_units (
    path BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT,
    experiment INTEGER NOT NULL,
    listing BLOB NOT NULL
);
CREATE TABLE runcase_skipped (unit BLOB NOT NULL, name TEXT NOT NULL, reason TEXT NOT NULL);
"""


def _table(name: str, columns: str) -> TableClause:
    return table(name, *(column(each) for each in columns.split()))


_UNITS = _table("runcase_units", "path kind id experiment listing")
_SKIPPED = _table("runcase_skipped", "unit name reason")
_OWNERS: dict[Kind, tuple[tuple[Any, str], ...]] = {
    Kind.EXPERIMENT: (
        (schema.experiment_tags, "experiment_id"),
        (schema.datasets, "experiment_id"),
    ),
    Kind.RUN: (
        (schema.metrics, "run_uuid"),
        (schema.latest_metrics, "run_uuid"),
        (schema.params, "run_uuid"),
        (schema.tags, "run_uuid"),
    ),
    Kind.LOGGED_MODEL: (
        (schema.logged_models, "model_id"),
        (schema.logged_model_metrics, "model_id"),
        (schema.logged_model_params, "model_id"),
        (schema.logged_model_tags, "model_id"),
    ),
    Kind.TRACE: (
        (TRACES, "request_id"),
        (schema.trace_tags, "request_id"),
        (schema.trace_request_metadata, "request_id"),
        (SPANS, "trace_id"),
        (ASSESSMENTS, "trace_id"),
    ),
    Kind.REGISTERED_MODEL: (
        (schema.registered_models, "name"),
        (schema.registered_model_tags, "name"),
        (schema.registered_model_aliases, "name"),
        (schema.model_versions, "name"),
        (schema.model_version_tags, "name"),
    ),
}
# These rows are updated in place: a table of runs knows its rows by their rowid.
_KEPT: dict[Kind, tuple[Any, str]] = {
    Kind.EXPERIMENT: (schema.experiments, "experiment_id"),
    Kind.RUN: (schema.runs, "run_uuid"),
}
_BY_KEY = {
    "metrics": (schema.metrics, schema.latest_metrics),
    "params": (schema.params,),
    "tags": (schema.tags,),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the cache holds of one unit; `id` is None if its rows are not there."""

    kind: Kind
    id: str | None
    experiment: int
    listing: bytes


def make(path: Path) -> None:
    """Write an empty cache.

    Raises:
        StoreError: It exists or cannot be written.
    """
    create.create(path, "", 0)
    raw = sqlite3.connect(path)
    try:
        raw.executescript(f"BEGIN;{_LOOSER_SQL}PRAGMA user_version={FORMAT};COMMIT")
    finally:
        raw.close()


@contextmanager
def opened(path: Path) -> Iterator["Cache"]:
    """Give the cache for reading, and for one transaction; what is not committed is undone."""

    def connect() -> sqlite3.Connection:
        raw = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        raw.execute(f"PRAGMA cache_size=-{_MEMORY_KIB}").close()
        return raw

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    with engine.connect() as connection:
        yield Cache(connection)


class Cache:
    """One connection to a cache; used by one thread."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._pending: dict[TableClause, list[dict[str, Any]]] = {}

    @property
    def is_current(self) -> bool:
        """Say whether this Runcase wrote it."""
        return self._connection.exec_driver_sql("PRAGMA user_version").scalar() == FORMAT

    def begin(self, whole: bool = False) -> None:
        """Start to write; `whole` is for a new file, which nobody reads and a crash may spoil."""
        if whole:
            self._connection.exec_driver_sql("PRAGMA synchronous=OFF")
            self._connection.exec_driver_sql("PRAGMA journal_mode=OFF")
        self._connection.exec_driver_sql("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Keep what was written."""
        self._flush()
        self._connection.exec_driver_sql("COMMIT")

    def rollback(self) -> None:
        """Undo what was written."""
        self._pending.clear()
        self._connection.rollback()

    def known(self) -> dict[str, Known]:
        """Return all units by their path."""
        rows = self._connection.execute(select(*_UNITS.c))
        return {
            os.fsdecode(path): Known(Kind(kind), id_, experiment, listing)
            for path, kind, id_, experiment, listing in rows
        }

    def skipped(self, limit: int | None = None) -> list[Skipped]:
        """Return what was left out, in order of the paths."""
        order = (_SKIPPED.c.unit, _SKIPPED.c.name)
        rows = self._connection.execute(select(*_SKIPPED.c).order_by(*order).limit(limit))
        return [
            Skipped("/".join(filter(None, (_shown(unit), name))), reason)
            for unit, name, reason in rows
        ]

    def has_same_folders_skipped(self, found: Iterable[Skipped]) -> bool:
        """Say whether a walk left out what the last one did."""
        of_walk = select(_SKIPPED.c.name, _SKIPPED.c.reason).where(_SKIPPED.c.unit == b"")
        before = {(name, reason) for name, reason in self._connection.execute(of_walk)}
        return before == {(_shown(os.fsencode(one.path)), one.reason) for one in found}

    def count_skipped(self) -> int:
        """Return how much was left out."""
        return self._connection.scalar(select(func.count()).select_from(_SKIPPED)) or 0

    def unfinished(self, limit: int) -> list[str]:
        """Return the paths of the runs that may go on, the newest first."""
        return self._run_paths(limit, schema.runs.c.status.in_(("RUNNING", "SCHEDULED")))

    def newest(self, limit: int) -> list[str]:
        """Return the paths of the newest runs."""
        return self._run_paths(limit, schema.runs.c.run_uuid.is_not(None))

    def _run_paths(self, limit: int, which: Any) -> list[str]:
        statement = (
            select(_UNITS.c.path)
            .join(schema.runs, schema.runs.c.run_uuid == _UNITS.c.id)
            .where(_UNITS.c.kind == Kind.RUN.value, which)
            .order_by(schema.runs.c.start_time.desc())
            .limit(limit)
        )
        return [os.fsdecode(path) for (path,) in self._connection.execute(statement)]

    def run(self, run_id: str) -> dict[str, Any]:
        """Return the row of a run that is in the cache."""
        statement = select(schema.runs).where(schema.runs.c.run_uuid == run_id)
        row = dict(self._connection.execute(statement).mappings().one())
        del row["rowid"]
        return row

    def latest(self, run_id: str, key: str) -> list[dict[str, Any]]:
        """Return the latest point of one metric, as a list of one or none."""
        columns = [column for column in schema.latest_metrics.c if column.name != "rowid"]
        of_key = (schema.latest_metrics.c.run_uuid == run_id) & (schema.latest_metrics.c.key == key)
        rows = self._connection.execute(select(*columns).where(of_key)).mappings()
        return [dict(row) for row in rows]

    # -- writing

    def forget(self, path: str, known: Known) -> None:
        """Remove a unit with its rows."""
        if known.id is not None:
            self.clear(known.kind, known.id, keep=False)
        unit = os.fsencode(path)
        self._connection.execute(delete(_UNITS).where(_UNITS.c.path == unit))
        self._connection.execute(delete(_SKIPPED).where(_SKIPPED.c.unit == unit))

    def clear(self, kind: Kind, id_: str, keep: bool) -> None:
        """Remove the rows of a unit; `keep` leaves the one that is updated in place."""
        if kind in _KEPT and not keep:
            owner, key = _KEPT[kind]
            self._connection.execute(delete(owner).where(owner.c[key] == id_))
        if kind is Kind.RUN:
            self._unlink(id_)
        for owned, key in _OWNERS[kind]:
            self._connection.execute(delete(owned).where(owned.c[key] == id_))

    def clear_keys(self, run_id: str, names: Iterable[str]) -> None:
        """Remove what single files of a run gave."""
        keys: dict[str, list[str]] = {}
        for name in names:
            folder, _, key = name.partition("/")
            keys.setdefault(folder, []).append(key_of(key))
        if "inputs" in keys or "outputs" in keys:
            self._unlink(run_id)
        for folder, tables in _BY_KEY.items():
            for owned in tables if folder in keys else ():
                statement = delete(owned).where(
                    owned.c.run_uuid == run_id, owned.c.key == bindparam("gone")
                )
                gone = [{"gone": key} for key in keys[folder]]
                self._connection.execute(statement, gone)

    def put(self, unit: Unit, id_: str | None, rows: Rows) -> None:
        """Add what was read of a unit, and keep its listing for the next time."""
        self.put_unit(unit, id_)
        for owner, key in _KEPT.values():
            for row in rows.pop(owner, ()):
                statement = upsert(owner).values(row)
                statement = statement.on_conflict_do_update(
                    index_elements=[owner.c[key]],
                    set_={name: statement.excluded[name] for name in row if name != key},
                )
                self._connection.execute(statement)
        self.add(rows)

    def add(self, rows: Rows) -> None:
        """Add rows of a unit."""
        for owned, new in rows.items():
            pending = self._pending.setdefault(owned, [])
            pending += new
            if len(pending) >= _BATCH:
                self._insert(owned)

    def put_unit(self, unit: Unit, id_: str | None) -> None:
        """Note how a unit's files look."""
        row = {
            "path": os.fsencode(unit.path),
            "kind": unit.kind.value,
            "id": id_,
            "experiment": unit.experiment,
            "listing": unit.listing,
        }
        self._connection.execute(insert(_UNITS).prefix_with("OR REPLACE"), row)

    def move(self, old: str, unit: Unit, id_: str | None) -> None:
        """Note that a unit's folder has another place, and is otherwise as it was."""
        before, after = os.fsencode(old), os.fsencode(unit.path)
        self._connection.execute(delete(_UNITS).where(_UNITS.c.path == before))
        moved = _SKIPPED.update().where(_SKIPPED.c.unit == before).values(unit=after)
        self._connection.execute(moved)
        self.put_unit(unit, id_)

    def skip(self, unit: str, found: Iterable[tuple[str, str]]) -> None:
        """Note what could not be read."""
        rows = [
            {"unit": os.fsencode(unit), "name": _shown(os.fsencode(name)), "reason": reason}
            for name, reason in found
        ]
        if rows:
            self._connection.execute(insert(_SKIPPED), rows)

    def put_latest(self, run_id: str, key: str, rows: list[dict[str, Any]]) -> None:
        """Replace the latest point of one metric."""
        table = schema.latest_metrics
        of_key = (table.c.run_uuid == run_id) & (table.c.key == key)
        self._connection.execute(delete(table).where(of_key))
        self.add({table: rows})

    def unskip(self, unit: str, names: Iterable[str] | None, reason: str | None = None) -> None:
        """Forget what was wrong with some files of a unit, or with all."""
        statement = delete(_SKIPPED).where(_SKIPPED.c.unit == os.fsencode(unit))
        if reason is not None:
            statement = statement.where(_SKIPPED.c.reason == reason)
        if names is None:
            self._connection.execute(statement)
            return
        shown = [{"gone": _shown(os.fsencode(name))} for name in names]
        if shown:
            self._connection.execute(statement.where(_SKIPPED.c.name == bindparam("gone")), shown)

    def complete_experiments(self, units: Mapping[int, Unit]) -> None:
        """Give runs a row for their experiment where its meta.yaml is missing or malformed."""
        self._flush()
        has_row = exists().where(schema.experiments.c.experiment_id == schema.runs.c.experiment_id)
        lost = select(schema.runs.c.experiment_id).where(~has_row).distinct()
        for (number,) in self._connection.execute(lost).all():
            if number in units:
                row = bare_experiment(units[number])
                self._connection.execute(insert(schema.experiments), row)

    def _unlink(self, run_id: str) -> None:
        inputs, input_tags = schema.inputs, schema.input_tags
        for which in (
            (inputs.c.destination_type == "RUN") & (inputs.c.destination_id == run_id),
            inputs.c.source_type.in_(("RUN_INPUT", "RUN_OUTPUT")) & (inputs.c.source_id == run_id),
        ):
            of_run = select(inputs.c.input_uuid).where(which)
            self._connection.execute(delete(input_tags).where(input_tags.c.input_uuid.in_(of_run)))
            self._connection.execute(delete(inputs).where(which))

    def _flush(self) -> None:
        for owned in list(self._pending):
            self._insert(owned)

    def _insert(self, owned: TableClause) -> None:
        rows = self._pending.pop(owned)
        for start in range(0, len(rows), _BATCH):
            # Two files of one key, such as names that differ in what is no UTF-8: the first stays.
            statement = insert(owned).prefix_with("OR IGNORE")
            self._connection.execute(statement, rows[start : start + _BATCH])


def _shown(path: bytes) -> str:
    return path.decode(errors="replace")

"""Looks a store over: what is odd about it, what that means and what can be done."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Table,
    bindparam,
    case,
    func,
    literal_column,
    select,
    text,
)

from runcase.errors import DamagedError, RuncaseError
from runcase.progress import Progress
from runcase.store import revisions, schema
from runcase.store.artifact_roots import ArtifactRoot, resolve
from runcase.store.artifacts import ArtifactFinder
from runcase.store.connection import ReadConnection, compiled
from runcase.store.engine import Store
from runcase.store.frame import RunFrame, load
from runcase.store.opening import WAL, beside
from runcase.store.orphans import orphan_folders
from runcase.store.records import Lifecycle
from runcase.store.stalled import stalled_runs

_CHUNK = 20_000
_LARGEST = sys.float_info.max  # MLflow's infinity
_KEYED = (schema.latest_metrics, schema.params, schema.tags, schema.metrics)
# Remote file systems, on which SQLite's locks are not to be trusted.
_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ncpfs"})
MAX_RUNS = 5


class Severity(StrEnum):
    """How much a finding matters."""

    GOOD = "good"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: a fact, what it means, and what can be done; `runs` are examples."""

    severity: Severity
    title: str
    meaning: str
    advice: str = ""
    runs: tuple[tuple[str, str], ...] = ()


def check(store: Store, finder: ArtifactFinder, progress: Progress) -> list[Finding]:
    """Return the findings, the worst first; called on a worker thread.

    A check that a damaged page stops becomes a finding of its own. The integrity check is apart,
    see `integrity`: it reads the whole file.
    """
    checks: tuple[tuple[str, Callable[[], list[Finding]]], ...] = (
        ("schema", lambda: [_schema(store)]),
        ("journal", lambda: _journal(store)),
        ("indexes", lambda: [] if store.is_file_store else _reading(store, progress, _indexes)),
        ("rows without a run", lambda: _reading(store, progress, _orphans)),
        ("values", lambda: _reading(store, progress, _values)),
        ("running runs", lambda: _reading(store, progress, _stalled)),
        ("artifacts", lambda: _artifacts(store, finder, progress)),
        ("drive", lambda: _drive(store.path)),
    )
    found: list[Finding] = []
    for done, (what, each) in enumerate(checks):
        progress.report(done, len(checks), f"checks: {what}")
        try:
            found += each()
        except DamagedError as error:
            meaning = f"While {what} were checked: {error.message}"
            found.append(Finding(Severity.ERROR, "The database is damaged", meaning, error.hint))
    order = list(Severity)
    return sorted(found, key=lambda finding: -order.index(finding.severity))


def integrity(store: Store, progress: Progress) -> list[Finding]:
    """Run SQLite's own integrity check of the whole file; it can be stopped."""
    progress.report(0, 0, "pages, all of them")
    try:
        with store.read(progress) as connection:
            rows = connection.rows(text("PRAGMA integrity_check(20)"))
    except DamagedError as error:
        return [Finding(Severity.ERROR, "The database is damaged", error.message, error.hint)]
    lines = [str(row[0]) for row in rows]
    if lines == ["ok"]:
        meaning = "SQLite read every page and every index and found nothing wrong."
        return [Finding(Severity.GOOD, "Integrity check passed", meaning)]
    advice = "Copy the file before anything else writes to it; `sqlite3 FILE .recover` may help."
    shown = "; ".join(lines[:5])
    return [Finding(Severity.ERROR, "The database is damaged", f"SQLite says: {shown}", advice)]


def _schema(store: Store) -> Finding:
    if store.is_file_store:
        meaning = "Its files were read into a private copy; the folder itself is not changed."
        return Finding(Severity.GOOD, "A file store", meaning)
    revision = store.features.revision
    if revision is None:
        meaning = "The database names no schema revision: it is from before MLflow 1.0."
        return Finding(Severity.NOTE, "A very old schema", meaning, "All of it is shown.")
    versions = revisions.mlflow_versions(revision)
    if not revisions.is_known(revision):
        return Finding(
            Severity.WARNING,
            "Written by a newer MLflow",
            f"Revision {revision} is not known to this version of Runcase.",
            "What Runcase knows is shown; tables it does not know are left out.",
        )
    meaning = f"Revision {revision}, which MLflow {versions} writes."
    return Finding(Severity.GOOD, f"Schema of MLflow {versions}", meaning)


def _journal(store: Store) -> list[Finding]:
    notes = [Finding(Severity.WARNING, "A note from opening", note) for note in store.notes]
    if store.is_file_store:
        return notes
    log = beside(store.path, WAL)
    if log.exists() and log.stat().st_size:
        meaning = f"{log.name} holds {log.stat().st_size:,} bytes that are not in the database yet."
        advice = "Keep both files together when you copy the store. Runcase reads both."
        notes.append(Finding(Severity.NOTE, "A write-ahead log is not merged", meaning, advice))
    if store.journal_mode == "wal":
        meaning = "A write-ahead log: readers and a writer do not wait for each other."
        return [*notes, Finding(Severity.GOOD, "Journal mode is WAL", meaning)]
    meaning = "MLflow's default: a writer waits for each short read. Runcase reads in short pieces."
    return [*notes, Finding(Severity.GOOD, "Journal mode is rollback", meaning)]


def _reading(
    store: Store, progress: Progress, function: Callable[[ReadConnection], list[Finding]]
) -> list[Finding]:
    with store.read(progress) as connection:
        return function(connection)


def _indexes(connection: ReadConnection) -> list[Finding]:
    features = connection.features
    missing = [
        table.name
        for table in _KEYED
        if features.has(table) and not features.indexed(table, "run_uuid")
    ]
    if missing:
        return [
            Finding(
                Severity.NOTE,
                "No index by run",
                f"{', '.join(missing)} have none: one run's values are found by reading them all.",
                "MLflow adds it from 1.25 on, when it migrates the database.",
            )
        ]
    if features.has(schema.metrics) and not features.indexed(schema.metrics, "run_uuid", "key"):
        return [
            Finding(
                Severity.NOTE,
                "No index by run and metric",
                "A curve is found by reading all metrics of its run.",
                "MLflow adds it from 3.12 on, when it migrates the database.",
            )
        ]
    return [Finding(Severity.GOOD, "Indexes are there", "Runs and curves are found directly.")]


def _orphans(connection: ReadConnection) -> list[Finding]:
    counts = {
        table.name: _count_orphans(connection, table)
        for table in _KEYED
        if connection.features.has(table)
    }
    found = {name: count for name, count in counts.items() if count}
    if not found:
        meaning = "Every metric, param and tag belongs to a run that exists."
        return [Finding(Severity.GOOD, "No orphan rows", meaning)]
    said = ", ".join(f"{count:,} in {name}" for name, count in found.items())
    return [
        Finding(
            Severity.NOTE,
            f"{sum(found.values()):,} rows belong to no run",
            f"{said}: their runs were deleted from the database by hand.",
            "They are not shown and harm nothing but the file's size.",
        )
    ]


def _count_orphans(connection: ReadConnection, table: Table) -> int:
    """Count rows whose run is gone, in pieces of the table's row numbers."""
    rowid: ColumnElement[int] = literal_column("rowid", BigInteger)
    piece = (
        select(rowid.label("number"), table.c.run_uuid)
        .select_from(table)
        .where(rowid > bindparam("after"))
        .order_by(rowid)
        .limit(_CHUNK)
        .subquery()
    )
    owner = select(schema.runs.c.run_uuid).where(schema.runs.c.run_uuid == piece.c.run_uuid)
    lost = func.sum(case((owner.exists(), 0), else_=1))
    statement = compiled(select(func.max(piece.c.number), lost))
    total, after = 0, -(2**63)
    while True:
        last, orphans = connection.row(statement, {"after": after}) or (None, 0)
        if last is None:
            return total
        total, after = total + (orphans or 0), last
        connection.progress.check()


def _values(connection: ReadConnection) -> list[Finding]:
    table = schema.latest_metrics
    features = connection.features
    if not features.has(table):
        return []
    value = table.c.value
    row = connection.row(
        select(
            func.sum(case((features.column(table.c.is_nan) == 1, 1), else_=0)),
            func.sum(case((func.abs(value) >= bindparam("largest"), 1), else_=0)),
        ).select_from(table),
        {"largest": _LARGEST},
    )
    nans, infinities = (row[0] or 0, row[1] or 0) if row else (0, 0)
    if not (nans or infinities):
        meaning = "The latest value of every metric is a number."
        return [Finding(Severity.GOOD, "No NaN and no infinity", meaning)]
    return [
        Finding(
            Severity.NOTE,
            f"{nans:,} NaN and {infinities:,} infinite values",
            "So many metrics end with one: often a run that diverged.",
            "They are drawn as gaps and sorted behind the numbers.",
        )
    ]


def _name(frame: RunFrame, run_id: str) -> str:
    row = frame.row_of(run_id)
    return (None if row is None else frame.text("run_name", row)) or run_id[:8]


def _stalled(connection: ReadConnection) -> list[Finding]:
    frame = load(connection, None, Lifecycle.ACTIVE)
    stalled = stalled_runs(connection, frame, int(time.time() * 1000))
    if not stalled:
        return [Finding(Severity.GOOD, "No stalled runs", "Every RUNNING run is written to.")]
    examples = tuple(
        (run_id, _name(frame, run_id))
        for run_id in sorted(stalled, key=stalled.__getitem__)[:MAX_RUNS]
    )
    many = "1 run is" if len(stalled) == 1 else f"{len(stalled):,} runs are"
    return [
        Finding(
            Severity.WARNING,
            f"{many} RUNNING, and nobody writes",
            "Nothing was logged for more than an hour: most often the process died.",
            "MLflow's client can end them: MlflowClient().set_terminated(run_id, 'KILLED').",
            examples,
        )
    ]


def _artifacts(store: Store, finder: ArtifactFinder, progress: Progress) -> list[Finding]:
    roots = resolve(store, finder, progress)
    found = [_root(root) for root in roots if not root.resolved and root.runs]
    resolved, runs = sum(root.resolved for root in roots), sum(root.runs for root in roots)
    if resolved:
        meaning = f"{resolved:,} of {runs:,} runs have an artifact folder on this machine."
        note = "MLflow makes a run's folder with its first artifact."
        found.append(Finding(Severity.GOOD, "Artifacts are found", meaning, note))
    lost = orphan_folders(store, roots, progress)
    if lost:
        some = ", ".join(str(path) for path in lost[:3])
        found.append(
            Finding(
                Severity.NOTE,
                f"{len(lost):,} artifact folders belong to no run",
                f"The store has no run of that id: {some}.",
                "They were left by runs that were deleted from the database.",
            )
        )
    return found


def _root(root: ArtifactRoot) -> Finding:
    if "://" in root.stored and not root.stored.startswith("file:"):
        title = f"{_runs(root.runs)} with artifacts elsewhere"
        return Finding(Severity.NOTE, title, f"They are at {root.stored}, which is not local.")
    return Finding(
        Severity.WARNING,
        f"No artifacts were found of {_runs(root.runs)}",
        f"They were written to {root.stored or 'no place at all'}, which is not here.",
        "Either none was logged, or the folder has moved: open such a run's Artifacts and choose "
        "Fix Artifact Root.",
    )


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count:,} runs"


def _drive(path: Path) -> list[Finding]:
    kind = network_drive(path)
    if not kind:
        return []
    return [
        Finding(
            Severity.WARNING,
            "The database lies on a network drive",
            f"Its file system is {kind}. SQLite's locks cannot be relied on there.",
            "Let one program at a time write to it, or copy it to a local drive to look at it.",
        )
    ]


def network_drive(path: Path) -> str:
    """Return the kind of a remote file system that a path lies on, "" for a local one."""
    if str(path).startswith("\\\\"):
        return "a Windows share"
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
        real = path.resolve()
    except (OSError, RuncaseError):
        return ""
    best, kind = Path(), ""
    for line in mounts:
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        place = Path(parts[1].replace("\\040", " "))
        if real.is_relative_to(place) and len(place.parts) >= len(best.parts):
            best, kind = place, parts[2]
    return kind if kind in _REMOTE else ""

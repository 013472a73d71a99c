"""Damages a copy of a store in one of many seeded ways, and reads all that the window reads."""

import contextlib
import io
import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from runcase.errors import RuncaseError
from runcase.headless.dump import dump
from runcase.headless.info import info
from runcase.headless.runs import runs as print_runs
from runcase.itemmodels import columns as titles
from runcase.itemmodels.arrangement import Wish, arrange
from runcase.itemmodels.runs import RunsModel
from runcase.itemmodels.selection import RunColors
from runcase.store import (
    experiments,
    frame,
    metrics,
    models,
    registry,
    runs,
    traces,
)
from runcase.store.artifacts import ArtifactFinder
from runcase.store.connection import ReadConnection
from runcase.store.engine import Store
from runcase.store.records import ColumnKey, Kind, Lifecycle
from runcase.store.summary import summarise

_SOME_RUNS = 4
_NUMBERS = {
    "runs": ("start_time", "end_time", "experiment_id"),
    "metrics": ("value", "timestamp", "step", "is_nan"),
    "latest_metrics": ("value", "timestamp", "step", "is_nan"),
    "experiments": ("creation_time", "last_update_time"),
    "model_versions": ("version", "creation_time", "last_updated_time"),
    "registered_models": ("creation_time", "last_updated_time"),
    "registered_model_aliases": ("version",),
    "logged_models": ("creation_timestamp_ms", "last_updated_timestamp_ms", "status"),
    "trace_info": ("timestamp_ms", "execution_time_ms"),
    "inputs": ("step",),
}
_ODD = (
    "'a text'",
    "'NaN'",
    "''",
    "NULL",
    "x'00ff'",
    "CAST(x'66fc00' AS TEXT)",
    "1e20",
    "-1e20",
    "9223372036854775807",
    "-9223372036854775808",
    "1831200000000000",  # year 60,000
    "-1",
    "1.5",
    "9e999",
    "'x' || char(0) || char(27) || char(8238) || 'y'",
    "zeroblob(0)",
)


def damage(path: Path, seed: int) -> str:
    """Damage a database; returns how, for the message of a failing test."""
    chance = random.Random(seed)
    kind = _KINDS[seed % len(_KINDS)]
    return f"seed {seed}: {kind.__name__}: {kind(path, chance)}"


def _flipped(path: Path, chance: random.Random) -> str:
    content = bytearray(path.read_bytes())
    places = [chance.randrange(len(content)) for _ in range(chance.choice((1, 8, 64, 512)))]
    for place in places:
        content[place] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    return f"{len(places)} bits"


def _cut(path: Path, chance: random.Random) -> str:
    content = path.read_bytes()
    size = chance.randrange(len(content))
    if chance.random() < 0.5:
        size -= size % 4096
    # Half of them do not say how long they were: SQLite then believes the size.
    head = bytearray(content[:size])
    if len(head) > 100 and chance.random() < 0.5:
        head[28:32] = (0).to_bytes(4, "big")
    path.write_bytes(head)
    return f"after {size} bytes"


def _page(path: Path, chance: random.Random) -> str:
    content = bytearray(path.read_bytes())
    pages = len(content) // 4096
    chosen = [chance.randrange(1, pages) for _ in range(chance.choice((1, 1, 3, 20)))]
    how = chance.choice(("zeros", "random", "another", "half"))
    for number in chosen:
        start = number * 4096
        new = {
            "zeros": bytes(4096),
            "random": chance.randbytes(4096),
            "another": bytes(content[4096 * (other := chance.randrange(pages)) :][:4096]),
            "half": bytes(content[start : start + 2048]) + chance.randbytes(2048),
        }[how]
        content[start : start + 4096] = new
    path.write_bytes(content)
    return f"pages {chosen} with {how}, {other}"


def _header(path: Path, chance: random.Random) -> str:
    content = bytearray(path.read_bytes())
    place = chance.randrange(16, 100)
    content[place] = chance.choice((0, 1, 2, 3, 0x7F, 0xFF, chance.randrange(256)))
    path.write_bytes(content)
    return f"byte {place} to {content[place]}"


def _cells(path: Path, chance: random.Random) -> str:
    """Change bytes at the start of pages, where the cells' places stand."""
    content = bytearray(path.read_bytes())
    places = []
    for _ in range(chance.choice((1, 5))):
        place = chance.randrange(1, len(content) // 4096) * 4096 + chance.randrange(60)
        content[place] = chance.randrange(256)
        places.append(place)
    path.write_bytes(content)
    return f"bytes {places}"


def _odd_value(path: Path, chance: random.Random) -> str:
    with _writable(path) as db:
        table, column = chance.choice(
            [
                (table, column)
                for table in _tables(db)
                for column in _NUMBERS.get(table, ())
                if column in _columns(db, table)
            ]
        )
        return _updated(db, chance, table, column, chance.choice(_ODD))


def _odd_text(path: Path, chance: random.Random) -> str:
    with _writable(path) as db:
        table = chance.choice([name for name in _tables(db) if not name.startswith("sqlite")])
        return _updated(db, chance, table, chance.choice(_columns(db, table)), chance.choice(_ODD))


def _odd_everywhere(path: Path, chance: random.Random) -> str:
    with _writable(path) as db:
        done = []
        for table in ("runs", "metrics", "params", "tags"):
            column = chance.choice(_columns(db, table))
            done.append(_updated(db, chance, table, column, chance.choice(_ODD)))
        return "; ".join(done)


def _huge(path: Path, chance: random.Random) -> str:
    with _writable(path) as db:
        text = chance.choice(("1", "x", "\n", "é", "0x", "1e", "a\0b"))
        table, column = chance.choice(
            (("params", "value"), ("tags", "value"), ("runs", "name"), ("params", "key"))
        )
        content = text * (10_000_000 // len(text))
        one = f"rowid = (SELECT min(rowid) + {chance.randrange(5)} FROM {table})"
        db.execute(f'UPDATE {table} SET "{column}" = ? WHERE {one}', [content])
        return f"{table}.{column} is 10 MB of {text!r}"


def _relations(path: Path, chance: random.Random) -> str:
    with _writable(path) as db:
        ids = [row[0] for row in db.execute("SELECT run_uuid FROM runs ORDER BY 1")]
        ring = chance.sample(ids, chance.choice((1, 2, 7)))
        for child, parent in zip(ring, [*ring[1:], ring[0]], strict=True):
            db.execute("DELETE FROM tags WHERE key='mlflow.parentRunId' AND run_uuid=?", [child])
            pair = ("mlflow.parentRunId", parent, child)
            db.execute("INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)", pair)
        db.execute("UPDATE runs SET status = 'MELTED' WHERE run_uuid = ?", [ring[0]])
        orphan = chance.choice(ids)
        db.execute("UPDATE runs SET experiment_id = 99999 WHERE run_uuid = ?", [orphan])
        return f"a ring of {len(ring)}"


def _schema(path: Path, chance: random.Random) -> str:
    with _writable(path) as db:
        db.execute("PRAGMA writable_schema=ON")
        name, sql = chance.choice(
            db.execute(
                "SELECT name, sql FROM sqlite_master WHERE type='table' ORDER BY name"
            ).fetchall()
        )
        how = chance.choice(("drop", "empty", "nonsense", "unconstrained", "rename", "root"))
        if how == "drop":
            db.execute("DELETE FROM sqlite_master WHERE name = ?", [name])
        elif how == "root":
            root = chance.randrange(1, 50)
            db.execute("UPDATE sqlite_master SET rootpage = ? WHERE name = ?", [root, name])
        else:
            new = {
                "empty": "",
                "nonsense": "CREATE TABLE (((",
                "unconstrained": sql.replace("NOT NULL", "").replace("PRIMARY KEY", "UNIQUE"),
                "rename": sql.replace("run_uuid", "run_id").replace("value", "val"),
            }[how]
            db.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", [new, name])
        return f"{how} {name}"


_KINDS: tuple[Callable[[Path, random.Random], str], ...] = (
    _flipped,
    _cut,
    _page,
    _page,
    _header,
    _cells,
    _cells,
    _odd_value,
    _odd_value,
    _odd_text,
    _odd_text,
    _odd_everywhere,
    _relations,
    _schema,
)


def huge(path: Path, seed: int) -> str:
    """Put 10 MB where a short text belongs; apart from `damage`, as each takes a second."""
    return _huge(path, random.Random(seed))


@contextlib.contextmanager
def _writable(path: Path) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(path)
    db.execute("PRAGMA synchronous=OFF")
    db.execute("PRAGMA ignore_check_constraints=ON")
    try:
        with db:
            yield db
    finally:
        db.close()


def _tables(db: sqlite3.Connection) -> list[str]:
    found = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    names = [row[0] for row in found]
    return [name for name in names if db.execute(f'SELECT 1 FROM "{name}"').fetchone()]


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]


def _updated(
    db: sqlite3.Connection, chance: random.Random, table: str, column: str, value: str
) -> str:
    """Set a column of one row or all; the constraints that forbid it are taken away before."""
    sql = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table]).fetchone()[0]
    db.execute("PRAGMA writable_schema=ON")
    loose = sql.replace("NOT NULL", "")
    db.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", [loose, table])
    db.execute("PRAGMA writable_schema=RESET")
    which = "" if chance.random() < 0.3 else f"WHERE rowid % {chance.choice((1, 2, 7))} = 0"
    if not which and chance.random() < 0.7:
        which = f'WHERE rowid = (SELECT min(rowid) FROM "{table}")'
    with contextlib.suppress(sqlite3.IntegrityError):  # a row number that is no number
        db.execute(f'UPDATE OR IGNORE "{table}" SET "{column}" = {value} {which}')
    return f"{table}.{column} = {value} {which}"


def read_everything(path: Path, seed: int) -> list[str]:
    """Read what the window reads and one command prints; returns what was said of the damage.

    Anything but a `RuncaseError` goes through.
    """
    said: list[str] = []
    try:
        store = Store.open(path)
    except RuncaseError as error:
        return [_sentence(error)]
    try:
        _read_store(store, said)
        said += store.notes
    finally:
        store.close()
    commands = (
        lambda: info(str(path), as_json=True),
        lambda: dump(str(path)),
        lambda: print_runs(str(path)),
    )
    _tried(said, lambda: _quietly(commands[seed % len(commands)]))
    return said


def _quietly(command: Callable[[], int]) -> None:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        command()


def _sentence(error: RuncaseError) -> str:
    assert error.message
    assert "Traceback" not in error.message
    return error.message


def _tried(said: list[str], read: Callable[[], object]) -> object:
    try:
        return read()
    except RuncaseError as error:
        said.append(_sentence(error))
        return None


def _read_store(store: Store, said: list[str]) -> None:
    finder = ArtifactFinder(store.path, store.folder)
    _tried(said, lambda: summarise(store))
    store.generation()
    _tried(said, store.refresh)
    try:
        with store.read() as connection:
            _read_lists(connection, said, finder)
            read = _tried(said, lambda: _read_frame(connection))
            ids = [] if read is None else list(read.ids)
            for run_id in ids[:: max(1, len(ids) // _SOME_RUNS)][:_SOME_RUNS]:
                _read_run(connection, said, run_id)
                row = read.row_of(run_id)
                finder.find(read.text("artifact_uri", row), run_id)
    except RuncaseError as error:
        said.append(_sentence(error))


def _read_lists(connection: ReadConnection, said: list[str], finder: ArtifactFinder) -> None:
    def every_version() -> None:
        for one in registry.list_models(connection)[:3]:
            found = registry.versions(connection, one.name, one.workspace)
            registry.version_metrics(connection, [each.run_id or "" for each in found])

    _tried(said, lambda: experiments.list_experiments(connection))
    _tried(said, every_version)
    for listed in (models.list_logged_models, traces.list_traces):
        for one in _tried(said, lambda read=listed: read(connection)) or ():  # type: ignore[attr-defined]
            finder.find(getattr(one, "artifact_location", ""), getattr(one, "model_id", ""))


def _read_frame(connection: ReadConnection) -> frame.RunFrame:
    read = frame.load(connection, None, Lifecycle.ALL)
    keys = frame.keys(connection, None)
    frame.keys(connection, ["0", "1"])
    frame.load_rows(connection, read, list(range(min(5, len(read)))), keys[:40])
    frame.newest(connection, None, Lifecycle.ACTIVE)
    frame.load_columns(connection, read, keys)
    others = [
        frame.ARTIFACT_URI,
        ColumnKey(Kind.DATASET, "name"),
        ColumnKey(Kind.MODEL, "name"),
        *(ColumnKey(Kind.METRIC, key.key, how) for key in keys[:2] for how in ("min", "at:1")),
    ]
    frame.load_columns(connection, read, others)
    model = RunsModel(RunColors())
    model.set_columns([*titles.EXTRA, *keys])
    for sort in (titles.STARTED, titles.DURATION, *keys[:: max(1, len(keys) // 3)]):
        arranged = arrange(read, Wish(model.columns, ((sort, False),), expanded=None))
    model.show(arranged)
    for row in range(min(5, model.rowCount())):
        for key in model.columns:
            assert len(model.cell(row, key).text) <= 4 * 1001
            assert len(model._tip(row, key)) <= 5000
            model.full_text(row, key)
    return read


def _read_run(connection: ReadConnection, said: list[str], run_id: str) -> None:
    _tried(said, lambda: runs.detail(connection, run_id))
    found = _tried(said, lambda: metrics.summaries(connection, run_id))
    if isinstance(found, list):
        pairs = [(run_id, each.key) for each in found[:6]]
        _tried(said, lambda: metrics.histories(connection, pairs))
    _tried(said, lambda: runs.find(connection, run_id[:6], 20))

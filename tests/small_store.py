"""Makes small databases with MLflow's first tables, and watches that folders stay as they were."""

import hashlib
import sqlite3
from pathlib import Path

_TABLES = """
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);
INSERT INTO alembic_version VALUES ('90e64c465722');
CREATE TABLE experiments (experiment_id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(256) NOT NULL,
  artifact_location VARCHAR(256), lifecycle_stage VARCHAR(32));
CREATE TABLE runs (run_uuid VARCHAR(32) NOT NULL PRIMARY KEY, name VARCHAR(250),
  source_type VARCHAR(20), source_name VARCHAR(500), entry_point_name VARCHAR(50),
  user_id VARCHAR(256), status VARCHAR(20), start_time BIGINT, end_time BIGINT,
  source_version VARCHAR(50), lifecycle_stage VARCHAR(20), artifact_uri VARCHAR(200),
  experiment_id INTEGER);
CREATE TABLE metrics ("key" VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL,
  run_uuid VARCHAR(32) NOT NULL, step BIGINT DEFAULT '0' NOT NULL,
  PRIMARY KEY ("key", timestamp, step, run_uuid, value));
CREATE TABLE params ("key" VARCHAR(250) NOT NULL, value VARCHAR(250) NOT NULL,
  run_uuid VARCHAR(32) NOT NULL, PRIMARY KEY ("key", run_uuid));
CREATE TABLE tags ("key" VARCHAR(250) NOT NULL, value VARCHAR(250),
  run_uuid VARCHAR(32) NOT NULL, PRIMARY KEY ("key", run_uuid));
INSERT INTO experiments VALUES (0, 'Default', './mlruns/0', 'active');
"""
INSERT_RUN = (
    "INSERT INTO runs "
    "VALUES (?, '', 'UNKNOWN', '', '', 'ada', 'FINISHED', 1000, 2000, '', 'active', ?, 0)"
)


def run_id(number: int) -> str:
    return f"{number:032x}"


def make_store(path: Path, runs: int = 3, wal: bool = False) -> Path:
    """Write a store with so many runs; returns its path."""
    connection = sqlite3.connect(path)
    if wal:
        connection.execute("PRAGMA journal_mode=wal")
    connection.executescript(_TABLES)
    add_runs(connection, range(runs))
    connection.close()
    return path


def add_runs(connection: sqlite3.Connection, numbers: range) -> None:
    rows = [(run_id(number), f"./mlruns/0/{run_id(number)}/artifacts") for number in numbers]
    connection.executemany(INSERT_RUN, rows)
    connection.commit()


def picture(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Return (size, mtime in ns, hash) of every file and folder below a folder, by name."""
    found = {}
    for path in sorted([folder, *folder.rglob("*")]):
        stat = path.stat()
        content = b"" if path.is_dir() else path.read_bytes()
        size = 0 if path.is_dir() else stat.st_size
        digest = hashlib.sha256(content).hexdigest()
        found[str(path.relative_to(folder))] = size, stat.st_mtime_ns, digest
    return found

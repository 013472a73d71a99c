"""Makes a new empty store in MLflow 3.18's schema, without importing mlflow."""

import sqlite3
from contextlib import closing
from pathlib import Path

from runcase.errors import StoreError
from runcase.store.ddl import TRACKING_SQL
from runcase.store.ddl_services import SERVICES_SQL
from runcase.store.ddl_traces import TRACES_SQL

REVISION = "f4a9b2c7d1e6"  # the head of MLflow 3.18.0's migrations

# MLflow makes the same rows when it opens an empty database.
_FIRST_ROWS = (
    ("INSERT INTO alembic_version (version_num) VALUES (:revision)"),
    (
        "INSERT INTO workspaces (name, description)"
        " VALUES ('default', 'Default workspace for legacy resources')"
    ),
    (
        "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage,"
        " creation_time, last_update_time, workspace)"
        " VALUES (0, 'Default', :location, 'active', :now, :now, 'default')"
    ),
)


def create(path: Path, artifact_root: str, now_ms: int) -> None:
    """Write an empty store, in one transaction.

    Args:
        path: The database; it must not be there yet.
        artifact_root: The folder or URI below which experiments keep their artifacts.
        now_ms: When the experiment Default was made.

    Raises:
        StoreError: The file exists or cannot be written.
    """
    if path.exists():
        raise StoreError(f"{path} exists already.", "Choose another name.")
    values = {"revision": REVISION, "location": f"{artifact_root}/0", "now": now_ms}
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            # executescript ends an open transaction, so the script begins its own.
            connection.executescript(f"BEGIN;{TRACKING_SQL}{TRACES_SQL}{SERVICES_SQL}")
            for statement in _FIRST_ROWS:
                connection.execute(statement, values)
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise StoreError(f"{path} could not be written: {error}.") from error

"""MLflow's tables as of 3.18, as far as Runcase reads them, and which of them a database has.

Values come from the DBAPI cursor as SQLite holds them, so a type here says how to compare, not how
to convert: `is_nan` arrives as 0 or 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Float,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    func,
    literal,
    null,
    select,
)
from sqlalchemy.sql.type_api import TypeEngine

METADATA = MetaData()
NAME_TAG = "mlflow.runName"
PARENT_TAG = "mlflow.parentRunId"


def _table(table: str, /, **columns: type[TypeEngine[Any]]) -> Table:
    return Table(table, METADATA, *(Column(column, kind) for column, kind in columns.items()))


alembic_version = _table("alembic_version", version_num=Text)
experiments = _table(
    "experiments",
    experiment_id=Integer,
    name=Text,
    artifact_location=Text,
    lifecycle_stage=Text,
    creation_time=BigInteger,
    last_update_time=BigInteger,
    workspace=Text,
)
experiment_tags = _table("experiment_tags", key=Text, value=Text, experiment_id=Integer)
runs = _table(
    "runs",
    rowid=BigInteger,
    run_uuid=Text,
    name=Text,
    source_type=Text,
    source_name=Text,
    entry_point_name=Text,
    user_id=Text,
    status=Text,
    start_time=BigInteger,
    end_time=BigInteger,
    source_version=Text,
    lifecycle_stage=Text,
    artifact_uri=Text,
    experiment_id=Integer,
    deleted_time=BigInteger,
)
metrics = _table(
    "metrics",
    rowid=BigInteger,
    key=Text,
    value=Float,
    timestamp=BigInteger,
    run_uuid=Text,
    step=BigInteger,
    is_nan=Integer,
)
latest_metrics = _table(
    "latest_metrics",
    rowid=BigInteger,
    key=Text,
    value=Float,
    timestamp=BigInteger,
    step=BigInteger,
    is_nan=Integer,
    run_uuid=Text,
)
params = _table("params", rowid=BigInteger, key=Text, value=Text, run_uuid=Text)
tags = _table("tags", rowid=BigInteger, key=Text, value=Text, run_uuid=Text)
datasets = _table(
    "datasets",
    dataset_uuid=Text,
    experiment_id=Integer,
    name=Text,
    digest=Text,
    dataset_source_type=Text,
    dataset_source=Text,
    dataset_schema=Text,
    dataset_profile=Text,
)
inputs = _table(
    "inputs",
    rowid=BigInteger,
    input_uuid=Text,
    source_type=Text,
    source_id=Text,
    destination_type=Text,
    destination_id=Text,
    step=BigInteger,
)
input_tags = _table("input_tags", input_uuid=Text, name=Text, value=Text)
registered_models = _table(
    "registered_models",
    name=Text,
    creation_time=BigInteger,
    last_updated_time=BigInteger,
    description=Text,
    workspace=Text,
)
registered_model_tags = _table(
    "registered_model_tags", key=Text, value=Text, name=Text, workspace=Text
)
registered_model_aliases = _table(
    "registered_model_aliases", alias=Text, version=Integer, name=Text, workspace=Text
)
model_versions = _table(
    "model_versions",
    name=Text,
    version=Integer,
    creation_time=BigInteger,
    last_updated_time=BigInteger,
    description=Text,
    user_id=Text,
    current_stage=Text,
    source=Text,
    run_id=Text,
    status=Text,
    status_message=Text,
    run_link=Text,
    storage_location=Text,
    workspace=Text,
)
model_version_tags = _table(
    "model_version_tags", key=Text, value=Text, name=Text, version=Integer, workspace=Text
)
logged_models = _table(
    "logged_models",
    model_id=Text,
    experiment_id=Integer,
    name=Text,
    artifact_location=Text,
    creation_timestamp_ms=BigInteger,
    last_updated_timestamp_ms=BigInteger,
    status=Integer,
    lifecycle_stage=Text,
    model_type=Text,
    source_run_id=Text,
    status_message=Text,
)
logged_model_params = _table(
    "logged_model_params",
    model_id=Text,
    experiment_id=Integer,
    param_key=Text,
    param_value=Text,
)
logged_model_tags = _table(
    "logged_model_tags", model_id=Text, experiment_id=Integer, tag_key=Text, tag_value=Text
)
logged_model_metrics = _table(
    "logged_model_metrics",
    model_id=Text,
    metric_name=Text,
    metric_timestamp_ms=BigInteger,
    metric_step=BigInteger,
    metric_value=Float,
    experiment_id=Integer,
    run_id=Text,
    dataset_uuid=Text,
    dataset_name=Text,
    dataset_digest=Text,
)
trace_info = _table(
    "trace_info",
    request_id=Text,
    experiment_id=Integer,
    timestamp_ms=BigInteger,
    execution_time_ms=BigInteger,
    status=Text,
    client_request_id=Text,
    request_preview=Text,
    response_preview=Text,
    trace_name=Text,
    session_id=Text,
)
trace_tags = _table("trace_tags", key=Text, value=Text, request_id=Text)
trace_request_metadata = _table("trace_request_metadata", key=Text, value=Text, request_id=Text)
spans = _table("spans", trace_id=Text, experiment_id=Integer, span_id=Text)

_ROWID = "rowid"  # every table has one, and no PRAGMA lists it


@dataclass(frozen=True, slots=True)
class Features:
    """What one database has: asked of the database, never concluded from its revision.

    `indexes` holds the columns of each index in their order, primary keys included.
    """

    tables: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    indexes: Mapping[str, frozenset[tuple[str, ...]]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    revision: str | None = None

    def has(self, table: Table | str, column: str | None = None) -> bool:
        """Say whether the table, and the column if one is named, exists."""
        columns = self.tables.get(table if isinstance(table, str) else table.name)
        if columns is None:
            return False
        return column is None or column == _ROWID or column in columns

    def indexed(self, table: Table | str, *columns: str) -> bool:
        """Say whether an index of the table starts with exactly these columns, in this order."""
        name = table if isinstance(table, str) else table.name
        found = self.indexes.get(name, frozenset())
        return any(index[: len(columns)] == columns for index in found)

    def column(self, column: Column[Any], default: ColumnElement[Any] | None = None) -> Any:
        """Return the column or, where this database lacks it, `default` or NULL labelled alike."""
        if self.has(column.table.name, column.name):
            return column
        return (null() if default is None else default).label(column.name)


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Return "column is one of a list", bound to the parameter `name` as a JSON list.

    One parameter however long the list, so the statement is compiled once and no limit is met.
    """
    values = func.json_each(bindparam(name)).table_valued("value")
    return column.in_(select(values.c.value))


def run_name() -> ColumnElement[str]:
    """Return a run's name in a select from `runs`: the column is empty before MLflow 1.30."""
    tagged = (
        select(tags.c.value)
        .where(tags.c.key == literal(NAME_TAG), tags.c.run_uuid == runs.c.run_uuid)
        .correlate(runs)
        .scalar_subquery()
    )
    return func.coalesce(func.nullif(runs.c.name, ""), tagged, "").label("name")


# Virtual tables are left out: asking for the columns of one whose module is missing is an error.
TABLES_SQL = """
SELECT m.name, p.name FROM sqlite_master AS m JOIN pragma_table_xinfo(m.name) AS p
WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%'
"""
INDEXES_SQL = """
SELECT m.tbl_name, m.name, p.name FROM sqlite_master AS m JOIN pragma_index_info(m.name) AS p
WHERE m.type = 'index' ORDER BY m.name, p.seqno
"""


def features_of(
    columns: list[tuple[str, str]], indexes: list[tuple[str, str, str | None]], revision: str | None
) -> Features:
    """Build `Features` from the rows of `TABLES_SQL` and `INDEXES_SQL`."""
    tables: dict[str, set[str]] = {}
    for table, column in columns:
        tables.setdefault(table, set()).add(column)
    by_name: dict[tuple[str, str], list[str]] = {}
    for table, index, indexed in indexes:
        by_name.setdefault((table, index), []).append(indexed or "")
    found: dict[str, set[tuple[str, ...]]] = {}
    for (table, _), keys in by_name.items():
        found.setdefault(table, set()).add(tuple(keys))
    return Features(
        MappingProxyType({name: frozenset(these) for name, these in tables.items()}),
        MappingProxyType({name: frozenset(these) for name, these in found.items()}),
        revision,
    )

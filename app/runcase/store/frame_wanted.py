"""Joins a list of run ids to a table, so that each row says which of the runs it belongs to."""

from typing import Any

from sqlalchemy import Join, Table, bindparam, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

# `key` is the place in the list, `value` the run id; the parameter `ids` is a JSON list.
WANTED = func.json_each(bindparam("ids")).table_valued("key", "value", name="wanted")


class _InOrder(Join):
    """A join of which SQLite does not choose the order."""

    inherit_cache = True


@compiles(_InOrder)
def _written(join: _InOrder, compiler: SQLCompiler, **how: Any) -> str:
    written = str(compiler.visit_join(join, **how))  # type: ignore[no-untyped-call]
    return written.replace(" JOIN ", " CROSS JOIN ", 1)


def of_wanted(table: Table) -> Join:
    """Return `WANTED` joined to a table with a run_uuid: each run is looked up in its index.

    SQLite takes such a list for long, and would rather walk it for every row of the table.
    """
    return _InOrder(WANTED, table, table.c.run_uuid == WANTED.c.value)

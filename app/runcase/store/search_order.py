"""MLflow's order_by clauses for runs, answered from a `RunFrame`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from lark import Tree

from runcase.store import frame_sort
from runcase.store.frame import RunFrame
from runcase.store.records import ColumnKey, Kind
from runcase.store.search_grammar import order_tree
from runcase.store.search_mlflow import column_of, place_of


@dataclass(frozen=True, slots=True)
class OrderClause:
    """One column of an ordering; attributes are `ColumnKey`s of their kind."""

    column: ColumnKey
    descending: bool


@dataclass(frozen=True, slots=True)
class Order:
    """A parsed ordering, most important clause first."""

    clauses: tuple[OrderClause, ...]

    def columns(self) -> set[ColumnKey]:
        """Return the columns that the frame must have loaded before `apply`."""
        keys = {clause.column for clause in self.clauses}
        return {key for key in keys if key.kind is not Kind.ATTRIBUTE or key.key == "artifact_uri"}

    def apply(
        self, frame: RunFrame, rows: npt.NDArray[np.int64] | None = None
    ) -> npt.NDArray[np.int64]:
        """Return the rows in MLflow's order: ties by start time descending, then by run id.

        Args:
            frame: The runs.
            rows: The rows to order, all when None.
        """
        # A frame's rows are in MLflow's own order, so stable sorts leave ties in it.
        ordered = np.arange(len(frame), dtype=np.int64) if rows is None else np.sort(rows)
        for clause in reversed(self.clauses):
            ordered = frame_sort.order_as_mlflow(frame, clause.column, clause.descending, ordered)
        return ordered


def parse_order(clauses: Sequence[str]) -> Order:
    """Parse order_by clauses, such as "metrics.rmse DESC".

    Raises:
        FilterError: With the place of the mistake in its clause.
    """
    parsed: list[OrderClause] = []
    for text in clauses:
        key, *direction = order_tree(text).children
        assert isinstance(key, Tree)
        place = place_of(key)
        column = column_of(key, ordering=True)
        if column.kind is Kind.DATASET:
            raise place.error("Runs cannot be ordered by their datasets.")
        if any(column == other.column for other in parsed):
            raise place.error("This column is in the ordering twice.", "Name it once.")
        parsed.append(OrderClause(column, [str(d).upper() for d in direction] == ["DESC"]))
    return Order(tuple(parsed))

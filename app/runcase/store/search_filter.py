"""Parses a filter: MLflow's language as MLflow does, and beyond it Runcase's own."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from runcase.store.filter_numbers import MomentTest, TimeTest
from runcase.store.filter_tree import All, AnyOf, Clause, Named, Node, Not
from runcase.store.frame import RunFrame
from runcase.store.records import ColumnKey, Kind
from runcase.store.search_extended import extended_clauses
from runcase.store.search_mlflow import mlflow_clauses

_SUGGESTIONS = 3
_LIKENESS = 60.0  # of 100, below which a name is no suggestion for another
_OWN = (Kind.METRIC, Kind.PARAM, Kind.TAG)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name in a filter that no run has, and the known names most like it, best first."""

    position: int
    length: int
    column: ColumnKey
    suggestions: tuple[ColumnKey, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter; `is_mlflow` says whether MLflow takes it, and finds the same runs.

    `clauses` are the parts that its outermost ANDs join.
    """

    text: str
    clauses: tuple[Clause, ...]
    is_mlflow: bool
    root: Node = field(repr=False)

    def columns(self) -> set[ColumnKey]:
        """Return the columns that the frame must have loaded before `mask`."""
        return self.root.columns()

    @property
    def moves(self) -> bool:
        """Say whether what it keeps changes as time goes by: it asks for ages, or for today."""
        return any(_moves(clause.node) for clause in self.clauses)

    def mask(self, frame: RunFrame, now_ms: int | None = None) -> npt.NDArray[np.bool_]:
        """Return for each row of the frame whether the filter keeps it, (n,) bool.

        Args:
            frame: The runs, with the columns loaded. It has the marks and the experiments' names
                only if somebody put those columns in; without them no run has any.
            now_ms: What ages and today count from; None for the clock's time.
        """
        now = int(time.time() * 1_000) if now_ms is None else now_ms
        return self.root.mask(frame, now)

    def unknown(self, known: Collection[ColumnKey]) -> list[Unknown]:
        """Return the metrics, params and tags of the filter that are not among those known."""
        keys = known if isinstance(known, set | frozenset) else frozenset(known)
        return [
            Unknown(name.start, name.length, name.column, nearest(name.column, keys))
            for name in self._names()
            if name.column not in keys
        ]

    def _names(self) -> list[Named]:
        names = (name for clause in self.clauses for name in clause.names)
        # run_name reads a tag, but nobody named it as one.
        return [name for name in names if name.column.kind in _OWN and self._is_written(name)]

    def _is_written(self, name: Named) -> bool:
        return "." in self.text[name.start : name.start + name.length]


def _moves(node: Node) -> bool:
    if isinstance(node, All | AnyOf):
        return any(map(_moves, node.children))
    if isinstance(node, Not):
        return _moves(node.child)
    if isinstance(node, MomentTest):
        return node.moment.days_ago is not None
    return isinstance(node, TimeTest) and node.attribute == "age"


def nearest(column: ColumnKey, known: Collection[ColumnKey]) -> tuple[ColumnKey, ...]:
    """Return the known columns most like one that is not known, best first, at most three.

    The same name of another kind comes first.
    """
    # Imported here: it is needed for mistakes only.
    from rapidfuzz import fuzz, process, utils

    same = [key for key in known if key.key == column.key and not key.how]
    names = {key: key.key for key in known if key.kind is column.kind and not key.how}
    found = process.extract(
        column.key,
        names,
        scorer=fuzz.ratio,
        processor=utils.default_process,
        limit=_SUGGESTIONS,
        score_cutoff=_LIKENESS,
    )
    like = [key for _, _, key in found]
    return tuple(dict.fromkeys([*same, *like]))[:_SUGGESTIONS]


@lru_cache(maxsize=128)
def parse(text: str) -> Filter:
    """Parse a filter; an empty one keeps every run.

    Raises:
        FilterError: With the place of the mistake.
    """
    clauses: Sequence[Clause] | None = mlflow_clauses(text)
    is_mlflow = clauses is not None
    if clauses is None:
        clauses = extended_clauses(text)
    nodes = tuple(clause.node for clause in clauses)
    root = nodes[0] if len(nodes) == 1 else All(nodes)
    return Filter(text, tuple(clauses), is_mlflow, root)

"""Reads the curves of one line chart: a first look at once, then long histories to their end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from runcase.curves.chart import Chart, Role
from runcase.curves.combine import Curve, curves_of
from runcase.curves.expressions import Expression, parse
from runcase.curves.series import Series, XAxis
from runcase.errors import RuncaseError
from runcase.session.histories import Histories, Pair
from runcase.session.jobs import Job
from runcase.session.session import Session
from runcase.store.connection import ReadConnection


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a line chart is to show: its texts along y, x, and the runs with their starts in ms."""

    texts: tuple[str, ...]
    along: str
    axis: XAxis
    starts: Mapping[str, int | None] = field(hash=False)
    keys: frozenset[str] = field(hash=False, compare=False)


def wanted(
    chart: Chart, axis: XAxis, starts: Mapping[str, int | None], keys: frozenset[str]
) -> Wanted:
    """Return what a chart of these runs has to read."""
    return Wanted(chart.names(Role.Y), chart.name(Role.X), axis, dict(starts), keys)


@dataclass(frozen=True, slots=True, eq=False)
class _Looked:
    """A first look: the curves of each run, and what of it is only a sample."""

    curves: Mapping[str, list[Curve]]
    sampled: Mapping[str, list[Pair]]


class LineFeed(QObject):
    """Belongs to a card; `arrived` carries all curves there are, and whether some are samples."""

    arrived = Signal(object, bool)
    failed = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._wanted: Wanted | None = None
        self._curves: dict[str, list[Curve]] = {}
        self._waiting: list[tuple[str, list[Pair]]] = []
        self._job: Job[list[Curve]] | None = None

    def ask(self, asked: Wanted) -> None:
        """Read these curves; what is still being read of others is given up."""
        self._wanted = asked
        self._waiting.clear()
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._session.ask(
            self._session.read(_look, self._session.histories, asked),
            owner=self,
            then=self._looked,
            failed=self.failed.emit,
            key="look",
        )

    def _looked(self, look: _Looked) -> None:
        self._curves = dict(look.curves)
        self._waiting = list(look.sampled.items())
        self._tell()
        self._next()

    def _next(self) -> None:
        """Read the next long history: one after the other, so that the table need not wait."""
        if not self._waiting or self._wanted is None:
            return
        run_id, pairs = self._waiting[0]
        self._job = self._session.ask(
            self._session.read(_whole, self._session.histories, self._wanted, run_id, pairs),
            owner=self,
            then=lambda curves: self._have(run_id, curves),
            failed=self._stopped,
            key="whole",
        )

    def _have(self, run_id: str, curves: list[Curve]) -> None:
        self._waiting = [each for each in self._waiting if each[0] != run_id]
        self._curves[run_id] = curves
        self._tell()
        self._next()

    def _stopped(self, error: RuncaseError) -> None:
        self._waiting.clear()
        self.failed.emit(error)

    def _tell(self) -> None:
        flat = tuple(each for curves in self._curves.values() for each in curves)
        self.arrived.emit(flat, bool(self._waiting))


def _look(connection: ReadConnection, histories: Histories, asked: Wanted) -> _Looked:
    expressions = [parse(text, asked.keys) for text in asked.texts]
    metrics = _metrics(expressions, asked.along)
    pairs = [(run_id, metric) for run_id in asked.starts for metric in metrics]
    look = histories.look(connection, pairs, asked.starts)
    sampled: dict[str, list[Pair]] = {}
    for pair in look.sampled:
        sampled.setdefault(pair[0], []).append(pair)
    curves = {
        run_id: _curves(run_id, look.series, metrics, expressions, asked, run_id not in sampled)
        for run_id in asked.starts
    }
    return _Looked(curves, sampled)


def _whole(
    connection: ReadConnection,
    histories: Histories,
    asked: Wanted,
    run_id: str,
    pairs: Sequence[Pair],
) -> list[Curve]:
    expressions = [parse(text, asked.keys) for text in asked.texts]
    metrics = _metrics(expressions, asked.along)
    series = {pair: histories.whole(connection, pair, asked.starts) for pair in pairs}
    rest = [(run_id, metric) for metric in metrics if (run_id, metric) not in series]
    series |= histories.look(connection, rest, asked.starts).series
    return _curves(run_id, series, metrics, expressions, asked, True)


def _metrics(expressions: Sequence[Expression], along: str) -> list[str]:
    named = [metric for each in expressions for metric in each.metrics]
    return list(dict.fromkeys([*named, *([along] if along else [])]))


def _curves(
    run_id: str,
    series: Mapping[Pair, Series],
    metrics: Sequence[str],
    expressions: Sequence[Expression],
    asked: Wanted,
    whole: bool,
) -> list[Curve]:
    known = {metric: series[run_id, metric] for metric in metrics if (run_id, metric) in series}
    return curves_of(run_id, known, expressions, asked.axis, asked.along, whole)

"""The menus of the runs table's columns: what one can do with a column, and with a cell's value."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from runcase.itemmodels import columns as titles
from runcase.itemmodels.directions import Direction
from runcase.store.records import ColumnKey, Kind

_DECIMALS = 7
_DIRECTIONS = {
    Direction.LOWER: "Lowest",
    Direction.HIGHER: "Highest",
    Direction.UNKNOWN: "None",
}


@dataclass(frozen=True, slots=True)
class ColumnState:
    """What a column's menu ticks: `decimals` is None when they are chosen by the values."""

    key: ColumnKey
    sorted: tuple[bool, ...] = ()  # (descending,) when it is sorted by
    pinned: bool = False
    grouped: bool = False
    direction: Direction = Direction.UNKNOWN
    decimals: int | None = None
    bars: bool = True
    shown_hows: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ColumnCommands:
    """What the menu does; each is called with what was chosen."""

    sort: Callable[[bool, bool], object]  # descending, added to the others
    unsort: Callable[[], object]
    filter: Callable[[], object]
    use_in_filter: Callable[[], object]
    group: Callable[[], object]
    direction: Callable[[Direction], object]
    decimals: Callable[[int | None], object]
    bars: Callable[[], object]
    how: Callable[[str], object]
    at_step: Callable[[], object]
    pin: Callable[[], object]
    hide: Callable[[], object]
    plot: Callable[[], object]


def column_menu(state: ColumnState, do: ColumnCommands, parent: QWidget) -> QMenu:
    """Return the menu of a column; it deletes itself when closed."""
    menu = QMenu(parent)
    key = state.key
    _tick(menu, "Sort Ascending", state.sorted == (False,), lambda: do.sort(False, False))
    _tick(menu, "Sort Descending", state.sorted == (True,), lambda: do.sort(True, False))
    _add(menu, "Then by This", lambda: do.sort(False, True))
    if state.sorted:
        _add(menu, "Do Not Sort by This", do.unsort)
    menu.addSeparator()
    if key.how != titles.CURVE:
        _add(menu, "Filter by Value…", do.filter)
        _add(menu, "Use in Filter", do.use_in_filter)
        if key != titles.AGE:
            _tick(menu, "Group by This", state.grouped, do.group)
        menu.addSeparator()
    if key.kind is Kind.METRIC:
        _metric_part(menu, state, do)
    if key != titles.NAME:
        _tick(menu, "Pin Column", state.pinned, do.pin)
        _add(menu, "Hide Column", do.hide)
    return menu


def _metric_part(menu: QMenu, state: ColumnState, do: ColumnCommands) -> None:
    values = menu.addMenu("Show Value")
    for how, name in titles.HOWS.items():
        _tick(values, name, how in state.shown_hows, partial(do.how, how))
    _add(values, "At Step…", do.at_step)
    best = menu.addMenu("Best Is")
    group = QActionGroup(menu)
    for way, name in _DIRECTIONS.items():
        each = _tick(best, name, way is state.direction, partial(do.direction, way))
        group.addAction(each)
    places = menu.addMenu("Decimals")
    group = QActionGroup(menu)
    group.addAction(
        _tick(places, "By the Values", state.decimals is None, lambda: do.decimals(None))
    )
    for count in range(_DECIMALS):
        each = _tick(places, str(count), count == state.decimals, partial(do.decimals, count))
        group.addAction(each)
    _tick(menu, "Show Bars", state.bars, do.bars)
    _add(menu, "Plot This", do.plot)
    menu.addSeparator()


def value_menu(
    title: str, clauses: Sequence[tuple[str, str]], add: Callable[[str], object], parent: QWidget
) -> QMenu:
    """Return a submenu of filter clauses: (text on the menu, clause)."""
    menu = QMenu(title, parent)
    for text, clause in clauses:
        _add(menu, text.replace("&", "&&"), partial(add, clause))
    return menu


def _add(menu: QMenu, text: str, do: Callable[[], object]) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda _checked=False: do())
    return action


def _tick(menu: QMenu, text: str, ticked: bool, do: Callable[[], object]) -> QAction:
    action = _add(menu, text, do)
    action.setCheckable(True)
    action.setChecked(ticked)
    return action

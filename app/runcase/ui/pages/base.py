"""What every page is: a widget that knows where it is, and says what the window shows of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from runcase.store.changes import Change
from runcase.ui.context import Context
from runcase.ui.location import Location

if TYPE_CHECKING:
    from runcase.ui.drop_words import DropWords
    from runcase.ui.widgets.filter_field import FilterField


@dataclass(frozen=True, slots=True)
class Crumb:
    """One part of the breadcrumb; `location` is None for a folder, which leads nowhere."""

    text: str
    icon: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class FilterState:
    """What the filter field says of a page's filter.

    `position` and `length` underline a mistake; `message` is "38 of 214 runs" or what is wrong.
    """

    text: str = ""
    message: str = ""
    bad: bool = False
    position: int = 0
    length: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Busy:
    """What a page reads just now; `total` is 0 when it is not known."""

    done: int
    total: int
    what: str


class Page(QWidget):
    """One page; it emits what the person asked for and never opens another page itself.

    `went` carries a `Location` and whether it should open in a new window; `noted` says that
    crumbs, status or filter state changed, `progressed` that `busy` did; `said` carries a sentence
    for the person and whether it is bad news.
    """

    went = Signal(object, bool)
    noted = Signal()
    progressed = Signal()
    said = Signal(str, bool)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # A page takes the focus when it comes up and hands it to its main view.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.context = context
        self.theme = context.theme

    @property
    def location(self) -> Location:
        """Return where this page is."""
        raise NotImplementedError

    def go(self, location: Location) -> None:
        """Show a place; the window calls it for each new location of this page's kind."""
        raise NotImplementedError

    def title(self) -> str:
        """Return the page's part of the window's title."""
        return ""

    def crumbs(self) -> list[Crumb]:
        """Return the breadcrumb from the outermost part to this page."""
        return []

    def status(self) -> list[str]:
        """Return the counts on the left of the status bar."""
        return []

    def busy(self) -> Busy | None:
        """Return what is being read, None when nothing is."""
        return None

    def stop(self) -> None:
        """Stop what `busy` tells of; what was read so far stays."""

    def inspector(self) -> QWidget | None:
        """Return what the inspector shows, None to close it."""
        return None

    def commands(self) -> Mapping[str, Callable[[], object]]:
        """Return what each action does here, by its id; those without an entry are disabled."""
        return {}

    def context_ids(self) -> tuple[str, ...]:
        """Return the actions of the context menu, "" for a separator."""
        return ()

    def extend_menu(self, menu: QMenu) -> None:
        """Add to the context menu what depends on the place under the mouse, `menu.pos()`."""

    def checks(self) -> Mapping[str, bool]:
        """Return which checkable actions are on, by id."""
        return {}

    def filter_hint(self) -> str:
        """Return the filter field's placeholder; "" when this page has nothing to filter."""
        return ""

    def filter_is_query(self) -> bool:
        """Say whether the filter is MLflow's grammar rather than plain words."""
        return False

    def filter_state(self) -> FilterState:
        """Return the filter in force and what came of it."""
        return FilterState()

    def apply_filter(self, text: str) -> None:
        """Filter what the page shows."""

    def attach_filter(self, field: FilterField) -> None:
        """Answer what the filter field asks from now on: names, values, saved filters."""

    def detach_filter(self, field: FilterField) -> None:
        """Answer the filter field no more: another page is shown."""

    def drop_words(self, _paths: Sequence[Path]) -> DropWords | None:
        """Say what a drop would do here, by names alone; None when `take_drop` leaves it."""
        return None

    def take_drop(self, _paths: Sequence[Path]) -> bool:
        """Use dropped files or folders here; False when they are to be opened instead."""
        return False

    def set_row_height(self, height: int) -> None:
        """Set the height of the rows of the page's big table, in pixels at zoom 1."""

    def refresh(self) -> None:
        """Read again what is shown; selection, scroll and zoom stay."""

    def follow(self, _change: Change) -> None:
        """Show what changed in the store, which a large page does without reading all again."""
        self.refresh()

    def leave(self) -> None:
        """Stop what runs for this page; it is about to be hidden or closed."""

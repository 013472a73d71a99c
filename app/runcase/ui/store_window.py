"""The window on one store: which page shows which place, and what follows the store's changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.itemmodels.navigator import EVERY, Contents
from runcase.session.local import LocalMarks
from runcase.session.session import Session, State
from runcase.session.watch import Watch
from runcase.store.changes import Change
from runcase.store.connection import ReadConnection
from runcase.store.experiments import list_experiments
from runcase.store.records import Experiment, StoreSummary
from runcase.ui.context import Context
from runcase.ui.location import Location, Place, joined_paths
from runcase.ui.main_window import MainWindow
from runcase.ui.navigator import Navigator
from runcase.ui.pages.base import Page
from runcase.ui.pages.failure import FailurePage
from runcase.ui.pages.made import make_page
from runcase.ui.pages.opening import OpeningPage
from runcase.ui.widgets.state_page import PATIENCE_MS

if TYPE_CHECKING:
    from runcase.ui.run_steps import RunSteps

CLOCK_MS = 1000


class StoreWindow(MainWindow):
    """One store's window; `summarised` carries a `StoreSummary` for the list of recent stores.

    `window_wanted` carries a `Location` that should open in a window of its own.
    """

    summarised = Signal(object)
    window_wanted = Signal(object)

    def __init__(
        self,
        context: Context,
        session: Session,
        commands: Callable[[str], bool],
        start: Location | None = None,
    ) -> None:
        super().__init__(context, commands)
        self.session = session
        session.setParent(self)
        self.watch = Watch(session)
        self.local = LocalMarks(session, context.jobs, context.local_db, self)
        self.local.failed.connect(lambda sentence: self.toast.say(sentence, bad=True))
        self.local.said.connect(lambda sentence, bad: self.toast.say(sentence, bad=bad))
        self.contents: Contents | None = None
        self.summary: StoreSummary | None = None
        self._start = start
        self._made: dict[Place, Page] = {}
        self._steps: RunSteps | None = None
        self._navigator = Navigator(context.theme)
        self._navigator.went.connect(self.went)
        self._clock = QTimer(self)
        self._clock.setInterval(CLOCK_MS)
        self._clock.timeout.connect(self._tick)
        session.opened.connect(self._opened)
        session.failed.connect(self._failed)
        session.changed.connect(self._changed)
        self.watch.lost.connect(self._lost)
        self.watch.found.connect(self._found)
        self.watch.replaced.connect(self._replaced)
        self.setWindowTitle(f"{session.path.name} — Runcase")
        self.set_navigator(self._navigator)
        self._navigator.show_paths(str(session.path), "")

    def title(self, page: Page) -> str:
        place = page.title()
        return f"{self.session.path.name} — {place}" if place else self.session.path.name

    def show_location(self, location: Location) -> None:
        page = self._page(location.place)
        self.show_page(page, location)
        marked = self._marked(page, location)
        self._navigator.show_workspace(self._workspace_of(marked))
        self._navigator.mark(marked)

    def went(self, location: Location, new_window: bool) -> None:
        if new_window:
            self.window_wanted.emit(location)
        else:
            self.go(location)

    def own_ids(self) -> set[str]:
        own = super().own_ids()
        if self.session.state is not State.READY:
            return own
        own |= {"refresh", "live", "go-experiments", "go-overview", "store-overview", "go-run"}
        own |= {"show-in-files", "copy-path", "copy-store-path", "go-health", "health-check"}
        if self.contents is not None and self.contents.models:
            own.add("go-models")
        if len(self._active()) > 1:
            own.add("go-all")
        if self.location is not None and self.location.place is Place.RUN:
            own |= {"next-run", "previous-run"}
        return own

    def own_checks(self) -> dict[str, bool]:
        return super().own_checks() | {"live": self.watch.live}

    def open(self) -> None:
        """Open the store, with progress on the screen if it takes a while."""
        self.session.open(self._opening_progressed)
        QTimer.singleShot(PATIENCE_MS, self, self._still_opening)

    def _still_opening(self) -> None:
        if self.session.state is State.OPENING:
            page = OpeningPage(self.context, self.session.path)
            page.stopped.connect(self.session.stop_opening)
            self.show_page(page, Location(Place.WELCOME))

    def _opening_progressed(self, done: int, total: int, what: str) -> None:
        page = self.page
        if isinstance(page, OpeningPage):
            page.loading.report(done, total, what)

    def set_live(self, live: bool) -> None:
        """Follow the changes of other programs, or stop following them."""
        self.watch.set_live(live)
        self._show_live()
        if live:
            self.session.refresh()

    def _workspace_of(self, location: Location) -> str:
        """Return the workspace of an experiment or model, for the navigator."""
        if location.place is Place.MODEL:
            return location.workspace
        every = self.contents.experiments if self.contents is not None else ()
        return next((e.workspace for e in every if e.experiment_id == location.id), "")

    def first_place(self) -> Location:
        """Return where a window begins: the experiment with the newest runs, else the overview."""
        experiments = self._active()
        if experiments and any(each.active_runs for each in experiments):
            fullest = max(experiments, key=lambda each: each.active_runs)
            return Location(Place.EXPERIMENT, fullest.experiment_id)
        return Location(Place.OVERVIEW)

    def shown_path(self) -> Path:
        """Return the file or folder that the page shows: the database unless it is an artifact."""
        page = self.page
        found = getattr(page, "path_on_disk", None)
        path = found() if callable(found) else None
        return path if isinstance(path, Path) else self.session.path

    def set_row_height(self, height: int) -> None:
        """Set the height of the rows of tables."""
        for page in self._made.values():
            page.set_row_height(height)

    def open_file(self, *paths: Path) -> None:
        """Preview files that do not belong to the store, several of them in one list."""
        self.go(Location(Place.FILE, joined_paths(paths)))

    def _own(self, action_id: str) -> bool:
        experiments = self._active()
        handlers: dict[str, Callable[[], object]] = {
            "refresh": self.session.refresh,
            "live": lambda: self.set_live(not self.watch.live),
            "go-experiments": lambda: self.go(self.first_place()) if experiments else None,
            "go-all": lambda: self.go(Location(Place.EXPERIMENT, EVERY)),
            "go-models": lambda: self.go(Location(Place.MODELS)),
            "go-overview": lambda: self.go(Location(Place.OVERVIEW)),
            "go-health": lambda: self.go(Location(Place.HEALTH)),
            "health-check": lambda: self.go(Location(Place.HEALTH)),
            "store-overview": lambda: self.go(Location(Place.OVERVIEW)),
            "next-run": lambda: self._step_run(1),
            "previous-run": lambda: self._step_run(-1),
        }
        handler = handlers.get(action_id)
        if handler is None:
            return super()._own(action_id)
        handler()
        return True

    def _step_run(self, by: int) -> None:
        # Imported here: with the table's page, which a start with a run does not need.
        from runcase.ui.pages.experiment import ExperimentPage
        from runcase.ui.run_steps import RunSteps

        table = self._made.get(Place.EXPERIMENT)
        self._steps = self._steps or RunSteps(self)
        self._steps.step(by, table if isinstance(table, ExperimentPage) else None)

    def _active(self) -> list[Experiment]:
        every = self.contents.experiments if self.contents is not None else ()
        return [each for each in every if each.lifecycle_stage != "deleted"]

    def _artifact_root(self) -> str:
        """Return where the store says that most of its artifacts lie."""
        fullest = max(self._active(), key=lambda each: each.active_runs, default=None)
        location = fullest.artifact_location if fullest is not None else None
        return (location or "").rstrip("/").rpartition("/")[0]

    def _page(self, place: Place) -> Page:
        """Return the page of a kind of place, made when it is first needed."""
        if place not in self._made:
            self._made[place] = make_page(place, self.context, self.session, self.local)
        return self._made[place]

    def _marked(self, page: Page, location: Location) -> Location:
        """Return the place whose row the navigator marks: a run's is its experiment's."""
        above = [crumb.location for crumb in page.crumbs() if crumb.location is not None]
        kinds = (Place.EXPERIMENT, Place.MODEL)
        return next((each for each in above if each.place in kinds), location)

    def _opened(self) -> None:
        self._clock.start()
        self.local.load()
        self._show_live()
        self.session.ask(
            self.session.read(_contents), owner=self, then=self._first_contents, key="contents"
        )
        # Most stores begin with an experiment: its page is made while the worker counts runs.
        self._page(Place.EXPERIMENT)

    def _first_contents(self, contents: Contents) -> None:
        self._show_contents(contents)
        self.go(self._start or self.first_place())
        self._summarise()

    def _show_contents(self, contents: Contents) -> None:
        self.contents = contents
        self.session.experiments = contents.experiments
        self._navigator.show_contents(contents)
        self._navigator.show_paths(str(self.session.path), self._artifact_root())
        page, location = self.page, self.location
        if page is not None and location is not None:
            self._navigator.mark(self._marked(page, location))
        self.update_actions()

    def _summarise(self) -> None:
        # Counting everything is for the status bar and the recents: after the page is up.
        from runcase.store.summary import summarise

        self.session.ask(
            lambda progress: summarise(self.session.store, progress),
            owner=self,
            then=self._summarised,
            key="summary",
        )

    def _summarised(self, summary: StoreSummary) -> None:
        self.summary = summary
        self.summarised.emit(summary)
        self._tick()

    def _failed(self, error: RuncaseError) -> None:
        if self.session.state is State.FAILED:
            failure = FailurePage(self.context, self.session.path, error)
            failure.retried.connect(self.open)
            failure.looked.connect(lambda: self.open_file(self.session.path))
            self.show_page(failure, Location(Place.WELCOME))
            self.toolbar.show_live("")
        else:
            self.toast.say(str(error), bad=True)

    def _changed(self, change: Change) -> None:
        self.session.ask(
            self.session.read(_contents), owner=self, then=self._show_contents, key="contents"
        )
        page = self.page
        if page is not None:
            page.follow(change)
        self._tick()

    def _lost(self) -> None:
        self._show_live()
        name = self.session.path.name
        self.toast.say(f"{name} is not there any more; what was read of it stays shown.", bad=True)

    def _found(self) -> None:
        self._show_live()
        self.toast.say(f"{self.session.path.name} is back and is followed again.")

    def _replaced(self) -> None:
        self.toast.say(
            f"{self.session.path.name} was replaced by another file, which is shown now."
        )

    def _show_live(self) -> None:
        lost = self.session.state is State.GONE
        self.toolbar.show_live("lost" if lost else "live" if self.watch.live else "paused")
        self.update_actions()

    def _tick(self) -> None:
        """Write the right side of the status bar: last change, versions, size."""
        parts = []
        if self.session.changed_ms:
            now = int(time.time() * 1000)
            parts.append(f"Changed {formats.age(self.session.changed_ms, now)}")
        if self.summary is not None:
            if self.summary.mlflow_versions:
                parts.append(f"MLflow {self.summary.mlflow_versions}")
            is_files = self.session.store.is_file_store
            parts.append("file store" if is_files else f"schema {self.summary.revision or 'none'}")
            if self.summary.size:
                parts.append(formats.size(self.summary.size))
        self.status_right.setText("   ".join(parts))


def _contents(connection: ReadConnection) -> Contents:
    # Imported here: the registry is not needed before the window is up.
    from runcase.store.registry import list_models

    return Contents(tuple(list_experiments(connection)), tuple(list_models(connection)))

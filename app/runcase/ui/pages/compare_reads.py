"""What the compare page reads: its runs from one store or several, again whenever one changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runcase.errors import RuncaseError
from runcase.itemmodels.compare_rows import Row, links_of, put_links, rows_of
from runcase.itemmodels.compare_stores import Compared, Sources, best_of, read_compared
from runcase.progress import Progress
from runcase.session.jobs import Job
from runcase.session.session import Session
from runcase.ui.pages.base import Busy

if TYPE_CHECKING:
    from runcase.ui.pages.compare import ComparePage


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What a job read: the runs and the rows made of them."""

    compared: Compared
    rows: list[Row]


class CompareReads:
    """Reads beside the window; answers go to the page's `show_read` and `read_failed`."""

    def __init__(self, page: ComparePage) -> None:
        self._page = page
        self.busy: Busy | None = None
        self.link = ""
        self._how = ""
        self._reading = self._again = False
        self._job: Job[Any] | None = None
        # Other stores changed, or were opened or closed, while another page was shown.
        self._is_stale = False
        stores = page.context.stores
        stores.changed.connect(page.stores_changed)
        stores.committed.connect(page.store_committed)

    def session_of(self, store: str) -> Session | None:
        """Return the session of a store, "" for the page's own; None when it is not open."""
        return self._page.context.stores.find(store) if store else self._page.session

    def sources(self) -> Sources:
        """Return the sessions of the stores whose runs are compared, as far as they are open."""
        found: dict[str, Session] = {}
        for store in dict.fromkeys(ref.store for ref in self._page.refs()):
            session = self.session_of(store)
            if session is not None:
                found[store] = session
        return found

    def refresh(self) -> None:
        """Read everything anew."""
        if self._reading and self._page.compared is not None:
            # A store that changes faster than it is read would never be shown.
            self._again = True
            return
        refs, how, metric, sources = self._page.refs(), self._how, self.link, self.sources()
        own = str(self._page.session.path)

        def work(progress: Progress) -> Read:
            compared = read_compared(sources, refs, progress)
            best = best_of(sources, compared, how, progress) if how else None
            return _laid_out(compared, best, metric, own, progress)

        self._ask(work, sources)

    def restart(self) -> None:
        """Read anew at once: what is being read may be of a store that is closed by now."""
        if not self._page.isVisible():
            self._is_stale = True
            return
        self._drop()
        self.refresh()

    def catch_up(self) -> None:
        """Read anew what changed while another page was shown."""
        if self._is_stale:
            self._is_stale = False
            self._drop()
            self.refresh()

    def set_values(self, how: str) -> None:
        """Read another value of every metric: "" the latest one, min, max, mean, first."""
        compared = self._page.compared
        if how == self._how or compared is None:
            return
        self._how = how
        metric, sources, own = self.link, self.sources(), str(self._page.session.path)

        def work(progress: Progress) -> Read:
            best = best_of(sources, compared, how, progress) if how else None
            return _laid_out(compared, best, metric, own, progress)

        self._ask(work, sources)

    def rank_by(self, metric: str) -> None:
        """Put the params first that go most closely with a metric; "" for their own order."""
        self.link = metric
        model = self._page.model
        rows = model.rows

        def done(links: Mapping[int, float]) -> None:
            if model.rows is rows:
                put_links(rows, links)
                model.linked = bool(metric)
                model.rearrange()
            if metric and all(link != link for link in links.values()):
                text = "These runs are too few, or too alike, to rank their params."
                self._page.said.emit(text, True)

        self._page.session.ask(
            lambda _progress: links_of(rows, metric), owner=self._page, then=done, key="links"
        )

    def stop(self) -> None:
        """Stop what is being read."""
        self._drop()
        self.busy = None

    def finish(self) -> bool:
        """Take note that an answer is there; says whether to read again at once."""
        self.busy = self._job = None
        again, self._reading, self._again = self._again, False, False
        return again

    def set_busy(self, busy: Busy | None, job: Job[Any] | None = None) -> None:
        """Show in the status bar what is being read, and what Stop stops."""
        self.busy, self._job = busy, job
        self._page.progressed.emit()

    def _drop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._reading = self._again = False

    def _ask(self, work: Callable[[Progress], Read], sources: Sources) -> None:
        page = self._page
        self._reading = True
        self._job = page.session.ask(
            work,
            owner=page,
            then=page.show_read,
            failed=self._failed,
            progressed=self._progressed,
            key="compare",
        )
        for store, session in sources.items():
            if store:
                session.watch_over(self._job)

    def _failed(self, error: RuncaseError) -> None:
        self.finish()
        self._page.read_failed(error)

    def _progressed(self, done: int, total: int, what: str) -> None:
        self.busy = Busy(done, total, what)
        self._page.read_progressed(self.busy)


def _laid_out(
    compared: Compared,
    best: list[dict[str, float]] | None,
    metric: str,
    own: str,
    progress: Progress,
) -> Read:
    rows = rows_of(compared.runs, best, progress, compared.store_names(own))
    put_links(rows, links_of(rows, metric))
    return Read(compared, rows)

"""The health page: what is odd about a store, what it means and what can be done."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.session.jobs import Job
from runcase.session.session import Session
from runcase.store.health import Finding, Severity, check, integrity
from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.base import Crumb, Page
from runcase.ui.widgets.basics import (
    Card,
    IconLabel,
    PanelHeader,
    button,
    clear,
    label,
    line,
    row,
)
from runcase.ui.widgets.state_page import LoadingPage, StatePage
from runcase.ui.zoom import follow

_ICONS = {
    Severity.ERROR: ("octagon-alert", "error"),
    Severity.WARNING: ("triangle-alert", "warn"),
    Severity.NOTE: ("circle-alert", "muted"),
    Severity.GOOD: ("circle-check", "success"),
}
_WIDTH = 820


class HealthPage(Page):
    """The findings of the last check; it is made when the page is first shown, or on demand."""

    def __init__(self, context: Context, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._session = session
        self._findings: list[Finding] | None = None
        self._integrity: list[Finding] = []
        self._job: Job[list[Finding]] | None = None
        self._header = PanelHeader(self.theme, "Health")
        self._again = button("Check Again", "small", self.check_again)
        self._full = button("Full Integrity Check", "small", self.check_integrity)
        for each in (self._again, self._full):
            self._header.controls.addWidget(each)
        self._odd = Card(self.theme, "Findings")
        self._good = Card(self.theme, "Passed")
        body = QWidget()
        body.setObjectName("side")
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        for card in (self._odd, self._good):
            follow(self.theme, card, partial(self._fit_card, card))
            column.addWidget(card)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(body)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._state = StatePage(context.theme)
        self._loading = LoadingPage(context.theme)
        self._stack = QStackedWidget()
        for shown in (scroll, self._state, self._loading):
            self._stack.addWidget(shown)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._header)
        outer.addWidget(self._stack, 1)

    @property
    def location(self) -> Location:
        return Location(Place.HEALTH)

    def go(self, location: Location) -> None:
        if self._findings is None:
            self.check_again()

    def title(self) -> str:
        return "Health"

    def crumbs(self) -> list[Crumb]:
        return [
            Crumb("Store overview", "layout-dashboard", Location(Place.OVERVIEW)),
            Crumb("Health", "heart-pulse", self.location),
        ]

    def status(self) -> list[str]:
        if self._findings is None:
            return []
        odd = [each for each in self.findings() if each.severity is not Severity.GOOD]
        return [formats.counted(len(odd), "finding")]

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"health-check": self.check_again, "integrity-check": self.check_integrity}

    def findings(self) -> list[Finding]:
        """Return what the last checks found, those of the integrity check first."""
        return [*self._integrity, *(self._findings or [])]

    def check_again(self) -> None:
        """Look the store over, beside the window."""
        session = self._session
        self._wait("Checking the store …")
        self._job = session.ask(
            lambda progress: check(session.store, session.finder, progress),
            owner=self,
            then=self._checked,
            failed=self._failed,
            progressed=self._loading.report,
            key="health",
        )

    def check_integrity(self) -> None:
        """Have SQLite read the whole file; a program that writes to it waits meanwhile."""
        session = self._session
        self._wait("Reading every page; a program that writes to the store waits meanwhile …")
        self._job = session.ask(
            lambda progress: integrity(session.store, progress),
            owner=self,
            then=self._read_whole,
            failed=self._failed,
            key="health",
        )

    def _wait(self, what: str) -> None:
        self._stack.setCurrentWidget(self._loading)
        self._loading.start(what, self._stop)

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._loading.finish()
        if self._findings is None:
            self._state.show_state(
                "heart-pulse", "The check was stopped", "", ("Check Again", self.check_again)
            )
            self._stack.setCurrentWidget(self._state)
        else:
            self._show()

    def _checked(self, findings: list[Finding]) -> None:
        self._findings = findings
        self._show()

    def _read_whole(self, findings: list[Finding]) -> None:
        self._integrity = findings
        if self._findings is None:
            self.check_again()
        else:
            self._show()

    def _failed(self, error: RuncaseError) -> None:
        self._loading.finish()
        again = ("Check Again", self.check_again)
        self._state.show_error("The store could not be checked", error, again)
        self._stack.setCurrentWidget(self._state)

    def _show(self) -> None:
        self._loading.finish()
        self._header.note.setText(f"checked {formats.moment(int(time.time() * 1000))}")
        odd = [each for each in self.findings() if each.severity is not Severity.GOOD]
        good = [each for each in self.findings() if each.severity is Severity.GOOD]
        self._fill(self._odd, odd)
        self._fill(self._good, good)
        self._stack.setCurrentIndex(0)
        self.noted.emit()

    def _fill(self, card: Card, findings: Sequence[Finding]) -> None:
        clear(card.body)
        card.set_note(str(len(findings)))
        card.setVisible(bool(findings))
        for number, finding in enumerate(findings):
            if number:
                card.body.addWidget(line())
            card.body.addWidget(self._row(finding))

    def _row(self, finding: Finding) -> QWidget:
        host = QWidget()
        icon, token = _ICONS[finding.severity]
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(_wrapped(finding.title, "heading"))
        texts.addWidget(_wrapped(finding.meaning, "text2"))
        if finding.advice:
            texts.addWidget(_wrapped(finding.advice, "small-muted"))
        if finding.runs:
            texts.addLayout(self._links(finding))
        layout = row(spacing=10, margins=(12, 8, 12, 8))
        mark = QVBoxLayout()
        mark.addWidget(IconLabel(self.theme, icon, token, 17))
        mark.addStretch(1)
        layout.addLayout(mark)
        layout.addLayout(texts, 1)
        host.setLayout(layout)
        host.setAccessibleName(f"{finding.severity.value}: {finding.title}")
        return host

    def _fit_card(self, card: Card) -> None:
        card.setMaximumWidth(self.theme.px(_WIDTH))

    def _links(self, finding: Finding) -> QVBoxLayout:
        links = QVBoxLayout()
        links.setSpacing(0)
        for run_id, name in finding.runs:
            place = Location(Place.RUN, run_id)
            links.addWidget(button(name, "link", partial(self.went.emit, place, False)))
        return links


def _wrapped(text: str, role: str) -> QLabel:
    made = label(text, role, selectable=True)
    made.setWordWrap(True)
    return made

"""What the actions do on the compare page: differences, baseline, copying, export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu

from runcase.errors import RuncaseError
from runcase.itemmodels.compare_rows import Row
from runcase.itemmodels.compare_text import table_text
from runcase.progress import Progress
from runcase.store.compare import LEAST
from runcase.whole_file import whole_file

if TYPE_CHECKING:
    from runcase.ui.pages.compare import ComparePage
    from runcase.ui.widgets.compare_pane import ComparePane

_FORMS = {".csv": "csv", ".md": "markdown", ".tex": "latex"}
_FILTERS = {"CSV (*.csv)": ".csv", "Markdown (*.md)": ".md", "LaTeX (*.tex)": ".tex"}


class CompareCommands:
    """The page's commands; what is copied or exported is what the table shows."""

    def __init__(self, page: ComparePage) -> None:
        self._page = page
        page.head.copy.clicked.connect(lambda: self._copy_all("markdown"))
        page.head.export.clicked.connect(self.export)
        page.head.add.clicked.connect(page.adding.ask)
        page.head.charts.clicked.connect(page.adding.show_charts)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what each action does here."""
        page = self._page
        model = page.model
        if not model.heads:
            return {}
        found: dict[str, Callable[[], object]] = {
            "only-differences": lambda: page.set_only_differences(not model.only_differences),
            "runs-as-rows": lambda: page.set_transposed(not model.transposed),
            "next-difference": lambda: self._step(1),
            "previous-difference": lambda: self._step(-1),
            "select-all": page.view.selectAll,
            "copy": self._copy_here,
            "copy-markdown": lambda: self._copy("markdown"),
            "copy-latex": lambda: self._copy("latex"),
            "export-table": self.export,
            "add-run": page.adding.ask,
            "compare-charts": page.adding.show_charts,
        }
        if page.files.files:
            found["compare-contents"] = page.files.compare_contents
        run = page.view.current_run()
        if run >= 0:
            found |= {
                "set-baseline": lambda: model.set_baseline(run),
                "open-run": lambda: page.open_run(run),
                "open-run-window": lambda: page.open_run(run, True),
                "copy-run-id": lambda: self.copy_id(run),
            }
        return found

    def context_ids(self) -> tuple[str, ...]:
        """Return the actions of the context menu, "" for a separator."""
        return (
            "set-baseline", "open-run", "open-run-window", "",
            "add-run", "compare-charts", "",
            "only-differences", "runs-as-rows", "next-difference", "previous-difference", "",
            "copy", "copy-markdown", "copy-latex", "copy-run-id", "",
            "compare-contents", "export-table",
        )  # fmt: skip

    def of_run(self, run: int) -> list[tuple[str, Callable[[], object], bool]]:
        """Return what can be done with a run: the text, the command, whether it works now."""
        page, model = self._page, self._page.model
        return [
            ("Set as Baseline", lambda: model.set_baseline(run), run != model.baseline),
            ("No Baseline", lambda: model.set_baseline(-1), model.baseline >= 0),
            ("Open", lambda: page.open_run(run), True),
            ("Open in New Window", lambda: page.open_run(run, True), True),
            ("Copy ID", lambda: self.copy_id(run), True),
            ("Remove from Comparison", lambda: page.remove(run), len(model.heads) > LEAST),
        ]

    def extend_menu(self, menu: QMenu) -> None:
        """Add what concerns the current run and is no action of the window."""
        run = self._page.view.current_run()
        if run < 0:
            return
        menu.addSeparator()
        for text, do, works in self.of_run(run):
            if text in ("No Baseline", "Remove from Comparison"):
                action = menu.addAction(text)
                action.setEnabled(works)
                action.triggered.connect(lambda _checked=False, do=do: do())

    def copy_id(self, run: int) -> None:
        """Copy the id of a run."""
        QGuiApplication.clipboard().setText(self._page.model.heads[run].run_id)

    def export(self) -> None:
        """Ask for a file and write the table that is shown into it."""
        page = self._page
        path, chosen = QFileDialog.getSaveFileName(
            page, "Export Table", "comparison.csv", ";;".join(_FILTERS)
        )
        if not path:
            return
        file = Path(path)
        if file.suffix.lower() in _FORMS:
            self.export_to(file, agreed=True)  # the dialog has asked whether to replace it
        else:
            self.export_to(file.with_name(f"{file.name}{_FILTERS.get(chosen, '.csv')}"))

    def export_to(self, file: Path, *, agreed: bool = False) -> None:
        """Write the table that is shown, in the form that the file's name says.

        Args:
            file: Where to; .csv, .md or .tex.
            agreed: Whether a file that is there may be replaced.
        """
        page, model = self._page, self._page.model
        heads, rows, flat = list(model.heads), self._all(), model.transposed

        def work(_progress: Progress) -> str:
            text = table_text(heads, rows, _FORMS[file.suffix.lower()], flat)
            with whole_file(file, overwrite=agreed) as beside:
                beside.write_bytes(text.encode("utf-8"))
            return file.name

        page.session.ask(
            work,
            owner=page,
            then=lambda name: page.said.emit(f"{name} was written.", False),
            failed=self._failed,
            key="export",
            lane="files",
        )

    def _failed(self, error: RuncaseError) -> None:
        self._page.said.emit(str(error), True)

    def _step(self, step: int) -> None:
        """Go to the next difference, in the artifact below where that has the focus."""
        page, pane = self._page, self._focused_pane()
        if pane is not None:
            pane.step(step)
            return
        found = page.model.next_difference(page.view.currentIndex(), step)
        if found.isValid():
            page.view.show_index(found)
        else:
            end = "last" if step > 0 else "first"
            page.said.emit(f"That was the {end} difference.", False)

    def _all(self) -> list[Row]:
        return [entry for entry in self._page.model.entries() if isinstance(entry, Row)]

    def _focused_pane(self) -> ComparePane | None:
        pane = self._page.files.pane
        focus = self._page.window().focusWidget()
        inside = pane is not None and pane.isVisible() and focus is not None
        return pane if inside and pane is not None and pane.isAncestorOf(focus) else None

    def _copy_here(self) -> None:
        """Copy cells of the artifact below where they have the focus, else rows of the table."""
        pane = self._focused_pane()
        if pane is None or not pane.copy():
            self._copy("tsv")

    def _copy(self, form: str) -> None:
        """Copy the selected rows, all that are shown when none is."""
        model = self._page.model
        rows = self._page.view.selected_facts() or self._all()
        self._put(table_text(model.heads, rows, form, model.transposed))

    def _copy_all(self, form: str) -> None:
        model = self._page.model
        self._put(table_text(model.heads, self._all(), form, model.transposed))

    def _put(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._page.said.emit("The table was copied.", False)

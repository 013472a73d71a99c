"""Below the compare table: one artifact of two runs, and what differs in it."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.itemmodels.compare import Head
from runcase.preview.compare_tables import TableDifference
from runcase.store.compare_files import Digests, FileAt, Files, digests, same_texts
from runcase.store.compare_lines import TextDifference
from runcase.ui.context import Context
from runcase.ui.widgets.basics import IconButton, Segments, label
from runcase.ui.widgets.compare_cells import CompareCells
from runcase.ui.widgets.compare_diff import DiffView
from runcase.ui.widgets.compare_images import CompareImages
from runcase.ui.widgets.compare_pair import Difference, ImagePair, PairReader
from runcase.ui.widgets.eliding_combo import ElidingCombo
from runcase.ui.widgets.fitting_header import FittingHeader
from runcase.ui.widgets.preview_pane import PreviewPane
from runcase.ui.widgets.state_page import LoadingPage, StatePage
from runcase.ui.zoom import follow

_NARROWEST = 84
_MOST_HASHED = 200_000_000  # bytes of files that are neither text, picture nor table


class ComparePane(QWidget):
    """Shows one path of two runs; `closed` says that the person wants it away."""

    closed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._heads: list[Head] = []
        self._files: Files = ()
        self._same: tuple[tuple[int, int], Mapping[str, bool]] | None = None
        self.path = ""
        self.reader = PairReader(context, self)
        self._make_controls()
        self.diff = DiffView(context.theme)
        self.images = CompareImages(context)
        self.cells = CompareCells(context.theme)
        self.left, self.right = PreviewPane(context), PreviewPane(context)
        self._pair = QSplitter(Qt.Orientation.Horizontal)
        self._pair.setChildrenCollapsible(False)
        self._pair.addWidget(self.left)
        self._pair.addWidget(self.right)
        self._state = StatePage(context.theme)
        self._loading = LoadingPage(context.theme)
        self.stack = QStackedWidget()
        self.stack.setObjectName("surface")
        for each in (
            self.diff, self.images, self.cells, self._pair, self._state, self._loading,
        ):  # fmt: skip
            self.stack.addWidget(each)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._header)
        outer.addWidget(self.stack, 1)
        self._connect()
        self._show_tools()

    def set_files(self, heads: Sequence[Head], files: Files) -> None:
        """Take the runs and their files; what is shown stays where it is still there."""
        chosen = [self.left_run.currentData(), self.right_run.currentData()]
        self._heads, self._files, self._same = list(heads), files, None
        paths = sorted({path for each in files for path in each})
        self.paths.clear()
        for path in paths:
            self.paths.addItem(formats.one_line(path), path)
        self.paths.setCurrentIndex(self.paths.findData(self.path))
        for combo, key in zip((self.left_run, self.right_run), chosen, strict=True):
            combo.clear()
            for head in heads:
                combo.addItem(formats.one_line(head.label)[:60], head.key)
            combo.setCurrentIndex(max(0, combo.findData(key)))
        self._recolor()

    def show_path(self, path: str, left: int, right: int) -> None:
        """Show what differs in a file between two runs."""
        self.path = path
        self.paths.setCurrentIndex(self.paths.findData(path))
        self.left_run.setCurrentIndex(left)
        self.right_run.setCurrentIndex(right)
        self._read()

    def step(self, by: int) -> None:
        """Go to the next change of what is shown, or to the one before."""
        if self.stack.currentWidget() is self.cells:
            self.cells.step(by)
        else:
            self.diff.step(by)

    def copy(self) -> bool:
        """Copy the selected cells of a table; says whether cells are what is shown."""
        is_table = self.stack.currentWidget() is self.cells
        if is_table:
            self.cells.copy()
        return is_table

    def _make_controls(self) -> None:
        theme = self._context.theme
        self._header = FittingHeader(theme, "Artifact Difference", 38)
        self.paths, self.left_run, self.right_run = ElidingCombo(), ElidingCombo(), ElidingCombo()
        named = ((self.paths, "Artifact", 16), (self.left_run, "Left run", 12),
                 (self.right_run, "Right run", 12))  # fmt: skip
        for combo, name, wide in named:
            combo.setAccessibleName(name)
            combo.setMinimumContentsLength(wide)
        follow(theme, self, self._fit_combos)
        self._added, self._removed = label("", "chip-success"), label("", "chip-error")
        self._counts = label("", "small")
        self._others = label("", "small-muted")
        self._note = label("", "small-muted")
        self.ways = Segments([("side", "Side by Side"), ("unified", "Unified")], "Layout of texts")
        self.laid_out = QCheckBox("Sorted JSON")
        self.laid_out.setToolTip("Compare JSON sorted by key and indented, or as it stands")
        self.laid_out.setChecked(True)
        self.folds = QCheckBox("Fold")
        self.folds.setToolTip("Leave out unchanged lines that are far from a change")
        self.folds.setAccessibleName("Fold Unchanged Lines")
        self.folds.setChecked(True)
        self.before = IconButton(theme, "chevron-up", "Previous Change", side=24)
        self.after = IconButton(theme, "chevron-down", "Next Change", side=24)
        self._close = IconButton(theme, "x", "Close Artifact Difference", side=24)
        layout = self._header.controls
        runs = (self.left_run, label("→", "muted"), self.right_run)
        front = (self.paths, *runs, self._added, self._removed, self._counts)
        for at, widget in enumerate(front, 1):
            layout.insertWidget(at, widget)
        self._header.spare = (self._header.title, self._others, self._note)
        for widget in (self._note, self._others, self.folds, self.laid_out, self.ways):
            layout.addWidget(widget)
        for made in (self.before, self.after, self._close):
            layout.addWidget(made)

    def _fit_combos(self) -> None:
        for combo in (self.paths, self.left_run, self.right_run):
            combo.setMinimumWidth(self._context.theme.px(_NARROWEST))

    def _connect(self) -> None:
        self.before.clicked.connect(lambda: self.step(-1))
        self.after.clicked.connect(lambda: self.step(1))
        self._close.clicked.connect(self.closed)
        self.paths.activated.connect(lambda: self._chosen(self.paths.currentData()))
        for combo in (self.left_run, self.right_run):
            combo.activated.connect(lambda: self._read())
        self.ways.chosen.connect(lambda way: self.diff.set_unified(way == "unified"))
        self.folds.clicked.connect(self.diff.set_folded)
        self.laid_out.clicked.connect(self.reader.set_canonical)
        self.cells.aligned.connect(self.reader.align)
        self.cells.moved.connect(self.reader.move)
        self.reader.found.connect(self._show)
        self.reader.failed.connect(self._failed)
        self._context.theme.changed.connect(self._recolor)

    def _recolor(self) -> None:
        """Give the runs the colours of the theme in force."""
        for combo in (self.left_run, self.right_run):
            for at, head in enumerate(self._heads):
                combo.setItemIcon(at, self._context.theme.run_icon(head.color))

    def _chosen(self, path: str) -> None:
        self.path = path
        self._read()

    def _sides(self) -> tuple[int, int]:
        return self.left_run.currentIndex(), self.right_run.currentIndex()

    def _pair_of_files(self) -> list[FileAt | None]:
        return [self._files[run].get(self.path) for run in self._sides()]

    def _read(self) -> None:
        at = self._sides()
        if not self.path or min(at) < 0 or max(at) >= len(self._files):
            return
        for each in (self._counts, self._note, self._others):
            each.setText("")
        left, right = self._pair_of_files()
        if left is None or right is None:
            self._show_missing(at, (left, right))
            return
        self.stack.setCurrentWidget(self._loading)
        self._loading.start(f"Comparing {formats.one_line(self.path)} …")
        self._show_tools()
        self.reader.read(left, right)

    def _show(self, found: Difference | None) -> None:
        self._loading.finish()
        if isinstance(found, TextDifference):
            self._show_text(found)
        elif isinstance(found, TableDifference):
            self.cells.show_difference(found)
            self.stack.setCurrentWidget(self.cells)
        elif isinstance(found, ImagePair):
            self.images.show_images(found.left, found.right)
            self.stack.setCurrentWidget(self.images)
        else:
            self._show_unlike()
        self._show_tools()

    def _show_text(self, found: TextDifference) -> None:
        self._added.setText(f"+{found.added:,}")
        self._removed.setText(f"{formats.MINUS}{found.removed:,}")
        self._counts.setText("" if found.added or found.removed else "The same text")
        self._note.setText(found.note)
        self._note.setToolTip(found.note)
        self.laid_out.setEnabled(found.is_json)
        self.diff.show_difference(found)
        self.stack.setCurrentWidget(self.diff)
        self._compare_others()

    def _show_unlike(self) -> None:
        """Show files that are neither texts, pictures nor tables beside each other."""
        left, right = self._pair_of_files()
        if left is None or right is None:
            return
        for pane, file in ((self.left, left), (self.right, right)):
            pane.show_artifact(file.folder, file.relative)
        self.stack.setCurrentWidget(self._pair)
        if left.size != right.size:
            self._counts.setText("The files differ")
        elif left.size <= _MOST_HASHED:
            path = self.path
            self._context.jobs.submit(
                lambda progress: digests(({path: left}, {path: right}), progress),
                owner=self,
                then=self._say_same,
                failed=lambda _error: None,  # each side says what is wrong with its file
                key="same",
                lane="files",
            )

    def _say_same(self, found: Digests) -> None:
        known = [each.get(self.path) for each in found]
        if None not in known and self.stack.currentWidget() is self._pair:
            self._counts.setText("The same file" if known[0] == known[1] else "The files differ")

    def _show_missing(self, at: tuple[int, int], files: Sequence[FileAt | None]) -> None:
        """Show the file of the run that has it beside a word on the one that has not."""
        for pane, run, file in zip((self.left, self.right), at, files, strict=True):
            if file is not None:
                pane.show_artifact(file.folder, file.relative)
            else:
                pane.clear()
                name = formats.one_line(self._heads[run].label)
                pane.host.show_error(f"{name} did not log this file.", "", self.path)
        self.stack.setCurrentWidget(self._pair)
        self._show_tools()

    def _compare_others(self) -> None:
        """Say of how many other texts both runs have the same, read once a pair of runs."""
        at = self._sides()
        if self._same is not None and self._same[0] == at:
            self._say_others(self._same[1])
            return
        left, right = (self._files[run] for run in at)
        self._context.jobs.submit(
            lambda progress: same_texts(left, right, progress),
            owner=self,
            then=lambda same: self._know_others(at, same),
            failed=lambda _error: None,  # a remark only: what is shown has its own word
            key="others",
            lane="files",
        )

    def _know_others(self, at: tuple[int, int], same: Mapping[str, bool]) -> None:
        self._same = at, same
        if at == self._sides() and self.stack.currentWidget() is self.diff:
            self._say_others(same)

    def _say_others(self, same: Mapping[str, bool]) -> None:
        others = [each for path, each in same.items() if path != self.path]
        if others:
            files = formats.counted(len(others), "text file")
            self._others.setText(f"Same in the other {files}: {formats.count(sum(others))}")
        self._header.fit()

    def _show_tools(self) -> None:
        """Show the controls of what is on the screen."""
        shown = self.stack.currentWidget()
        is_text = shown is self.diff
        self.ways.setVisible(is_text)
        self.folds.setVisible(is_text)
        for chip in (self._added, self._removed):
            chip.setVisible(is_text and not self._counts.text())
        self.laid_out.setVisible(is_text and self.laid_out.isEnabled())
        for made in (self.before, self.after):
            made.setEnabled(is_text or shown is self.cells)
        self._header.fit()

    def _failed(self, error: RuncaseError) -> None:
        self._loading.finish()
        self._state.show_error("This file could not be read", error, ("Try Again", self._read))
        self.stack.setCurrentWidget(self._state)
        self._show_tools()

"""Below the compare table: one artifact of two runs, as a difference of texts or side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.itemmodels.compare import Head
from runcase.progress import Progress
from runcase.store.compare_files import FileAt, Files, read_text
from runcase.store.compare_lines import TextDifference, difference
from runcase.ui.context import Context
from runcase.ui.widgets.basics import IconButton, PanelHeader, label
from runcase.ui.widgets.compare_diff import DiffView
from runcase.ui.widgets.preview_pane import PreviewPane
from runcase.ui.widgets.state_page import LoadingPage, StatePage

# Text that is meant to be seen as a picture.
_PICTURES = (".svg",)


@dataclass(frozen=True, slots=True)
class _Answer:
    """The difference of two texts, None where they are not both text."""

    found: TextDifference | None


class ComparePane(QWidget):
    """Shows one path of two runs; `closed` says that the person wants it away."""

    closed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._heads: list[Head] = []
        self._files: Files = ()
        self.path = ""
        self.paths = QComboBox()
        self.paths.setAccessibleName("Artifact")
        self.left_run, self.right_run = QComboBox(), QComboBox()
        self.left_run.setAccessibleName("Left run")
        self.right_run.setAccessibleName("Right run")
        self._counts = label("", "small-muted")
        self._note = label("", "small-muted")
        header = PanelHeader("Artifact Difference", 38)
        for combo in (self.paths, self.left_run, self.right_run):
            combo.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            combo.setMinimumContentsLength(16)
        layout = header.controls
        for at, widget in enumerate(
            (self.paths, self.left_run, label("→", "muted"), self.right_run, self._counts), 1
        ):
            layout.insertWidget(at, widget)
        layout.addWidget(self._note)
        self.before = IconButton(context.theme, "chevron-up", "Change Before")
        self.after = IconButton(context.theme, "chevron-down", "Next Change")
        close = IconButton(context.theme, "x", "Close Artifact Difference")
        for made in (self.before, self.after, close):
            made.setFixedSize(24, 24)
            layout.addWidget(made)
        self.diff = DiffView(context.theme)
        self.left, self.right = PreviewPane(context), PreviewPane(context)
        self._pair = QSplitter(Qt.Orientation.Horizontal)
        self._pair.setChildrenCollapsible(False)
        self._pair.addWidget(self.left)
        self._pair.addWidget(self.right)
        self._state = StatePage(context.theme)
        self._loading = LoadingPage(context.theme)
        self.stack = QStackedWidget()
        self.stack.setObjectName("surface")
        for each in (self.diff, self._pair, self._state, self._loading):
            self.stack.addWidget(each)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(header)
        outer.addWidget(self.stack, 1)
        self.before.clicked.connect(lambda: self.diff.step(-1))
        self.after.clicked.connect(lambda: self.diff.step(1))
        close.clicked.connect(self.closed)
        self.paths.activated.connect(lambda: self._chosen(self.paths.currentData()))
        for combo in (self.left_run, self.right_run):
            combo.activated.connect(lambda: self._read())

    def set_files(self, heads: Sequence[Head], files: Files) -> None:
        """Take the runs and their files; what is shown stays where it is still there."""
        chosen = [self.left_run.currentData(), self.right_run.currentData()]
        self._heads, self._files = list(heads), files
        paths = sorted({path for each in files for path in each})
        self.paths.clear()
        for path in paths:
            self.paths.addItem(formats.one_line(path), path)
        self.paths.setCurrentIndex(self.paths.findData(self.path))
        for combo, run_id in zip((self.left_run, self.right_run), chosen, strict=True):
            combo.clear()
            for head in heads:
                icon = self._context.theme.run_icon(head.color)
                combo.addItem(icon, formats.one_line(head.name)[:60], head.run_id)
            combo.setCurrentIndex(max(0, combo.findData(run_id)))

    def show_path(self, path: str, left: int, right: int) -> None:
        """Show what differs in a file between two runs."""
        self.path = path
        self.paths.setCurrentIndex(self.paths.findData(path))
        self.left_run.setCurrentIndex(left)
        self.right_run.setCurrentIndex(right)
        self._read()

    def _chosen(self, path: str) -> None:
        self.path = path
        self._read()

    def _read(self) -> None:
        at = self.left_run.currentIndex(), self.right_run.currentIndex()
        if not self.path or min(at) < 0 or max(at) >= len(self._files):
            return
        self._counts.setText("")
        self._note.setText("")
        files = [self._files[run].get(self.path) for run in at]
        if files[0] is None or files[1] is None:
            self._show_missing(at, files)
            return
        left, right = files[0], files[1]
        self.stack.setCurrentWidget(self._loading)
        self._loading.start(f"Comparing {formats.one_line(self.path)} …")
        self._context.jobs.submit(
            lambda progress: _compare(left, right, progress),
            owner=self,
            then=lambda answer: self._show(answer, left, right),
            failed=self._failed,
            key="difference",
            lane="files",
        )

    def _show(self, answer: _Answer, left: FileAt, right: FileAt) -> None:
        self._loading.finish()
        found = answer.found
        for made in (self.before, self.after):
            made.setEnabled(found is not None)
        if found is None:
            self.stack.setCurrentWidget(self._pair)
            self.left.show_artifact(left.folder, left.relative)
            self.right.show_artifact(right.folder, right.relative)
            return
        same = not found.added and not found.removed
        counts = f"+{found.added:,} {formats.MINUS}{found.removed:,}"
        self._counts.setText("the same text" if same else counts)
        self._note.setText(found.note)
        self.diff.show_difference(found)
        self.stack.setCurrentWidget(self.diff)

    def _show_missing(self, at: tuple[int, int], files: Sequence[FileAt | None]) -> None:
        """Show the file of the run that has it beside a word on the one that has not."""
        for pane, run, file in zip((self.left, self.right), at, files, strict=True):
            if file is not None:
                pane.show_artifact(file.folder, file.relative)
            else:
                pane.clear()
                name = formats.one_line(self._heads[run].name)
                pane.host.show_error(f"{name} did not log this file.", "", self.path)
        for made in (self.before, self.after):
            made.setEnabled(False)
        self.stack.setCurrentWidget(self._pair)

    def _failed(self, error: RuncaseError) -> None:
        self._loading.finish()
        self._state.show_error("This file could not be read", error, ("Try Again", self._read))
        self.stack.setCurrentWidget(self._state)


def _compare(left: FileAt, right: FileAt, progress: Progress) -> _Answer:
    """Compare two files if both are text; on a worker thread."""
    if left.relative.lower().endswith(_PICTURES):
        return _Answer(None)
    texts = read_text(left), read_text(right)
    progress.check()
    if texts[0] is None or texts[1] is None:
        return _Answer(None)
    return _Answer(difference(texts[0], texts[1]))

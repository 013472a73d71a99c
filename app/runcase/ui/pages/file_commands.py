"""What a page does with files on this machine: open them elsewhere, save them, copy their path."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QProcess, QUrl
from PySide6.QtGui import QCursor, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu

from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.progress import Progress
from runcase.session.stream import Stream
from runcase.store.file_copy import copying, copying_into
from runcase.ui.pages.base import Busy, Page

_SAVING = "saving"


class FileCommands:
    """Files are written by a job; the page shows its progress and may stop it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._saving: Stream[int] | None = None
        self._saved, self._total, self._target = 0, 0, ""

    def busy(self) -> Busy | None:
        """Return how far saving is, None when nothing is saved."""
        if self._saving is None or not self._saving.is_running:
            return None
        return Busy(self._saved, self._total, "bytes saved")

    def stop(self) -> None:
        """Stop saving; a file that is not whole is not kept."""
        if self._saving is not None and self._saving.is_running:
            self._saving.stop()
            self._page.said.emit("Saving was stopped; no half file is left.", True)

    def open_with(self, path: Path | None) -> None:
        """Offer the programs that may open a file."""
        if path is None:
            return
        menu = QMenu(self._page)
        usual = menu.addAction("Default Application")
        usual.triggered.connect(lambda: self._open(path))
        for program in self._page.context.settings.programs():
            action = menu.addAction(Path(program).stem)
            action.setToolTip(program)
            action.triggered.connect(lambda _on, program=program: self._start(program, path))
        menu.addSeparator()
        menu.addAction("Choose Program…").triggered.connect(lambda: self._choose(path))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._place())

    def save_as(self, paths: Sequence[Path], size: int) -> None:
        """Ask where to save a file, or a folder for several; then write in a job."""
        if len(paths) == 1 and paths[0].suffix:
            target, _ = QFileDialog.getSaveFileName(self._page, "Save As", paths[0].name)
            if target:
                # The dialog asked whether a file that is there may be replaced.
                self.save(paths[0], Path(target), size)
        elif paths:
            folder = QFileDialog.getExistingDirectory(self._page, "Save into Folder")
            if folder:
                self.save_into(paths, Path(folder), size)

    def save(self, source: Path, target: Path, size: int) -> None:
        """Write one file; what is at the target is replaced."""
        self._run(
            lambda _progress: copying(source.resolve(), target, overwrite=True), size, target.name
        )

    def save_into(self, sources: Sequence[Path], folder: Path, size: int) -> None:
        """Write files and folders into a folder, none over what is there."""
        self._run(lambda _progress: copying_into(list(sources), folder), size, str(folder))

    def copy_text(self, text: str) -> None:
        """Put a text on the clipboard."""
        QGuiApplication.clipboard().setText(text)

    def _run(self, source: Callable[[Progress], Iterator[int]], size: int, target: str) -> None:
        self._saved, self._total, self._target = 0, size, target
        self._saving = Stream(
            self._page.context.jobs,
            source,
            owner=self._page,
            then=self._wrote,
            finished=self._finished,
            failed=self._failed,
            key=_SAVING,
        )
        self._page.progressed.emit()

    def _wrote(self, pieces: list[int]) -> None:
        self._saved += sum(pieces)
        self._page.progressed.emit()

    def _finished(self) -> None:
        self._page.progressed.emit()
        self._page.said.emit(f"{formats.size(self._saved)} saved: {self._target}", False)

    def _failed(self, error: RuncaseError) -> None:
        self._page.progressed.emit()
        self._page.said.emit(str(error), True)

    def _open(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._page.said.emit(f"No program answered for {path.name}.", True)

    def _choose(self, path: Path) -> None:
        program, _ = QFileDialog.getOpenFileName(self._page, "Choose Program")
        if program:
            self._start(program, path)

    def _start(self, program: str, path: Path) -> None:
        if QProcess.startDetached(program, [str(path)])[0]:
            self._page.context.settings.add_program(program)
        else:
            self._page.said.emit(f"{program} could not be started.", True)

    def _place(self) -> QPoint:
        """Return where a menu opens: at the mouse if it is over the page, else in its middle."""
        if self._page.underMouse():
            return QCursor.pos()
        return self._page.mapToGlobal(self._page.rect().center())

"""Where an export goes: the file's path, and whether one that is there may be replaced."""

from collections.abc import Callable, Collection
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget

from runcase.ui.widgets.basics import button, row

_UNSAFE = '<>:"/\\|?*'


class ExportPlace(QWidget):
    """A path and Choose; it writes Replace on the button that exports, while that is asked.

    `changed` says that the path is another one.
    """

    changed = Signal()

    def __init__(self, title: str, pattern: Callable[[], str], accept: QPushButton) -> None:
        """Make the field; `pattern` gives the system's dialog a filter such as "CSV (*.csv)"."""
        super().__init__()
        self._title, self._pattern, self._accept = title, pattern, accept
        self._agreed: Path | None = None
        self.path = QLineEdit()
        self.path.setAccessibleName("File")
        self.setFocusProxy(self.path)
        where = row()
        where.addWidget(self.path, 1)
        where.addWidget(button("Choose…", "", self._ask))
        self.setLayout(where)
        self.path.textChanged.connect(self._path_changed)

    @property
    def may_replace(self) -> bool:
        """Say whether the person agreed to replace the file."""
        return self._agreed == self.target()

    def begin(self, folder: str, name: str, suffix: str) -> None:
        """Propose a file in a folder, or among the documents where that is gone."""
        places = QStandardPaths.StandardLocation
        documents = QStandardPaths.writableLocation(places.DocumentsLocation)
        known = (each for each in (folder, documents) if each and Path(each).is_dir())
        self.path.setText(str(Path(next(known, Path.home()), f"{file_name(name)}{suffix}")))

    def set_suffix(self, suffix: str, known: Collection[str]) -> None:
        """Give the file a suffix, such as ".csv", if it has a known one."""
        path = self.target()
        if path.suffix in known and path.name:
            self.path.setText(str(path.with_suffix(suffix)))

    def target(self) -> Path:
        """Return where the file is to be."""
        return Path(self.path.text().strip()).expanduser()

    def problem(self) -> str:
        """Say why nothing can be written there yet, "" for none; a second call replaces a file."""
        target = self.target()
        if not self.path.text().strip() or not target.is_absolute():
            return "Say where: a folder and the name of a file."
        if not target.is_file() or self._agreed == target:
            return ""
        self._agreed = target
        self._accept.setText("Replace")
        return f"{target.name} is there already. Press Replace to put this in its place."

    def _path_changed(self) -> None:
        self._agreed = None
        self._accept.setText("Export")
        self.changed.emit()

    def _ask(self) -> None:
        found, _ = QFileDialog.getSaveFileName(self, self._title, self.path.text(), self._pattern())
        if found:
            self.path.setText(found)
            # The system's own dialog has asked whether a file may be replaced.
            self._agreed = self.target()


def file_name(name: str) -> str:
    """Return the name of an experiment or a metric as one that every system takes for a file."""
    one_line = "".join("_" if each in _UNSAFE or not each.isprintable() else each for each in name)
    return one_line.strip(" .")[:80] or "runs"

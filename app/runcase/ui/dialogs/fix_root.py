"""Fix Artifact Root: the person says where moved artifacts lie, and sees what that would find."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QVBoxLayout, QWidget

from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.session.session import Session
from runcase.store.artifact_roots import Trial, try_folder
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import button, label, row
from runcase.ui.widgets.facts import Facts


class FixRoot(QDialog):
    """Chooses a folder for one stored root; `confirmed` carries (stored root, folder).

    Nothing is written to the store: the choice is kept in Runcase's own settings.
    """

    confirmed = Signal(str, object)

    def __init__(
        self,
        theme: Theme,
        session: Session,
        uri: str,
        run_id: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Fix Artifact Root")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(theme.px(560))
        self._session = session
        self._uri, self._run_id = uri, run_id
        self._trial: Trial | None = None
        self._facts = Facts(theme, 120)
        self.said = label("Choose the folder that holds these artifacts, or one above it.", "text2")
        self.said.setWordWrap(True)
        self.accept_button = button("Use This Folder", "primary", self._accept)
        self.accept_button.setEnabled(False)
        self._choose = button("Choose Folder…", "", self._ask_for_folder)
        layout = QVBoxLayout(self)
        layout.addWidget(label("Where do the artifacts lie now?", "heading"))
        layout.addWidget(self._facts)
        layout.addWidget(self.said)
        layout.addSpacing(8)
        cancel = button("Cancel", "", self.reject)
        layout.addLayout(row(self._choose, 1, cancel, self.accept_button))
        self._show(None)

    def propose(self, folder: Path) -> None:
        """Try a folder: how many runs it would resolve is counted beside the window."""
        self._trial = None
        self.accept_button.setEnabled(False)
        self._show(folder)
        self.said.setText("Counting the runs that this folder resolves …")
        session, uri, run_id = self._session, self._uri, self._run_id
        session.ask(
            lambda progress: try_folder(
                session.store, session.mappings, uri, run_id, folder, progress
            ),
            owner=self,
            then=self._tried,
            failed=self._failed,
            key="try",
        )

    def _ask_for_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder with the Artifacts")
        if folder:
            self.propose(Path(folder))

    def _show(self, folder: Path | None) -> None:
        self._facts.clear()
        self._facts.add("Stored", self._uri, mono=True, tip=self._uri)
        self._facts.add("Folder", str(folder) if folder else formats.MISSING, mono=True)

    def _tried(self, trial: Trial) -> None:
        if trial.folder is None:
            self.said.setText("This run is not in that folder. Choose another one.")
            return
        self._trial = trial
        runs = formats.counted(trial.runs, "run")
        self.said.setText(
            f"It resolves {formats.count(trial.resolved)} of {runs} written to {trial.stored}. "
            "The store itself is not changed."
        )
        self.accept_button.setEnabled(True)

    def _failed(self, error: RuncaseError) -> None:
        self.said.setText(str(error))

    def _accept(self) -> None:
        if self._trial is not None and self._trial.folder is not None:
            self.confirmed.emit(self._trial.stored, self._trial.folder)
            self.accept()

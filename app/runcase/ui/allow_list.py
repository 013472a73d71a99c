"""The imports of pickles that this person allowed, kept in Runcase's settings."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from runcase.preview.facts import Import, Verdict
from runcase.preview.pickle_names import can_be_allowed
from runcase.ui.settings import Settings

BY_YOU = "allowed by you"


class AllowList(QObject):
    """A person's own additions: exact names, none that is known to be dangerous.

    Nothing is loaded because of it: it says which imports are not pointed out.
    """

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    def own(self) -> list[tuple[str, str]]:
        """Return the modules and names that were added, in order."""
        return sorted(each for each in self._settings.allowed_imports() if can_be_allowed(*each))

    def allow(self, imports: Sequence[tuple[str, str]]) -> None:
        """Add imports; those that may not be allowed are left out."""
        self._write({*self.own(), *(each for each in imports if can_be_allowed(*each))})

    def take_off(self, imports: Sequence[tuple[str, str]]) -> None:
        """Take additions off again."""
        self._write({*self.own()} - {*imports})

    def judged(self, imports: Sequence[Import]) -> tuple[Import, ...]:
        """Return imports with this person's verdicts on the unknown ones, the worst first."""
        own = set(self.own())
        found = [
            replace(each, verdict=Verdict.ALLOWED, reason=BY_YOU)
            if each.verdict == Verdict.UNKNOWN and (each.module, each.name) in own
            else each
            for each in imports
        ]
        return tuple(sorted(found, key=lambda each: each.verdict == Verdict.ALLOWED))

    def _write(self, imports: set[tuple[str, str]]) -> None:
        self._settings.set_allowed_imports(sorted(imports))
        self.changed.emit()

"""What Runcase remembers between starts: recent stores, theme, zoom, artifact roots."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

from runcase.ui.theme import Scheme

MAX_RECENT = 20
MAX_PROGRAMS = 6


@dataclass(frozen=True, slots=True)
class Recent:
    """A store that was opened: where, when (ms), and what was in it then."""

    path: str
    opened_ms: int
    runs: int = 0
    experiments: int = 0
    size: int = 0
    mlflow: str = ""


class Settings:
    """Typed access to one `QSettings`; used on the GUI thread."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    @property
    def scheme(self) -> Scheme:
        """Return the chosen theme."""
        text = str(self._store.value("theme", Scheme.SYSTEM.value))
        return Scheme(text) if text in set(Scheme) else Scheme.SYSTEM

    @scheme.setter
    def scheme(self, scheme: Scheme) -> None:
        self._store.setValue("theme", scheme.value)

    @property
    def zoom(self) -> float:
        """Return the interface's zoom."""
        try:
            return float(str(self._store.value("zoom", 1.0)))
        except ValueError:
            return 1.0

    @zoom.setter
    def zoom(self, zoom: float) -> None:
        self._store.setValue("zoom", zoom)

    @property
    def row_height(self) -> int:
        """Return the height of a table row in pixels: 22, 26 or 32."""
        text = str(self._store.value("row_height", 26))
        return int(text) if text in ("22", "26", "32") else 26

    @row_height.setter
    def row_height(self, height: int) -> None:
        self._store.setValue("row_height", height)

    @property
    def geometry(self) -> QByteArray:
        """Return the last window's geometry, empty at first."""
        value = self._store.value("geometry", QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("geometry", geometry)

    @property
    def export_place(self) -> tuple[str, str]:
        """Return the folder and the format of the last export, "" at first."""
        stored = (self._store.value(f"export/{name}", "") for name in ("folder", "format"))
        folder, form = (str(each) for each in stored)
        return folder, form

    @export_place.setter
    def export_place(self, place: tuple[str, str]) -> None:
        for name, text in zip(("folder", "format"), place, strict=True):
            self._store.setValue(f"export/{name}", text)

    def recents(self) -> list[Recent]:
        """Return the recent stores, newest first; entries of another shape are left out."""
        found = []
        for entry in self._json("recents", []):
            try:
                found.append(Recent(**entry))
            except TypeError:
                continue
        return found

    def add_recent(self, recent: Recent) -> None:
        """Put a store first in the list of recent ones."""
        others = [each for each in self.recents() if each.path != recent.path]
        self._write_recents([recent, *others][:MAX_RECENT])

    def forget_recent(self, path: str) -> None:
        """Take a store off the list."""
        self._write_recents([each for each in self.recents() if each.path != path])

    def programs(self) -> list[str]:
        """Return the programs that files were opened with, the last one first."""
        found = self._json("programs", [])
        return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []

    def add_program(self, program: str) -> None:
        """Put a program first in the list of those that files were opened with."""
        others = [each for each in self.programs() if each != program]
        self._store.setValue("programs", json.dumps([program, *others][:MAX_PROGRAMS]))

    def allowed_imports(self) -> list[tuple[str, str]]:
        """Return the imports of pickles that this person allowed: modules and names."""
        found = self._json("allowed_imports", [])
        pairs = found if isinstance(found, list) else []
        return [
            (each[0], each[1])
            for each in pairs
            if isinstance(each, list) and [type(text) for text in each] == [str, str]
        ]

    def set_allowed_imports(self, imports: Sequence[tuple[str, str]]) -> None:
        """Remember which imports of pickles this person allows."""
        self._store.setValue("allowed_imports", json.dumps(imports))

    def roots(self, store: Path) -> list[tuple[str, Path]]:
        """Return where this person said a store's artifact roots lie: stored root, folder."""
        data = self._json(f"roots/{_key(store)}", {})
        if not isinstance(data, dict):
            return []
        return [(str(root), Path(str(folder))) for root, folder in data.items()]

    def set_root(self, store: Path, stored: str, folder: Path) -> None:
        """Remember where a stored artifact root lies on this machine."""
        roots = {root: str(place) for root, place in self.roots(store)}
        roots[stored] = str(folder)
        self._store.setValue(f"roots/{_key(store)}", json.dumps(roots))

    def _write_recents(self, recents: list[Recent]) -> None:
        self._store.setValue("recents", json.dumps([asdict(each) for each in recents]))

    def _json(self, key: str, default: Any) -> Any:
        try:
            return json.loads(str(self._store.value(key, json.dumps(default))))
        except json.JSONDecodeError:
            return default


def _key(store: Path) -> str:
    r"""Name a store in a settings key, where `/` and `\\` would make groups."""
    return str(store).replace("/", "|").replace("\\", "|")

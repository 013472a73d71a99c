"""The allow-list of imports: what is on it, what a person adds, and what nobody can add."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLabel, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from runcase.preview.document import Document
from runcase.preview.facts import Facts, Import, Verdict
from runcase.preview.pickle_names import can_be_allowed, judge, listed
from runcase.ui.allow_list import AllowList
from runcase.ui.dialogs.allow_list import AllowListDialog
from runcase.ui.previews.host import PreviewHost
from runcase.ui.settings import Settings
from runcase.ui.theme import Theme

OWN, OTHER = ("pets.models", "Head"), ("pets.losses", "Loss")
IMPORTS = (OWN, OTHER, ("builtins", "getattr"), ("collections", "OrderedDict"))
PICKLE = b"\x80\x02" + b"".join(f"c{m}\n{n}\n0".encode() for m, n in IMPORTS) + b"N."


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(QSettings(str(tmp_path / "own.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def allowed(settings: Settings) -> AllowList:
    return AllowList(settings)


@pytest.fixture
def host(qtbot: QtBot, theme: Theme, allowed: AllowList) -> PreviewHost:
    made = PreviewHost(theme, None, allowed)
    qtbot.addWidget(made)
    made.resize(900, 600)
    return made


def verdicts(host: PreviewHost) -> list[str]:
    (table,) = [each for each in host.findChildren(QTableWidget) if each.columnCount() == 4]
    items = [table.item(at, 3) for at in range(table.rowCount())]
    return [item.text() for item in items if item is not None]


def dialog_of(host: PreviewHost) -> AllowListDialog:
    (opens,) = [each for each in host.findChildren(QPushButton) if each.text() == "Allow-List…"]
    opens.click()
    (dialog,) = host.findChildren(AllowListDialog)
    return dialog


def choose(dialog: AllowListDialog, *names: str) -> None:
    dialog.names.clearSelection()
    for _, items in dialog._groups:
        for item in items:
            item.setSelected(item.text(0) in names)


def test_what_is_allowed_is_said_so_at_once_and_taken_off_again(
    host: PreviewHost, show: Callable[[str, bytes], Document], allowed: AllowList
) -> None:
    show("model.pkl", PICKLE)
    known = "on the allow-list"
    assert verdicts(host) == ["can reach any attribute", "not known", "not known", known]
    dialog = dialog_of(host)
    assert not dialog.allow_button.isEnabled()
    choose(dialog, "pets.models.Head")
    dialog.allow_button.click()
    assert allowed.own() == [OWN]
    assert verdicts(host)[1:3] == ["not known", "allowed by you"]
    choose(dialog, "pets.models.Head")
    assert not dialog.allow_button.isEnabled()
    dialog.off_button.click()
    assert allowed.own() == []
    assert verdicts(host)[1:3] == ["not known", "not known"]
    dialog.close()


def test_the_dangerous_can_never_be_allowed(
    host: PreviewHost,
    show: Callable[[str, bytes], Document],
    allowed: AllowList,
    settings: Settings,
) -> None:
    show("model.pkl", PICKLE)
    dialog = dialog_of(host)
    choose(dialog, "builtins.getattr")
    assert not dialog.allow_button.isEnabled()
    dialog.close()
    allowed.allow([("builtins", "getattr"), ("os", "system"), ("collections", "OrderedDict")])
    assert allowed.own() == []
    settings.set_allowed_imports([("builtins", "getattr"), OWN])  # by another program's hand
    assert allowed.own() == [OWN]
    # Nor when a worker that was taken over calls it unknown.
    lie = Import("builtins", "getattr", Verdict.UNKNOWN, "not known")
    assert allowed.judged([lie]) == (lie,)


def test_all_allowed_is_said_with_how_many_are_by_you(
    host: PreviewHost, show: Callable[[str, bytes], Document], allowed: AllowList
) -> None:
    allowed.allow([OWN])
    show("model.pkl", b"\x80\x02cpets.models\nHead\n0N.")
    said = [each.text() for each in host.findChildren(QLabel)]
    assert "All imports are on the allow-list, 1 of them by you" in said


def test_the_list_is_readable_and_narrowed(qtbot: QtBot, theme: Theme, allowed: AllowList) -> None:
    dialog = AllowListDialog(theme, allowed, "a.pkl", (), None)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    dialog.field.setText("ORDEREDDICT")
    assert all(group.isHidden() for group, _ in dialog._groups)
    dialog.field.setText("SKLEARN")
    shown = [item.text(0) for _, items in dialog._groups for item in items if not item.isHidden()]
    assert shown == ["sklearn.*", "sklearn_pandas.*"]


def test_what_is_listed_is_allowed() -> None:
    for name, _ in listed():
        module, _, last = name.replace(".*", ".x").replace("*", "").rpartition(".")
        assert judge(module, last).verdict == Verdict.ALLOWED, name


@pytest.mark.parametrize(
    ("module", "name"),
    [("?", "?"), ("a" * 200, "b"), ("a", "b" * 200), ("a b", "c"), ("", "c"), ("x", "os.system")],
)
def test_only_whole_names_can_be_allowed(module: str, name: str) -> None:
    assert not can_be_allowed(module, name)
    assert can_be_allowed(*OWN)


@pytest.mark.parametrize("stored", ["[", "{}", "[1]", '[["a"]]', '[["a", 1]]', '"ab"'])
def test_settings_of_another_shape_are_left_out(tmp_path: Path, stored: str) -> None:
    kept = QSettings(str(tmp_path / "own.ini"), QSettings.Format.IniFormat)
    kept.setValue("allowed_imports", stored)
    assert AllowList(Settings(kept)).own() == []
    kept.setValue("allowed_imports", json.dumps([OWN]))
    assert AllowList(Settings(kept)).own() == [OWN]


def test_nothing_is_loaded_for_being_allowed(
    show: Callable[[str, bytes], Document], allowed: AllowList
) -> None:
    allowed.allow([OWN])
    document = show("model.pkl", pickle.dumps(judge))
    assert isinstance(document, Facts)
    assert document.imports[0].module == "runcase.preview.pickle_names"

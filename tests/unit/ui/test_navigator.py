from PySide6.QtCore import Qt

from runcase.itemmodels.navigator import Contents
from runcase.store.records import Experiment
from runcase.ui.navigator import Navigator


def experiment(number, name, workspace):
    return Experiment(str(number), name, None, "active", workspace=workspace)


def names(navigator):
    section = navigator.model.index(0, 0)
    rows = range(navigator.model.rowCount(section))
    return [navigator.model.index(row, 0, section).data() for row in rows]


def test_one_workspace_shows_no_choice(qtbot, theme):
    navigator = Navigator(theme)
    qtbot.addWidget(navigator)
    navigator.show_contents(Contents((experiment(0, "Default", "default"),), ()))
    assert navigator.workspaces.isHidden()


def test_the_same_name_in_two_workspaces_stays_apart(qtbot, theme):
    navigator = Navigator(theme)
    qtbot.addWidget(navigator)
    here = experiment(0, "sweep", "default"), experiment(1, "only here", "default")
    navigator.show_contents(Contents((*here, experiment(2, "sweep", "team-b")), ()))
    assert not navigator.workspaces.isHidden()
    assert names(navigator) == ["All Experiments", "only here", "sweep"]
    assert not navigator.model.find("exp/2").isValid()
    navigator.show_workspace("team-b")
    assert names(navigator) == ["sweep"]
    assert navigator.model.find("exp/2").isValid()
    tip = navigator.model.find("exp/2").data(Qt.ItemDataRole.ToolTipRole)
    assert "id 2" in tip

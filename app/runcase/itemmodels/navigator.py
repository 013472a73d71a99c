"""The navigator's tree: experiments in folders, registered models, prompts and the store."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt

from runcase.itemmodels import formats
from runcase.itemmodels.tree import Node, TreeModel
from runcase.store.records import Experiment, RegisteredModel

ICON_ROLE = int(Qt.ItemDataRole.UserRole) + 1
COUNT_ROLE = int(Qt.ItemDataRole.UserRole) + 2
LIVE_ROLE = int(Qt.ItemDataRole.UserRole) + 3
CHIP_ROLE = int(Qt.ItemDataRole.UserRole) + 4
MUTED_ROLE = int(Qt.ItemDataRole.UserRole) + 5
KIND_ROLE = int(Qt.ItemDataRole.UserRole) + 6
ID_ROLE = int(Qt.ItemDataRole.UserRole) + 7
WORKSPACE_ROLE = int(Qt.ItemDataRole.UserRole) + 8

# The id of the row, and of the place, that shows the runs of all experiments in one table.
EVERY = "all"

_SERVING = ("champion", "prod", "production")
_TEXT = int(Qt.ItemDataRole.DisplayRole)
_TIP = int(Qt.ItemDataRole.ToolTipRole)
_SPOKEN = int(Qt.ItemDataRole.AccessibleTextRole)


@dataclass(frozen=True, slots=True)
class Contents:
    """What the navigator lists of a store."""

    experiments: tuple[Experiment, ...]
    models: tuple[RegisteredModel, ...]

    def workspaces(self) -> list[str]:
        """Return the workspaces that hold something, "default" first."""
        names = {each.workspace for each in self.experiments}
        names |= {each.workspace for each in self.models}
        return sorted(names, key=lambda name: (name != "default", name.casefold()))

    def of_workspace(self, workspace: str) -> "Contents":
        """Return what one workspace holds: the same name in another one is another thing."""
        return Contents(
            tuple(each for each in self.experiments if each.workspace == workspace),
            tuple(each for each in self.models if each.workspace == workspace),
        )


class NavigatorModel(TreeModel):
    """Sections with their rows; keys are "section/…", "folder/…", "exp/ID", "model/WS/NAME"."""

    def show(self, contents: Contents) -> None:
        """List a store's contents."""
        active = [each for each in contents.experiments if each.lifecycle_stage != "deleted"]
        deleted = [each for each in contents.experiments if each.lifecycle_stage == "deleted"]
        experiments = _experiment_tree(active)
        if len(active) > 1:
            experiments.insert(0, _every(active))
        if deleted:
            experiments.append(_deleted(deleted))
        roots = [_section("Experiments", experiments)]
        models = [each for each in contents.models if not each.is_prompt]
        prompts = [each for each in contents.models if each.is_prompt]
        if models:
            roots.append(_section("Registered models", [_model(each) for each in models]))
        if prompts:
            roots.append(_section("Prompts", [_model(each) for each in prompts]))
        overview = Node(
            "overview",
            {_TEXT: "Overview", ICON_ROLE: "layout-dashboard", KIND_ROLE: "overview"},
        )
        health = Node("health", {_TEXT: "Health", ICON_ROLE: "heart-pulse", KIND_ROLE: "health"})
        roots.append(_section("Store", [overview, health]))
        self.set_roots(roots)


def folder_parts(name: str) -> list[str]:
    """Split an experiment's name into folders and its last part.

    A name that starts with `/` or looks like a Windows path is a path somebody used as a name:
    it stays whole, as an empty part would be no folder.
    """
    parts = name.split("/")
    if "" in (part.strip() for part in parts) or "\\" in name:
        return [name]
    return parts


def _section(title: str, rows: list[Node]) -> Node:
    data = {_TEXT: title, KIND_ROLE: "section", _SPOKEN: f"{title}, section"}
    return Node(f"section/{title}", data, rows, selectable=False)


def _experiment_tree(experiments: Sequence[Experiment]) -> list[Node]:
    """Make folders of the `/` in names; folders and experiments in order of name."""
    top: list[Node] = []
    folders: dict[str, Node] = {}
    inside: dict[str, int] = {}
    for each in sorted(experiments, key=lambda one: (one.workspace, one.name.casefold())):
        parts = folder_parts(each.name)
        rows, path = top, ""
        for part in parts[:-1]:
            path = f"{path}{part}/"
            if path not in folders:
                data = {_TEXT: part, ICON_ROLE: "folder", KIND_ROLE: "folder"}
                folders[path] = Node(f"folder/{path}", data, selectable=False)
                rows.append(folders[path])
            inside[path] = inside.get(path, 0) + 1
            rows = folders[path].children
        rows.append(_experiment(each, parts[-1]))
    for path, node in folders.items():
        node.data[COUNT_ROLE] = f"{formats.count(inside[path])} exp."
        said = formats.counted(inside[path], "experiment")
        node.data[_SPOKEN] = f"{node.data[_TEXT]}, folder, {said}"
    return top


def _experiment(experiment: Experiment, text: str) -> Node:
    deleted = experiment.lifecycle_stage == "deleted"
    runs = experiment.deleted_runs + experiment.active_runs if deleted else experiment.active_runs
    live = experiment.running_runs > 0 and not deleted
    spoken = f"{experiment.name}, experiment, {formats.counted(runs, 'run')}"
    return Node(
        f"exp/{experiment.experiment_id}",
        {
            _TEXT: formats.one_line(text),
            _TIP: formats.excerpt(f"{experiment.name}\nid {experiment.experiment_id}"),
            _SPOKEN: f"{spoken}, {experiment.running_runs} running" if live else spoken,
            ICON_ROLE: "flask-conical",
            COUNT_ROLE: formats.count(runs),
            LIVE_ROLE: live,
            MUTED_ROLE: deleted,
            KIND_ROLE: "experiment",
            ID_ROLE: experiment.experiment_id,
        },
    )


def _every(experiments: Sequence[Experiment]) -> Node:
    runs = sum(each.active_runs for each in experiments)
    said = f"{formats.counted(len(experiments), 'experiment')}, {formats.counted(runs, 'run')}"
    return Node(
        f"exp/{EVERY}",
        {
            _TEXT: "All Experiments",
            _TIP: f"The runs of {said} in one table; Ctrl+click shows several experiments together",
            _SPOKEN: f"All Experiments, {said}",
            ICON_ROLE: "layout-grid",
            COUNT_ROLE: formats.count(runs),
            KIND_ROLE: "experiment",
            ID_ROLE: EVERY,
        },
    )


def _deleted(experiments: Sequence[Experiment]) -> Node:
    rows = [_experiment(each, each.name) for each in experiments]
    data = {
        _TEXT: "Deleted",
        ICON_ROLE: "trash-2",
        COUNT_ROLE: formats.count(len(rows)),
        MUTED_ROLE: True,
        KIND_ROLE: "folder",
        _SPOKEN: f"Deleted, {formats.counted(len(rows), 'experiment')}",
    }
    return Node("folder-deleted", data, rows, selectable=False)


def _model(model: RegisteredModel) -> Node:
    # What serves comes first: there is room for one chip.
    aliases = sorted(model.aliases, key=lambda alias: (alias.name not in _SERVING, alias.name))
    chips = tuple(f"{alias.name} v{alias.version}" for alias in aliases)
    latest = "" if model.latest_version is None else f"v{model.latest_version}"
    kind = "prompt" if model.is_prompt else "registered model"
    said = f", aliases {', '.join(chips)}" if chips else ""
    return Node(
        f"model/{model.workspace}/{model.name}",
        {
            _TEXT: formats.one_line(model.name),
            _TIP: formats.excerpt("\n".join([model.name, *chips])),
            _SPOKEN: f"{model.name}, {kind}, {formats.counted(model.versions, 'version')}{said}",
            ICON_ROLE: "message-square" if model.is_prompt else "box",
            COUNT_ROLE: "" if chips else latest,
            CHIP_ROLE: chips,
            KIND_ROLE: "model",
            ID_ROLE: model.name,
            WORKSPACE_ROLE: model.workspace,
        },
    )

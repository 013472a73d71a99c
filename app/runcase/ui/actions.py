"""The table of actions: every command's text, key, menu and icon, in one place.

Menus, the palette and the list of keys are all made from it. A command is here when it works.
"""

from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

Standard = QKeySequence.StandardKey
Keys = str | Standard


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One command.

    `keys` act in the whole window; `view_keys` are single letters that act only while a table,
    tree or chart has focus, and are shown in the menu as text. `group` starts a new group of the
    menu when it differs from the one before. `choice` makes exclusive items of one name.
    """

    id: str
    text: str
    menu: str
    keys: tuple[Keys, ...] = ()
    view_keys: str = ""
    icon: str = ""
    group: int = 0
    checkable: bool = False
    choice: str = ""
    submenu: str = ""


def _a(id_: str, text: str, menu: str, *keys: Keys, **more: object) -> ActionSpec:
    return ActionSpec(id_, text, menu, keys, **more)  # type: ignore[arg-type]


MENUS = ("File", "Edit", "View", "Go", "Runs", "Chart", "Registry", "Store", "Help")

# The names of the run palette, in its order.
RUN_COLORS = (
    "Blue", "Orange", "Green", "Magenta", "Sky", "Brick",
    "Violet", "Olive", "Teal", "Pink", "Navy", "Brown",
)  # fmt: skip

ACTIONS: tuple[ActionSpec, ...] = (
    _a("open-store", "Open Store…", "File", "Ctrl+O", icon="folder-open"),
    _a("open-file", "Open Artifact or Model…", "File", "Ctrl+Shift+O", icon="file-search"),
    _a("open-clipboard", "Open Path from Clipboard", "File", icon="clipboard-paste"),
    _a("open-sample", "Open Sample Store", "File", icon="flask-conical"),
    _a("new-window", "New Window", "File", "Ctrl+Shift+N", group=1),
    _a("export-table", "Export Table…", "File", "Ctrl+E", icon="download", group=2),
    _a("export-marks", "Export Marks and Views…", "File", group=2),
    _a("import-marks", "Import Marks and Views…", "File", group=2),
    _a("quick-look", "Quick Look", "File", view_keys="Space", icon="eye", group=3),
    _a("open-with", "Open With…", "File", "Ctrl+Shift+Return", icon="external-link", group=3),
    _a("save-as", "Save As…", "File", "Ctrl+S", icon="download", group=3),
    _a("show-in-files", "Show in Files", "File", "Ctrl+Shift+R", icon="folder-open", group=3),
    _a("copy-path", "Copy Path", "File", icon="copy", group=3),
    _a("copy-uri", "Copy URI", "File", icon="link", group=3),
    _a("close", "Close", "File", Standard.Close, group=4),
    _a("quit", "Quit", "File", "Ctrl+Q", group=4),
    _a("copy", "Copy", "Edit", Standard.Copy, icon="copy"),
    _a("copy-markdown", "Markdown", "Edit", submenu="Copy As"),
    _a("copy-latex", "LaTeX", "Edit", submenu="Copy As"),
    _a("copy-json", "JSON", "Edit", submenu="Copy As"),
    _a("copy-dict", "Python dict", "Edit", submenu="Copy As"),
    _a("copy-query", "Copy Query as Python", "Edit", icon="code-xml"),
    _a("select-all", "Select All", "Edit", Standard.SelectAll),
    _a("invert-selection", "Invert Selection", "Edit"),
    _a("filter", "Filter…", "Edit", "Ctrl+F", view_keys="/", icon="filter", group=1),
    _a("find-in-files", "Search in Files…", "Edit", "Ctrl+Shift+F", icon="file-search", group=1),
    _a("palette", "Command Palette…", "Edit", "Ctrl+K", icon="search", group=1),
    _a("navigator", "Navigator", "View", "Ctrl+B", icon="panel-left", checkable=True),
    _a("inspector", "Inspector", "View", "Ctrl+I", icon="panel-right", checkable=True),
    _a("status-bar", "Status Bar", "View", checkable=True),
    _a("mode-table", "Table", "View", "Ctrl+Alt+1", group=1, choice="mode", icon="table-2"),
    _a("mode-split", "Split", "View", "Ctrl+Alt+2", group=1, choice="mode", icon="rows-2"),
    _a("mode-charts", "Charts", "View", "Ctrl+Alt+3", group=1, choice="mode", icon="chart-line"),
    _a("columns", "Columns…", "View", "Ctrl+Shift+C", group=2, icon="columns-3"),
    _a("columns-varying", "Show Columns That Vary", "View", group=2),
    _a("hide-constant", "Hide Constant Columns", "View", group=2),
    _a("hide-empty", "Hide Empty Columns", "View", group=2),
    _a("column-menu", "Column Menu", "View", "Alt+Down", group=2),
    _a("bars", "In-Cell Bars", "View", group=2, checkable=True),
    _a("group-by", "Group By…", "View", "Ctrl+Shift+G", group=2, icon="group"),
    _a("ungroup", "Ungroup", "View", group=2),
    _a("summary-mean", "Mean", "View", group=2, choice="summary", submenu="Group Value"),
    _a("summary-median", "Median", "View", group=2, choice="summary", submenu="Group Value"),
    _a("summary-low", "Minimum", "View", group=2, choice="summary", submenu="Group Value"),
    _a("summary-high", "Maximum", "View", group=2, choice="summary", submenu="Group Value"),
    _a("summary-best", "Best", "View", group=2, choice="summary", submenu="Group Value"),
    _a(
        "spread-std",
        "± Standard Deviation",
        "View",
        group=2,
        choice="spread",
        submenu="Group Spread",
    ),
    _a("spread-sem", "± Standard Error", "View", group=2, choice="spread", submenu="Group Spread"),
    _a("spread-none", "None", "View", group=2, choice="spread", submenu="Group Spread"),
    _a("only-differences", "Only Differences", "View", group=2, checkable=True),
    _a("runs-as-rows", "Runs as Rows", "View", group=2, checkable=True),
    _a("nested", "Nested Runs", "View", group=2, checkable=True, icon="list-tree"),
    _a("show-deleted", "Show Deleted", "View", group=2, checkable=True, icon="trash-2"),
    _a("show-hidden", "Show Hidden Runs", "View", group=2, checkable=True, icon="eye-off"),
    _a("save-view", "Save View As…", "View", group=2, submenu="Views"),
    _a("views", "Manage Views…", "View", group=2, submenu="Views"),
    _a("reset-view", "Reset View", "View", group=2, submenu="Views"),
    _a("rows-22", "Compact", "View", group=2, choice="rows", submenu="Row Density"),
    _a("rows-26", "Normal", "View", group=2, choice="rows", submenu="Row Density"),
    _a("rows-32", "Comfortable", "View", group=2, choice="rows", submenu="Row Density"),
    _a("theme-system", "System", "View", group=3, choice="theme", submenu="Theme"),
    _a("theme-light", "Light", "View", group=3, choice="theme", submenu="Theme", icon="sun"),
    _a("theme-dark", "Dark", "View", group=3, choice="theme", submenu="Theme", icon="moon"),
    _a("zoom-in", "Zoom In", "View", "Ctrl+=", Standard.ZoomIn, group=3, submenu="Zoom"),
    _a("zoom-out", "Zoom Out", "View", Standard.ZoomOut, group=3, submenu="Zoom"),
    _a("zoom-reset", "Actual Size", "View", "Ctrl+0", group=3, submenu="Zoom"),
    _a("full-screen", "Full Screen", "View", Standard.FullScreen, group=3, checkable=True),
    _a("file-details", "File Details", "View", view_keys="I", group=4, checkable=True),
    _a("contact-sheet", "Contact Sheet", "View", view_keys="G", group=4, icon="layout-grid"),
    _a("pin-preview", "Pin Preview", "View", view_keys="P", group=4, checkable=True),
    _a("refresh", "Refresh", "View", "F5", group=5, icon="refresh-cw"),
    _a("live", "Live", "View", "Ctrl+Shift+L", group=5, checkable=True),
    _a("back", "Back", "Go", Standard.Back, icon="chevron-left"),
    _a("forward", "Forward", "Go", Standard.Forward, icon="chevron-right"),
    _a("up", "Up", "Go", "Alt+Up"),
    _a("go-experiments", "Experiments", "Go", "Ctrl+1", group=1, icon="flask-conical"),
    _a("go-all", "All Experiments", "Go", group=1, icon="layout-grid"),
    _a("go-models", "Models", "Go", "Ctrl+2", group=1, icon="box"),
    _a("go-overview", "Overview", "Go", "Ctrl+4", group=1, icon="layout-dashboard"),
    _a("go-health", "Health", "Go", group=1, icon="heart-pulse"),
    _a("go-run", "Run by ID or Name…", "Go", "Ctrl+G", group=2, icon="search"),
    _a("next-run", "Next Run", "Go", "Alt+PgDown", group=2, icon="chevron-down"),
    _a("previous-run", "Previous Run", "Go", "Alt+PgUp", group=2, icon="chevron-up"),
    _a("next-difference", "Next Difference", "Go", "F3", group=3, icon="chevron-down"),
    _a("previous-difference", "Previous Difference", "Go", "Shift+F3", group=3, icon="chevron-up"),
    _a("open-run", "Open", "Runs", view_keys="Return"),
    _a("open-run-window", "Open in New Window", "Runs", "Ctrl+Return"),
    _a("compare", "Compare", "Runs", "Ctrl+D", icon="git-compare"),
    _a("set-baseline", "Set as Baseline", "Runs", view_keys="B"),
    _a("add-run", "Add Run…", "Runs", icon="plus"),
    _a("compare-charts", "Charts of These Runs", "Runs", icon="chart-line"),
    _a("compare-file", "Compare Same File In…", "Runs", icon="git-compare"),
    _a("compare-contents", "Compare Contents of Artifacts", "Runs"),
    _a("toggle-shown", "Show in Charts", "Runs", view_keys="E", icon="eye", group=1),
    _a("only-shown", "Keep Only in Charts", "Runs", group=1),
    _a("pin", "Pin", "Runs", view_keys="P", icon="pin", group=1, checkable=True),
    _a("star", "Star", "Runs", icon="star", group=1, checkable=True),
    _a("hide-run", "Hide", "Runs", icon="eye-off", group=1, checkable=True),
    *(
        _a(f"color-{at}", name, "Runs", group=1, submenu="Colour")
        for at, name in enumerate(RUN_COLORS)
    ),
    _a("color", "Colour…", "Runs", view_keys="C", group=1),
    _a("edit-local-note", "Local Note…", "Runs", icon="message-square", group=1),
    _a("select-subtree", "Select Subtree", "Runs", group=2, icon="list-tree"),
    _a("expand-all", "Expand All", "Runs", view_keys="*", group=2),
    _a("collapse-all", "Collapse All", "Runs", group=2),
    _a("copy-run-id", "Copy ID", "Runs", "Ctrl+Shift+X", group=3, icon="copy"),
    _a("add-chart", "Add Chart…", "Chart", icon="plus"),
    _a("edit-chart", "Edit Chart…", "Chart", icon="pencil"),
    _a("duplicate-chart", "Duplicate Chart", "Chart"),
    _a("remove-chart", "Remove Chart", "Chart"),
    _a("restore-charts", "Restore Removed Charts", "Chart"),
    _a("find-chart", "Find a Chart…", "Chart"),
    _a("x-step", "Step", "Chart", view_keys="S", group=1, choice="x", submenu="X Axis"),
    _a(
        "x-relative", "Relative Time", "Chart", view_keys="R", group=1, choice="x", submenu="X Axis"
    ),
    _a("x-wall", "Wall Time", "Chart", view_keys="W", group=1, choice="x", submenu="X Axis"),
    _a("log-x", "Log X", "Chart", group=1, checkable=True),
    _a("log-y", "Log Y", "Chart", view_keys="G", group=1, checkable=True),
    _a("smooth-ema", "Moving Average", "Chart", group=1, choice="smooth", submenu="Smoothing"),
    _a("smooth-time", "Time-Weighted", "Chart", group=1, choice="smooth", submenu="Smoothing"),
    _a("smooth-gaussian", "Gaussian", "Chart", group=1, choice="smooth", submenu="Smoothing"),
    _a("smooth-mean", "Running Mean", "Chart", group=1, choice="smooth", submenu="Smoothing"),
    _a("smooth-more", "Smoother", "Chart", view_keys="]", group=1, submenu="Smoothing"),
    _a("smooth-less", "Less Smooth", "Chart", view_keys="[", group=1, submenu="Smoothing"),
    _a("raw-line", "Raw Line", "Chart", group=1, checkable=True),
    _a("hide-outliers", "Hide Outliers", "Chart", group=1, checkable=True),
    _a("centre-mean", "Mean", "Chart", group=1, choice="centre", submenu="Group Line"),
    _a("centre-median", "Median", "Chart", group=1, choice="centre", submenu="Group Line"),
    _a("band-std", "± Standard Deviation", "Chart", group=1, choice="band", submenu="Group Band"),
    _a("band-sem", "± Standard Error", "Chart", group=1, choice="band", submenu="Group Band"),
    _a(
        "band-ci95",
        "95 % Interval of the Mean",
        "Chart",
        group=1,
        choice="band",
        submenu="Group Band",
    ),
    _a("band-range", "Minimum to Maximum", "Chart", group=1, choice="band", submenu="Group Band"),
    _a("band-quartiles", "Quartiles", "Chart", group=1, choice="band", submenu="Group Band"),
    _a("band-none", "No Band", "Chart", group=1, choice="band", submenu="Group Band"),
    _a("legend-text", "Legend Text…", "Chart", group=1),
    _a("crosshair", "Crosshair", "Chart", view_keys="H", checkable=True, group=2),
    _a("pin-values", "Pin Values", "Chart", view_keys="V", checkable=True, icon="pin", group=2),
    _a("sync-x", "Sync X", "Chart", checkable=True, group=2),
    _a("follow-latest", "Follow Latest Points", "Chart", checkable=True, group=2),
    _a("zoom-box", "Zoom Box", "Chart", view_keys="Z", checkable=True, group=2),
    _a("maximise", "Maximise", "Chart", view_keys="M", group=2, icon="maximize-2"),
    _a("reset-zoom", "Reset Zoom", "Chart", view_keys="A", group=2),
    _a("columns-0", "As Many as Fit", "Chart", group=2, choice="layout", submenu="Layout"),
    _a("columns-1", "1 Column", "Chart", group=2, choice="layout", submenu="Layout"),
    _a("columns-2", "2 Columns", "Chart", group=2, choice="layout", submenu="Layout"),
    _a("columns-3", "3 Columns", "Chart", group=2, choice="layout", submenu="Layout"),
    _a("columns-4", "4 Columns", "Chart", group=2, choice="layout", submenu="Layout"),
    _a("export-chart", "Export Chart…", "Chart", "Ctrl+Alt+E", icon="download", group=3),
    _a("export-charts", "Export Charts on Screen…", "Chart", group=3),
    _a("copy-chart", "Copy Picture", "Chart", group=3),
    _a("copy-chart-data", "Copy Data", "Chart", group=3),
    _a("copy-chart-script", "Copy as Matplotlib Script", "Chart", icon="code-xml", group=3),
    _a("legacy-stages", "Show Legacy Stages", "Registry", checkable=True),
    _a("source-run", "Go to Source Run", "Registry", group=1, icon="circle-play"),
    _a("copy-load-code", "Copy Load Code", "Registry", "Ctrl+Shift+Y", group=1, icon="code-xml"),
    _a("copy-model-uri", "Copy models:/ URI", "Registry", group=1, icon="copy"),
    _a("store-overview", "Overview", "Store", icon="layout-dashboard"),
    _a("health-check", "Health Check", "Store", icon="heart-pulse"),
    _a("integrity-check", "Full Integrity Check", "Store", icon="shield-check"),
    _a("fix-root", "Fix Artifact Root…", "Store", icon="wrench"),
    _a("copy-store-path", "Copy Path of Database", "Store", icon="copy"),
    _a("keys", "Keyboard", "Help", "Ctrl+/"),
    _a("grammar", "Filter Grammar", "Help", "F1"),
    _a("licences", "Licences", "Help", group=1),
    _a("about", "About Runcase", "Help", group=1),
)


def key_text(spec: ActionSpec) -> str:
    """Return a command's key as the platform writes it, "" if it has none."""
    if spec.keys:
        return QKeySequence(spec.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
    return spec.view_keys

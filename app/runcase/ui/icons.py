"""Icons: Lucide files tinted with a theme token. The only file that knows icon file names."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

from runcase import resources
from runcase.ui.theme import Theme
from runcase.ui.zoom import follow

STATUS_ICONS = {
    "FINISHED": ("circle-check", "success"),
    "RUNNING": ("loader-circle", "accent"),
    "FAILED": ("circle-x", "error"),
    "KILLED": ("circle-slash", "muted"),
    "SCHEDULED": ("clock", "muted"),
}


@lru_cache(maxsize=512)
def _pixmap(name: str, color: str, size: int, ratio: float) -> QPixmap:
    svg = resources.path("icons", f"{name}.svg").read_text(encoding="utf-8")
    svg = svg.replace("currentColor", color).replace('stroke-width="2"', 'stroke-width="1.75"')
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(pixmap.rect()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def pixmap(
    theme: Theme, name: str, token: str = "text-2", size: int = 15, ratio: float = 1.0
) -> QPixmap:
    """Return an icon as a pixmap, tinted with a theme token; `size` is in pixels at zoom 1."""
    return _pixmap(name, theme.color(token).name(), theme.px(size), ratio)


def icon(theme: Theme, name: str, token: str = "text-2", size: int = 17) -> QIcon:
    """Return an icon with a disabled state, sharp on screens of ratio 1 and 2.

    `size` is in pixels at zoom 1; who shows the icon has to give it that room, as `put` does.
    """
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(theme, name, token, size, ratio))
        made.addPixmap(pixmap(theme, name, "faint", size, ratio), QIcon.Mode.Disabled)
    return made


def status_icon(theme: Theme, status: str, size: int = 15, ratio: float = 1.0) -> QPixmap:
    """Return the icon of a run's status; an unknown status gets the clock."""
    name, token = STATUS_ICONS.get(status, ("clock", "muted"))
    return pixmap(theme, name, token, size, ratio)


def put(
    theme: Theme,
    to: QAbstractButton | QAction,
    name: str,
    token: str = "text-2",
    size: int = 17,
    room: int = 0,
) -> None:
    """Give a button or an action an icon that follows the theme and the zoom.

    Args:
        theme: Tells of both.
        to: What shows the icon; where an action is shown, the style sheet sets the room for it.
        name: The icon's file.
        token: Its colour.
        size: Its side in pixels at zoom 1.
        room: The side of the place that a button keeps for it, where that is larger.
    """

    def draw() -> None:
        to.setIcon(icon(theme, name, token, size))
        if isinstance(to, QAbstractButton):
            side = theme.px(room or size)
            to.setIconSize(QSize(side, side))

    follow(theme, to, draw)


_FILE_ICONS = {
    "file-image": (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".tif", ".tiff"),
    "file-json": (".json", ".jsonl", ".yaml", ".yml", ".toml"),
    "file-spreadsheet": (".csv", ".tsv", ".parquet", ".feather", ".arrow", ".xlsx"),
    "file-code": (".py", ".js", ".html", ".htm", ".sh", ".sql", ".xml"),
    "file-text": (".txt", ".md", ".log", ".rst", ".pdf"),
    "notebook-text": (".ipynb",),
    "file-box": (".pkl", ".pt", ".pth", ".ckpt", ".joblib", ".onnx", ".h5", ".keras", ".xgb"),
    "binary": (".npy", ".npz", ".bin", ".ubj"),
}


def file_icon(name: str) -> str:
    """Return the icon of a file by its name."""
    if name == "MLmodel":
        return "box"
    lower = name.lower()
    return next((icon for icon, ends in _FILE_ICONS.items() if lower.endswith(ends)), "file")


def dot(theme: Theme, token: str, size: int = 8) -> QIcon:
    """Return a filled circle, as badges show it; `size` is in pixels at zoom 1."""
    size = theme.px(size)
    made = QPixmap(size * 2, size * 2)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(token))
    painter.drawEllipse(made.rect())
    painter.end()
    made.setDevicePixelRatio(2)
    return QIcon(made)

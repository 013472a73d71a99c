"""A program of its own that drags files, and then looks at the whole screen for a colour.

python drag_source.py COLOUR FILE…
"""

import sys

from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl
from PySide6.QtGui import QColor, QDrag, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel

LOOK_MS = 200
# So many looks, then nobody showed the colour.
LOOKS = 100


class Source(QLabel):
    """Drags the files as soon as the mouse moves with its button down."""

    def __init__(self, colour, paths):
        super().__init__("drag me")
        self.setWindowTitle("drag source")
        self.setGeometry(40, 60, 240, 240)
        self._paths, self._colour = paths, QColor(colour).rgb()
        self._dragging, self._looks = False, 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)

    def mouseMoveEvent(self, event):
        if event.buttons() & Qt.MouseButton.LeftButton and not self._dragging:
            self._dragging = True
            drag = QDrag(self)
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(path) for path in self._paths])
            drag.setMimeData(data)
            taken = drag.exec(Qt.DropAction.CopyAction)
            if taken == Qt.DropAction.IgnoreAction:
                self._dragging = False  # on a busy machine it was let go of before it was taken
                return
            print("dropped", taken.name, flush=True)
            self._timer.start(LOOK_MS)

    def _look(self):
        self._looks += 1
        screen = QGuiApplication.primaryScreen().grabWindow(0).toImage()
        points = ((x, y) for x in range(0, screen.width(), 8) for y in range(0, screen.height(), 8))
        seen = any(screen.pixel(x, y) == self._colour for x, y in points)
        if seen or self._looks > LOOKS:
            print("seen" if seen else "not seen", flush=True)
            QApplication.exit(0)


app = QApplication(sys.argv[:1])
source = Source(sys.argv[1], sys.argv[2:])
source.show()
sys.exit(app.exec())

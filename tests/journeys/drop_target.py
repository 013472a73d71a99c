"""A program of its own that prints the files that are dropped on its window.

python drop_target.py
"""

import sys

from PySide6.QtWidgets import QApplication, QLabel


class Target(QLabel):
    """Takes files, and says which as soon as it has them."""

    def __init__(self):
        super().__init__("drop here")
        self.setWindowTitle("drop target")
        self.setGeometry(40, 400, 300, 240)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event):
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event):
        event.acceptProposedAction()
        paths = [url.toLocalFile() for url in event.mimeData().urls()]
        print("\t".join(paths), flush=True)


app = QApplication(sys.argv[:1])
target = Target()
target.show()
sys.exit(app.exec())

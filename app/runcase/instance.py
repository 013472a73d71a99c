"""One process per person and display: a second start hands its paths to the first."""

import getpass
import hashlib
import json
import os

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_ANSWER_MS = 1500
# A message is a list of paths; nobody needs a longer one.
_MOST = 1_000_000


def server_name() -> str:
    """Return the name of this person's server: one per user and display."""
    display = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or ""
    marks = f"{getpass.getuser()}|{display}|{os.environ.get('RUNCASE_INSTANCE', '')}"
    return f"runcase-{hashlib.sha256(marks.encode()).hexdigest()[:16]}"


def hand_over(paths: list[str]) -> bool:
    """Give paths to the process that runs already; False when there is none."""
    socket = QLocalSocket()
    socket.connectToServer(server_name())
    if not socket.waitForConnected(_ANSWER_MS):
        return False
    socket.write(json.dumps(paths).encode() + b"\n")
    socket.waitForBytesWritten(_ANSWER_MS)
    taken = socket.waitForReadyRead(_ANSWER_MS) and bytes(socket.readAll().data()) == b"taken\n"
    socket.disconnectFromServer()
    return taken


class InstanceServer(QObject):
    """Listens for second starts; `asked` carries their list of paths."""

    asked = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)
        self._received: dict[QLocalSocket, bytes] = {}

    def listen(self) -> bool:
        """Take the server's name; one left behind by a crash is taken over."""
        if self._server.listen(server_name()):
            return True
        QLocalServer.removeServer(server_name())
        return self._server.listen(server_name())

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _connected(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            self._received[socket] = b""
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(self._gone)

    def _read(self) -> None:
        socket = self.sender()
        if not isinstance(socket, QLocalSocket) or socket not in self._received:
            return
        data = self._received[socket] + bytes(socket.readAll().data())
        self._received[socket] = data
        if len(data) > _MOST:
            socket.abort()
        elif data.endswith(b"\n"):
            paths = _paths(data)
            if paths is not None:
                socket.write(b"taken\n")
                socket.flush()
                self.asked.emit(paths)

    def _gone(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._received.pop(socket, None)
            socket.deleteLater()


def _paths(data: bytes) -> list[str] | None:
    try:
        found = json.loads(data)
    except ValueError:
        return None
    if isinstance(found, list) and all(isinstance(each, str) for each in found):
        return found
    return None

"""Notes how long Qt's event loop does not come round, and during what."""

import time

from PySide6.QtCore import QObject, QTimer


class Watchdog(QObject):
    """Ticks as often as the loop lets it; `gaps` has the longest pause in seconds by `what`."""

    def __init__(self) -> None:
        super().__init__()
        self.what = ""
        self.gaps: dict[str, float] = {}
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._timer.start(0)

    def stop(self) -> None:
        self._timer.stop()

    def said(self, many: int = 12) -> str:
        """Return the longest pauses in words, for a person to read."""
        longest = sorted(self.gaps.items(), key=lambda each: -each[1])[:many]
        return "event-loop gaps: " + ", ".join(
            f"{gap * 1000:.0f} ms {what}" for what, gap in longest
        )

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps[self.what] = max(self.gaps.get(self.what, 0.0), now - self._last)
        self._last = now

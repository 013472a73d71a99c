"""How a long piece of work says how far it is, and hears that it should stop."""

from collections.abc import Callable

from runcase.errors import CancelledError


class Progress:
    """Carry progress out of a job, and a wish to stop into it.

    One thread works and calls `report` and `check`; any thread may call `cancel`.
    The base class reports to nobody, so that pure functions can be called without one.
    """

    def __init__(self, reported: Callable[[int, int, str], None] | None = None) -> None:
        self._reported = reported
        self._cancelled = False
        self._interrupt: Callable[[], None] | None = None

    @property
    def cancelled(self) -> bool:
        """Say whether somebody asked the work to stop."""
        return self._cancelled

    def cancel(self) -> None:
        """Ask the work to stop; interrupts the SQL statement that is running, if one is."""
        self._cancelled = True
        interrupt = self._interrupt
        if interrupt is not None:
            interrupt()

    def check(self) -> None:
        """Raise `CancelledError` if the work should stop; called between chunks."""
        if self._cancelled:
            raise CancelledError

    def report(self, done: int, total: int, what: str) -> None:
        """Say how far the work is.

        Args:
            done: Units done so far.
            total: Units in all, 0 when that is not known.
            what: The unit in words, such as "metric points".
        """
        self.check()
        if self._reported is not None:
            self._reported(done, total, what)

    def interrupted_by(self, interrupt: Callable[[], None] | None) -> None:
        """Set what `cancel` calls to stop a blocking call; None when none is running."""
        self._interrupt = interrupt
        if interrupt is not None and self._cancelled:
            interrupt()

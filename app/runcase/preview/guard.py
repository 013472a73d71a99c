"""What the worker process may do: limits of the system, no network, and an audit hook.

The hook stops Python code, so it is a second wall, not the first: native libraries open files
without asking it. The limits, the namespaces and `walls.py` are the system's, and hold for those
too.
"""

import ctypes
import errno
import os
import sys
import threading
import time
from collections.abc import Callable
from urllib.parse import unquote

from runcase.preview import walls

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 30
_FILES = 128
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_NO_NEW_PRIVS = 38

_REFUSED = (
    "ctypes.",
    "ftplib.",
    "os.add_dll_directory",
    "os.chmod",
    "os.chown",
    "os.exec",
    "os.fork",
    "os.kill",
    "os.link",
    "os.mkdir",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.spawn",
    "os.startfile",
    "os.symlink",
    "os.system",
    "os.truncate",
    "os.utime",
    "pickle.find_class",
    "pty.",
    "shutil.",
    "socket.",
    "sqlite3.",
    "subprocess.",
    "tempfile.",
    "urllib.",
    "webbrowser.",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def isolate() -> tuple[str, ...]:
    """Give up what a reader of files never needs; returns what holds, in words.

    Called once, before any thread starts: a user namespace is for a process with one thread.
    """
    held = []
    if sys.platform == "linux":
        held += _leave_network()
    if sys.platform != "win32":
        held += _limit()
    if sys.platform == "darwin":
        # macOS does not enforce RLIMIT_DATA.
        threading.Thread(target=_watch_memory, daemon=True).start()
        held.append("memory is watched")
    return tuple(held)


def grant_cpu() -> None:
    """Let the process use `CPU_SECONDS` more of processor time; past that the system kills it."""
    if sys.platform != "win32":
        import resource  # not on Windows

        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        wanted = int(time.process_time()) + CPU_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (wanted, hard))


class Guard:
    """The audit hook: reads of the artifact and of Python's own files pass, little else does."""

    def __init__(self) -> None:
        self._libraries = tuple(_normal(path) for path in walls.library_paths())
        self._admitted: tuple[str, ...] = ()
        self._native = False
        self._landlock: walls.Landlock | None = None

    def close_in(self) -> tuple[str, ...]:
        """Start to refuse, with no way back in this process; returns what holds, in words."""
        held = ["audit hook"]
        if sys.platform == "linux":
            if walls.refuse_system_calls():
                held.append("no processes, no sockets (seccomp)")
            self._landlock = walls.Landlock(self._libraries)
            if self._landlock.holds:
                held.append("no other files (Landlock)")
        sys.addaudithook(self._audit)
        return tuple(held)

    def admit_native(self) -> None:
        """Let a library be called through ctypes, as the one that draws PDF pages is."""
        self._native = True

    def run_apart(self, work: Callable[[], object]) -> None:
        """Run something in a thread that may read the libraries only, as those it starts may.

        Landlock is of a thread. So what starts threads for good can do so before a file is
        admitted, and they are held in more tightly than the thread that reads it.
        """

        def run() -> None:
            if self._landlock is None or not self._landlock.holds or self._landlock.restrict():
                work()

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()

    def shut(self) -> None:
        """Let the system refuse every file that is not admitted; before a parser sees the file."""
        if self._landlock is not None:
            self._landlock.allow(self._admitted)
            self._landlock.close_in()
            self._landlock = None

    def admit(self, *paths: str) -> None:
        """Let these files, and what lies below these folders, be read; nothing else from now."""
        self._admitted = tuple(_normal(path) for path in paths)

    def _audit(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            self._check_open(*arguments[:3])
        elif event in ("os.listdir", "os.scandir"):
            self._check_path(arguments[0] if arguments else None)
        elif event == "sqlite3.connect":
            self._check_path(_database(arguments[0]))
        elif event == "sqlite3.connect/handle" or (self._native and event.startswith("ctypes.")):
            return
        elif event.startswith(_REFUSED):
            raise PermissionError(errno.EACCES, f"a preview may not use {event}")

    def _check_open(self, path: object, mode: object, flags: object) -> None:
        writes = isinstance(mode, str) and any(letter in mode for letter in "wax+")
        if writes or (isinstance(flags, int) and flags & _WRITING):
            raise PermissionError(errno.EACCES, "a preview may not write")
        self._check_path(path)

    def _check_path(self, path: object) -> None:
        if isinstance(path, int):
            return  # it is open already
        if not isinstance(path, str | bytes | os.PathLike):
            raise PermissionError(errno.EACCES, "a preview may not list this folder")
        real = _normal(os.fsdecode(path))
        for folder in (*self._admitted, *self._libraries):
            if real == folder or real.startswith(folder.rstrip(os.sep) + os.sep):
                return
        raise PermissionError(errno.EACCES, "a preview may not read this file", os.fsdecode(path))


def _database(address: object) -> str:
    """Return the path in an address of SQLite's, which is the only form that is let pass."""
    text = os.fsdecode(address) if isinstance(address, str | bytes) else ""
    if not text.startswith("file:") or not text.endswith("?mode=ro&immutable=1"):
        raise PermissionError(errno.EACCES, "a preview opens databases read-only")
    return unquote(text.removeprefix("file:").partition("?")[0])


def _normal(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))


def _leave_network() -> list[str]:
    """Move into an empty network namespace; as root without a user namespace, to keep files.

    In a user namespace root would lose the right to read what others own.
    """
    system = ctypes.CDLL(None, use_errno=True)
    held = []
    if system.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        held.append("no new privileges")
    ways = [_CLONE_NEWUSER | _CLONE_NEWNET]
    if os.geteuid() == 0:
        ways.insert(0, _CLONE_NEWNET)
    if any(system.unshare(way) == 0 for way in ways):
        held.append("no network (namespace)")
    return held


def _limit() -> list[str]:
    import resource  # not on Windows

    limits = (
        (resource.RLIMIT_CORE, 0, "no core dumps"),
        (resource.RLIMIT_FSIZE, 0, "no writing (file size limit)"),
        (resource.RLIMIT_NOFILE, _FILES, "few open files"),
        (resource.RLIMIT_DATA, MEMORY_BYTES, "1 GiB of memory"),
    )
    held = ["30 s of processor time"]
    for limit, value, words in limits:
        if sys.platform == "darwin" and limit == resource.RLIMIT_DATA:
            continue
        try:
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):  # a lower hard limit is in force already
            continue
        held.append(words)
    grant_cpu()
    return held


def _watch_memory() -> None:
    import resource  # not on Windows

    while True:
        # Bytes on macOS, where alone this runs.
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > MEMORY_BYTES:
            os._exit(1)
        time.sleep(0.1)

"""Linux' own walls around a reader: Landlock for files, a system call filter for the rest.

Landlock (Linux 5.13) cannot be widened once it holds, and a person steps through files of many
folders. So it is not applied to the process that waits for requests: that one forks a reader for
each file, and the reader may read that file, the libraries, and nothing else. A fork of the warm
process costs about 3 ms, a new Python 400 ms; and what one file leaves behind is never there when
the next is read. Both walls also hold for native code, which asks no audit hook.
"""

import ctypes
import os
import platform
import stat
import struct
import sys
import sysconfig
from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_ALL_V1 = (1 << 13) - 1
_REFER, _TRUNCATE, _IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15
_NO_TCP = 3
_NO_ABSTRACT_SOCKETS_AND_SIGNALS = 3

# What native libraries read besides Python's own files: fonts, time zones, memory and processors.
_SYSTEM = (
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/null",
    "/dev/urandom",
    "/lib",
    "/lib64",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
    "/sys/fs/cgroup",
    "/usr/lib",
    "/usr/local/lib",
    "/usr/local/share/fonts",
    "/usr/share/fontconfig",
    "/usr/share/fonts",
    "/usr/share/zoneinfo",
    "/var/cache/fontconfig",
)

_SET_SECCOMP, _SECCOMP_FILTER = 22, 2
_ALLOW, _EPERM, _ENOSYS = 0x7FFF0000, 0x00050001, 0x00050026
_LOAD, _EQUAL, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_CLONE_THREAD = 0x10000
_X32 = 0x40000000
_CLONE3 = 435


class Landlock:
    """Files that this process may still read once `close_in` was called.

    Built before the audit hook is installed, which refuses ctypes.
    """

    def __init__(self, libraries: Iterable[str]) -> None:
        self._system = ctypes.CDLL(None, use_errno=True)
        self._call = self._system.syscall
        self._ruleset = -1
        version = int(self._call(_CREATE_RULESET, None, 0, 1))
        if version < 1:
            return
        files = _ALL_V1 | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
        files |= _IOCTL_DEVICE if version >= 5 else 0
        network = _NO_TCP if version >= 4 else 0
        scoped = _NO_ABSTRACT_SOCKETS_AND_SIGNALS if version >= 6 else 0
        attribute = struct.pack("=QQQ", files, network, scoped)
        size = 8 if version < 4 else 16 if version < 6 else 24
        self._ruleset = int(self._call(_CREATE_RULESET, attribute, size, 0))
        self.allow((*libraries, *_SYSTEM))

    @property
    def holds(self) -> bool:
        """Say whether the system knows Landlock."""
        return self._ruleset >= 0

    def allow(self, paths: Iterable[str]) -> None:
        """Let these files, and what lies below these folders, be read."""
        for path in paths:
            if self._ruleset < 0:
                return
            try:
                handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:  # not on this system
                continue
            folder = stat.S_ISDIR(os.fstat(handle).st_mode)
            rights = _READ_FILE | (_READ_DIR if folder else 0)
            if path == os.devnull:
                rights |= _WRITE_FILE
            self._call(
                _ADD_RULE, self._ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, handle), 0
            )
            os.close(handle)

    def restrict(self) -> bool:
        """Refuse every other file to this thread and those that it starts; says whether it holds.

        Files that are allowed later are not allowed to these.
        """
        return self.holds and int(self._call(_RESTRICT_SELF, self._ruleset, 0)) == 0

    def close_in(self) -> bool:
        """Refuse every other file from now on; says whether the system does."""
        held = self.restrict()
        if self.holds:
            os.close(self._ruleset)
        self._ruleset = -1
        return held


def library_paths() -> tuple[str, ...]:
    """Return the folders and files that Python and its packages are read from."""
    libraries = {*sysconfig.get_paths().values(), *sys.path, package_root(), sys.base_prefix}
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen:
        # A bundle keeps its pure Python modules in an archive inside the program itself.
        libraries |= {str(frozen), sys.executable}
    return tuple(path for path in libraries if path)


def package_root() -> str:
    """Return the folder that holds the package."""
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def refuse_system_calls() -> bool:
    """Refuse new processes, programs and sockets, in every thread; says whether it holds.

    Threads may still start: `clone` passes with CLONE_THREAD, and `clone3`, whose flags a filter
    cannot see, is "not implemented", for which the C library falls back to `clone`.
    """
    known = _CALLS.get(platform.machine())
    if known is None or sys.byteorder != "little":
        return False
    architecture, clone, refused = known
    steps = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _EPERM),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, 0, 1, _X32 if architecture == 0xC000003E else 0xFFFFFFFF),
        (_RETURN, 0, 0, _EPERM),
        (_EQUAL, 0, 1, _CLONE3),
        (_RETURN, 0, 0, _ENOSYS),
    ]
    for number in refused:
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _EPERM)]
    steps += [
        (_EQUAL, 0, 4, clone),
        (_LOAD, 0, 0, 16),
        (_AND, 0, 0, _CLONE_THREAD),
        (_EQUAL, 1, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, _EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = struct.pack("@HP", len(steps), ctypes.addressof(code))
    system = ctypes.CDLL(None, use_errno=True)
    return int(system.prctl(_SET_SECCOMP, _SECCOMP_FILTER, program, 0, 0)) == 0


# The architecture's number, its clone, and by their numbers: socket, connect, bind, listen,
# execve, execveat, fork, vfork, kill, ptrace, process_vm_readv and _writev, mount, unshare, setns,
# bpf, io_uring_setup (from asm/unistd_64.h and asm-generic/unistd.h).
_CALLS: dict[str, tuple[int, int, tuple[int, ...]]] = {
    "x86_64": (
        0xC000003E,
        56,
        (41, 42, 49, 50, 59, 322, 57, 58, 62, 101, 310, 311, 165, 272, 308, 321, 425),
    ),
    "aarch64": (
        0xC00000B7,
        220,
        (198, 203, 200, 201, 221, 281, 129, 117, 270, 271, 40, 97, 268, 280, 425),
    ),
}

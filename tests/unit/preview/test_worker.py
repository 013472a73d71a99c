import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from runcase.errors import CancelledError, TooBigError, UnreadableError
from runcase.preview import codec, guard, rehearsal
from runcase.preview.document import Bytes, Document, Request, Text
from runcase.preview.facts import Facts
from runcase.preview.nursery import environment
from runcase.preview.worker import Worker
from runcase.progress import Progress

Read = Callable[..., Document]
Write = Callable[[str, bytes | str], Path]
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


def pid(worker: Worker) -> int:
    worker.protections()
    assert worker._child is not None
    return worker._child._process.pid


def settled(worker: Worker) -> int:
    """Return the number of a reader that no request would replace."""
    while worker._child is None or worker._child.is_early:
        worker.protections()
    return worker._child._process.pid


class Trap:
    """A pickle that makes a file when it is loaded."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.marker),)


def test_a_pickle_is_shown_and_not_loaded(read: Read, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    for name in ("model.pkl", "model.joblib", "data.bin"):
        document = read(name, pickle.dumps(Trap(marker)))
        assert isinstance(document, Facts)
        assert document.imports[0].verdict == "dangerous"
    assert not marker.exists()


def test_a_window_of_bytes(worker: Worker, write: Write) -> None:
    path = write("x.txt", bytes(range(256)) * 1024)
    document = worker.read(Request(str(path), as_bytes=True, offset=65536, count=16))
    assert isinstance(document, Bytes)
    assert (document.offset, document.data) == (65536, bytes(range(16)))


def test_what_is_not_a_readable_file_is_one_sentence(worker: Worker, tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="does not exist"):
        worker.read(Request(str(tmp_path / "nothing")))
    with pytest.raises(UnreadableError, match="holds no MLmodel"):
        worker.read(Request(str(tmp_path)))


@posix
def test_a_pipe_and_a_device_are_not_opened(worker: Worker, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(UnreadableError, match="is a pipe"):
        worker.read(Request(str(tmp_path / "fifo")))
    with pytest.raises(UnreadableError, match="is a device"):
        worker.read(Request("/dev/zero"))


@posix
def test_a_process_that_hangs_is_ended_in_time_and_replaced(write: Write) -> None:
    path = str(write("a.txt", "x\n"))
    with Worker(seconds=0.3) as worker:
        os.kill(settled(worker), signal.SIGSTOP)
        with pytest.raises(TooBigError, match=r"more than 0\.3 s"):
            worker.read(Request(path))
    with Worker() as worker:
        assert isinstance(worker.read(Request(path)), Text)


@posix
def test_a_process_that_was_killed_is_replaced(write: Write) -> None:
    path = str(write("a.txt", "x\n"))
    with Worker() as worker:
        os.kill(settled(worker), signal.SIGKILL)
        with pytest.raises(UnreadableError, match="ended by signal 9"):
            worker.read(Request(path))
        assert isinstance(worker.read(Request(path)), Text)
        # One that had answered before is given a second chance.
        os.kill(pid(worker), signal.SIGSEGV)
        assert isinstance(worker.read(Request(path)), Text)


class Watched(Progress):
    """Says when the work has reached a wait that can be interrupted."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = threading.Event()

    def interrupted_by(self, interrupt: Callable[[], None] | None) -> None:
        super().interrupted_by(interrupt)
        if interrupt is not None:
            self.waiting.set()


@posix
def test_cancelling_ends_the_wait_at_once(write: Write) -> None:
    path = str(write("a.txt", "x\n"))
    progress = Watched()
    with Worker() as worker:
        os.kill(settled(worker), signal.SIGSTOP)
        caught: list[Exception] = []

        def job() -> None:
            try:
                worker.read(Request(path), progress)
            except CancelledError as error:
                caught.append(error)

        thread = threading.Thread(target=job)
        thread.start()
        assert progress.waiting.wait(10)
        progress.cancel()
        thread.join(10)
        assert not thread.is_alive()
        assert len(caught) == 1
        assert isinstance(worker.read(Request(path)), Text)


def test_closing_leaves_no_process(write: Write) -> None:
    worker = Worker()
    worker.warm()
    number = pid(worker)
    worker.close()
    with pytest.raises(OSError):  # noqa: PT011 - Windows has another one
        os.kill(number, 0)
    assert isinstance(worker.read(Request(str(write("a.txt", "x")))), Text)
    worker.close()


GUARDED = """
import os, socket, subprocess, sys, ctypes, pickle
from runcase.preview import guard
held = guard.isolate()
watcher = guard.Guard()
watcher.close_in()
watcher.admit(sys.argv[1])
assert open(sys.argv[1]).read() == "x"
def refused(what):
    try:
        what()
    except OSError:
        return
    sys.exit("allowed: " + what.__name__)
def reads_another_file(): open(sys.argv[2]).close()
def reads_by_a_link(): open(sys.argv[3]).close()
def writes(): open(sys.argv[1], "a").close()
def makes_a_file(): os.open(sys.argv[1] + "2", os.O_CREAT | os.O_WRONLY)
def opens_a_socket(): socket.socket()
def starts_a_program(): subprocess.Popen(["true"])
def forks(): os.fork()
def runs_a_shell(): os.system("true")
def loads_a_library(): ctypes.CDLL("libm.so.6")
def removes(): os.remove(sys.argv[1])
def unpickles(): pickle.loads(b"cos\\ngetcwd\\n(tR.")
def lists_a_folder(): os.listdir(os.path.dirname(sys.argv[2]))
for each in (reads_another_file, reads_by_a_link, writes, makes_a_file, opens_a_socket,
             starts_a_program, forks, runs_a_shell, loads_a_library, removes, unpickles,
             lists_a_folder):
    refused(each)
import polars, pygments.lexers.python, PIL.PngImagePlugin, markdown_it, nh3  # noqa
print("\\n".join(held))
"""


@posix
def test_the_guard_refuses_all_but_the_file_itself(write: Write) -> None:
    file, other = write("a.txt", "x"), write("other/b.txt", "y")
    link = file.parent / "link.txt"
    os.symlink(other, link)
    answer = subprocess.run(
        [sys.executable, "-c", GUARDED, str(file), str(other), str(link)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert file.read_text() == "x"


WALLED = """
import ctypes, os, sys, threading
from runcase.preview import guard
system = ctypes.CDLL(None, use_errno=True)
# Looked up before the audit hook refuses it.
calls = system.open, system.socket, system.fork, system.execv, system.kill
def opens(path): return system.open(os.fsencode(path), os.O_RDONLY) >= 0
watcher = guard.Guard()
walls = watcher.close_in()
go, seen = threading.Event(), []
def later(): go.wait(); seen.append(opens(sys.argv[1]))
early = threading.Thread(target=later)
watcher.run_apart(early.start)
watcher.admit(sys.argv[1])
watcher.shut()
go.set(); early.join()
# A thread that was there before the file was named may not even read that one.
assert seen == ["Landlock" not in str(walls)]
threading.Thread(target=print, args=("thread",)).start()
print(*walls, sep="\\n")
# Past the audit hook, as a parser that was taken over would.
assert opens(sys.argv[1])
assert not opens(sys.argv[2]) or "Landlock" not in str(walls)
if "seccomp" in str(walls):
    assert system.socket(2, 1, 0) == -1
    assert system.fork() == -1
    assert system.execv(b"/bin/true", None) == -1
    assert system.kill(os.getppid(), 0) == -1
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are Linux's")
def test_the_walls_hold_for_native_code(write: Write) -> None:
    file, other = write("a.txt", "x"), write("other/b.txt", "y")
    answer = subprocess.run(
        [sys.executable, "-c", WALLED, str(file), str(other)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "thread" in answer.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="readers are forked on Linux only")
def test_a_warm_process_that_was_killed_is_replaced(write: Write) -> None:
    first, second = str(write("a.txt", "x\n")), str(write("b.txt", "y\n"))
    with Worker() as worker:
        worker.read(Request(first))
        assert worker._nursery is not None
        worker._nursery._process.kill()
        worker._nursery._process.wait()
        for path in (first, second, first):
            assert isinstance(worker.read(Request(path)), Text)


@pytest.mark.skipif(sys.platform != "linux", reason="readers are forked on Linux only")
def test_a_reader_from_before_the_libraries_were_loaded_is_not_used(write: Write) -> None:
    path = str(write("a.txt", "x\n"))
    with Worker() as worker:
        first = pid(worker)
        assert worker._child is not None
        assert worker._child.is_early
        worker.read(Request(path))
        assert pid(worker) != first


def test_the_rehearsal_reads_all_that_it_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    import PIL.Image  # noqa: F401 - it rehearses what is loaded
    import polars  # noqa: F401

    read = []
    encode = codec.encode

    def encoded(document: object) -> list[bytes]:
        read.append(type(document).__name__)
        return encode(document)

    monkeypatch.setattr(codec, "encode", encoded)
    asked, asking = os.pipe()
    with os.fdopen(asked, "rb") as requests, os.fdopen(asking, "wb", buffering=0) as window:
        rehearsal.rehearse(requests, guard.Guard())
        assert read == ["Image", "Table", "Table", "Text", "Tree"]
        window.write(b"x")
        rehearsal.rehearse(requests, guard.Guard())  # somebody waits
        assert len(read) == 5


@pytest.mark.skipif(sys.platform != "linux", reason="readers are forked on Linux only")
def test_each_file_has_a_reader_of_its_own(write: Write) -> None:
    first, second = str(write("a.txt", "x\n")), str(write("b.txt", "y\n"))
    with Worker() as worker:
        worker.read(Request(first))
        number = pid(worker)
        worker.read(Request(first, offset=1))
        assert pid(worker) == number
        worker.read(Request(second))
        assert pid(worker) != number


@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's")
def test_the_network_is_out_of_reach(worker: Worker) -> None:
    if "no network (namespace)" not in worker.protections():
        pytest.skip("this system gives no network namespaces")
    own = os.readlink("/proc/self/ns/net")
    assert os.readlink(f"/proc/{pid(worker)}/ns/net") != own
    assert socket.socket  # the parent keeps its own


def test_the_worker_sees_no_secrets_and_no_current_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    assert "AWS_SECRET_ACCESS_KEY" not in environment()
    (tmp_path / "yaml.py").write_text(f"open({str(tmp_path / 'marker')!r}, 'w').close()")
    (tmp_path / "a.yaml").write_text("a: 1\n")
    monkeypatch.chdir(tmp_path)
    with Worker() as worker:
        worker.read(Request("a.yaml"))
    assert not (tmp_path / "marker").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA is enforced on Linux")
def test_memory_is_limited(worker: Worker) -> None:
    limits = Path(f"/proc/{pid(worker)}/limits").read_text()
    assert f"Max data size             {1 << 30}" in limits
    assert "Max file size             0" in limits
    assert "Max core file size        0" in limits


def test_the_window_loads_no_reader_and_the_readers_no_qt() -> None:
    code = (
        "import sys, runcase.preview.worker as w\n"
        "heavy = 'PySide6 polars PIL pygments charset_normalizer yaml nh3 markdown_it ctypes'\n"
        "assert not [name for name in heavy.split() if name in sys.modules]\n"
        "import runcase.preview.child\n"
        "late = 'PySide6 polars PIL pygments nh3 markdown_it numpy'\n"
        "assert not [name for name in late.split() if name in sys.modules]\n"
    )
    subprocess.run([sys.executable, "-c", code], env=environment(), check=True)

"""Another process with a database in some state: in the middle of a write, or just killed."""

import subprocess
import sys
from pathlib import Path

CONNECT = "db = sqlite3.connect(path, isolation_level=None)"


class Writer:
    """Another process that holds a database in some state until it is told to end or to die."""

    def __init__(self, code: str, path: Path) -> None:
        program = (
            f"import os, sqlite3, sys\npath = sys.argv[1]\n{code}\nprint('ready', flush=True)\n"
        )
        program += "for line in sys.stdin:\n    exec(line.strip())\n    print('done', flush=True)\n"
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._wait("ready")

    def _wait(self, word: str) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == word

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        self._wait("done")

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

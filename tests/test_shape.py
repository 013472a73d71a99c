"""The house as a whole: sizes, tools, who imports what, and what no file may say."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from made import unpack
from shared import ROOT

MOST_LINES = 500
TOOLS = Path(sys.executable).parent
BELOW_QT = ("store", "preview", "curves", "local")


def python_files():
    for folder in ("app", "packaging", "tests"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def run(*command):
    """Run a program on the checkout; returns what it said if it failed."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "app"), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def tool(name):
    return TOOLS / (f"{name}.exe" if os.name == "nt" else name)


def test_no_file_is_longer_than_500_lines():
    lines = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in python_files()}
    assert {file.name: count for file, count in lines.items() if count > MOST_LINES} == {}


def test_every_module_says_its_one_job_first():
    silent = [
        str(file.relative_to(ROOT))
        for file in python_files()
        if not re.match(r'(#!.*\n)?r?"""\S', file.read_text(encoding="utf-8"))
        and not file.is_relative_to(ROOT / "tests")  # there, the names of the tests say it
    ]
    assert silent == []


def test_ruff_finds_nothing():
    assert run(tool("ruff"), "check", "--quiet", ".") == ""


def test_everything_is_formatted():
    assert run(tool("ruff"), "format", "--check", "--quiet", ".") == ""


@pytest.mark.timeout(600)
def test_types_are_right():
    assert run(sys.executable, "-m", "mypy") == ""


def test_imports_go_down_only():
    assert run(tool("lint-imports"), "--no-cache") == ""


@pytest.mark.parametrize("layer", ["itemmodels", "session"])
def test_item_models_and_the_session_know_no_widgets(layer):
    """Seen here, as import-linter knows foreign packages as a whole only."""
    for file in sorted((ROOT / "app" / "runcase" / layer).glob("*.py")):
        parts = set(re.findall(r"PySide6\.(\w+)", file.read_text(encoding="utf-8")))
        assert parts <= {"QtCore", "QtGui"}, file.name


def test_nothing_below_the_session_loads_qt():
    program = f"""
import importlib, pkgutil, sys
for layer in {BELOW_QT!r}:
    package = importlib.import_module(f"runcase.{{layer}}")
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
qt = ("PySide6", "shiboken", "pyqtgraph")
loaded = sorted(name for name in sys.modules if name.startswith(qt))
sys.exit(", ".join(loaded) or 0)
"""
    assert run(sys.executable, "-c", program) == ""


@pytest.mark.parametrize("command", ["info", "runs", "dump", "preview"])
def test_commands_without_a_window_load_no_qt(command, tmp_path):
    path = unpack("3.18.0", tmp_path / "store")
    if command == "preview":
        path = tmp_path / "note.md"
        path.write_text("# A note\n", encoding="utf-8")
    program = """
import sys
from runcase.cli import main
code = main(sys.argv[1:])
loaded = sorted(name for name in sys.modules if name.startswith(("PySide6", "shiboken")))
sys.exit(", ".join(loaded) or code)
"""
    assert run(sys.executable, "-c", program, command, path) == ""


# Put together, so that this file does not say them itself.
UNSAID = {
    "a folder of the machine it was written on": r"(?<![\w.])/wor" + r"k/",
    "the address of a package index": r"pypi\.org/sim" + r"ple|https?://\S*/sim" + r"ple\b",
    "a tool beside the checkout": r"(?<!\w)\.libr" + r"ary\b",
}


def test_no_file_says_where_it_was_written():
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    output = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout
    found = []
    for name in output.decode().split("\0"):
        path = ROOT / name
        if not name or not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{name}: {what}" for what, pattern in UNSAID.items() if re.search(pattern, text)]
    assert found == []


def locked(name):
    """Return the pins of a lock: name -> the lines that pin it."""
    text = (ROOT / "packaging" / "requirements" / name).read_text(encoding="utf-8")
    pins = {}
    for entry in re.split(r"\n(?=\S)", text.replace("\\\n", " ").strip()):
        pins.setdefault(re.split(r"[=<>\s;\[]", entry)[0], set()).add(entry)
    return pins


@pytest.mark.parametrize(
    "name", ["run.txt", "test.txt", "science.txt", "build.txt", "build-web.txt"]
)
def test_locks_carry_hashes(name):
    for entries in locked(name).values():
        for entry in entries:
            assert "==" in entry
            assert "--hash=sha256:" in entry


@pytest.mark.parametrize("name", ["test.txt", "science.txt", "build.txt", "build-web.txt"])
def test_what_is_tested_and_built_is_what_runs(name):
    """One environment serves `run` and `test`, so the larger lock must hold the smaller one."""
    assert locked("run.txt").items() <= locked(name).items()


def test_every_locked_package_is_named_with_its_licence():
    text = (ROOT / "resources" / "licences" / "python-packages.txt").read_text(encoding="utf-8")
    listed = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.strip()}
    assert {name for name in locked("science.txt") if len(listed.get(name, ())) < 2} == set()


def test_everything_vendored_has_its_licence():
    resources = ROOT / "resources"
    owners = {"icons": "lucide", "Inter": "inter", "JetBrainsMono": "jetbrains-mono"}
    vendored = {file.name.split("-")[0] for file in (resources / "fonts").iterdir()}
    folders = {each.name for each in resources.iterdir() if each.is_dir()}
    vendored |= folders - {"fonts", "theme", "licences"}
    assert vendored <= set(owners)
    for name in vendored:
        text = (resources / "licences" / f"{owners[name]}.txt").read_text(encoding="utf-8")
        assert "Copyright" in text
        assert len(text) > 500
    own = (ROOT / "packaging" / "LICENSE").read_text(encoding="utf-8")
    assert own.startswith("MIT License")

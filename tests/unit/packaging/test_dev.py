"""The two commands' own logic, without making an environment."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

import pytest

from shared import ROOT

posix = pytest.mark.skipif(os.name == "nt", reason="the stand-in programs are shell scripts")


@pytest.fixture
def dev():
    spec = importlib.util.spec_from_file_location("dev", ROOT / "packaging" / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def script(tmp_path):
    """Write a shell script that notes its arguments in a file; returns (its path, the file)."""

    def made(path, body="exit 0"):
        noted = tmp_path / f"{path.name}.calls"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh\necho "$@" >> {noted}\n{body}\n')
        path.chmod(0o755)
        return path, noted

    return made


@pytest.fixture
def checkout(dev, tmp_path, monkeypatch):
    """A checkout of which only the locks are there."""
    locks = tmp_path / "packaging" / "requirements"
    locks.mkdir(parents=True)
    for name in ("run.txt", "test.txt"):
        (locks / name).write_text(f"# {name}\n")
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "LOCKS", locks)
    return tmp_path


@pytest.fixture
def only(tmp_path, monkeypatch):
    """Let only the programs of one folder be found."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("sh", "echo", "mkdir"):
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["run"], ("run", [])),
        (["run", "a b.db", "c"], ("run", ["a b.db", "c"])),
        (["test"], ("test", [])),
        (["test", "-x", "tests/unit", "-k", "a or b", "-h"],
         ("test", ["-x", "tests/unit", "-k", "a or b", "-h"])),
        (["build"], ("build", False)),
        (["build", "--web"], ("build", True)),
    ],
)  # fmt: skip
def test_each_command_gets_its_arguments(dev, monkeypatch, arguments, asked):
    calls = []
    for name, command in (("run", "run"), ("test", "test"), ("make_bundle", "build")):
        monkeypatch.setattr(dev, name, lambda given, c=command: calls.append((c, given)) or 0)
    assert dev.main(arguments) == 0
    assert calls == [asked]


@pytest.mark.parametrize("arguments", [[], ["fly"], ["run", "--bogus"], ["build", "--webb", "x"]])
def test_wrong_usage_is_exit_2(dev, arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        dev.main(arguments)
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_an_older_python_is_told_so(dev, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert dev.main(["run"]) == 2
    assert "needs Python 3.11" in capsys.readouterr().out


@posix
def test_who_is_not_root_reads_the_exact_line(dev, script, only, monkeypatch, capsys):
    _, calls = script(only / "apt-get")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not dev.install(["libxcb-cursor0", "libgl1", "libgl1"])
    line = "sudo apt-get install -y --no-install-recommends libgl1 libxcb-cursor0"
    assert f"\n    {line}\n" in capsys.readouterr().out
    assert not calls.exists()


@posix
def test_root_has_it_installed(dev, script, only, monkeypatch):
    _, calls = script(only / "apt-get")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert dev.install(["libgl1"])
    assert calls.read_text().splitlines() == [
        "update -qq",
        "install -y --no-install-recommends libgl1",
    ]


@posix
def test_root_reads_the_line_when_it_did_not_work(dev, script, only, monkeypatch, capsys):
    script(only / "apt-get", "exit 100")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert not dev.install(["libgl1"])
    assert "sudo apt-get install" in capsys.readouterr().out


@posix
def test_without_apt_the_packages_are_named_all_the_same(dev, only, capsys):
    assert not dev.install(["libgl1"])
    assert "libgl1" in capsys.readouterr().out


def test_nothing_missing_is_nothing_to_say(dev, capsys):
    assert dev.install([])
    assert capsys.readouterr().out == ""


def test_only_libraries_that_do_not_load_are_asked_for(dev, monkeypatch):
    asked = []
    monkeypatch.setattr(dev, "LINUX", True)
    monkeypatch.setattr(dev, "install", lambda packages: asked.extend(packages) or not asked)
    here = "libc.so.6" if sys.platform.startswith("linux") else None
    assert not dev.have({here: "libc6", "libno-such-thing.so.9": "libno9"})
    assert asked == ["libno9"]


def test_other_systems_bring_their_libraries(dev, monkeypatch):
    monkeypatch.setattr(dev, "LINUX", False)
    assert dev.have({"libno-such-thing.so.9": "libno9"})


@pytest.fixture
def made(checkout, script):
    """Make something that looks like .venv; returns (folder, the calls of its python)."""

    def make():
        site = checkout / "site"
        site.mkdir(exist_ok=True)
        folder = checkout / ".venv"
        _, calls = script(folder / "bin" / "python", f'[ "$1" = -c ] && echo {site}; exit 0')
        return folder, calls

    return make


@posix
def test_a_lock_is_installed_once_and_again_when_it_changed(dev, made, checkout, only):
    folder, calls = made()

    def installs():
        return calls.read_text().count("pip install") if calls.exists() else 0

    python = str(folder / "bin" / "python")
    assert dev.environment(".venv", "run.txt") == python
    assert installs() == 1
    assert (checkout / "site" / "runcase.pth").read_text() == f"{checkout / 'app'}\n"
    assert dev.environment(".venv", "run.txt") == python
    assert installs() == 1
    dev.environment(".venv", "test.txt")
    assert installs() == 2
    dev.environment(".venv", "run.txt")  # the larger lock holds the smaller one
    assert installs() == 2
    (checkout / "packaging" / "requirements" / "run.txt").write_text("# another\n")
    dev.environment(".venv", "test.txt")
    assert installs() == 3
    arguments = calls.read_text()
    assert "--require-hashes" in arguments
    assert "--only-binary :all:" in arguments


@posix
def test_an_install_that_failed_is_not_stamped(dev, made, script, only):
    folder, _ = made()
    script(folder / "bin" / "python", "exit 1")
    with pytest.raises(dev.subprocess.CalledProcessError):
        dev.environment(".venv", "run.txt")
    assert not (folder / "runcase.stamp").exists()


@posix
def test_an_environment_whose_python_went_away_is_made_anew(dev, made, only, monkeypatch):
    folder, calls = made()
    dev.environment(".venv", "test.txt")
    (folder / "bin" / "python").unlink()
    (folder / "left over").touch()
    monkeypatch.setattr(dev, "_make_venv", lambda _folder, _uv: made())
    dev.environment(".venv", "run.txt")
    assert not (folder / "left over").exists()
    before = calls.read_text().count("pip install")
    dev.environment(".venv", "test.txt")  # is not taken to be there still
    assert calls.read_text().count("pip install") == before + 1


def test_a_stamp_that_is_no_stamp_is_none(dev, tmp_path):
    stamp = tmp_path / "stamp"
    assert dev._stamps(stamp) == {}
    stamp.write_text("run.txt abc\nnonsense\n\na b c\n")
    assert dev._stamps(stamp) == {"run.txt": "abc"}


@posix
def test_a_relative_path_is_meant_from_here(dev, script, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    program, _ = script(tmp_path / "program", "pwd > here")
    assert dev.call(str(program), "store.db") == 0
    assert Path((tmp_path / "here").read_text().strip()) == tmp_path.resolve()


@posix
def test_an_exit_code_is_handed_on(dev, script, tmp_path):
    program, _ = script(tmp_path / "program", "exit 7")
    assert dev.call(str(program)) == 7

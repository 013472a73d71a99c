#!/usr/bin/env python3
"""Sets up a fresh machine and starts, tests or builds Runcase; needs Python 3.11 and nothing else.

python3 packaging/dev.py run [PATH…]         the window, on the sample store without a PATH
python3 packaging/dev.py test [ARGUMENTS]    the tests; arguments go to pytest
python3 packaging/dev.py build [--web]       a folder to hand out, in dist/, started once
"""

from __future__ import annotations  # so that an older Python gets as far as saying what it lacks

import argparse
import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "packaging" / "requirements"
LINUX = sys.platform.startswith("linux")
# -P: nothing that lies in the current folder is imported.
RUNCASE = ("-P", "-m", "runcase")

# What Qt loads and Debian may lack: library -> package. Without these QtGui does not import.
OFFSCREEN_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libbrotlidec.so.1": "libbrotli1",
}
# Without these Qt aborts (no exception) when it opens a window on X.
XCB_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
# What QtWebEngine and QtMultimedia load; without these their tests skip.
WEB_LIBRARIES = {
    "libnss3.so": "libnss3",
    "libasound.so.2": "libasound2",
    "libXcomposite.so.1": "libxcomposite1",
    "libXdamage.so.1": "libxdamage1",
    "libXrandr.so.2": "libxrandr2",
    "libXtst.so.6": "libxtst6",
    "libxkbfile.so.1": "libxkbfile1",
    "libpulse.so.0": "libpulse0",
}
# How all tests are run: modules whole and in order, since the longest come first.
SIDE_BY_SIDE = ("-n", "auto", "--maxprocesses", "8", "--dist", "loadfile", "--no-loadscope-reorder")
TEST_PROGRAMS = {
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "openbox": "openbox",
    "pdftoppm": "poppler-utils",
}


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks and return the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 -- any python3 may start this file
        print("Runcase needs Python 3.11 or newer; this is", platform.python_version())
        return 2
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Verbatim)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="start Runcase").add_argument("paths", nargs="*")
    commands.add_parser("test", help="run the tests", add_help=False)
    build = commands.add_parser("build", help="make a folder to hand out")
    build.add_argument("--web", action="store_true", help="with QtWebEngine, 400 MB more")
    known, rest = parser.parse_known_args(arguments)
    if known.command == "test":
        return test(rest)
    if rest:
        parser.error(f"unknown arguments: {' '.join(rest)}")
    return run(known.paths) if known.command == "run" else make_bundle(known.web)


class _Verbatim(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of the description as they are."""


def run(paths: Sequence[str]) -> int:
    """Open the window; without a display, write pictures of every page instead."""
    display = not LINUX or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    libraries = OFFSCREEN_LIBRARIES | (XCB_LIBRARIES if display else {})
    if not have(libraries):
        return 1
    python = environment(".venv", "run.txt")
    if display:
        return call(python, *RUNCASE, *(paths or ["--sample"]))
    store = paths[0] if paths else output(python, *RUNCASE, "sample")
    pictures = ROOT / "build" / "pictures"
    code = call(
        python, *RUNCASE, "shot", store, "--page", "all", "--out", str(pictures),
        env={"QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    if code == 0:
        print(f"There is no display here, so every page was drawn into {pictures}")
    return code


def test(arguments: Sequence[str]) -> int:
    """Run the tests offscreen; those that need a program that is not to be had say so and skip."""
    if not have(OFFSCREEN_LIBRARIES | XCB_LIBRARIES):
        return 1
    have(WEB_LIBRARIES)
    if LINUX:
        install(package for name, package in TEST_PROGRAMS.items() if not shutil.which(name))
    python = environment(".venv", "test.txt")
    if not any(argument.startswith(("tests", "-k")) for argument in arguments):
        interop_environment()
    os.chdir(ROOT)
    offscreen = {"QT_QPA_PLATFORM": "offscreen"}
    return call(python, "-m", "pytest", *(arguments or SIDE_BY_SIDE), env=offscreen)


def interop_environment() -> None:
    """Make .venv-interop with the real MLflow; without it those tests skip, or fail in CI."""
    try:
        # 0.9 GB; MLflow's own parts (skinny, tracing) are left out, since mlflow holds both.
        environment(".venv-interop", "interop.txt", with_runcase=False, dependencies=False)
    except subprocess.CalledProcessError as error:
        print(f"MLflow could not be installed, its tests will skip: {error}")


def make_bundle(web: bool) -> int:
    """Build dist/runcase with PyInstaller and start it once on the sample store."""
    if not have(OFFSCREEN_LIBRARIES):
        return 1
    lock = "build-web.txt" if web else "build.txt"
    python = environment(".venv-build", lock)
    code = call(
        python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
        "--distpath", str(ROOT / "dist"), "--workpath", str(ROOT / "build" / "pyinstaller"),
        str(ROOT / "packaging" / "runcase.spec"),
        env={"RUNCASE_WEB": "1" if web else ""},
    )  # fmt: skip
    if code:
        return code
    program = ROOT / "dist" / "runcase" / ("runcase.exe" if os.name == "nt" else "runcase")
    size = sum(file.stat().st_size for file in program.parent.rglob("*") if file.is_file())
    store = output(str(program), "sample")
    picture = ROOT / "build" / "bundle.png"
    picture.unlink(missing_ok=True)
    code = call(
        str(program), "shot", store, "--page", "experiment", "--out", str(picture),
        env={"QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    artifact = next(Path(store).parent.rglob("*.csv"))
    code = code or call(str(program), "preview", str(artifact))
    if code == 0 and picture.exists():
        print(f"{program.parent}: {size / 1e6:.0f} MB; it drew {picture} and previewed a file")
        return 0
    print(f"{program} was built but did not start")
    return code or 1


def environment(
    name: str, lock: str, *, with_runcase: bool = True, dependencies: bool = True
) -> str:
    """Make or refresh a virtual environment from a lock; return its python.

    A stamp of the lock's hash makes the second start immediate.
    """
    folder = ROOT / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "runcase.stamp"
    wanted = {lock: _hash(LOCKS / lock)}
    if lock == "test.txt":
        wanted["run.txt"] = _hash(LOCKS / "run.txt")  # the test lock holds the same pins and more
    have_now = _stamps(stamp)
    if python.exists() and wanted.items() <= have_now.items():
        return str(python)
    uv = shutil.which("uv")
    if not python.exists():
        print(f"Making {name} …", flush=True)
        # What is left of one whose Python went away would look installed, and is not.
        shutil.rmtree(folder, ignore_errors=True)
        have_now = {}
        _make_venv(folder, uv)
    print(f"Installing {lock} into {name} …", flush=True)
    if uv:
        install_command = [uv, "pip", "install", "--python", str(python)]
    else:
        install_command = [str(python), "-m", "pip", "install", "--quiet"]
        install_command += ["--disable-pip-version-check", "--no-warn-script-location"]
    options = ["--require-hashes", "--only-binary", ":all:"]
    if not dependencies:
        options.append("--no-deps")
    subprocess.run([*install_command, *options, "-r", str(LOCKS / lock)], check=True)
    if with_runcase:
        site = output(str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
        (Path(site) / "runcase.pth").write_text(f"{ROOT / 'app'}\n", encoding="utf-8")
    lines = (f"{name} {digest}" for name, digest in sorted((have_now | wanted).items()))
    stamp.write_text("\n".join(lines), encoding="utf-8")
    return str(python)


def have(libraries: Mapping[str, str]) -> bool:
    """Look for the libraries Qt needs before it aborts; install what is missing, or say how."""
    if not LINUX:
        return True
    return install(package for name, package in libraries.items() if not _loads(name))


def install(packages: Iterable[str]) -> bool:
    """Install Debian packages when root; else print the exact line. True if nothing is missing."""
    missing = sorted(set(packages))
    if not missing:
        return True
    line = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if shutil.which("apt-get") and os.geteuid() == 0:
        print(f"Installing {' '.join(missing)} …", flush=True)
        silent = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=silent)
        done = subprocess.run(line, check=False, env=silent, stdout=subprocess.DEVNULL)
        if done.returncode == 0:
            return True
    print(f"These system packages are missing. Please run:\n\n    sudo {' '.join(line)}\n")
    return False


def call(program: str, *arguments: str, env: Mapping[str, str] | None = None) -> int:
    """Run a program here, where a relative PATH means what it says; return its exit code."""
    done = subprocess.run([program, *arguments], env=os.environ | (env or {}), check=False)
    return done.returncode


def output(program: str, *arguments: str) -> str:
    """Run a program and return what it prints, without the line's end."""
    done = subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def _make_venv(folder: Path, uv: str | None) -> None:
    if uv:
        subprocess.run([uv, "venv", "--python", sys.executable, str(folder)], check=True)
        return
    try:
        import ensurepip  # noqa: F401 -- Debian splits it off into python3-venv
    except ImportError:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if not install([version]):
            raise SystemExit(1) from None
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _stamps(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    pairs = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as failed:
        print(f"Stopped: {' '.join(map(str, failed.cmd[:3]))} … gave exit code {failed.returncode}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)

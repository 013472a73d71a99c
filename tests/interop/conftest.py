"""Speaks to the real MLflow, which lives in an environment of its own and runs as a subprocess."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLIENT = Path(__file__).with_name("client.py")
_SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"
VENV_PYTHON = ROOT / ".venv-interop" / _SCRIPTS / "python"


@pytest.fixture(scope="session")
def interop_python():
    """The Python of the environment in which the real MLflow lives."""
    python = Path(os.environ.get("RUNCASE_INTEROP_PYTHON", VENV_PYTHON))
    if not python.exists() and not python.with_suffix(".exe").exists():
        reason = f"MLflow's own environment is not at {VENV_PYTHON.parent.parent}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return python


@pytest.fixture(scope="session")
def mlflow_started(tmp_path_factory, interop_python):
    """Start a function of client.py in MLflow's environment: `mlflow_started("log", **arguments)`.

    Returns the process; `answer_of` waits for it.
    """
    # MLflow makes files where it runs, so not in the checkout.
    folder = tmp_path_factory.mktemp("mlflow")

    def start(function, **arguments):
        process = subprocess.Popen(
            [str(interop_python), "-W", "ignore", str(CLIENT), function],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=folder,
            env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "PYTHONUTF8": "1"},
        )
        process.stdin.write(json.dumps(arguments))
        process.stdin.close()
        process.stdin = None  # `communicate` would write to it
        return process

    return start


@pytest.fixture(scope="session")
def answer_of():
    """Wait for a process of `mlflow_started`; returns what its function answered."""

    def answer(process):
        try:
            out, err = process.communicate(timeout=100)
        finally:
            process.kill()
        assert process.returncode == 0, err[-3000:]
        return json.loads(out.rpartition("\x1e")[2])

    return answer


@pytest.fixture(scope="session")
def mlflow(mlflow_started, answer_of):
    """Call a function of client.py in MLflow's environment: `mlflow("search", **arguments)`."""
    return lambda function, **arguments: answer_of(mlflow_started(function, **arguments))

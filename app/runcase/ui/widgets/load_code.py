"""Python code that reads what is shown with MLflow's own client."""

from pathlib import Path

from runcase.store.records import ModelVersion, RunDetail


def tracking_uri(database: Path) -> str:
    """Return the database's SQLAlchemy URL, as `mlflow.set_tracking_uri` wants it."""
    return f"sqlite:///{database.as_posix()}"


def run_code(database: Path, found: RunDetail) -> str:
    """Return code that loads a run, and its first logged model if it has one."""
    lines = [
        "import mlflow",
        "",
        f"mlflow.set_tracking_uri({tracking_uri(database)!r})",
        f"run = mlflow.get_run({found.run.run_id!r})",
    ]
    if found.logged_models:
        uri = f"models:/{found.logged_models[0].model_id}"
        lines.append(f"model = mlflow.pyfunc.load_model({uri!r})")
    return "\n".join(lines) + "\n"


def version_code(database: Path, version: ModelVersion) -> str:
    """Return code that loads a registered version."""
    return "\n".join(
        [
            "import mlflow",
            "",
            f"mlflow.set_tracking_uri({tracking_uri(database)!r})",
            f"model = mlflow.pyfunc.load_model({f'models:/{version.name}/{version.version}'!r})",
            "",
        ]
    )

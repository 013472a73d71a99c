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


def artifact_uri(run_id: str, model_id: str, path: str) -> str:
    """Return the address of an artifact as MLflow's client takes it."""
    whose = f"models:/{model_id}" if model_id else f"runs:/{run_id}"
    return f"{whose}/{path}" if path else whose


def artifact_code(database: Path, uri: str, *, is_model: bool = False) -> str:
    """Return code that downloads an artifact, and reads it where one call does."""
    lines = ["import mlflow", "", f"mlflow.set_tracking_uri({tracking_uri(database)!r})"]
    if is_model:
        return "\n".join([*lines, f"model = mlflow.pyfunc.load_model({uri!r})", ""])
    lines.append(f"path = mlflow.artifacts.download_artifacts({uri!r})")
    end = uri.rpartition(".")[2].lower()
    needs, reads = _READS.get(end, ("", ""))
    if needs:
        lines.insert(1, needs)
    return "\n".join([*lines, *([reads] if reads else []), ""])


_PANDAS, _NUMPY = "import pandas", "import numpy"
# What reads a file by the end of its name: the import and the line.
_READS = {
    "csv": (_PANDAS, "table = pandas.read_csv(path)"),
    "tsv": (_PANDAS, 'table = pandas.read_csv(path, sep="\\t")'),
    "parquet": (_PANDAS, "table = pandas.read_parquet(path)"),
    "feather": (_PANDAS, "table = pandas.read_feather(path)"),
    "xlsx": (_PANDAS, "table = pandas.read_excel(path)"),
    "jsonl": (_PANDAS, "table = pandas.read_json(path, lines=True)"),
    "npy": (_NUMPY, "array = numpy.load(path, allow_pickle=False)"),
    "npz": (_NUMPY, "arrays = numpy.load(path, allow_pickle=False)"),
    "png": ("import PIL.Image", "image = PIL.Image.open(path)"),
    "jpg": ("import PIL.Image", "image = PIL.Image.open(path)"),
    "json": ("import json", 'data = json.load(open(path, encoding="utf-8"))'),
    "txt": ("", 'text = open(path, encoding="utf-8").read()'),
    "log": ("", 'text = open(path, encoding="utf-8").read()'),
}

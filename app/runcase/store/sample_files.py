"""Makes the other files among the sample's artifacts: model folders, tables, logs, notebooks."""

import io
import json
import pickle
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from runcase.store.sample_desk import Written

PYTHON = "3.11.9"


def npy(array: npt.NDArray[np.generic]) -> bytes:
    """Return an array as a .npy file."""
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def parquet(columns: Mapping[str, object]) -> bytes:
    """Return columns as a Parquet file."""
    import polars  # 0.2 s that nobody waits for who opens a store of their own

    buffer = io.BytesIO()
    polars.DataFrame(dict(columns)).write_parquet(buffer)
    return buffer.getvalue()


def csv(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return rows of plain values as CSV."""
    lines = [",".join(names), *(",".join(str(value) for value in row) for row in rows)]
    return "\n".join(lines) + "\n"


def model_folder(
    run: Written,
    flavor: str,
    requirements: Sequence[str],
    inputs: Sequence[tuple[str, str]],
    example: Mapping[str, object],
    weights: object,
) -> dict[str, bytes]:
    """Return the files of a model as `log_model` lays them out; the pickle holds plain data."""
    colspec = [{"type": kind, "name": name, "required": True} for name, kind in inputs]
    outputs = [{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1]}}]
    mlmodel = f"""\
artifact_path: {run.experiment.uri}/models/{{model_id}}/artifacts
flavors:
  {flavor}:
    code: null
    data: model.pkl
    model_class: {flavor}.Model
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.{flavor}
    model_path: model.pkl
    python_version: {PYTHON}
mlflow_version: 3.18.0
model_id: {{model_id}}
run_id: {run.run_id}
saved_input_example_info:
  artifact_path: input_example.json
  pandas_orient: split
  type: dataframe
signature:
  inputs: '{json.dumps(colspec)}'
  outputs: '{json.dumps(outputs)}'
  params: null
"""
    pins = "".join(f"  - {pin}\n" for pin in requirements)
    conda = (
        f"channels:\n- conda-forge\ndependencies:\n- python={PYTHON}\n- pip<=24.0\n- pip:\n{pins}"
        "name: mlflow-env\n"
    )
    environment = (
        f"python: {PYTHON}\nbuild_dependencies:\n- pip==24.0\n- setuptools\n- wheel\n"
        "dependencies:\n- -r requirements.txt\n"
    )
    split = {"columns": list(example), "data": [list(example.values())]}
    texts = {
        "MLmodel": mlmodel,
        "conda.yaml": conda,
        "python_env.yaml": environment,
        "requirements.txt": "".join(f"{pin}\n" for pin in requirements),
        "input_example.json": json.dumps(split),
        "serving_input_example.json": json.dumps({"dataframe_split": split}, indent=2),
    }
    files = {name: text.encode() for name, text in texts.items()}
    files["model.pkl"] = pickle.dumps(weights, protocol=4)
    return files


def notebook(title: str, cells: Sequence[tuple[str, str, str]], picture: str) -> str:
    """Return a Jupyter notebook.

    Args:
        title: Its heading.
        cells: Python code, its printed output, and the Markdown before it.
        picture: A PNG in base64 that the last cell shows.
    """
    made: list[dict[str, object]] = [_markdown(f"# {title}\n")]
    for count, (code, printed, before) in enumerate(cells, start=1):
        made.append(_markdown(before))
        outputs: list[dict[str, object]] = [
            {"name": "stdout", "output_type": "stream", "text": printed.splitlines(keepends=True)}
        ]
        if count == len(cells):
            data = {"image/png": picture, "text/plain": ["<Figure size 640x480 with 1 Axes>"]}
            outputs.append({"data": data, "metadata": {}, "output_type": "display_data"})
        made.append(
            {
                "cell_type": "code",
                "execution_count": count,
                "id": f"cell-{count}",
                "metadata": {},
                "outputs": outputs,
                "source": code.splitlines(keepends=True),
            }
        )
    for at, cell in enumerate(made):
        cell.setdefault("id", f"text-{at}")
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python", "version": PYTHON}}
    book = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1) + "\n"


def _markdown(text: str) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from runcase.preview.document import Document, Model, Request, Text
from runcase.preview.worker import Worker
from shared import shared

Read = Callable[..., Document]
Write = Callable[[str, bytes | str], Path]

MODEL = """\
flavors:
  python_function: {loader_module: mlflow.pytorch, env: {conda: conda.yaml}, python_version: 3.11.7}
  pytorch: {model_data: data, pytorch_version: 2.6.0}
mlflow_version: 3.18.0
model_id: m-5b1e0c
run_id: 7be2c1
utc_time_created: '2025-03-19 23:01:44.1'
metadata: {team: vision, nested: {a: 1}}
saved_input_example_info: {artifact_path: input_example.json, type: ndarray, format: tf-serving}
signature:
  inputs: '[{"name": "image", "type": "tensor",
    "tensor-spec": {"dtype": "float32", "shape": [-1, 3]}},
    {"name": "when", "type": "datetime", "required": false}]'
  outputs: '[{"type": "array", "items": {"type": "double"}, "required": true}]'
  params: '[{"name": "top_k", "type": "long", "default": 5, "shape": null}]'
"""


def test_a_model_is_a_page(worker: Worker, write: Write) -> None:
    path = write("model/MLmodel", MODEL)
    write(
        "model/requirements.txt", "# c\nmlflow==3.18.0\ntorch>=2,<3 # why\n--pre\ngit+https://x/y\n"
    )
    write("model/data/model.pth", b"x" * 1000)
    for asked in (path, path.parent):
        model = worker.read(Request(str(asked)))
        assert isinstance(model, Model)
        assert [(f.name, f.version) for f in model.flavors] == [
            ("python_function", ""),
            ("pytorch", "2.6.0"),
        ]
        assert ("env.conda", "conda.yaml") in model.flavors[0].facts
        rows = [(r.kind, r.name, r.type, r.detail, r.required) for r in model.signature]
        assert rows == [
            ("input", "image", "tensor float32", "(-1, 3)", True),
            ("input", "when", "datetime", "", False),
            ("output", "", "array of double", "", True),
            ("param", "top_k", "long", "default 5", False),
        ]
        assert [(r.package, r.pin) for r in model.requirements] == [
            ("mlflow", "==3.18.0"),
            ("torch", ">=2,<3"),
            ("git+https://x/y", ""),
        ]
        assert [file.path for file in model.files] == [
            "MLmodel",
            "data/model.pth",
            "requirements.txt",
        ]
        assert model.size == sum(file.size for file in model.files)
        assert model.metadata == (("team", "vision"), ("nested.a", "1"))
        assert model.example == "ndarray (tf-serving)"
        assert [code.label for code in model.load_codes] == ["pyfunc", "pytorch", "CLI serve"]
        assert str(path.parent) in model.load_codes[0].code.text


def test_conda_is_read_when_there_is_no_requirements_file(worker: Worker, write: Write) -> None:
    path = write("MLmodel", MODEL)
    write("conda.yaml", "dependencies:\n- python=3.8\n- pip\n- pip:\n  - mlflow==1.0\nname: x\n")
    model = worker.read(Request(str(path)))
    assert isinstance(model, Model)
    assert [(r.package, r.pin) for r in model.requirements] == [
        ("python", "=3.8"),
        ("mlflow", "==1.0"),
    ]
    assert model.requirements_from == "conda.yaml"


def test_what_is_no_model_is_text(read: Read) -> None:
    bomb = "a: &a [1]\nflavors: {x: *a}\n"
    tagged = "flavors: !!python/object/apply:os.getcwd []\n"
    for content in ("hello\n", "a: 1\n", "flavors: 3\n", bomb, tagged, "flavors: {x: 2024-99-99}"):
        document = read("MLmodel", content)
        assert isinstance(document, Text), content
        assert "Not shown as a model" in document.note


def test_files_that_lead_out_of_the_folder_are_not_read(worker: Worker, write: Write) -> None:
    secret = write("secret.txt", "password==1\n")
    path = write("model/MLmodel", MODEL)
    os.symlink(secret, path.parent / "requirements.txt")
    model = worker.read(Request(str(path)))
    assert isinstance(model, Model)
    assert model.requirements == ()


@pytest.mark.parametrize("version", ["1.0.0", "1.30.0", "2.3.2", "2.22.5", "3.1.4", "3.18.0"])
def test_models_that_mlflow_wrote(worker: Worker, version: str) -> None:
    store = shared("stores", "made", f"mlflow-{version}")
    found = sorted(store.glob("**/MLmodel"))
    assert found
    for path in found:
        model = worker.read(Request(str(path)))
        assert isinstance(model, Model), path
        assert model.created
        assert model.note == ""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runcase.preview.document import Request
from runcase.preview.facts import Facts, Verdict
from runcase.preview.torch_names import tensors_of
from runcase.preview.worker import Worker

Write = Callable[..., Path]
REAL = Path(__file__).parents[2] / "corpus" / "real"
TOLD: dict[str, dict[str, Any]] = json.loads((REAL / "told.json").read_text())


def words(lengths: list[int]) -> str:
    return " × ".join(map(str, lengths)) or "scalar"


@pytest.mark.parametrize("name", TOLD)
def test_a_file_says_what_its_library_says_of_it(worker: Worker, name: str) -> None:
    document = worker.read(Request(str(REAL / name)))
    assert isinstance(document, Facts), document.note
    told = TOLD[name]
    shown = [(each.name, each.dtype, each.shape, each.size) for each in document.tensors]
    assert sorted(shown) == sorted(
        (tensor, dtype, words(shape), size) for tensor, dtype, shape, size in told["tensors"]
    )
    assert document.tensor_count == len(shown)
    facts = dict(document.facts)
    assert {key: facts.get(key) for key in told["facts"]} == told["facts"]
    assert set(told.get("metadata", {}).items()) <= set(document.metadata)
    assert dict(document.counts) == told.get("counts", dict(document.counts))


def test_pytorch_itself_is_on_the_allow_list(worker: Worker) -> None:
    for name in ("state.pt", "old.pth", "dtypes.pt", "checkpoint.ckpt"):
        document = worker.read(Request(str(REAL / name)))
        assert isinstance(document, Facts)
        assert {each.verdict for each in document.imports} == {Verdict.ALLOWED}, name
        assert document.note == ""
    whole = worker.read(Request(str(REAL / "module.pth")))
    assert isinstance(whole, Facts)
    unknown = [each for each in whole.imports if each.verdict != Verdict.ALLOWED]
    assert [(each.module, each.name) for each in unknown] == [("__main__", "Net")]


def test_a_tensor_that_is_made_of_itself_is_no_endless_work() -> None:
    # A call of _rebuild_from_type_v2 whose function is itself, and whose arguments are itself.
    pickled = b"\x80\x02ctorch._tensor\n_rebuild_from_type_v2\nq\x00]q\x01(h\x00Nh\x01eR."
    assert tensors_of(io.BytesIO(pickled)) == ()


def test_a_damaged_group_is_named_and_the_others_are_read(worker: Worker, write: Write) -> None:
    content = (REAL / "latest.h5").read_bytes()
    root = content.index(b"FRHP")
    assert root < content.index(b"FRHP", root + 1)
    places = [place.start() for place in re.finditer(b"FRHP", content)]
    told = {name for name, *_ in TOLD["latest.h5"]["tensors"]}
    outcomes = []
    for place in places:
        damaged = content[:place] + b"GONE" + content[place + 4 :]
        document = worker.read(Request(str(write("damaged.h5", damaged))))
        assert isinstance(document, Facts)
        lost = told - {each.name for each in document.tensors}
        outcomes.append((document.note[:42], {name.partition("/")[0] for name in lost}))
    # The heaps of the root, of a group, and of attributes, which are not read.
    assert outcomes[:2] == [
        ("Not all of the root could be read: There i", {name.partition("/")[0] for name in told}),
        ("Not all of the group “/many” could be read", {"many"}),
    ]
    assert set(map(str, outcomes[2:])) == {str(("", set()))}


@pytest.mark.parametrize("marked", [True, False])
def test_models_of_xgboost_before_3(worker: Worker, write: Write, marked: bool) -> None:
    for name, told in json.loads((REAL / "old.json").read_text()).items():
        # Older ones have no mark.
        content = (REAL / name).read_bytes()[0 if marked else 4 :]
        document = worker.read(Request(str(write(name, content))))
        assert isinstance(document, Facts), document.note
        assert document.format == "XGBoost model (old binary)"
        facts = dict(document.facts)
        assert {key: facts.get(key) for key in told["facts"]} == told["facts"]
        # It adds some of its own, which it does not give out.
        assert told["metadata"].items() <= dict(document.metadata).items()

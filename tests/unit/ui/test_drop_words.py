"""What the overlay says of each case of what may be dropped."""

from pathlib import Path

import pytest

from runcase.store.dropped import DropKind, Dropped, by_name, look_at
from runcase.ui.drop_words import drop_words
from small_store import make_store


def words(*dropped, has_store=False, is_untouched=False, shift=False):
    said = drop_words(dropped, has_store=has_store, is_untouched=is_untouched, shift=shift)
    return said.title, said.text, said.hint


def one(name, kind, inside=""):
    return Dropped(Path("/here") / name, kind, inside)


STORE = one("mlflow.db", DropKind.STORE)
MODEL = one("resnet", DropKind.MODEL, "MLmodel")
FILE = one("roc.png", DropKind.FILE)
FOLDER = one("plots", DropKind.FOLDER)
HINT = "Hold Shift to compare with the open store"


@pytest.mark.parametrize(
    ("dropped", "more", "said"),
    [
        ([STORE], {}, ("Open this store", "mlflow.db: new window, read-only", "")),
        (
            [STORE],
            {"is_untouched": True},
            ("Open this store", "mlflow.db: in this window, read-only", ""),
        ),
        (
            [STORE],
            {"has_store": True},
            ("Open this store", "mlflow.db: new window, read-only", HINT),
        ),
        (
            [STORE],
            {"has_store": True, "shift": True},
            ("Compare two stores", "mlflow.db beside the open store: runs and schema", ""),
        ),
        ([STORE], {"shift": True}, ("Open this store", "mlflow.db: new window, read-only", "")),
        ([MODEL], {}, ("Open this model", "resnet/MLmodel: opens without a store", "")),
        ([FILE], {}, ("Look inside", "roc.png: nothing is executed, nothing is changed", "")),
        (
            [FILE, FILE],
            {},
            (
                "Look inside 2 files",
                "roc.png, roc.png: in one list; nothing is executed, nothing is changed",
                "",
            ),
        ),
        (
            [FOLDER],
            {},
            (
                "Look into this folder",
                "plots: a store in it is opened, else its files are listed",
                "",
            ),
        ),
        (
            [STORE, STORE, MODEL],
            {"has_store": True},
            (
                "Open 2 stores and 1 model",
                "mlflow.db, mlflow.db: new windows, read-only\n"
                "resnet/MLmodel: opens without a store",
                "",
            ),
        ),
        (
            [one("gone.txt", DropKind.GONE)],
            {},
            ("This file is not there any more", "gone.txt: nothing can be shown", ""),
        ),
    ],
)
def test_the_outcome_is_named(dropped, more, said):
    assert words(*dropped, **more) == said


def test_many_names_are_counted():
    files = [one(f"{at}.txt", DropKind.FILE) for at in range(30)]
    assert words(*files)[1].startswith("0.txt, 1.txt, 2.txt, 3.txt and 26 more: ")


def test_a_glance_tells_what_a_path_is(tmp_path):
    store = make_store(tmp_path / "store")  # a database by its bytes, not by its name
    model = tmp_path / "model"
    model.mkdir()
    (model / "MLmodel").write_text("flavors: {}\n")
    runs = tmp_path / "mlruns" / "0"
    runs.mkdir(parents=True)
    (runs / "meta.yaml").write_text("experiment_id: '0'\nname: Default\n")
    plain = tmp_path / "plain"
    plain.mkdir()
    holder = tmp_path / "holder"
    holder.mkdir()
    make_store(holder / "mlflow.db")
    paths = [store, model, runs.parent, plain, holder, tmp_path / "no", model / "MLmodel"]
    found = look_at(paths)
    assert [(each.kind, each.inside) for each in found] == [
        (DropKind.STORE, ""),
        (DropKind.MODEL, "MLmodel"),
        (DropKind.FILE_STORE, ""),
        (DropKind.FOLDER, ""),
        (DropKind.STORE, "mlflow.db"),
        (DropKind.GONE, ""),
        (DropKind.MODEL, ""),
    ]


def test_a_store_that_is_open_is_not_read(tmp_path):
    """Reading a file that SQLite has open here, and closing it, would drop its locks."""
    path = tmp_path / "store"
    path.write_bytes(b"no database at all")
    assert look_at([path], known=[path])[0].kind is DropKind.STORE


def test_names_alone_say_what_they_can():
    paths = [Path("a.db"), Path("MLmodel"), Path("mlruns"), Path("x.png")]
    kinds = [DropKind.STORE, DropKind.MODEL, DropKind.FILE_STORE, DropKind.FILE]
    assert [each.kind for each in by_name(paths)] == kinds

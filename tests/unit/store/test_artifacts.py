"""Artifact URIs in every spelling, and stores that moved."""

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.errors import CancelledError, NotFoundError
from runcase.progress import Progress
from runcase.store.artifact_uri import parse
from runcase.store.artifacts import ArtifactFinder, confine, list_folder, root_of, walk

RUN = "0123456789abcdef0123456789abcdef"
TAIL = f"mlruns/1/{RUN}/artifacts"
MODEL = f"m-{RUN}"
NAME = "Arbol_de_decisión"


def make(folder: Path, *names: str) -> Path:
    path = folder.joinpath(*names)
    path.mkdir(parents=True)
    return path


@pytest.mark.parametrize(
    "head",
    [
        "file:///C:/Users/dell/Desktop/Year 4 - Sem 2/",
        "file:///C:/Users/dell/Desktop/Year%204/",
        "file:C:/Users/alexb/",
        "file:c:/Users/alexb/",
        "C:\\Users\\ada\\",
        "c:/Users/ada/",
        "\\\\server\\share\\",
        "file://server/share/",
        "/home/jamor/notebooks/",
        "/Users/ada/Documents/",
        "/workspaces/lab/",
        "/content/drive/",
        "/mnt/c/Users/ada/桌面/",
        "file:///Users/ada/",
        "file:/tmp/",
        "file://localhost/tmp/",
        "./",
        "",
        "s3://bucket/prefix/",
        "gs://bucket/",
        "dbfs:/",
        "mlflow-artifacts:/",
        "mlflow-artifacts://host:5000/",
    ],
)
def test_every_spelling_is_found_beside_the_database(head, tmp_path):
    uri = head + (TAIL.replace("/", "\\") if "\\" in head else TAIL)
    folder = make(tmp_path, "mlruns", "1", RUN, "artifacts")
    finder = ArtifactFinder(tmp_path / "mlflow.db", tmp_path)
    found = finder.find(uri, RUN)
    assert found.folder == folder
    assert found.uri == uri
    assert RUN not in root_of(uri, RUN)


@given(
    st.sampled_from(["", "file://", "file:", "/c/", "C:\\", "s3://b/", "./", "../", "%2F", "\\\\"]),
    st.text(),
)
def test_any_text_is_a_uri_that_stays_below_or_is_not_found(head, text):
    parsed = parse(head + text)
    assert parsed.spellings
    for spelling in parsed.spellings:
        assert all(part and "/" not in part for part in spelling.parts)
        leading = [part for part in spelling.parts if part == ".."]
        assert list(spelling.parts[: len(leading)]) == leading
    finder = ArtifactFinder(Path("/nowhere/at/all/mlflow.db"), Path("/nowhere/at/all"))
    assert finder.find(head + text, RUN).folder is None
    root_of(head + text, RUN)


NAMES = st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=12).filter(
    lambda name: not set(name) & set('/\\:?*"<>|') and name.strip(" .") == name and name not in ".."
)


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_names_raw_and_percent_encoded_mean_the_same(names):
    path = "/".join(("", *names, RUN))
    encoded = Path(path).as_uri() if os.name != "nt" else "file://" + path
    assert (*names, RUN) in [one.parts for one in parse(path).spellings]
    assert (*names, RUN) in [one.parts for one in parse(encoded).spellings]


def test_the_stored_path_comes_first(tmp_path):
    stored = make(tmp_path, "old", RUN, "artifacts")
    make(tmp_path, "new", RUN, "artifacts")
    finder = ArtifactFinder(tmp_path / "new" / "mlflow.db", tmp_path / "new")
    found = finder.find(str(stored), RUN)
    assert (found.folder, found.step) == (stored, "stored path")
    assert finder.find(stored.as_uri(), RUN).folder == stored


def test_the_raw_name_comes_before_the_decoded_one(tmp_path):
    raw = make(tmp_path, "a%20b", RUN, "artifacts")
    decoded = make(tmp_path, "a b", RUN, "artifacts")
    uri = f"/x/a%20b/{RUN}/artifacts"
    finder = ArtifactFinder(tmp_path / "mlflow.db", tmp_path)
    assert finder.find(uri, RUN).folder == raw
    (tmp_path / "a%20b").rename(tmp_path / "gone")
    finder = ArtifactFinder(tmp_path / "mlflow.db", tmp_path)
    assert finder.find(uri, RUN).folder == decoded


@pytest.mark.parametrize("server", ["mlartifacts", "mlruns", "artifacts"])
def test_what_a_tracking_server_kept(server, tmp_path):
    folder = make(tmp_path, server, "3", RUN, "artifacts")
    finder = ArtifactFinder(tmp_path / "mlflow.db", tmp_path)
    assert finder.find(f"mlflow-artifacts:/3/{RUN}/artifacts", RUN).folder == folder


def test_a_database_in_a_subfolder_and_one_inside_its_artifacts(tmp_path):
    folder = make(tmp_path, "mlruns", "1", RUN, "artifacts")
    make(tmp_path, "db")
    for home in ("db", "mlruns"):
        for opened in (tmp_path, tmp_path / home):
            finder = ArtifactFinder(tmp_path / home / "mlflow.db", opened)
            assert finder.find(f"/old/{TAIL}", RUN).folder == folder


def test_a_renamed_root_is_found_by_the_scan_and_remembered(tmp_path):
    other = RUN[::-1]
    folder = make(tmp_path, "deep", "mlruns_Old", "1", RUN, "artifacts")
    second = make(tmp_path, "deep", "mlruns_Old", "1", other, "artifacts")
    make(tmp_path, "node_modules", other, "artifacts")
    finder = ArtifactFinder(tmp_path / "mlflow.db", tmp_path)
    assert finder.find(f"/lab/{TAIL}", RUN).folder is None
    assert not finder.is_indexed
    assert finder.index() == 2
    assert finder.find(f"/lab/{TAIL}", RUN).folder == folder
    assert finder.mappings == (("/lab/mlruns", tmp_path / "deep" / "mlruns_Old"),)
    again = ArtifactFinder(tmp_path / "mlflow.db", tmp_path, finder.mappings)
    found = again.find(f"/lab/mlruns/1/{other}/artifacts", other)
    assert (found.folder, found.step) == (second, "remembered folder")


def test_a_scan_can_be_stopped(tmp_path):
    progress = Progress()
    progress.cancel()
    finder = ArtifactFinder(tmp_path / "mlflow.db", tmp_path)
    with pytest.raises(CancelledError):
        finder.index(progress)


def test_the_user_chooses_once_for_all_runs_of_a_root(tmp_path):
    other = RUN[::-1]
    make(tmp_path, "store")
    folder = make(tmp_path, "disk", "runs", "1", RUN, "artifacts")
    second = make(tmp_path, "disk", "runs", "2", other, "artifacts")
    uri = f"file:///C:/lab/mlruns/1/{RUN}/artifacts"
    for chosen in (tmp_path / "disk" / "runs", folder, folder.parent):
        finder = ArtifactFinder(tmp_path / "store" / "mlflow.db", tmp_path / "store")
        assert not finder.choose(uri, RUN, tmp_path / "store")
        assert finder.choose(uri, RUN, chosen)
        assert finder.find(uri, RUN).folder == folder
        assert finder.find(f"file:///c:/lab/mlruns/2/{other}/artifacts", other).folder == second


def test_models_and_model_versions(tmp_path):
    model = make(tmp_path, "mlruns", "1", "models", MODEL, "artifacts")
    part = make(tmp_path, "mlruns", "1", RUN, "artifacts", "model")
    finder = ArtifactFinder(tmp_path / "mlflow.db", tmp_path)
    uri = f"file:///C:/lab/mlruns/1/models/{MODEL}/artifacts"
    assert finder.find(uri, MODEL).folder == model
    assert root_of(uri, MODEL) == "C:/lab/mlruns"
    assert finder.find(f"/lab/{TAIL}/model", RUN).folder == part


@pytest.mark.parametrize("is_composed", [True, False])
def test_accents_in_either_encoding(is_composed, tmp_path):
    spellings = [unicodedata.normalize("NFC", NAME), unicodedata.normalize("NFD", NAME)]
    stored, here = spellings if is_composed else reversed(spellings)
    folder = make(tmp_path, here, RUN, "artifacts")
    finder = ArtifactFinder(tmp_path / "mlflow.db", tmp_path)
    found = finder.find(f"/old/{stored}/{RUN}/artifacts", RUN).folder
    assert found is not None
    assert found.samefile(folder)


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        (f"s3://bucket/1/{RUN}/artifacts", "remote storage"),
        (f"/home/me/{TAIL}", "another place"),
        (f"mlflow-artifacts:/1/{RUN}/artifacts", "tracking server"),
        ("/etc", "does not contain"),
        (None, "no place"),
    ],
)
def test_what_is_not_here_says_why(uri, words, tmp_path):
    found = ArtifactFinder(tmp_path / "mlflow.db", tmp_path).find(uri, RUN)
    assert found.folder is None
    assert words in found.reason


@pytest.mark.parametrize("relative", ["..", "a/../..", "/etc", "a/../../b", "\0", "out", "out/x"])
def test_a_path_never_leaves_its_folder(relative, tmp_path):
    root = make(tmp_path, "root")
    make(root, "a")
    if hasattr(os, "symlink") and os.name != "nt":
        (root / "out").symlink_to(tmp_path)
    (tmp_path / "x").write_text("secret")
    with pytest.raises(NotFoundError):
        confine(root, relative)


@given(st.text())
def test_any_relative_path_is_confined_or_refused(relative):
    root = Path(__file__).parent
    try:
        found = confine(root, relative)
    except NotFoundError:
        return
    assert found.is_relative_to(root.resolve())


@pytest.mark.skipif(os.name == "nt", reason="names and links of POSIX")
def test_listing_keeps_odd_names_and_marks_what_leads_out(tmp_path):
    root = make(tmp_path, "root")
    make(root, "b folder", "deep")
    (root / "back\\slash?.txt").write_text("abc")
    (root / "100%.txt").write_text("")
    (root / "out").symlink_to(tmp_path)
    (root / "broken").symlink_to("nowhere")
    (root / "b folder" / "up").symlink_to(root)
    found = list_folder(root)
    assert [(one.path, one.is_dir, one.size, one.kind) for one in found] == [
        ("b folder", True, None, ""),
        ("100%.txt", False, 0, ""),
        ("back\\slash?.txt", False, 3, ""),
        ("broken", False, None, "outside"),
        ("out", False, None, "outside"),
    ]
    assert [one.path for one in walk(root)][-2:] == ["b folder/deep", "b folder/up"]
    with pytest.raises(NotFoundError):
        list_folder(root, "out")

"""Logged images: both spellings of their names, twins, links that lead out, other files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made import unpack
from runcase.progress import Progress
from runcase.store.artifacts import ArtifactFinder
from runcase.store.logged_images import RunImages, find_images, images_of, parse_name

KEYS = st.text(
    st.characters(exclude_characters="+%~#/\\\0\n", exclude_categories=["Cs"]), min_size=1
).filter(lambda key: "step" not in key)


@given(KEYS, KEYS, st.integers(-5, 2**62), st.sampled_from([("+", "~"), ("%", "#")]))
def test_names_of_both_spellings_are_read(first, second, step, signs):
    sep, slash = signs
    name = sep.join([f"{first}{slash}{second}", "step", str(step), "timestamp", "17", "i6a-x"])
    image, shared, is_small = parse_name(f"{name}.png")
    assert (image.key, image.step, image.timestamp) == (f"{first}/{second}", step, 17)
    assert not is_small
    twin, shared_too, is_small = parse_name(f"{name}{sep}compressed.webp")
    assert (twin.key, twin.step, shared_too, is_small) == (image.key, step, shared, True)


@pytest.mark.parametrize(
    "name", ["a.png", "a+step+1+timestamp+2.png", "a+step+x+timestamp+2+u.png",
             "a+step%1+timestamp+2+u.png", "a+step+1+timestamp+2+u.txt", ""],
)  # fmt: skip
def test_other_files_are_no_logged_images(name):
    assert parse_name(name) is None


@given(st.text())
def test_any_name_is_read_or_refused(name):
    parse_name(name)


def make(folder, *names):
    (folder / "images").mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / "images" / name).write_bytes(b"x")


def test_pictures_are_in_order_with_their_twins(tmp_path):
    make(
        tmp_path,
        "a~b+step+10+timestamp+2+u1.png",
        "a~b+step+10+timestamp+2+u1+compressed.webp",
        "a~b+step+2+timestamp+1+u2.png",
        "only+step+0+timestamp+1+u3+compressed.webp",
        "notes.txt",
    )
    found = images_of(tmp_path)
    assert list(found.images) == ["a/b", "only"]
    early, late = found.images["a/b"]
    assert (early.step, early.small) == (2, "")
    assert late.small.endswith("u1+compressed.webp")
    assert late.file.endswith("u1.png")
    assert late.path == "images/a~b+step+10+timestamp+2+u1.png"
    assert found.images["only"][0].file == ""
    assert found.at("a/b", 1) is None
    assert found.at("a/b", 9).step == 2
    assert found.at("a/b", 10**9).step == 10
    assert found.at("nowhere", 5) is None


def test_a_link_out_of_the_folder_is_left_out(tmp_path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"x")
    run = tmp_path / "run"
    make(run)
    try:
        (run / "images" / "a+step+0+timestamp+1+u.png").symlink_to(secret)
    except OSError:
        pytest.skip("this system makes no links")
    assert images_of(run) == RunImages({})


@pytest.mark.parametrize("version", ["2.14.3", "3.18.0"])
def test_pictures_that_mlflow_wrote_are_found(version, tmp_path):
    path = unpack(version, tmp_path)
    folders = sorted({each.parent.parent for each in path.parent.rglob("images/*step*")})
    run_id = folders[0].parent.name
    finder = ArtifactFinder(path, path.parent)
    found = find_images(finder, [(run_id, str(folders[0])), ("gone", "/nowhere/gone")], Progress())
    images = found[run_id].images["samples/dogs"]
    assert [image.step for image in images] == [0, 1, 10]
    assert all(image.file and image.small for image in images)
    assert found["gone"].problem

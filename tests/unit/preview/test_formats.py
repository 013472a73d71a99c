import bz2
import gzip
import io
import json
import pickle
import sqlite3
import struct
import tarfile
import wave
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import PIL.Image
import polars
import pytest

from runcase.preview.document import Array, Bytes, Document, Image, Log, Page, Request, Table, Tree
from runcase.preview.facts import Facts
from runcase.preview.inventory import Archive
from runcase.preview.worker import Worker

Read = Callable[..., Document]
Write = Callable[..., Path]


def saved(write: Callable[[io.BytesIO], Any]) -> bytes:
    out = io.BytesIO()
    write(out)
    return out.getvalue()


def facts(document: Document) -> dict[str, str]:
    assert isinstance(document, Facts), document
    return dict(document.facts)


def test_an_array_has_statistics_a_table_and_a_picture(read: Read) -> None:
    values = numpy.arange(12.0).reshape(3, 4)
    document = read("x.npy", saved(lambda out: numpy.save(out, values)))
    assert isinstance(document, Array)
    assert (document.dtype, document.shape) == ("float64", (3, 4))
    assert dict(document.facts)["Maximum"] == "11"
    assert document.table.cells[1] == ("1.0", "5.0", "9.0")
    assert document.picture is not None
    assert document.color_range == ("0", "11")


def test_numbers_from_0_to_1_in_threes_are_colours_where_they_fill_a_plane(read: Read) -> None:
    values = numpy.random.default_rng(0).random((2, 16, 20, 3))
    document = read("x.npy", saved(lambda out: numpy.save(out, values)))
    assert isinstance(document, Array)
    assert document.picture is not None
    assert (document.picture.width, document.picture.height) == (20, 16)
    assert document.color_range == ()
    assert document.plane == "0"
    assert tuple(document.picture.pixels[:3]) == tuple((values[0, 0, 0] * 255 + 0.5).astype("u1"))
    for other in (values * 2, values[:, :4], values - 0.5):
        document = read("x.npy", saved(lambda out, other=other: numpy.save(out, other)))
        assert isinstance(document, Array)
        assert document.color_range


def test_a_line_of_numbers_is_a_curve_that_keeps_its_extremes(read: Read) -> None:
    values = numpy.zeros(100_000)
    values[54_321] = 7
    document = read("x.npy", saved(lambda out: numpy.save(out, values)))
    assert isinstance(document, Array)
    assert max(memoryview(document.curve).cast("d")) == 7
    assert document.picture is None


def test_the_arrays_of_an_npz_and_their_planes(worker: Worker, write: Write) -> None:
    made = {"a": numpy.ones((2, 3, 4)), "b": numpy.array([1, 2])}
    made["a"][1] = 5
    path = str(write("x.npz", saved(lambda out: numpy.savez(out, **made))))
    first = worker.read(Request(path, query="1"))
    assert isinstance(first, Array)
    assert (first.names, first.part, first.plane) == (("a", "b"), "a", "1")
    assert first.table.cells[0] == ("5.0", "5.0", "5.0")
    second = worker.read(Request(path, parts=("b",)))
    assert isinstance(second, Array)
    assert second.table.cells == (("1", "2"),)


def test_arrow_json_lines_and_log_tables(worker: Worker, read: Read, tmp_path: Path) -> None:
    frame = polars.DataFrame({"a": [1, 2], "s": ["x", None]})
    frame.write_ipc(tmp_path / "x.feather")
    arrow = worker.read(Request(str(tmp_path / "x.feather")))
    lines = read("x.jsonl", '{"a": 1, "s": "x"}\n{"a": 2, "s": null}\n')
    logged = read("eval.json", '{"columns": ["a", "s"], "data": [[1, "x"], [2, null]]}')
    for document in (arrow, lines, logged):
        assert isinstance(document, Table)
        assert document.cells == (("1", "2"), ("x", None))
        assert [column.numeric for column in document.columns] == [True, False]


def test_a_database_is_read_and_left_alone(worker: Worker, tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with sqlite3.connect(path) as connection:
        connection.executescript("create table empty(x); create table t(a int, b text)")
        connection.executemany("insert into t values (?, ?)", [(n, f"n{n}") for n in range(300)])
    connection.close()
    before = path.stat().st_mtime_ns, sorted(each.name for each in tmp_path.iterdir())
    document = worker.read(Request(str(path), offset=290))
    assert isinstance(document, Table)
    assert (document.part, document.parts, document.total) == ("t", ("empty", "t"), 300)
    assert document.cells[1][0] == "n290"
    found = worker.read(Request(str(path), parts=("t",), query="a >= 298 order by a desc"))
    assert isinstance(found, Table)
    assert found.cells[0] == ("299", "298")
    assert before == (path.stat().st_mtime_ns, sorted(each.name for each in tmp_path.iterdir()))


def test_pages_of_a_tiff_and_the_exif_of_a_photo(worker: Worker, write: Write) -> None:
    pages = [PIL.Image.new("L", (4, 4), shade) for shade in (0, 200)]
    tiff = saved(lambda out: pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:]))
    document = worker.read(Request(str(write("x.tif", tiff)), parts=("1",)))
    assert isinstance(document, Image)
    assert (document.page, document.pages, document.frame_count) == (1, 2, 1)
    assert document.channels == (("Grey", "200.0"),)
    exif = PIL.Image.Exif()
    exif[0x010F] = "Maker"
    photo = PIL.Image.new("RGB", (8, 8), (255, 0, 0))
    jpeg = worker.read(
        Request(str(write("x.jpg", saved(lambda o: photo.save(o, "JPEG", exif=exif)))))
    )
    assert isinstance(jpeg, Image)
    assert ("Make", "Maker") in jpeg.facts
    assert len(jpeg.histogram) == 3 * 256 * 4
    avif = worker.read(Request(str(write("x.avif", saved(lambda o: photo.save(o, "AVIF"))))))
    assert isinstance(avif, Image)
    assert avif.format == "AVIF"


PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R 3 0 R]"
    b"/Count 2>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj "
    b"trailer<</Root 1 0 R>>"
)


def test_a_pdf_page_is_a_picture(worker: Worker, write: Write) -> None:
    document = worker.read(Request(str(write("x.pdf", PDF)), parts=("1",)))
    assert isinstance(document, Image)
    assert (document.format, document.page, document.pages) == ("PDF", 1, 2)
    assert (document.width, document.height) == (300, 200)
    assert set(document.frames[0].pixels) == {255}


def test_members_of_archives_are_read_without_unpacking(worker: Worker, write: Write) -> None:
    inner = saved(lambda out: numpy.savez(out, a=numpy.arange(3)))

    def pack(out: io.BytesIO) -> None:
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("docs/a.md", "# Title\n")
            archive.writestr("x.npz", inner)

    path = str(write("x.zip", saved(pack)))
    listed = worker.read(Request(path))
    assert isinstance(listed, Archive)
    assert (listed.entries[0].path, listed.entries[0].size) == ("docs/a.md", 8)
    page = worker.read(Request(path, parts=("docs/a.md",)))
    assert isinstance(page, Page)
    assert "Title" in page.html
    array = worker.read(Request(path, parts=("x.npz", "a")))
    assert isinstance(array, Array)
    assert array.table.cells == (("0", "1", "2"),)
    assert {each.name for each in Path(path).parent.iterdir()} == {"x.zip"}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_archives(worker: Worker, write: Write, mode: str) -> None:
    def pack(out: io.BytesIO) -> None:
        with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
            info = tarfile.TarInfo("a.csv")
            info.size = 8
            archive.addfile(info, io.BytesIO(b"a,b\n1,2\n"))

    path = str(write("x.tar", saved(pack)))
    listed = worker.read(Request(path))
    assert isinstance(listed, Archive)
    assert [each.path for each in listed.entries] == ["a.csv"]
    assert isinstance(worker.read(Request(path, parts=("a.csv",))), Table)


def test_one_gzipped_file_is_shown_as_what_it_is(read: Read) -> None:
    assert isinstance(read("x.csv.gz", gzip.compress(b"a,b\n1,2\n")), Table)
    assert isinstance(read("x.txt.bz2", bz2.compress(b"hello")), Bytes)


def test_a_pickle_says_what_it_imports(read: Read) -> None:
    document = read("x.pkl", pickle.dumps(OrderedDict(a=numpy.arange(3))))
    assert isinstance(document, Facts)
    assert {each.verdict for each in document.imports} == {"allowed"}
    assert facts(document)["Protocol"] == "4"


def test_the_tensors_of_a_torch_file(read: Read) -> None:
    body = (
        b"\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01(X\x06\x00\x00\x00weightq\x02"
        b"ctorch._utils\n_rebuild_tensor_v2\nq\x03((X\x07\x00\x00\x00storageq\x04"
        b"ctorch\nFloatStorage\nq\x05X\x01\x00\x00\x000q\x06X\x03\x00\x00\x00cpuq\x07K\x06tq\x08Q"
        b"K\x00K\x02K\x03\x86q\tK\x03K\x01\x86q\n\x89h\x00)Rq\x0btq\x0cRq\rs."
    ).replace(b"q\rs.", b"q\ru.")

    def pack(out: io.BytesIO) -> None:
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("model/data.pkl", body)
            archive.writestr("model/data/0", bytes(24))

    document = read("x.pth", saved(pack))
    assert isinstance(document, Facts)
    assert [(t.name, t.dtype, t.shape, t.size) for t in document.tensors] == [
        ("weight", "float32", "2 × 3", 24)
    ]
    assert [each.verdict for each in document.imports] == ["allowed"] * 3


def test_safetensors_and_gguf(read: Read) -> None:
    header = {"w": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}
    packed = json.dumps(header).encode()
    document = read("x.safetensors", struct.pack("<Q", len(packed)) + packed + bytes(16))
    assert isinstance(document, Facts)
    assert document.tensors[0].shape == "2 × 2"
    text = struct.pack("<Q", 20) + b"general.architecture" + struct.pack("<IQ", 8, 5) + b"llama"
    tensor = struct.pack("<Q", 1) + b"t" + struct.pack("<IQQIQ", 2, 32, 4, 8, 0)
    gguf = read("x.bin", b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + text + tensor)
    assert facts(gguf)["Architecture"] == "llama"
    assert isinstance(gguf, Facts)
    assert (gguf.tensors[0].dtype, gguf.tensors[0].shape) == ("Q8_0", "4 × 32")


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return bytes([number << 3, value])
    return bytes([number << 3 | 2, len(value)]) + value


def test_an_onnx_graph(read: Read) -> None:
    shape = field(2, field(1, field(1, 3)) + field(1, field(2, b"batch")))
    info = field(1, b"x") + field(2, field(1, field(1, 1) + shape))
    weight = field(1, 2) + field(1, 3) + field(2, 1) + field(8, b"w")
    node = field(4, b"MatMul")
    graph = field(1, node) + field(1, node) + field(2, b"g") + field(5, weight) + field(11, info)
    model = field(1, 8) + field(2, b"pytorch") + field(7, graph) + field(8, field(2, 17))
    document = read("x.onnx", model)
    assert isinstance(document, Facts)
    assert facts(document)["Input x"] == "float32 (3, batch)"
    assert facts(document)["Operator sets"] == "ai.onnx 17"
    assert document.counts == (("MatMul", 2),)
    assert [(t.name, t.shape, t.size) for t in document.tensors] == [("w", "2 × 3", 24)]


def test_boosted_trees(read: Read) -> None:
    learner = {
        "gradient_booster": {
            "name": "gbtree",
            "model": {"trees": [{"tree_param": {"num_nodes": "5"}}]},
        },
        "objective": {"name": "reg:squarederror"},
    }
    model = {"learner": learner, "version": [2, 1, 0]}
    assert facts(read("x.json", json.dumps(model)))["Nodes"] == "5"
    ubj = b"{L" + struct.pack(">q", 7) + b"learner{U\x10gradient_booster{U\x04nameSU\x06gbtree}}}"
    assert facts(read("x.ubj", ubj))["Booster"] == "gbtree"
    text = "tree\nversion=v4\nnum_class=1\nfeature_names=a b\n\n"
    text += "Tree=0\nnum_leaves=7\n\nTree=1\nnum_leaves=3\n"
    assert facts(read("x.lgb", text))["Leaves"] == "10"


FILES = Path(__file__).parents[2] / "corpus"


def test_the_data_sets_of_an_hdf5_file(worker: Worker) -> None:
    # Made by h5py 3: groups as symbol tables, which is what Keras writes.
    document = worker.read(Request(str(FILES / "weights.h5")))
    assert isinstance(document, Facts)
    assert document.format == "Keras weights (HDF5)"
    assert [(each.name, each.dtype, each.shape, each.size) for each in document.tensors] == [
        ("model_weights/dense/bias", "float32", "8", 32),
        ("model_weights/dense/kernel", "float32", "4 × 8", 128),
        ("model_weights/dense_1/bias", "float32", "8", 32),
        ("model_weights/dense_1/kernel", "float32", "4 × 8", 128),
    ]


def test_the_sheets_of_a_workbook(worker: Worker) -> None:
    path = str(FILES / "book.xlsx")
    document = worker.read(Request(path))
    assert isinstance(document, Table)
    assert (document.part, document.parts) == ("runs", ("runs", "other"))
    assert [column.name for column in document.columns] == ["name", "lr", "n"]
    assert document.cells[2] == ("0", "1", "2", "3", "4")
    found = worker.read(Request(path, query="lr > 0.6 order by n desc"))
    assert isinstance(found, Table)
    assert found.cells[0] == ("r4", "r3")
    other = worker.read(Request(path, parts=("other",)))
    assert isinstance(other, Table)
    assert other.columns[0].name == "A"
    assert other.cells == (("5", "x"),)


def test_a_keras_archive(read: Read) -> None:
    layers = [
        {"module": "keras.layers", "class_name": name, "config": {}} for name in ("Dense", "Lambda")
    ]
    config = {"module": "keras", "class_name": "Functional", "config": {"layers": layers}}

    def pack(out: io.BytesIO) -> None:
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("metadata.json", json.dumps({"keras_version": "3.4"}))
            archive.writestr("config.json", json.dumps(config))
            archive.write(FILES / "weights.h5", "model.weights.h5")

    document = read("m.keras", saved(pack))
    assert isinstance(document, Facts)
    assert document.counts == (("Lambda", 1), ("Dense", 1))
    assert document.tensor_count == 4
    assert "Lambda layer" in document.note


def test_a_notebook_is_a_page_without_its_scripts(read: Read) -> None:
    out = saved(lambda o: PIL.Image.new("RGB", (2, 2)).save(o, "PNG"))
    import base64

    outputs = [
        {"output_type": "stream", "text": ["out <b>\n"]},
        {"output_type": "display_data", "data": {"image/png": base64.b64encode(out).decode()}},
        {"output_type": "execute_result", "data": {"text/html": "<i>y</i><script>x()</script>"}},
    ]
    cells = [
        {"cell_type": "markdown", "source": "# Title"},
        {"cell_type": "code", "source": "x = 1  # one", "execution_count": 3, "outputs": outputs},
    ]
    document = read("x.ipynb", json.dumps({"cells": cells}))
    assert isinstance(document, Page)
    assert "<h1>Title</h1>" in document.html
    assert "In [3]" in document.html
    assert "out &lt;b&gt;" in document.html
    assert "<i>y</i>" in document.html
    assert "script" not in document.html
    assert len(document.images) == 1


def test_geojson_is_drawn(read: Read) -> None:
    square = [[[0, 0], [1, 0], [1, 1], [0, 0]]]
    feature = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": square}}
    document = read("x.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert isinstance(document, Page)
    assert "1 × Polygon" in document.html
    assert any(document.images[0].frame.pixels)


def test_toml_is_a_tree(read: Read) -> None:
    document = read("x.toml", '[a]\nb = [1, 2.5]\nwhen = 2024-01-01\ns = "x"\n')
    assert isinstance(document, Tree)
    assert {"1", "2.5", "2024-01-01", "x"} <= set(document.values)


def test_sound_has_a_length(read: Read) -> None:
    def record(out: io.BytesIO) -> None:
        with wave.open(out, "wb") as sound:
            sound.setnchannels(2)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(bytes(4 * 16000))

    assert facts(read("x.wav", saved(record))) == {
        "Codec": "PCM",
        "Channels": "2",
        "Rate": "8,000 Hz",
        "Depth": "16 bit",
        "Length": "2.00 s",
    }


LOG = "".join(
    f"2025-03-19 {level} step={n}\n"
    for n, level in enumerate(["INFO", "WARNING", "ERROR", "INFO"] * 5000)
)


def test_a_log_is_searched_and_filtered_by_level(worker: Worker, write: Write) -> None:
    path = str(write("train.log", LOG))
    head = worker.read(Request(path))
    assert isinstance(head, Log)
    assert dict(head.levels)["ERROR"] > 1000
    found = worker.read(Request(path, view="find", query="STEP=19998"))
    assert isinstance(found, Log)
    assert "step=19998" in found.text.text.split("\n")[found.found]
    back = worker.read(Request(path, view="back", query="step=17\n".strip(), offset=len(LOG)))
    assert isinstance(back, Log)
    assert "step=17" in back.text.text.split("\n")[back.found]
    errors = worker.read(Request(path, view="levels", query="ERROR"))
    assert isinstance(errors, Log)
    assert all("ERROR" in line for line in errors.text.text.split("\n"))
    tail = worker.read(Request(path, view="tail"))
    assert isinstance(tail, Log)
    assert tail.end == tail.size
    missing = worker.read(Request(path, view="find", query="not there"))
    assert "was not found" in missing.note

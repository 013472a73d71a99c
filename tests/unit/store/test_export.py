import csv
import io
import json
import math
import os

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import frames
from runcase.errors import CancelledError
from runcase.progress import Progress
from runcase.store import export, export_text
from runcase.store import frame as run_frames
from runcase.store.engine import Store
from runcase.store.export import ExportError, write
from runcase.store.export_text import Format
from runcase.store.export_values import RunTable, is_exportable, iso, title
from runcase.store.records import ColumnKey, Kind, Lifecycle
from runcase.whole_file import WriteError

RMSE = ColumnKey(Kind.METRIC, "val/rmse")
WORST = ColumnKey(Kind.METRIC, "val/rmse", "max")
STEP = ColumnKey(Kind.METRIC, "val/rmse", "step of max")
LR = ColumnKey(Kind.PARAM, "lr")
TAG = ColumnKey(Kind.TAG, "a|b\nc\r\\🙂")
DATA = ColumnKey(Kind.DATASET, "name")
NOTE = ColumnKey(Kind.MARK, "note")
RUN_ID = ColumnKey(Kind.ATTRIBUTE, "run_id")
START = ColumnKey(Kind.ATTRIBUTE, "start_time")
DURATION = ColumnKey(Kind.ATTRIBUTE, "duration")
STATUS = ColumnKey(Kind.ATTRIBUTE, "status")

LATIN = st.characters(exclude_categories=["Cs"])
TEXTS = st.lists(st.none() | st.text(LATIN, max_size=12), min_size=1, max_size=6)
NUMBERS = st.none() | st.floats()


def rows_of(count):
    return np.arange(count, dtype=np.int64)


def table_of(values, key=LR, **more):
    made = frames.frame(len(values), {key: frames.text(values)})
    return RunTable(made, rows_of(len(values)), [key], **more)


@pytest.fixture
def table():
    made = frames.frame(
        3,
        {
            RMSE: frames.metric([0.1 + 0.2, math.nan, None]),
            WORST: frames.metric([math.inf, -math.inf, -1e-300]),
            STEP: frames.metric([5.0, None, 7.0]),
            LR: frames.text(["1e-3", "-0.5", None]),
            TAG: frames.text(["=1+1", 'say "hi"\r\n\tnow', ""]),
            DATA: frames.datasets([("iris", "wine"), (), ("iris",)]),
        },
        starts=[1_740_000_000_123, 1_000, None],
        ends=[1_740_000_000_623, 400, None],
    )
    columns = [RUN_ID, STATUS, START, DURATION, RMSE, WORST, STEP, LR, TAG, DATA, NOTE]
    marks = {NOTE: {"0001": "a note"}}
    return RunTable(made, np.array([2, 0, 1]), columns, depth=np.array([0, 1, 1]), marks=marks)


def text_of(form, what, progress=None):
    """Return a whole table as text; `export_text.text_of` gives some rows of one."""
    parts = export_text.pieces(form, what, progress or Progress())
    return "".join(parts)


def written(form, what):
    out = io.BytesIO()
    assert export.write_to(out, form, what) == len(what.rows)
    return out.getvalue()


def test_every_value_is_there_in_full(table):
    text = written(Format.CSV, table).decode()
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        [
            "depth", "run_id", "status", "start_time", "duration", "metrics.val/rmse",
            "max(metrics.val/rmse)", "step of max(metrics.val/rmse)", "params.lr",
            "tags.a|b\nc\r\\🙂", "datasets.name", "marks.note",
        ],
        ["0", "0002", "FINISHED", "", "", "", "-1e-300", "7", "", "", "iris", ""],
        [
            "1", "0000", "FINISHED", "2025-02-19T21:20:00.123Z", "500", "0.30000000000000004",
            "inf", "5", "1e-3", "=1+1", "iris, wine", "",
        ],
        [
            "1", "0001", "FINISHED", "1970-01-01T00:00:01.000Z", "-600", "nan", "-inf", "",
            "-0.5", 'say "hi"\r\n\tnow', "", "a note",
        ],
    ]  # fmt: skip


def test_parquet_keeps_types(table, tmp_path):
    write(tmp_path / "a.parquet", Format.PARQUET, table)
    found = pl.read_parquet(tmp_path / "a.parquet")
    assert found.schema["start_time"] == pl.Datetime("ms", "UTC")
    assert found["start_time"].dt.epoch("ms").to_list() == [None, 1_740_000_000_123, 1_000]
    assert found["duration"].to_list() == [None, 500, -600]
    assert found["metrics.val/rmse"].to_list()[:2] == [None, 0.1 + 0.2]
    assert math.isnan(found["metrics.val/rmse"][2])
    assert found["max(metrics.val/rmse)"].to_list() == [-1e-300, math.inf, -math.inf]
    assert found["step of max(metrics.val/rmse)"].to_list() == [7, 5, None]
    assert found["tags.a|b\nc\r\\🙂"].to_list() == ["", "=1+1", 'say "hi"\r\n\tnow']
    assert found["depth"].to_list() == [0, 1, 1]


def test_json_and_python_say_the_same(table):
    told = json.loads(text_of(Format.JSON, table))
    said = eval(text_of(Format.PYTHON, table), {"__builtins__": {"float": float}})
    assert told[1]["metrics.val/rmse"] == said[1]["metrics.val/rmse"] == 0.1 + 0.2
    assert told[2]["metrics.val/rmse"] == "nan"
    assert math.isnan(said[2]["metrics.val/rmse"])
    assert said[1]["max(metrics.val/rmse)"] == math.inf
    assert told[0]["params.lr"] is said[0]["params.lr"] is None
    assert told[1]["start_time"] == said[1]["start_time"] == "2025-02-19T21:20:00.123Z"


def test_without_rows_there_are_titles(table):
    none = RunTable(table.frame, rows_of(0), [LR])
    assert written(Format.CSV, none) == b"params.lr\r\n"
    assert json.loads(text_of(Format.JSON, none)) == []
    assert pl.read_parquet(io.BytesIO(written(Format.PARQUET, none))).columns == ["params.lr"]
    assert "\\bottomrule" in text_of(Format.LATEX, none)


def test_titles_are_never_equal(table):
    keys = [LR, RMSE, STATUS, RUN_ID]
    made = RunTable(table.frame, table.rows, keys, titles=["a", "a", "a (2)", "a"])
    assert len({head.title for head in made.heads()}) == 4
    assert made.heads()[0].title == "a"


def test_what_has_no_values_is_left_out(table):
    curve = ColumnKey(Kind.METRIC, "m", "curve")
    age = ColumnKey(Kind.ATTRIBUTE, "age")
    word = ColumnKey(Kind.WORD, "x")
    made = RunTable(table.frame, table.rows, [curve, LR, age, word])
    assert [head.title for head in made.heads()] == ["params.lr"]
    assert title(curve) == "curve(metrics.m)"
    assert not is_exportable(curve)


@given(TEXTS)
@settings(deadline=None)
def test_csv_survives_any_text(values):
    raw = written(Format.CSV, table_of(values))
    rows = list(csv.reader(io.StringIO(raw.decode(), newline="")))
    assert [row[0] if row else "" for row in rows[1:]] == [value or "" for value in values]


@given(st.lists(st.text(LATIN.filter(lambda sign: sign != "\0"), min_size=1), min_size=1))
@settings(deadline=None)
def test_polars_reads_our_csv(values):
    raw = written(Format.CSV, table_of(values))
    found = pl.read_csv(io.BytesIO(raw), infer_schema=False)
    assert found["params.lr"].to_list() == values


@given(st.lists(NUMBERS, min_size=1, max_size=8))
@settings(deadline=None)
def test_numbers_come_back_to_the_last_bit(values):
    made = frames.frame(len(values), {RMSE: frames.metric(values)})
    what = RunTable(made, rows_of(len(values)), [RUN_ID, RMSE])
    read = pl.read_csv(io.BytesIO(written(Format.CSV, what)), schema_overrides={"run_id": pl.Utf8})
    parquet = pl.read_parquet(io.BytesIO(written(Format.PARQUET, what)))
    told = json.loads(text_of(Format.JSON, what))
    for at, value in enumerate(values):
        found = [parquet["metrics.val/rmse"][at], told[at]["metrics.val/rmse"]]
        if any(each is not None for each in values):
            found.append(read["metrics.val/rmse"][at])
        for each in found:
            assert value is None if each is None else repr(float(each)) == repr(value)


@given(TEXTS)
@settings(deadline=None)
def test_parquet_survives_any_text(values):
    found = pl.read_parquet(io.BytesIO(written(Format.PARQUET, table_of(values))))
    assert found["params.lr"].to_list() == values


@given(TEXTS)
@settings(deadline=None)
def test_no_text_is_a_formula_in_excel(values):
    raw = written(Format.TSV, table_of(values))
    assert raw[:2] == b"\xff\xfe"
    text = raw.decode("utf-16")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t"))
    for cells, value in zip(rows[1:], values, strict=True):
        cell = cells[0] if cells else ""
        assert cell.removeprefix("'") == (value or "") or cell == (value or "")
        if cell.lstrip()[:1] in tuple("=+-@＝＋－＠"):
            float(cell)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1+1", "'+1+1"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1", "' =1"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("－1", "'－1"),
        ("-0.001", "-0.001"),
        ("+1e-3", "+1e-3"),
        ("-٣", "'-٣"),
        ("it's", "it's"),
        ("'=1", "'=1"),
        ("", ""),
        ("a=b", "a=b"),
    ],
)
def test_texts_are_unarmed_and_numbers_are_not_hurt(text, cell):
    assert export_text.unarmed(text) == cell


def test_negative_metrics_are_numbers_in_excel(table):
    text = written(Format.TSV, table).decode("utf-16")
    assert "\t-1e-300\t" in text
    assert "\t-600\t" in text
    assert "\t'=1+1\t" in text


PRINTED = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cf", "Cn"]), max_size=15
)


@given(st.lists(st.lists(PRINTED, min_size=1, max_size=3).map("\n".join), min_size=1, max_size=4))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_markdown_shows_any_text_as_it_is(values):
    text = text_of(Format.MARKDOWN, table_of(values, titles=["a*|\\b\n<i>"]))
    assert text.count("\n") == len(values) + 2
    cells = shown(text)
    assert cells == ["a*|\\b\n<i>", *values]


def shown(markdown):
    """Return the cells of a table as Markdown's reader shows them."""
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    cells = []
    for token in parser.parse(markdown):
        if token.type == "inline":
            assert {each.type for each in token.children} <= {"text", "html_inline", "text_special"}
            tags = {each.content for each in token.children if each.type == "html_inline"}
            assert tags <= {"<br>"}
            parts = (
                "\n" if each.type == "html_inline" else each.content for each in token.children
            )
            cells.append("".join(parts))
    return cells


def test_markdown_aligns_numbers(table):
    lines = text_of(Format.MARKDOWN, table).splitlines()
    assert lines[1].startswith("| ---: | :--- | :--- | :--- | ---: | ---: |")
    assert lines[3].startswith("| 1 | 0000 | FINISHED | 2025-02-19T21:20:00.123Z | 500 | 0.30000")


@given(st.text(LATIN, max_size=30))
@settings(deadline=None)
def test_latex_leaves_no_sign_that_means_something(text):
    escaped = export_text.latex(text)
    assert "\n" not in escaped
    assert "--" not in escaped
    rest = escaped.removeprefix("{}") if text[:1] in ("[", "*") else escaped
    back = {spelled: sign for sign, spelled in export_text._LATEX.items() if sign != "\t"}
    found = ""
    while rest:
        spelled = next((each for each in back if rest.startswith(each)), None)
        assert spelled is not None or rest[0] not in "\\{}$&#_%^~<>|\"'`"
        found += rest[0] if spelled is None else back[spelled]
        rest = rest[1 if spelled is None else len(spelled) :]
    said = export_text._SHAPELESS.sub("�", export_text._BREAK.sub(" ", text)).replace("\t", " ")
    assert found == said


def test_a_latex_table(table):
    small = RunTable(table.frame, np.array([0, 1]), [LR, RMSE, WORST], titles=["lr_%", "RMSE", "x"])
    assert text_of(Format.LATEX, small).splitlines()[1:] == [
        "\\begin{tabular}{lrr}",
        "\\toprule",
        "lr\\_\\% & RMSE & x \\\\",
        "\\midrule",
        "1e-{}3 & 0.30000000000000004 & inf \\\\",
        "-{}0.5 & nan & $-$inf \\\\",
        "\\bottomrule",
        "\\end{tabular}",
    ]


@pytest.mark.parametrize("ms", [10**17, -(10**17), 2**62])
def test_a_time_outside_the_calendar_stays_a_number(ms):
    assert iso(ms) == str(ms)


def test_halves_of_characters_do_no_harm():
    what = table_of(["a\ud83d", "b"])
    for form in Format:
        assert written(form, what)
    assert export_text.text_of(what.frame, what.rows, what.columns, "csv").encode()


def test_many_columns_come_in_chunks(monkeypatch):
    keys = [ColumnKey(Kind.METRIC, f"m{number}") for number in range(12_000)]
    column = frames.metric([1.5] * 40)
    made = frames.frame(40, dict.fromkeys(keys, column))
    seen = []
    progress = Progress(lambda done, total, what: seen.append((done, total, what)))
    table = RunTable(made, rows_of(40), keys)
    assert len(text_of(Format.CSV, table, progress).splitlines()) == 41
    assert seen[0] == (0, 40, "runs")
    assert seen[1] == (16, 40, "runs")
    assert seen[-1] == (40, 40, "runs")


@pytest.mark.parametrize("form", list(Format))
def test_stopping_leaves_nothing_behind(form, table, tmp_path):
    progress = Progress(lambda done, *_: progress.cancel() if done else None)
    many = RunTable(table.frame, np.zeros(10_000, dtype=np.int64), table.columns)
    with pytest.raises(CancelledError):
        write(tmp_path / "a", form, many, progress=progress)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays_unless_agreed(table, tmp_path):
    target = tmp_path / "a.csv"
    target.write_text("mine")
    with pytest.raises(WriteError, match="is there already"):
        write(target, Format.CSV, table)
    assert target.read_text() == "mine"
    assert write(target, Format.CSV, table, overwrite=True) == 3
    assert target.read_bytes() == written(Format.CSV, table)
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal"])
def test_a_store_is_never_written_to(table, tmp_path, suffix):
    store = tmp_path / "mlflow.db"
    store.write_bytes(b"store")
    target = tmp_path / f"mlflow.db{suffix}"
    with pytest.raises(ExportError, match="never written to"):
        write(target, Format.CSV, table, store=store, overwrite=True)
    assert store.read_bytes() == b"store"
    write(tmp_path / "runs.csv", Format.CSV, table, store=store)


def test_a_file_store_is_never_written_to(table, tmp_path):
    store = tmp_path / "mlruns"
    (store / "0").mkdir(parents=True)
    with pytest.raises(ExportError, match="never written to"):
        write(store / "0" / "runs.csv", Format.CSV, table, store=store)
    write(tmp_path / "mlruns.csv", Format.CSV, table, store=store)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a full disk to try")
def test_a_full_disk_is_said(table):
    many = RunTable(table.frame, np.zeros(60_000, dtype=np.int64), table.columns)
    with pytest.raises(OSError, match="No space left"), open("/dev/full", "wb") as full:
        export.write_to(full, Format.CSV, many)
    with pytest.raises(ExportError, match="No space left"), open("/dev/full", "wb") as full:
        export.write_to(full, Format.PARQUET, many)


def test_columns_that_are_not_loaded_are_filled_by_chunk(store_path):
    store = Store.open(store_path)
    try:
        with store.read() as connection:
            frame = run_frames.load(connection, None, Lifecycle.ALL)
            keys = run_frames.keys(connection, ["0", "1", "2", "3", "4"])
            keys = [each for each in keys if each.kind in (Kind.METRIC, Kind.PARAM, Kind.TAG)]
            before = dict(frame.columns)

            def fill(part, wanted):
                run_frames.load_rows(connection, part, range(len(part)), wanted)

            lazily = RunTable(frame, rows_of(len(frame))[::-1], [RUN_ID, *keys], fill=fill)
            text = text_of(Format.JSON, lazily)
            assert frame.columns.keys() == before.keys()
            run_frames.load_columns(connection, frame, keys)
            whole = RunTable(frame, rows_of(len(frame))[::-1], [RUN_ID, *keys])
            assert json.loads(text) == json.loads(text_of(Format.JSON, whole))
            assert any(len(run) > 3 for run in json.loads(text))
    finally:
        store.close()

import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runcase.errors import UnreadableError
from runcase.preview import parquet
from runcase.preview.document import Bytes, Document, Request
from runcase.preview.inventory import Profile, Storage
from runcase.preview.source import Source

Read = Callable[..., Document]
FRAME = polars.DataFrame(
    {"a": range(1000), "b": [f"name {n % 7}" for n in range(1000)], "c": [[n] for n in range(1000)]}
)


def written(**how: object) -> bytes:
    out = io.BytesIO()
    FRAME.write_parquet(out, **how)  # type: ignore[arg-type]
    return out.getvalue()


def storage_of(content: bytes) -> Storage | None:
    request = Request("x.parquet")
    source = Source(Path("x.parquet"), Path(), len(content), content[:99], request, content)
    parquet.check(source)
    return parquet.storage(source)


def test_the_footer_says_how_the_rows_are_stored(read: Read) -> None:
    content = written(row_group_size=300, compression="zstd", metadata={"who": "me", "seed": "1"})
    profile = read("x.parquet", content, view="profile")
    assert isinstance(profile, Profile)
    storage = profile.storage
    assert storage is not None
    facts = dict(storage.facts)
    assert facts["Writer"].startswith(f"Polars (python) version {polars.__version__} ")
    assert (facts["Format version"], facts["Compression"]) == ("1", "zstd")
    assert facts["Metadata"].split(", ") == ["ARROW:schema", "who", "seed"]
    assert [each.rows for each in storage.groups] == [300, 300, 300, 100]
    assert storage.group_count == 4
    assert all(0 < each.packed < each.unpacked for each in storage.groups)
    assert sum(each.packed for each in storage.groups) < len(content)
    assert storage.short == (
        "4 row groups, zstd",
        f"written by Polars (python) {polars.__version__}",
    )


@pytest.mark.parametrize(
    ("codec", "says"),
    [("uncompressed", "not compressed"), ("snappy", "snappy"), ("gzip", "gzip"), ("lz4", "lz4 raw"),
     ("brotli", "brotli")],
)  # fmt: skip
def test_every_codec_has_its_name(codec: str, says: str) -> None:
    storage = storage_of(written(compression=codec))
    assert storage is not None
    assert dict(storage.facts)["Compression"] == says
    (group,) = storage.groups
    assert (group.packed == group.unpacked) == (codec == "uncompressed")


@pytest.mark.parametrize(
    "lie",
    [
        b"\x15\x02\x39\xfc\xff\xff\xff\xff\x07\x00",  # 2³¹ row groups, of which none is there
        b"\x15\x02\x39" + b"\x1c" * 99,  # nested without end
        b"\x1b\xff\xff\x7f\x88",  # a map of millions
        b"\x68\xff\xff\xff\x7f",  # a writer with a name of megabytes
    ],
    ids=["groups", "nested", "map", "name"],
)
def test_a_lying_footer_is_refused_before_polars_believes_it(read: Read, lie: bytes) -> None:
    content = b"PAR1" + bytes(500) + lie + len(lie).to_bytes(4, "little") + b"PAR1"
    document = read("x.parquet", content)
    assert isinstance(document, Bytes)
    assert "Not shown as a Parquet table. It is not valid Parquet" in document.note


def test_a_cut_file_has_no_footer() -> None:
    for cut in (WRITTEN[:-1], WRITTEN[:4], WRITTEN[:-8] + b"\xff\xff\xff\x7fPAR1"):
        with pytest.raises(UnreadableError, match="not valid Parquet"):
            storage_of(cut)


WRITTEN = written(row_group_size=250, compression="snappy")


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_a_changed_footer_is_read_or_not(data: st.DataObject) -> None:
    made = bytearray(WRITTEN)
    start = len(made) - 8 - int.from_bytes(made[-8:-4], "little")
    for _ in range(data.draw(st.integers(1, 5))):
        made[data.draw(st.integers(start, len(made) - 9))] = data.draw(st.integers(0, 255))
    with suppress(UnreadableError):
        storage = storage_of(bytes(made))
        assert storage is None or storage.group_count < len(made)


def test_a_file_is_checked_once_for_its_windows_and_again_when_it_changed(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(WRITTEN)
    request = Request(str(path))
    parquet.check(Source.peek(request))
    before = parquet._check_file.cache_info()
    parquet.check(Source.peek(request))
    assert parquet._check_file.cache_info().hits == before.hits + 1
    path.write_bytes(WRITTEN + b"cut")
    with pytest.raises(UnreadableError, match="does not end with its footer"):
        parquet.check(Source.peek(request))

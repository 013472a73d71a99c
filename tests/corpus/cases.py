"""The table: a file's name, its content, the kind it becomes, and words of its note or refusal."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from corpus import made


@dataclass(frozen=True, slots=True)
class Case:
    """One bad file; `kind` is a document's class, or "refused"."""

    name: str
    content: bytes | str | Callable[[], bytes | str]
    kind: str
    says: str = ""


_SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
_SVG += 'width="10" height="10">{}</svg>'

_FOOTER = b"PAR1" + bytes(range(200)) * 9 + b"\xff\xff\xff\x7fPAR1"
_OUTSIDE = _SVG.format('<image href="http://x.invalid/a.png"/>')
_ENTITY = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + _SVG.format("&b;")
_ODD = '{"a": 1, "a": NaN, "b": 123456789012345678901234567890, "c": Infinity}'
_POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 99\n"
CASES = (
    Case("empty", b"", "Bytes"),
    *(
        Case(f"empty{each}", b"", "Bytes")
        for each in (".csv", ".png", ".pkl", ".json", ".npy", ".zip")
    ),
    Case("text.png", "not a picture\n", "Text", "Not shown as a picture"),
    Case("picture.csv", made.png, "Image"),
    Case("picture.txt", made.png, "Image"),
    Case("cut.png", lambda: made.png(400, 400)[:300], "Bytes", "damaged"),
    Case("broken.avif", made.broken_avif, "Bytes", "damaged"),
    Case("cut.parquet", b"PAR1" + bytes(500), "Bytes", "not valid Parquet"),
    Case(
        "footer.parquet",
        _FOOTER,
        "Bytes",
        "not valid",
    ),
    Case("cut.zip", lambda: made.zip_of(a=b"x" * 9999)[:60], "Bytes", "not a valid ZIP"),
    Case("cut.npz", lambda: made.zip_of(a=b"x")[:40], "Bytes", "not a valid"),
    Case("cut.pdf", b"%PDF-1.7\n" + bytes(100), "Bytes", "not a valid PDF"),
    Case("cut.h5", b"\x89HDF\r\n\x1a\n" + bytes(20), "Bytes"),
    Case("cut.gguf", b"GGUF\x03\0\0\0" + b"\xff" * 16, "Bytes"),
    Case("lying.safetensors", b"\xff\xff\xff\xff\0\0\0\0{}", "Bytes", "longer than the file"),
    Case("cut.safetensors", b"\x02\0\0\0\0\0\0\0{}", "Facts"),
    Case("junk.onnx", bytes(range(256)) * 4, "Bytes", "Not shown as an ONNX"),
    Case("cut.mp4", b"\0\0\0\x18ftypisom" + bytes(40), "Bytes", "no tracks"),
    Case("cut.db", b"SQLite format 3\0" + bytes(4000), "Bytes"),
    Case("cut.xlsx", lambda: made.zip_of(a=b"x"), "Archive", "not a valid workbook"),
    Case("huge.png", made.huge_png, "Bytes", "60,000 × 60,000 pixels"),
    Case("crc.png", made.bad_crc_png, "Image", "checksum of its IDAT"),
    Case("bomb.zip", lambda: made.zip_of(big=bytes(200_000_000)), "Archive", "ZIP bomb"),
    Case("climbing.zip", made.climbing_zip, "Archive", "2 members lead out"),
    Case("nested.gz", made.quine_like_gzip, "Bytes", "in more than 4 archives"),
    Case("outside.svg", _OUTSIDE, "Image", "not loaded"),
    Case("file.svg", _SVG.format('<image href="file:///etc/passwd"/>'), "Image", "not loaded"),
    Case("itself.svg", _SVG.format('<g id="a"><use xlink:href="#a"/></g>'), "Text", "Qt can draw"),
    Case("groups.svg", made.million_groups_svg, "Log", "nested too deep"),
    Case(
        "entity.svg",
        '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + _SVG.format("&b;"),
        "Image",
    ),
    Case("loop.html", "<p>Seen</p><script>while(true){}</script>", "Page", "Scripts"),
    Case("socket.html", "<p>x</p><script>new WebSocket('ws://x.invalid')</script>", "Page"),
    Case("file.html", '<iframe src="file:///etc/passwd"></iframe><p>y</p>', "Page"),
    Case("laughs.yaml", made.laughs, "Tree"),
    Case("tags.yaml", "!!python/object/apply:os.system ['true']\n", "Tree"),
    Case("deep.json", "[" * 100_000 + "]" * 100_000, "Text", "nested too deep"),
    Case(
        "odd.json", '{"a": 1, "a": NaN, "b": 123456789012345678901234567890, "c": Infinity}', "Tree"
    ),
    Case("surrogate.json", '{"\\ud800": "\\udfff"}', "Tree"),
    Case("evil.pkl", made.evil_pickle, "Facts", "could run code"),
    Case("evil.bin", made.evil_pickle, "Facts", "could run code"),
    Case("long.pkl", made.long_field_pickle, "Facts", "claims 4,294,967,296 bytes"),
    Case("deep.pkl", made.deep_pickle, "Facts"),
    Case("object.npy", made.object_npy, "Bytes", "Python objects"),
    Case("lying.npy", made.lying_npy, "Bytes", "but the file has"),
    Case("quotes.csv", 'a,b\n1,"x\n2,y\n3,z\n', "Table", "quote"),
    Case("mixed.csv", "a,b\ncafé,1\n".encode() + "café,2\n".encode("latin-1"), "Table"),
    Case("wide.csv", made.wide_csv, "Table"),
    Case("nul.csv", b"a,b\n1,2\n\0\0\0\0,3\n", "Bytes", "not text"),
    Case("hostile.ipynb", made.hostile_notebook, "Page"),
    Case("list.ipynb", "[1, 2]", "Tree", "not a notebook"),
    Case("broken.toml", "a = [1, ", "Text", "not valid TOML"),
    Case("broken.geojson", '{"type": "FeatureCollection", "features": [{"geometry": 3}]}', "Tree"),
    Case("huge.geojson", json.dumps({"type": "Point", "coordinates": [1e308, "x"]}), "Tree"),
    Case("lines.jsonl", '{"a": 1}\nnot json\n', "Text", "Not shown as a table"),
    Case(
        "pointer.pkl",
        "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 99\n",
        "Text",
        "git-LFS pointer",
    ),
    Case("space and ünïcödé 桌面 (1) [x]; $HOME `id` '\".csv", "a,b\n1,2\n", "Table"),
    Case("new\nline.txt", "x\n", "Text"),
    Case("-rf.txt", "x\n", "Text"),
    Case("percent%20%2F.md", "# T\n", "Page"),
)

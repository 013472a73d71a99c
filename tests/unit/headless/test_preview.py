import json
from pathlib import Path

import pytest

from runcase.errors import RuncaseError
from runcase.headless.preview import preview


def test_every_kind_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, content, expected in (
        ("a.py", b"x = 1\n", ["a.py: text, 6 B, UTF-8, 1 line", "x = 1"]),
        ("a.csv", b"n,s\n1,x\n22,y\n", ["2 rows, 2 columns", " 1  x", "22  y"]),
        ("a.json", b'{"a": [1]}', ["a: array of 1", "  0: 1"]),
        ("a.md", b"# T\n", ["Markdown, 4 B", "# T"]),
        ("a.bin", b"\0\1ab", ["Binary data, 4 B", "00000000  00 01 61 62", "..ab"]),
        ("MLmodel", b"flavors: {sklearn: {sklearn_version: 1.2}}\n", ["Flavor: sklearn 1.2"]),
    ):
        (tmp_path / name).write_bytes(content)
        assert preview(str(tmp_path / name), False) == 0
        printed = capsys.readouterr().out
        for part in expected:
            assert part in printed, name


def test_json_has_kind_name_size_and_content(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content, kind, key in (
        ("a.py", b"x = 1\n", "text", "text"),
        ("a.csv", b"n,s\n1,x\n", "table", "rows"),
        ("a.json", b'{"a": [1]}', "tree", "root"),
        ("a.md", b"# T\n", "page", "text"),
        ("a.bin", b"\0\1ab", "bytes", "hex"),
        ("MLmodel", b"flavors: {sklearn: {}}\n", "model", "flavors"),
    ):
        (tmp_path / name).write_bytes(content)
        preview(str(tmp_path / name), True)
        answer = json.loads(capsys.readouterr().out)
        assert (answer["kind"], answer["name"], answer["size"] > 0) == (kind, name, True)
        assert answer[key]


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RuncaseError, match="does not exist"):
        preview(str(tmp_path / "nothing.txt"), False)

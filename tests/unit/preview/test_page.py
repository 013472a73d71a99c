import io
import os
from collections.abc import Callable
from pathlib import Path

import PIL.Image

from runcase.preview.document import Document, Page, Request
from runcase.preview.worker import Worker

Read = Callable[..., Document]
Write = Callable[[str, bytes | str], Path]


def page(document: Document) -> Page:
    assert isinstance(document, Page), document
    return document


def png() -> bytes:
    out = io.BytesIO()
    PIL.Image.new("RGB", (2, 2), (0, 255, 0)).save(out, "PNG")
    return out.getvalue()


def test_markdown_is_rendered(read: Read) -> None:
    document = page(read("notes.md", "# T\n\n~~a~~ `c` <b>x</b>\n\n|a|b|\n|-|-:|\n|1|2|\n"))
    for part in ("<h1>T</h1>", "<s>a</s>", "<code>c</code>", "<b>x</b>", "<table>", "<td>1</td>"):
        assert part in document.html
    assert document.source.language == "markdown"


def test_nothing_that_runs_or_loads_is_left(read: Read) -> None:
    hostile = (
        "<script>alert(1)</script><img src=x onerror=alert(1)><iframe src='file:///etc/passwd'>"
        "</iframe><a href='javascript:alert(1)'>j</a><a href='file:///etc/passwd'>f</a>"
        "<style>@import url(http://x)</style><p style='background:url(http://x)'>t</p>"
        "<img src='http://x/y.png'><img src='//x/y.png'><link rel=stylesheet href=http://x>"
        "<object data=x></object><a href='https://example.org'>ok</a><form action=x><input></form>"
    )
    for name in ("x.html", "x.md"):
        document = page(read(name, hostile))
        for part in ("script", "alert", "onerror", "file:", "iframe", "style", "http://x", "src="):
            assert part not in document.html, part
        assert 'href="https://example.org"' in document.html
        assert document.images == ()
        assert "not shown" in document.note


def test_pictures_come_only_from_below_the_folder(worker: Worker, write: Write) -> None:
    write("secret.png", png())
    write("docs/a b.png", png())
    os.symlink(write("secret.png", png()), write("docs/notes.md", "x").parent / "link.png")
    path = write(
        "docs/notes.md",
        "![a](a%20b.png) ![b](../secret.png) ![c](link.png) ![d](/etc/hostname) ![e](a%20b.png)\n",
    )
    document = page(worker.read(Request(str(path))))
    assert [image.address for image in document.images] == ["image:0"]
    assert document.images[0].frame.pixels[:4] == b"\0\xff\0\xff"
    assert document.html.count("image:0") == 2
    assert "3 pictures" in document.note
    assert "<i>[b]</i>" in document.html


def test_a_wider_root_allows_more(worker: Worker, write: Write) -> None:
    write("plots/a.png", png())
    path = write("docs/notes.md", "![a](../plots/a.png)")
    document = page(worker.read(Request(str(path), root=str(path.parents[1]))))
    assert len(document.images) == 1


def test_a_page_made_by_scripts_says_so(read: Read) -> None:
    document = page(read("plotly.html", "<html><body><div id=p></div><script>x</script></body>"))
    assert "made by its scripts" in document.note
    assert document.empty
    assert "<script>" in document.source.text


def test_a_page_too_large_to_be_sanitised_is_a_page_still(worker: Worker, write: Write) -> None:
    """Its scripts may make much less of it than its source is."""
    path = write("plot.html", "<p>a</p>" + "<script>/*" + "x" * 17_000_000 + "*/</script>")
    document = worker.read(Request(str(path)))
    assert isinstance(document, Page)
    assert document.empty
    assert "too large to be sanitised" in document.note
    assert document.source.truncated
    assert document.source.text.startswith("<p>a</p>")

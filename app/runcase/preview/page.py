"""Markdown and HTML as sanitised pages: no scripts, no styles, nothing that loads."""

import re
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from runcase.errors import TooBigError, UnreadableError
from runcase.preview import encoding, image, text
from runcase.preview.document import Page, PageImage, Text
from runcase.preview.source import Source

MADE_BY_SCRIPTS = "This page is made by its scripts, which Runcase does not run."
PAGE_BYTES = 2 * 1024 * 1024
# QTextBrowser lays a page out in one go, in the window's thread.
_HTML_CHARACTERS = 400_000
_IMAGES = 40
_TAGS = (
    "a abbr b blockquote br caption center code col colgroup dd del div dl dt em h1 h2 h3 h4 h5 "
    "h6 hr i img ins kbd li mark ol p pre s samp small span strong sub sup table tbody td tfoot "
    "th thead tr tt u ul var"
)
# nh3 writes attributes in double quotes, and escapes them.
_NO_SOURCE = re.compile(r'<img(?![^>]*\ssrc=")[^>]*>')
_ALTERNATIVE = re.compile(r'\salt="([^"]+)"')
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
}


def read_markdown(source: Source) -> Page:
    """Render Markdown with pictures from below its own folder; raises `UnreadableError`."""
    # markdown-it costs 60 ms to import: only the worker process, at the first page, pays it.
    from markdown_it import MarkdownIt

    content = _content(source)
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return _page(source, "Markdown", content, parser.render(content), "markdown")


def read_html(source: Source) -> Page:
    """Show the text of an HTML page; its scripts are not run. Raises `UnreadableError`."""
    try:
        content = _content(source)
        return _page(source, "HTML", content, content, "html")
    except TooBigError:
        return _unsanitised(source)


def _unsanitised(source: Source) -> Page:
    """Show the beginning of a page's source, where a page with its scripts can still be shown."""
    content = source.read(PAGE_BYTES).decode(encoding.detect(source.head) or "utf-8", "replace")
    made = text.make(source.name, source.size, content, "html")
    shown = replace(made, lines=None, truncated=True)
    note = "It is too large to be sanitised: the beginning of its source is shown."
    return Page(source.name, source.size, note, "HTML", "", (), True, shown)


@dataclass(slots=True)
class _Pictures:
    """Collects the pictures of a page while it is cleaned."""

    source: Source
    found: list[PageImage] = field(default_factory=list)
    known: dict[str, str | None] = field(default_factory=dict)
    dropped: int = 0

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        """Return what an attribute becomes; None drops it."""
        if name == "src":
            return self._address(value)
        if name == "href" and not urlsplit(value).scheme:
            return None
        return value

    def _address(self, value: str) -> str | None:
        if value not in self.known:
            self.known[value] = self._load(value)
            self.dropped += self.known[value] is None
        return self.known[value]

    def _load(self, value: str) -> str | None:
        try:
            parts = urlsplit(value)
        except ValueError:
            return None
        if parts.scheme or parts.netloc or not parts.path or len(self.found) >= _IMAGES:
            return None
        loaded = image.embedded(self.source, unquote(parts.path), len(self.found))
        if loaded is None:
            return None
        self.found.append(loaded)
        return loaded.address


def _content(source: Source) -> str:
    if source.size > PAGE_BYTES * 8:
        raise TooBigError("It is too large for a page: the text is shown.")
    codec = encoding.detect(source.head)
    if codec is None:
        raise UnreadableError("It is not text.")
    return source.read(PAGE_BYTES * 8).decode(codec, "replace")


def noted(made: Page, note: str) -> Page:
    """Return a page with one more sentence in its note."""
    return replace(made, note=" ".join(each for each in (made.note, note) if each))


def _page(source: Source, form: str, content: str, html: str, language: str) -> Page:
    shown = text.make(source.name, source.size, content[:PAGE_BYTES], language)
    return sanitised(source, form, html, (), shown)


def sanitised(
    source: Source, form: str, html: str, images: tuple[PageImage, ...], shown: Text
) -> Page:
    """Clean HTML, which may refer to `images` by their addresses; raises `TooBigError`."""
    # Imported here for the reason in read_markdown.
    import nh3

    pictures = _Pictures(source, list(images), {each.address: each.address for each in images})
    clean = nh3.clean(
        html,
        tags=set(_TAGS.split()),
        # Their content is no text either.
        clean_content_tags={"script", "style", "title", "noscript", "svg", "template"},
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=pictures.attribute,
        url_schemes={"http", "https", "mailto", "image"},
        link_rel=None,
    )
    if len(clean) > _HTML_CHARACTERS:
        raise TooBigError("It is too large for a page: the text is shown.")
    clean = _NO_SOURCE.sub(_alternative, clean)
    # A fence ends with a line feed, which Qt shows as an empty line.
    clean = clean.replace("\n</code></pre>", "</code></pre>")
    return Page(
        source.name,
        source.size,
        _note(html, clean, pictures.dropped),
        form,
        clean,
        tuple(pictures.found),
        _is_empty(clean),
        shown,
    )


def _alternative(picture: re.Match[str]) -> str:
    """Return what stands for a picture that is not shown."""
    words = _ALTERNATIVE.search(picture.group())
    return f"<i>[{words.group(1)}]</i>" if words else ""


def _note(html: str, clean: str, dropped: int) -> str:
    notes = []
    if "<script" in html.lower() and _is_empty(clean):
        notes.append(MADE_BY_SCRIPTS)
    elif "<script" in html.lower():
        notes.append("Scripts and styles are left out.")
    if dropped:
        many = f"{dropped} pictures are" if dropped > 1 else "A picture is"
        notes.append(f"{many} not shown: only pictures below the file’s own folder are.")
    return " ".join(notes)


def _is_empty(clean: str) -> bool:
    inside, seen = False, []
    for character in clean:
        inside = character == "<" or (inside and character != ">")
        if not inside and character != ">" and not character.isspace():
            seen.append(character)
    return len(seen) < 3 and "<img" not in clean

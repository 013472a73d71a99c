"""Notes and descriptions, which MLflow writes in Markdown, as HTML that can do nothing."""

# Longer notes are shown up to here; the tag has the rest.
MAX_NOTE = 100_000


def note_html(markdown: str) -> str:
    """Render a note; called on a worker thread.

    Raw HTML in it is shown as text, images are dropped, links keep only http and https.
    """
    # Imported here: together they cost 60 ms, and most runs have no note.
    import nh3
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    html = parser.render(markdown[:MAX_NOTE])
    return nh3.clean(
        html,
        tags={
            "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li",
            "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "a",
        },
        attributes={"a": {"href"}, "th": {"align"}, "td": {"align"}},
        url_schemes={"http", "https"},
    )  # fmt: skip

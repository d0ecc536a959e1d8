"""Texts in Markdown as they read: links, lists, tables and emphasis; no script, and nothing fetched from elsewhere."""

from functools import cache
from typing import TYPE_CHECKING

import nh3
from flask import request
from markupsafe import Markup
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

TAGS = set("p br hr h1 h2 h3 h4 h5 h6 em strong del code pre blockquote ul ol li a table thead tbody tr th td".split())
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
LONGEST = 200_000


def rendered(text: str) -> Markup:
    """The text as HTML that may stand on a page, whoever wrote it."""
    html = _reader().render(text[:LONGEST])
    return Markup(  # noqa: S704 - cleaned
        nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noreferrer nofollow noopener")
    )


def answer() -> Response:
    """A text that is still being written, as it reads."""
    return Response(rendered(request.form.get("text", "")), mimetype="text/html")


@cache
def _reader() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # Headings of a text stand below those of the page.
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])

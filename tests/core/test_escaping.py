"""Templates escape what they put out exactly as Jinja would, for less."""

from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string
from markupsafe import Markup

MEANT = '<a href="x">&\'</a>'
SAFE = "&lt;a href=&#34;x&#34;&gt;&amp;&#39;&lt;/a&gt;"


class Drawn:
    """Something that knows how it looks on a page."""

    def __html__(self) -> str:
        return "<b>drawn</b>"

    def __str__(self) -> str:
        return MEANT


class Told(str):
    """A text of a kind of its own."""

    __slots__ = ()


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (MEANT, SAFE),
        (Told(MEANT), SAFE),
        (Markup(MEANT), MEANT),  # noqa: S704 - safe is what it is called
        (Drawn(), "<b>drawn</b>"),
        (7, "7"),
        (None, "None"),
        ([MEANT], "[&#39;" + SAFE.replace("&#39;", "\\&#39;") + "&#39;]"),
    ],
    ids=["text", "text of another kind", "markup", "what draws itself", "number", "nothing", "list"],
)
@pytest.mark.parametrize(
    "template",
    [
        "{{ value }}",
        "{% set held %}{{ value }}{% endset %}{{ held }}",
        "{% macro one(value) %}{{ value }}{% endmacro %}{{ one(value) }}",
        "{% for each in [value] %}{{ each }}{% endfor %}",
    ],
)
def test_a_value_is_escaped_once(template: str, value: object, shown: str) -> None:
    assert render_template_string(template, value=value) == shown


def test_what_is_marked_as_safe_stays_as_it_is() -> None:
    template = "{{ value | safe }}{% autoescape false %}{{ value }}{% endautoescape %}"
    assert render_template_string(template, value=MEANT) == MEANT * 2


def test_no_piece_of_a_page_is_wrapped(app: Flask) -> None:
    compiled = app.jinja_env.compile("{{ value }}", "page.html", "page.html", raw=True)
    assert "escape(" not in compiled.partition("def root")[2]

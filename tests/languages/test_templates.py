"""No template says a word that no catalogue can translate: whatever is read in it or read out is marked."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

import backend

ROOT = Path(backend.__file__).parent
# For who works on the look, in development only.
IN_ENGLISH = {"style.html"}
TEMPLATES = [path for path in ROOT.rglob("*.html") if "templates" in path.parts and path.name not in IN_ENGLISH]
READ_OUT = {"title", "aria-label", "placeholder", "alt", "value", "label", "aria-description", "summary"}
READ_OUT |= {"data-l", "data-label", "data-close", "data-done", "data-all", "data-chosen", "data-remove"}
# What is no word: what a program reads, and names of keys and variables.
SILENT = {"code", "kbd", "script", "style"}
WORD = re.compile(r"[A-Za-z]{2,}")
# Pieces of a tag that a template puts together before it stands in one.
OF_A_TAG = re.compile(r'[\w-]+="[^"]*"|\b(?:required|autofocus)\b|-(?:hint|error)\b')
PLACE = "\N{OBJECT REPLACEMENT CHARACTER}"


class Reader(HTMLParser):
    """What a reader sees of a piece of a page, or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = [*self.inside, tag] if tag in SILENT else self.inside
        kind = dict(attrs).get("type")
        for name, value in attrs:
            # The value of what one presses is read; of anything else it is data.
            if name in READ_OUT and value and (name != "value" or kind in ("submit", "button")):
                self.found.append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            self.inside.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.found.append(data)


def said_by(source: str) -> list[str]:
    """The words that stand in a template without a mark."""
    reader = Reader()
    reader.feed("".join(pieces(Environment(extensions=["jinja2.ext.i18n"]).parse(source))))  # noqa: S701 - nothing is rendered
    reader.close()
    return [text.strip() for text in reader.found if WORD.search(OF_A_TAG.sub("", text))]


def pieces(tree: nodes.Node) -> Iterator[str]:
    """The HTML of a template in its order, with a place for everything that is worked out."""
    for node in tree.iter_child_nodes():
        if isinstance(node, nodes.TemplateData):
            yield node.data
        elif isinstance(node, nodes.Expr):
            yield PLACE
        else:
            yield from pieces(node)


def test_there_are_templates_to_read() -> None:
    assert {"base.html", "list.html", "login.html"} <= {path.name for path in TEMPLATES}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_word_of_a_template_is_marked(path: Path) -> None:
    assert said_by(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        "{% if a %}<b>Hello</b>{% endif %}",
        '<a title="Hello">{{ _("There") }}</a>',
        '<a aria-label="{{ name }} Hello">×</a>',
        "{% macro a(b) %}{% for c in b %}Hello{% endfor %}{% endmacro %}",
        "{% set a %}Hello{% endset %}",
    ],
)
def test_an_unmarked_word_is_found(source: str) -> None:
    assert any("Hello" in said for said in said_by(source))


@pytest.mark.parametrize(
    "source",
    [
        '<p class="note">{{ _("Hello") }}</p>',
        "<p>{% trans a=b %}Hello {{ a }}{% endtrans %}</p>",
        '<a title="{{ _("Hello") }}" href="/hello">×</a>',
        "<kbd>Hello</kbd><code>HELLO</code>",
    ],
)
def test_a_marked_word_and_what_is_none_are_not(source: str) -> None:
    assert said_by(source) == []

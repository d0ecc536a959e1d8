"""Words that only a script fills in: told for every kind of number that a language counts in its own way."""

import json
import re
from gettext import NullTranslations
from html import unescape
from typing import Any

import pytest
from flask import Flask

from backend.core import page_words
from backend.core.languages import speaking
from backend.core.page_words import by_number


def told(language: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(page_words, "language_of", lambda locale: locale)
    with speaking(language):
        return by_number("{}".format)


@pytest.mark.parametrize(
    ("language", "numbers"),
    [
        ("en", {"one": "1", "other": "0"}),
        ("ja", {"other": "0"}),
        ("pl", {"one": "1", "few": "2", "many": "0"}),
        ("ar", {"zero": "0", "one": "1", "two": "2", "few": "3", "many": "11", "other": "100"}),
    ],
)
def test_a_script_is_told_one_sentence_for_every_kind_of_number(
    language: str, numbers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(language, monkeypatch) == numbers


class Careless(NullTranslations):
    """A language whose translator typed quotes and brackets."""

    def gettext(self, message: str) -> str:
        return {"Open": 'Say "open" <now>', "<b>%(a)s</b> left": '<i class="x">%(a)s</i>'}[message]


def test_a_translation_breaks_no_attribute_and_brings_no_markup_of_its_own(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_words, "catalogue", lambda _locale: Careless())
    made = app.jinja_env.from_string('<a title="{{ _("Open") }}">{% trans a=b %}<b>{{ a }}</b> left{% endtrans %}</a>')
    with app.app_context():
        shown = made.render(b="<2>")
    assert shown == '<a title="Say &#34;open&#34; &lt;now>"><i class="x">&lt;2&gt;</i></a>'


def test_a_list_tells_its_script_how_chosen_rows_are_counted(ada_in_browser: Any) -> None:
    page = ada_in_browser.get("/admin/products/").text
    found = re.search(r'data-chosen="([^"]*)"', page)
    assert found
    assert json.loads(unescape(found[1])) == {"one": "{} chosen", "other": "{} chosen"}
    answer = ada_in_browser.get("/admin/products/count?page[count]=exact").get_json()
    assert answer["text"] == f"Show {answer['rows']}"
    assert answer["rows"].endswith(" products")

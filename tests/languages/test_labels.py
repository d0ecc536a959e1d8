"""Labels within sentences: as small or as large as the language writes them there."""

from gettext import NullTranslations
from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup

from backend.core import languages, page_words
from backend.core.languages import _, in_sentence, ngettext, speaking
from tests.admin.reading import main
from tests.work import PEOPLE, speaks

CONTEXT = "how a label is written within a sentence: small, or as it is"


class German(NullTranslations):
    """Nouns have capitals everywhere."""

    def gettext(self, message: str) -> str:
        return "In %(label)s suchen" if message == "Search %(label)s" else message

    def pgettext(self, context: str, message: str) -> str:
        return languages.AS_IT_IS if context == CONTEXT else message


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    for reader in (languages, page_words):
        monkeypatch.setattr(reader, "catalogue", lambda _locale: German())


@pytest.mark.parametrize(
    ("label", "within"),
    [
        ("Product", "product"), ("Price and stock", "price and stock"), ("SKU", "SKU"), ("URL of it", "URL of it"),
        ("E-mail", "e-mail"), ("IJsland", "IJsland"), ("Picture on the Web", "picture on the Web"), ("", ""),
        ("A level", "a level"), ("Éénheid", "éénheid"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("locale", ["en", "nl", "fr"])
def test_only_the_first_letter_is_small_and_abbreviations_stay(locale: str, label: str, within: str) -> None:
    with speaking(locale):
        assert in_sentence(label) == within


@pytest.mark.usefixtures("german")
def test_a_language_may_keep_its_capitals() -> None:
    with speaking("de"):
        assert in_sentence("Produkt") == "Produkt"
        assert _("Search %(label)s", label=in_sentence("Produkte")) == "In Produkte suchen"


def test_a_label_that_begins_a_sentence_has_its_capital() -> None:
    with speaking("nl"):
        product = in_sentence("Product")
        assert _("Delete %(label)s", label=product) == "Product verwijderen"
        assert _("Back to %(label)s", label=product) == "Terug naar product"
        assert page_words._gettext("Delete %(label)s", label=in_sentence("Q & a")) == Markup("Q &amp; a verwijderen")  # noqa: SLF001 - as templates call it
        assert ngettext("%(rows)s goes along", "%(rows)s go along", 2, rows=product) == "Product gaan mee"
    assert _("Delete %(label)s", label=product) == "Delete product"


def test_buttons_and_titles_of_a_page_begin_with_a_capital(app: Flask, ada_in_browser: Any) -> None:
    speaks(app, PEOPLE["ada"], "nl", "Europe/Amsterdam")
    listed, form = (main(ada_in_browser.get(f"/admin/products/{page}").text) for page in ("", "1/edit"))
    assert "Product aanmaken" in listed
    assert "Zoeken in producten" in listed
    assert "Product opslaan" in form


@pytest.mark.usefixtures("german")
def test_a_page_in_a_language_with_capitals(app: Flask, ada_in_browser: Any) -> None:
    speaks(app, PEOPLE["ada"], "nl", "Europe/Amsterdam")
    assert "In Products suchen" in main(ada_in_browser.get("/admin/products/").text)

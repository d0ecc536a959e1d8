"""What Python says on pages: whole sentences a language may order as it likes, and the words of declared choices."""

from collections.abc import Callable
from gettext import NullTranslations
from itertools import count
from typing import Any

import pytest
from flask import Flask

from backend.admin.filters_shown import OF_TIME, WORDS
from backend.core import languages, page_words
from backend.core.filters import OPERATORS
from tests.admin.reading import main
from tests.languages.test_choice import speaks
from tests.work import PEOPLE

NUMBERS = count()
Teach = Callable[[dict[str, str]], None]


class Words(NullTranslations):
    """A catalogue of a few messages."""

    def __init__(self, words: dict[str, str]) -> None:
        super().__init__()
        self.words = words

    def gettext(self, message: str) -> str:
        return self.words.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture
def teach(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Teach:
    """Ada reads a language of these words and English; a new one every time, for what an actor sees may be kept."""

    def taught(words: dict[str, str]) -> None:
        for place in (languages, page_words):
            monkeypatch.setattr(place, "catalogue", lambda _locale: Words(words))
        speaks(app, PEOPLE["ada"], f"x{next(NUMBERS)}")

    return taught


@pytest.mark.parametrize("operator", [*(each for each in OPERATORS if each != "null"), "empty", "filled"])
def test_every_comparison_is_a_sentence_of_its_own(operator: str) -> None:
    for choice, sentence in (words[operator] for words in (WORDS, OF_TIME) if operator in words):
        wanted = f"%(field)s {choice}" if operator in ("empty", "filled") else f"%(field)s {choice} %(value)s"
        assert sentence == wanted


def test_a_filter_and_an_order_are_said_in_the_order_of_the_language(ada_in_browser: Any, teach: Teach) -> None:
    teach({"%(field)s is at least %(value)s": "%(value)s of meer is %(field)s", "Price": "de prijs"})
    page = main(ada_in_browser.get("/admin/products/?filter[price][ge]=3").text)
    assert "3 of meer is de prijs" in page
    assert "is at least" not in page
    teach({"%(field)s, highest first": "Hoogste %(field)s eerst", "Price": "prijs"})
    assert "Hoogste prijs eerst" in main(ada_in_browser.get("/admin/products/?sort=-price").text)


def test_what_was_done_is_said_with_the_number_its_language_wants(ada_in_browser: Any, teach: Teach) -> None:
    teach({"%(num)s %(rows)s deleted.": "Weg zijn %(num)s %(rows)s.", "Products": "Producten"})
    done = ada_in_browser.submit("/admin/products/many/delete?ids=4&ids=5", {"_do": "run"})
    assert "Weg zijn 2 producten." in main(ada_in_browser.get(done.headers["Location"]).text)


def test_a_choice_has_its_word_wherever_it_is_chosen_or_shown(ada_in_browser: Any, teach: Teach) -> None:
    teach({"open": "geopend", "nothing chosen": "onbekend"})
    chests = "/admin/vault_chests/"
    assert ">geopend</option>" in ada_in_browser.get(f"{chests}new").text
    made = ada_in_browser.submit(f"{chests}new", {"name": "Oak", "state": "open", "worth": "3"})
    assert made.status_code == 303, main(made.text)
    item = made.headers["Location"]
    for address in (item, chests, f"{chests}?filter[state]=open", f"{chests}?_field=state"):
        page = ada_in_browser.get(address).text
        assert "geopend" in main(page), address
        assert ">open<" not in page, address


def test_the_room_speaks_the_language_one_has_just_chosen(app: Flask, ada_in_browser: Any, teach: Teach) -> None:
    assert "History" in ada_in_browser.get("/admin/").text
    teach({"History": "Geschiedenis"})
    for page in ("/admin/", "/admin/_find"):
        assert "Geschiedenis" in ada_in_browser.get(page).text
    speaks(app, PEOPLE["ada"], "en")
    assert "Geschiedenis" not in ada_in_browser.get("/admin/").text

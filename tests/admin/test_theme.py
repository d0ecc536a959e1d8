"""The look: chosen by the server, remembered, readable in every theme, small."""

import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from backend.admin import assets
from tests.admin.reading import main, words
from tests.callers import Visitor
from tests.work import statements

TOKENS = Path(assets.FOLDER, "css", "10-tokens.css")
FIRST_LOAD, SCRIPTS = 150_000, 30_000
TEXT, BORDER = 4.5, 3.0
ON = {
    "ink": ("paper", "sheet", "float", "well", "good-soft", "warn-soft", "bad-soft", "accent-soft"),
    "ink-2": ("paper", "sheet", "float", "well"),
    "accent": ("paper", "sheet", "float", "well", "accent-soft"),
    "accent-ink": ("accent",),
    "good": ("sheet", "good-soft"),
    "warn": ("sheet", "warn-soft"),
    "bad": ("sheet", "float", "bad-soft"),
    "danger-ink": ("danger",),
    "paper": ("ink",),
}
PAIRS = [(front, back, TEXT) for front, backs in ON.items() for back in backs]
PAIRS += [("edge", back, BORDER) for back in ("paper", "sheet")] + [("accent", "paper", BORDER)]


def luminance(colour: str) -> float:
    whole = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    parts = [int(whole[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(front: str, back: str) -> float:
    darker, lighter = sorted((luminance(front), luminance(back)))
    return (lighter + 0.05) / (darker + 0.05)


def colours() -> dict[str, tuple[str, str]]:
    found = re.findall(r"--([\w-]+): light-dark\(#(\w+), #(\w+)\)", TOKENS.read_text(encoding="utf-8"))
    return {name: (light, dark) for name, light, dark in found}


@pytest.mark.parametrize(("place", "pair"), list(product((0, 1), PAIRS)))
def test_every_text_stands_out_from_what_is_behind_it(place: int, pair: tuple[str, str, float]) -> None:
    front, back, least = pair
    known = colours()
    assert contrast(known[front][place], known[back][place]) >= least, ("light", "dark")[place]


def test_the_first_load_is_small(ada_in_browser: Any) -> None:
    for address in ("/admin/", "/admin/products/", "/admin/products/new", "/admin/products/1"):
        page = ada_in_browser.get(address)
        addresses = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
        sizes = {each: len(ada_in_browser.get(each).data) for each in addresses}
        assert sum(size for each, size in sizes.items() if each.endswith(".js")) <= SCRIPTS
        assert sum(sizes.values()) + len(page.data) <= FIRST_LOAD


def html_of(page: str) -> str:
    found = re.search(r"<html[^>]*>", page)
    assert found
    return found[0]


def test_a_theme_is_chosen_by_a_form_and_is_there_before_anything_is_drawn(app: Flask, ada_in_browser: Any) -> None:
    assert "data-theme" not in html_of(ada_in_browser.get("/admin/").text)
    chosen = {"theme": "dark", "density": "compact", "shortcuts": "off"}
    answer = ada_in_browser.submit("/admin/_me", chosen)
    assert answer.status_code == 303
    page = ada_in_browser.get("/admin/products/")
    assert html_of(page.text) == '<html lang="en" data-theme="dark" data-density="compact" data-shortcuts="off">'
    assert '<meta name="color-scheme" content="dark">' in page.text
    # Another browser of the same user asks once, and pages after the first ask no more.
    cookie = next(each for each in ada_in_browser.client._cookies.values() if "session" in each.key)  # noqa: SLF001
    other = Visitor(app, (cookie.key, cookie.value))
    with statements() as sent:
        assert 'data-theme="dark"' in html_of(other.get("/admin/").text)
    assert sum("preferences" in each for each in sent) == 1
    with statements() as sent:
        assert 'data-theme="dark"' in html_of(other.get("/admin/").text)
    assert not any("preferences" in each for each in sent)


def test_a_look_is_one_s_own_and_stays_when_signed_out(app: Flask, ada_in_browser: Any, vera_in_browser: Any) -> None:
    ada_in_browser.submit("/admin/_me", {"theme": "dark"})
    assert "data-theme" not in html_of(vera_in_browser.get("/admin/").text)
    look = next(each for each in ada_in_browser.client._cookies.values() if each.key == "kontor_look")  # noqa: SLF001
    signed_out = Visitor(app, (look.key, look.value))
    assert 'data-theme="dark"' in html_of(signed_out.get("/login").text)
    # With vera's session and ada's cookie it is vera's.
    vera_in_browser.client.set_cookie(look.key, look.value)
    assert "data-theme" not in html_of(vera_in_browser.get("/admin/").text)


@pytest.mark.parametrize("told", ["", "....", "pink.huge.on.2.1", "dark.cosy.on.x.y", "a" * 3000, "dark.cosy.on.2.٣"])
def test_a_strange_cookie_is_as_none(ada_in_browser: Any, told: str) -> None:
    ada_in_browser.client.set_cookie("kontor_look", told)
    answer = ada_in_browser.get("/admin/")
    assert answer.status_code == 200
    assert "data-theme" not in html_of(answer.text)


def test_strange_choices_are_as_usual(ada_in_browser: Any) -> None:
    assert ada_in_browser.submit("/admin/_me", {"theme": "pink", "density": ["x", "y"]}).status_code == 303
    assert html_of(ada_in_browser.get("/admin/").text) == '<html lang="en" data-density="cosy" data-shortcuts="on">'


def test_settings_lead_to_one_s_own_form_where_one_may_change_it(ada_in_browser: Any, vera_in_browser: Any) -> None:
    assert re.search(r'href="/admin/users/\d+/edit"', ada_in_browser.get("/admin/_me").text)
    page = vera_in_browser.get("/admin/_me").text
    assert not re.search(r'href="/admin/users/\d+/edit"', page)
    assert "UTC" in main(page)


def test_the_style_page_is_for_development_only(
    app: Flask, ada_in_browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ada_in_browser.get("/admin/_style").status_code == 200
    monkeypatch.setitem(app.config, "STYLE_PAGE", False)
    assert ada_in_browser.get("/admin/_style").status_code == 404


def numbers(page: str) -> dict[str, str]:
    places = re.findall(r'<li><a href="/admin/([a-z_]+)/"[^>]*>[^<]*<span class="number">([^<]*)</span>', page)
    return {key: words(number) for key, number in places}


def test_the_navigation_counts_what_one_may_see_by_one_query(ada_in_browser: Any, sam_in_browser: Any) -> None:
    page = ada_in_browser.get("/admin/products/").text
    before = numbers(page)
    found = re.search(r"(\d+) products", main(page))
    assert found
    assert before["products"] == found[1]
    ada_in_browser.submit("/admin/products/new", {"name": "Ink", "sku": "INK-9", "price": "1"})
    assert int(numbers(ada_in_browser.get("/admin/").text)["products"]) == int(before["products"]) + 1
    assert numbers(sam_in_browser.get("/admin/").text)["products"] != before["products"]
    with statements() as sent:
        ada_in_browser.get("/admin/_me")
    assert sum(each.count("count(") > 1 for each in sent) == 1


def test_letters_lead_to_places_each_to_one(ada_in_browser: Any) -> None:
    letters = re.findall(r'data-go="(.)"', ada_in_browser.get("/admin/").text)
    assert letters
    assert len(letters) == len(set(letters))

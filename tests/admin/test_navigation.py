"""What surrounds every page is drawn once for what it shows, and shows what holds now."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, template_rendered

from tests.admin.reading import links
from tests.callers import Caller, Visitor

DRAWN = "kontor/navigation.html"
PRODUCT = {"name": "Lamp", "sku": "navigation-1", "price": "1.00"}


@contextmanager
def drawings(app: Flask) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_app: Flask, template: Any, **_context: Any) -> None:
        found.append(template.name)

    with template_rendered.connected_to(note, app):
        yield found


def times(app: Flask, work: Callable[[], Any]) -> int:
    with drawings(app) as found:
        work()
    return found.count(DRAWN)


def test_it_is_drawn_once_for_the_pages_of_a_place(app: Flask, ada_in_browser: Visitor) -> None:
    ada_in_browser.get("/admin/products/")
    assert times(app, lambda: ada_in_browser.get("/admin/products/1")) == 0
    assert times(app, lambda: ada_in_browser.get("/admin/products/1/edit")) == 0


def test_it_tells_where_one_is(ada_in_browser: Visitor) -> None:
    for key in ("products", "users", "products"):
        page = ada_in_browser.get(f"/admin/{key}/").text
        assert f'href="/admin/{key}/" aria-current="page"' in page
        assert page.count(' aria-current="page" data-go') == 1


def test_it_counts_anew_after_every_write(ada: Caller, ada_in_browser: Visitor) -> None:
    def products() -> int:
        named = [
            text for text, href in links(ada_in_browser.get("/admin/users/").text).items() if href == "/admin/products/"
        ]
        return int(named[0].split()[-1])

    before = products()
    assert ada.send("POST", "/products", PRODUCT).status_code == 201
    assert products() == before + 1


def test_it_is_everybody_s_own(ada_in_browser: Visitor, vera_in_browser: Visitor) -> None:
    pages = {who: visitor.get("/admin/products/").text for who, visitor in _both(ada_in_browser, vera_in_browser)}
    assert "ada@demo.example" in pages["ada"]
    assert "vera@demo.example" not in pages["ada"]
    assert "vera@demo.example" in pages["vera"]


def _both(ada: Visitor, vera: Visitor) -> tuple[tuple[str, Visitor], ...]:
    return ("ada", ada), ("vera", vera)

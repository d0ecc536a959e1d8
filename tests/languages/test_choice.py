"""Which language a page is in: the user's own, or what the browser asks for; programs are told English."""

from typing import Any

from flask import Flask

from tests.callers import Visitor
from tests.work import PEOPLE, speaks


def test_a_stranger_reads_the_language_the_browser_asks_for(app: Flask) -> None:
    stranger = Visitor(app, None)
    dutch = stranger.get("/login", headers={"Accept-Language": "nl-BE,en;q=0.5"}).text
    assert '<html lang="nl"' in dutch
    assert "Naar de inhoud" in dutch
    assert '<html lang="en"' in stranger.get("/login", headers={"Accept-Language": "fi"}).text


def test_a_user_reads_ones_own_language_whatever_the_browser_asks_for(app: Flask, ada_in_browser: Any) -> None:
    speaks(app, PEOPLE["ada"], "nl-BE")
    page = ada_in_browser.get("/admin/", headers={"Accept-Language": "en"}).text
    assert '<html lang="nl"' in page
    assert "Naar de inhoud" in page

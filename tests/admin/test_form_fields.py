"""What a form has together, what it asks for under a condition, and how single fields are written."""

import re
from html import unescape
from json import loads
from typing import Any

from tests.admin.reading import main, words

SECTION = re.compile(r'<section class="sheet"(.*?)</section>', re.DOTALL)


def test_fields_stand_in_their_sections(eli_in_browser: Any) -> None:
    page = eli_in_browser.get("/admin/products/new").text
    told = [words(section) for section in SECTION.findall(page)]
    assert len(told) == 3
    assert "Name" in told[0]
    assert "Price and stock" in told[1]
    assert "Stock" in told[1]
    assert "Price" not in told[0]
    assert "Pictures" in told[2]


def test_an_embedded_object_stays_together_in_a_section(ada_in_browser: Any) -> None:
    page = ada_in_browser.get("/admin/agenda_meetings/new").text
    told = [words(section) for section in SECTION.findall(page)]
    assert "Place and remarks" in told[1]
    assert "Hall" in told[1]
    assert "Remark" in told[1]
    assert "Event" in told[0]


def test_a_field_names_what_it_depends_on_for_scripts_and_for_people(ada_in_browser: Any) -> None:
    page = ada_in_browser.get("/admin/agenda_meetings/new").text
    told = re.search(r'data-when="([^"]+)"', page)
    assert told
    assert loads(unescape(told[1])) == {"event.cancelled": ["true"]}
    assert "Only where Cancelled is ticked." in main(page)


def test_a_number_has_its_unit_and_a_moment_its_zone(ada_in_browser: Any) -> None:
    page = ada_in_browser.get("/admin/products/new").text
    assert re.search(r'name="price"[^>]*inputmode="decimal"[^>]*> <span class="quiet">€</span>', page)
    meeting = ada_in_browser.get("/admin/agenda_meetings/new").text
    assert re.search(r'name="event.start_date"[^>]*> <span class="quiet">UTC</span>', meeting)

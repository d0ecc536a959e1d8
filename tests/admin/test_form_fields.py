"""What a form has together, what it asks for under a condition, and how single fields are written."""

import re
from dataclasses import replace
from html import unescape
from json import loads
from typing import Any

import pytest
from flask import Flask
from markupsafe import escape

from backend.admin.fields import specs
from backend.admin.forms import Form
from backend.admin.item_facts import Tag, tags
from backend.admin.markdown import rendered
from backend.admin.shown import in_full
from backend.core import Choices, Field, Resource
from backend.core.entry import Entry
from backend.core.registry import registry
from backend.core.rights import system
from tests.admin.reading import main, words
from tests.modules.agenda.models import Content
from tests.work import working_as

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
    assert re.search(r'name="price"[^>]*inputmode="decimal"[^>]*> <span class="quiet" id="f-price-unit">€</span>', page)
    meeting = ada_in_browser.get("/admin/agenda_meetings/new").text
    assert re.search(r'name="event.start_date"[^>]*> <span class="quiet">UTC</span>', meeting)


def test_markdown_reads_as_it_will_while_it_is_written(ada_in_browser: Any) -> None:
    meetings = "/admin/agenda_meetings/"
    answer = ada_in_browser.submit(f"{meetings}new", {"text": "**now**"}, f"{meetings}_markdown")
    assert answer.text == "<p><strong>now</strong></p>\n"
    values = {"name": "Fair", "event.start_date": "2026-03-01T09:00", "remark": "- one\n- *two*", "_do": "preview"}
    page = ada_in_browser.submit(f"{meetings}new", values).text
    assert "<li><em>two</em></li>" in page


def test_what_two_editors_chose_between_is_told_in_words(app: Flask) -> None:
    actor = replace(system("test", 1), time_zone="Europe/Brussels")
    with working_as(app, actor):
        entries = [registry.get(key) for key in ("agenda_meetings", "products")]
        meeting, product = (Form(entry, actor, None) for entry in entries if entry is not None)
        assert meeting.said("event.cancelled", "true") == "yes"
        assert meeting.said("event.start_date", "2026-07-01T09:00") == "1 Jul 2026, 09:00"
        assert meeting.said("event.start_date", "soon") == "soon"
        assert product.said("price", "12.50") == "12.50\N{NO-BREAK SPACE}€"
        assert product.said("price", "") == ""


def test_a_state_is_tagged_by_the_word_for_its_value() -> None:
    words = Choices(lambda: {"md": "Markdown"}, "There is no such format.")
    entry = Entry(Resource(model=Content, fields={"format": Field(choices=words)}))
    assert tags(entry, {"format": "md", "locale": "nl"}) == [Tag("nl", "info"), Tag("Markdown", "info")]
    assert specs(entry)["format"].choices("md") == (("md", "Markdown"),)


@pytest.mark.usefixtures("app")
def test_markdown_reads_so_on_the_page_of_the_item() -> None:
    entry = registry.get("agenda_meetings")
    assert entry is not None
    cell = in_full(entry, "remark", "UTC")("*now*")
    assert escape(cell) == "<p><em>now</em></p>\n"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
        "![x](https://example.org/x.png)", "[x](data:text/html,x)", '[x](https://a.example "&quot; onclick=&quot;x")',
    ],
)  # fmt: skip
def test_no_text_becomes_a_script_or_a_picture_from_elsewhere(text: str) -> None:
    html = str(rendered(text))
    assert "<script" not in html
    assert "<img" not in html
    assert not re.search(r'href="(javascript|data):', html)
    assert not re.search(r"<[^>]*\son\w+=[^>]*>", re.sub(r'"[^"]*"', '""', html))

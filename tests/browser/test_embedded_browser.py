"""Embedded objects and lists in a form: filled in, extended, corrected and removed, with and without scripts."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect


@pytest.fixture
def at_a_new_meeting(ada: Any, request: pytest.FixtureRequest) -> Any:
    """Ada before the form of a new meeting; there are two people."""
    for name in ("Ann", "Bob"):
        ada.goto("/admin/agenda_people/new")
        ada.fill("[name=name]", f"{name} {request.node.name}")
        ada.click("text=Save person")
    ada.goto("/admin/agenda_meetings/new")
    return ada


def test_a_meeting_is_written_whole_and_changed_entry_by_entry(
    at_a_new_meeting: Any, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    page, name = at_a_new_meeting, request.node.name
    page.fill("[name=name]", f"Fair {name}")
    page.fill("[name='event.start_date']", "2026-03-01T09:00:00")
    page.fill("[name='event.location']", "Ghent")
    page.select_option("[name='contents.0.locale']", "nl")
    page.fill("[name='contents.0.title']", "Lentebeurs")
    page.click("[name=_more][value=contents]")
    expect(page.locator("[name='contents.0.title']")).to_have_value("Lentebeurs")
    page.select_option("[name='contents.1.locale']", "en")
    page.fill("[name='contents.1.title']", "Spring fair")
    page.select_option("[name='speakers.0.person']", label=f"Ann {name}")
    page.fill("[name='speakers.0.fee']", "100")
    page.click("text=Save meeting")
    page.wait_for_selector("text=Meeting created")
    page.screenshot(path=tmp_path / "item.png", full_page=True)
    for said in ("Event: Location", "Ghent", "Lentebeurs", "Spring fair", f"Ann {name}", "100.00"):
        expect(page.locator("main")).to_contain_text(said)
    page.click("text=Edit")
    page.check("[name='_remove.contents.0']")
    page.fill("[name='contents.1.title']", "Lentebeurs!")
    page.click("main >> text=Preview")
    for said in ("Title: Lentebeurs!", "Spring fair"):
        expect(page.locator("aside.first")).to_contain_text(said)
    page.screenshot(path=tmp_path / "form.png", full_page=True)
    page.click("text=Save meeting")
    page.wait_for_selector("text=Meeting saved")
    expect(page.locator("section[aria-label=Contents]")).not_to_contain_text("Spring fair")
    page.click("text=Whole change >> nth=0")
    expect(page.locator("main")).to_contain_text("Contents")

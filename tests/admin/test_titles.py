"""Rows that are called by several of their parts: the same title on every page, as far as one may read it."""

import re
from dataclasses import replace
from typing import Any

import pytest

from backend.core.entry import Entry
from backend.core.registry import registry
from backend.core.rights import permission, role
from tests.admin.reading import links, main
from tests.admin.test_forms import filled
from tests.callers import Visitor
from tests.work import statements

MEMBERSHIPS, HEAD = "/admin/memberships/", "Bruno Lehmann · Joinery"


@pytest.fixture
def head(ada_in_browser: Visitor) -> str:
    """The address of Bruno Lehmann's membership of the joinery."""
    page = ada_in_browser.get(f"{MEMBERSHIPS}?filter[unit.code]=WORKS").text
    found = re.search(r'href="(/admin/memberships/\d+)', page)
    assert found
    return found[1]


def test_a_row_is_called_by_what_it_refers_to_on_every_page(ada_in_browser: Visitor, head: str) -> None:
    heading = f"<h1>{HEAD}</h1>"
    with statements() as sent:
        assert heading in ada_in_browser.get(head).text
    assert len(sent) <= 12
    with statements() as sent:
        assert f'aria-label="Choose {HEAD}"' in ada_in_browser.get(MEMBERSHIPS).text
    assert len(sent) <= 12
    assert f"Edit {HEAD}" in main(ada_in_browser.get(f"{head}/edit").text)
    assert f"Delete {HEAD}" in main(ada_in_browser.get(f"{head}/delete").text)
    id_ = head.rpartition("/")[2]
    assert HEAD in main(ada_in_browser.get(f"/admin/_find?q=%23{id_}").text)
    form = filled(ada_in_browser.get(f"{head}/edit").text)
    assert ada_in_browser.submit(f"{head}/edit", {**form, "title": "Deputy"}).status_code == 303
    newest = re.search(r"/admin/change_sets/\d+", ada_in_browser.get("/admin/change_sets/").text)
    assert newest
    assert HEAD in main(ada_in_browser.get(newest[0]).text)


def test_a_deleted_row_is_still_called_so(ada_in_browser: Visitor, head: str) -> None:
    plan = main(ada_in_browser.get(f"{MEMBERSHIPS}many/delete?ids={head.rpartition('/')[2]}").text)
    assert f"Delete {HEAD}" in plan
    assert ada_in_browser.submit(f"{head}/delete", {}).status_code == 303
    trash = ada_in_browser.get(f"{MEMBERSHIPS}trash").text
    assert HEAD in main(trash)
    restored = main(ada_in_browser.get(links(trash)["Restore…"]).text)
    assert HEAD in restored
    # What names it is told once.
    assert restored.count("Joinery") == 1


def test_what_one_may_not_read_is_no_part_of_a_title(
    ada_in_browser: Visitor, eli_in_browser: Visitor, head: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = registry.get("staff")
    assert known is not None
    rights = {"read": permission("staff:read") & role("account-admin")}
    entry = Entry(replace(known.resource, rights={**known.resource.rights, **rights}))
    by_model: Any = registry._by_model  # noqa: SLF001 - it is closed
    monkeypatch.setitem(registry._entries, "staff", entry)  # noqa: SLF001 - as above
    monkeypatch.setitem(by_model, known.model, entry)
    assert f"<h1>{HEAD}</h1>" in ada_in_browser.get(head).text
    page = eli_in_browser.get(head).text
    assert "<h1>Joinery</h1>" in page
    assert "Bruno" not in page

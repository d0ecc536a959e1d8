"""What pages cost the server, beside what the API takes for the same rows."""

from collections.abc import Callable
from time import process_time
from typing import Any

import pytest
from flask import Flask

from backend.core.entry import Entry
from backend.core.rights import system
from tests.admin.reading import rows
from tests.callers import Caller, Visitor
from tests.contracts.samples import entries, make
from tests.work import working_as

SHOWN, ROUNDS = 50, 12
OF_MANY_KINDS = {"products", "users", "library_books", "gallery_shows"}


@pytest.mark.parametrize("columns", ["usual", "all"])
@pytest.mark.parametrize("entry", [each for each in entries() if each.key in OF_MANY_KINDS], ids=lambda each: each.key)
def test_a_page_of_fifty_rows_costs_at_most_thrice_what_the_api_takes(
    app: Flask, entry: Entry, columns: str, ada: Caller, ada_in_browser: Visitor
) -> None:
    with working_as(app, system("sample", 1)):
        for _row in range(SHOWN + 1):
            make(entry)
    asked = every_column(entry) if columns == "all" else ""

    def page() -> Any:
        return ada_in_browser.get(f"/admin/{entry.key}/?{asked}")

    def data() -> Any:
        return ada.get(f"/{entry.key}?page[limit]={SHOWN}&{asked}{asked and included(entry)}")

    assert len(rows(page().text)) == len(data().get_json()["data"]) == SHOWN
    # In turns, so that what else runs here meets both alike.
    costs = [(cost(page), cost(data)) for _round in range(ROUNDS)]
    assert min(of_page for of_page, _ in costs) <= 3 * min(of_data for _, of_data in costs)


def every_column(entry: Entry) -> str:
    return f"fields[{entry.key}]={','.join([*entry.fields, *references(entry)])}"


def included(entry: Entry) -> str:
    """The page shows what references are called, so the API tells it as well."""
    return f"&include={','.join(references(entry))}" if references(entry) else ""


def references(entry: Entry) -> list[str]:
    return [name for name, reference in entry.references.items() if not reference.is_many]


def cost(work: Callable[[], Any]) -> float:
    """In seconds of the processor."""
    begun = process_time()
    work()
    return process_time() - begun

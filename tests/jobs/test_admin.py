"""Actions, jobs and selections in the admin: chosen, planned, done or begun, followed, left, cancelled, taken back."""

from typing import Any
from urllib.parse import unquote

import pytest

from tests.admin.reading import links, main
from tests.callers import Visitor
from tests.jobs.conftest import Workshop

MANY = "/admin/parts/actions"


@pytest.fixture
def eli(workshop: Workshop) -> Visitor:
    """A person at a browser, and thirty parts."""
    workshop.stock(30)
    return workshop.visitor("eli")


def test_ticked_rows_lead_to_the_page_of_the_action_and_are_done_together(workshop: Workshop, eli: Visitor) -> None:
    chosen = eli.get(f"{MANY}?_action=tick&ids=1&ids=3")
    assert chosen.status_code == 303
    assert "2 parts" in main(eli.get(chosen.location).text)
    planned = eli.submit(chosen.location, {"_do": "preview"})
    assert (planned.status_code, "2 to change" in main(planned.text), sum(workshop.counts())) == (200, True, 0)
    assert eli.submit(chosen.location, {"_do": "run"}).status_code == 303
    assert workshop.counts()[:4] == [1, 0, 1, 0]


def test_all_is_what_the_list_or_the_selection_shows(workshop: Workshop, eli: Visitor) -> None:
    by_filter = eli.get(f"{MANY}?_action=tick&_all=1&filter[code][lt]=p0002&page[limit]=10&sort=-code")
    # The order goes along: it is where one comes back to.
    assert unquote(by_filter.location) == f"{MANY}/tick?filter[code][lt]=p0002&page[limit]=10&sort=-code&_all=1"
    assert "all 2 parts that the list shows" in main(eli.get(by_filter.location).text).lower()
    eli.submit(by_filter.location, {"_do": "run"})
    assert workshop.counts()[:3] == [1, 1, 0]
    eli.submit(f"{MANY}/tick?_selection=uncounted&_all=1", {"_do": "run"})
    assert workshop.counts() == [1] * 30


def test_nothing_ticked_is_said_and_what_is_not_there_is_not_found(eli: Visitor) -> None:
    assert eli.get(f"{MANY}?_action=tick").location == "/admin/parts/"
    assert eli.get(f"{MANY}?_action=vanish&ids=1").status_code == 404
    assert eli.get(f"{MANY}/tick?ids=1&ids=99").status_code == 200
    assert eli.submit(f"{MANY}/tick?ids=1", {"_do": "run"}, at=f"{MANY}/tick?ids=99").status_code == 404


def test_a_hidden_action_is_not_offered_and_does_nothing_when_called_anyway(workshop: Workshop, eli: Visitor) -> None:
    assert "Open" not in links(eli.get("/admin/parts/1").text)
    assert eli.get("/admin/parts/1/actions/open").status_code == 404
    sent = eli.submit("/admin/parts/1/actions/tick", {"_do": "run"}, at="/admin/parts/1/actions/open")
    assert (sent.status_code, workshop.eli.get("/parts/1").headers["ETag"]) == (404, '"1"')
    assert workshop.eli.patch("/parts/1", {"is_sealed": True}).status_code == 200
    assert "Open" in links(eli.get("/admin/parts/1").text)


def test_a_refused_action_is_a_403_and_does_nothing(workshop: Workshop) -> None:
    vera = workshop.visitor("vera")
    before = workshop.eli.get("/products/1").headers["ETag"]
    assert "Move stock" not in links(vera.get("/admin/products/1").text)
    address = "/admin/products/1/actions/update_quantity"
    assert vera.get(address).status_code == 403
    assert vera.submit("/admin/parts/new", {"amount": "1", "_do": "run"}, at=address).status_code == 403
    assert workshop.eli.get("/products/1").headers["ETag"] == before


def begun(eli: Visitor, **values: Any) -> str:
    answer = eli.submit(f"{MANY}/recount?_all=1", {"_do": "run", **values})
    assert answer.status_code == 303, main(answer.text)
    return str(answer.location)


def test_long_work_is_begun_followed_and_taken_back(workshop: Workshop, eli: Visitor) -> None:
    address = begun(eli, by="2", _message="Yearly")
    waits = eli.get(address)
    assert ("Waiting" in main(waits.text), waits.headers["Refresh"]) == (True, "2")
    assert "Cancel the rest" in main(waits.text)
    assert workshop.work() == 1
    over = eli.get(address)
    assert "30 of 30 done" in main(over.text)
    assert "Refresh" not in over.headers
    assert "Cancel the rest" not in main(over.text)
    assert workshop.counts() == [2] * 30
    undo = links(over.text)["Undo…"]
    eli.submit(undo, {"_do": "run"})
    assert workshop.counts() == [0] * 30


def test_a_job_that_waits_is_cancelled_by_its_button_and_one_that_is_over_is_left(
    workshop: Workshop, eli: Visitor
) -> None:
    address = begun(eli)
    assert eli.submit(address, {}, at=f"{address}/cancel").status_code == 303
    assert "Cancelled" in main(eli.get(address).text)
    assert "Nothing was changed." in main(eli.get(address).text)
    assert workshop.work() == 0
    again = eli.submit("/admin/parts/new", {}, at=f"{address}/cancel")
    assert (again.status_code, "over already" in main(eli.get(again.location).text)) == (303, True)


def test_a_failed_job_says_why(workshop: Workshop, eli: Visitor) -> None:
    address = begun(eli, fail_at="p0000")
    workshop.work()
    assert "It did not succeed. Part p0000 cannot be counted." in main(eli.get(address).text)


def test_the_list_of_jobs_is_ones_own(workshop: Workshop, eli: Visitor) -> None:
    assert "There are no jobs." in main(eli.get("/admin/jobs/").text)
    address = begun(eli)
    assert links(eli.get("/admin/jobs/").text)["Count again: all parts"] == address
    vera = workshop.visitor("vera")
    assert "There are no jobs." in main(vera.get("/admin/jobs/").text)
    assert vera.get(address).status_code == 404
    assert vera.submit("/admin/parts/new", {}, at=f"{address}/cancel").status_code == 404


def test_what_the_form_lacks_is_said_and_begins_nothing(workshop: Workshop, eli: Visitor) -> None:
    answer = eli.submit(f"{MANY}/recount?_all=1", {"_do": "run", "by": "many"})
    assert (answer.status_code, "This must be a whole number." in main(answer.text)) == (422, True)
    assert workshop.eli.get("/jobs").get_json()["data"] == []


def test_selections_are_offered_as_lists_to_who_may_read_them(workshop: Workshop, eli: Visitor) -> None:
    workshop.eli.post("/parts/_actions/tick/1", {})
    found = links(eli.get("/admin/parts/").text)
    assert "Secret" not in found
    page = eli.get(found["Not counted yet"]).text
    assert "29 parts" in main(page)
    assert "p0000" not in links(page)
    assert eli.get("/admin/parts/?_selection=secret").status_code == 400
    assert eli.get("/admin/parts/?_selection=nothing").status_code == 400


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_many_are_changed_or_deleted_as_a_job(
    workshop: Workshop, eli: Visitor, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    for module in ("backend.admin.bulk", "backend.core.jobs.acting"):
        monkeypatch.setattr(f"{module}.PLANNED", 5)
    where = f"/admin/parts/many/{verb}?filter[code][ge]=p0010&_all=1"
    told = {"_set": "counted", "_how.counted": "add", "counted": "7"}
    page = eli.submit(where, {**told, "_do": "preview"}).text
    assert "These are the first 5 of 20." in main(page)
    begun = eli.submit(where, {**told, "_do": "run"})
    assert begun.location.startswith("/admin/jobs/")
    assert workshop.counts() == [0] * 30
    workshop.work()
    assert workshop.counts() == [0] * 10 + ([7] * 20 if verb == "update" else [])
    assert "20" in main(eli.get(begun.location).text)

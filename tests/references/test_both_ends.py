"""Setting one end of a reference sets the other: at once, with the rights of each row, told in the history of both."""

from tests.callers import Caller
from tests.references.making import codes, linked, make, undo, version


def test_a_list_set_on_one_side_is_the_reference_of_the_other(eli: Caller) -> None:
    first, second = make(eli, "authors", name="Anna"), make(eli, "authors", name="Berta")
    book = make(eli, "books", title="One", author=first)
    before = version(eli, "books", book)
    answer = eli.patch(f"/library_authors/{second}", {"books": [book]})
    assert [each["id"] for each in answer.get_json()["data"]["relationships"]["books"]["data"]] == [book]
    assert linked(eli, "books", book, "author") == second
    assert linked(eli, "authors", first, "books") == []
    assert version(eli, "books", book) == before + 1
    assert version(eli, "authors", second) == 2
    assert undo(eli, answer).status_code == 200
    assert linked(eli, "books", book, "author") == first


def test_a_new_row_takes_its_list_along(eli: Caller) -> None:
    pupils = [make(eli, "authors", name=name) for name in ("Anna", "Berta")]
    answer = eli.post("/library_authors", {"name": "Teacher", "pupils": pupils})
    assert answer.status_code == 201
    assert [each["id"] for each in answer.get_json()["data"]["relationships"]["pupils"]["data"]] == pupils
    assert linked(eli, "authors", pupils[0], "teacher") == answer.get_json()["data"]["id"]


def test_the_history_of_both_ends_tells_it(eli: Caller) -> None:
    teacher, pupil = make(eli, "authors", name="Anna"), make(eli, "authors", name="Berta")
    eli.patch(f"/library_authors/{teacher}", {"pupils": [pupil]})
    told = {
        id_: eli.get(f"/library_authors/{id_}/_history").get_json()["data"][0]["attributes"]["fields"]
        for id_ in (teacher, pupil)
    }
    assert told[teacher] == [{"name": "pupils", "before": [], "after": [int(pupil)]}]
    assert told[pupil] == [{"name": "teacher_id", "before": None, "after": int(teacher)}]


def test_what_needs_its_reference_is_not_taken_out(eli: Caller) -> None:
    author = make(eli, "authors", name="Anna")
    book = make(eli, "books", title="One", author=author)
    answer = eli.patch(f"/library_authors/{author}", {"books": []})
    assert answer.status_code == 422
    assert codes(answer) == ["required_reference"]
    assert linked(eli, "books", book, "author") == author


def test_one_to_one_is_read_and_set_from_both_sides(eli: Caller) -> None:
    author = make(eli, "authors", name="Anna")
    first, second = (make(eli, "books", title=title, author=author) for title in ("One", "Two"))
    cover = make(eli, "covers", painter="Pia", book=first)
    assert linked(eli, "books", first, "cover") == cover
    assert linked(eli, "books", second, "cover") is None
    assert eli.get(f"/library_books/{first}/cover").get_json()["data"]["id"] == cover
    other = make(eli, "covers", painter="Paul")
    answer = eli.patch(f"/library_books/{first}", {"cover": other})
    assert answer.get_json()["data"]["relationships"]["cover"]["data"]["id"] == other
    assert linked(eli, "covers", cover, "book") is None
    assert linked(eli, "covers", other, "book") == first
    listed = {row["id"]: row["relationships"]["cover"]["data"] for row in eli.get("/library_books").get_json()["data"]}
    assert listed[second] is None
    assert listed[first]["id"] == other


def test_each_far_row_asks_its_own_rights(ada: Caller, eli: Caller) -> None:
    author = make(ada, "authors", name="Anna")
    book = make(ada, "books", title="One", author=author)
    copy = make(ada, "copies", code="1", book=book)
    make(ada, "loans", reader="Rita", copy=copy, clerk=author)
    # The list of loans is read-only by declaration, for everybody.
    assert eli.patch(f"/library_copies/{copy}", {"loans": []}).status_code == 422


def test_a_required_list_holds_one_at_least(ada: Caller) -> None:
    tag = make(ada, "tags", name="old")
    assert ada.post("/library_series", {"name": "S"}).status_code == 422
    assert ada.post("/library_series", {"name": "S", "tags": []}).status_code == 422
    series = make(ada, "series", name="S", tags=[tag])
    assert ada.patch(f"/library_series/{series}", {"tags": []}).status_code == 422

"""Chains, circles and many rows on every database: the constraints there are the same as ours and never fire."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import ForeignKeyConstraint, func, inspect, select

from backend.core.changes import RowChange
from backend.core.model import Model
from backend.core.quiet import MANY
from backend.core.resource import MUST_BE_EMPTY
from backend.core.rights import system
from backend.extensions import db
from tests.callers import Caller
from tests.modules.library.models import Author, Book, Copy
from tests.references.making import codes, linked, make, undo
from tests.work import working_as

DEMO = system("test", account_id=1)
MODELS = [each.class_ for each in Model.registry.mappers if each.class_.__tablename__.startswith("library_")]


def test_a_chain_goes_and_comes_back(librarian: Caller) -> None:
    author, pupil = make(librarian, "authors", name="Anna"), make(librarian, "authors", name="Berta")
    librarian.patch(f"/library_authors/{author}", {"pupils": [pupil], "teacher": pupil})
    tag = make(librarian, "tags", name="a")
    book = make(librarian, "books", title="One", author=author, tags=[tag])
    copy = make(librarian, "copies", code="1", book=book, rack=make(librarian, "racks", name="R"))
    cover = make(librarian, "covers", painter="Pia", book=book)
    answer = librarian.delete(f"/library_authors/{author}")
    assert answer.status_code == 200, answer.json
    assert librarian.get(f"/library_copies/{copy}").status_code == 404
    assert linked(librarian, "covers", cover, "book") is None
    assert linked(librarian, "authors", pupil, "teacher") is None
    assert undo(librarian, answer).status_code == 200
    assert linked(librarian, "books", book, "tags") == [tag]
    assert linked(librarian, "books", book, "cover") == cover
    assert linked(librarian, "authors", author, "pupils") == [pupil]
    assert linked(librarian, "authors", author, "teacher") == pupil


def test_a_circle_goes_as_a_whole(librarian: Caller) -> None:
    root = make(librarian, "racks", name="root")
    child = make(librarian, "racks", name="child", parent=root)
    librarian.patch(f"/library_racks/{root}", {"parent": child})
    foreseen = librarian.delete(f"/library_racks/{root}", headers={"Prefer": "dry-run"})
    assert [(each["effect"], each["count"]) for each in foreseen.get_json()["meta"]["effects"]] == [("deletes", 1)]
    answer = librarian.delete(f"/library_racks/{root}")
    assert answer.status_code == 200
    assert librarian.get(f"/library_racks/{child}").status_code == 404
    assert undo(librarian, answer).status_code == 200
    assert linked(librarian, "racks", root, "parent") == child


def test_what_must_be_empty_blocks(librarian: Caller) -> None:
    publisher = make(librarian, "publishers", name="Press")
    author = make(librarian, "authors", name="Anna")
    make(librarian, "books", title="One", author=author, publisher=publisher)
    assert codes(librarian.delete(f"/library_publishers/{publisher}")) == ["referenced"]


def test_many_rows_go_as_few_do(live_app: Flask, librarian: Caller) -> None:
    author = make(librarian, "authors", name="Many")
    teacher = make(librarian, "authors", name="Teacher")
    tag = make(librarian, "tags", name="on all")
    number = MANY + 5
    with working_as(live_app, DEMO):
        books = [Book(title=f"Book {place}", author_id=int(author)) for place in range(number)]
        db.session.add_all(books)
        db.session.add_all(Author(name=f"Pupil {place}", teacher_id=int(teacher)) for place in range(number))
        db.session.flush()
        db.session.add_all(Copy(code=str(book.id), book_id=book.id) for book in books)
        first = str(books[0].id)
    librarian.patch(f"/library_books/{first}", {"tags": [tag]})
    answer = librarian.delete(f"/library_authors/{author}")
    assert answer.status_code == 200, answer.json
    assert recorded(live_app, answer.get_json()["meta"]["change_set"]) == {
        ("library_authors", "delete"): 1,
        ("library_books", "delete"): number,
        ("library_books_tags", "delete"): 1,
        ("library_copies", "delete"): number,
    }
    assert librarian.get("/library_books", query_string={"filter[author.id]": author}).get_json()["data"] == []
    assert undo(librarian, answer).status_code == 200
    assert linked(librarian, "books", first, "tags") == [tag]
    assert len(linked(librarian, "books", first, "copies")) == 1
    answer = librarian.delete(f"/library_authors/{teacher}")
    assert recorded(live_app, answer.get_json()["meta"]["change_set"]) == {
        ("library_authors", "delete"): 1,
        ("library_authors", "update"): number,
    }
    assert undo(librarian, answer).status_code == 200
    pupils = librarian.get(f"/library_authors/{teacher}").get_json()["data"]["relationships"]["pupils"]
    assert pupils["meta"]["count"] == number
    assert "data" not in pupils


def test_many_books_lose_a_tag(live_app: Flask, librarian: Caller) -> None:
    tag, author, number = make(librarian, "tags", name="a"), make(librarian, "authors", name="A"), MANY + 1
    ids = [make(librarian, "books", title=str(place), author=author) for place in range(2)]
    with working_as(live_app, DEMO):
        books = [Book(title=f"Book {place}", author_id=int(author)) for place in range(number)]
        db.session.add_all(books)
        db.session.flush()
        more = [str(book.id) for book in books]
    for id_ in (*ids, *more):
        assert librarian.patch(f"/library_books/{id_}", {"tags": [tag]}).status_code == 200
    answer = librarian.delete(f"/library_tags/{tag}")
    assert answer.status_code == 200, answer.json
    told = recorded(live_app, answer.get_json()["meta"]["change_set"])
    assert told[("library_books", "update")] == number + 2
    assert linked(librarian, "books", more[0], "tags") == []
    assert undo(librarian, answer).status_code == 200
    assert linked(librarian, "books", more[0], "tags") == [tag]


def recorded(live_app: Flask, change_set: str) -> dict[tuple[str, str], int]:
    """How many rows of which table the change set tells of, by what became of them."""
    with working_as(live_app, DEMO):
        statement = select(RowChange.resource, RowChange.verb, func.count()).where(
            RowChange.change_set_id == int(change_set)
        )
        rows = db.session.execute(
            statement.group_by(RowChange.resource, RowChange.verb), execution_options={"as_system": True}
        )
        return {(table, verb): number for table, verb, number in rows}


def test_two_who_take_the_last_two_at_once_leave_one(live_app: Flask, librarian: Caller) -> None:
    for _again in range(4):
        members = [make(librarian, "members", name=name) for name in ("Rita", "Rosa")]
        club = make(librarian, "clubs", name="Readers", members=members)
        callers = [Caller(live_app, librarian.headers["Authorization"].removeprefix("Bearer ")) for _ in members]
        with ThreadPoolExecutor(2) as pool:
            deeds = [
                pool.submit(callers[0].delete, f"/library_members/{members[0]}"),
                pool.submit(callers[1].patch, f"/library_members/{members[1]}", {"club": None}),
            ]
        answers = sorted(deed.result().status_code for deed in deeds)
        assert answers[0] == 200
        assert answers[1] in (409, 422, 503), answers
        assert len(linked(librarian, "clubs", club, "members")) == 1


def test_the_constraints_of_the_database_say_what_the_declarations_say(live_app: Flask) -> None:
    """The same strategies, so that whoever writes past us is held to them too."""
    with live_app.app_context():
        inspector = inspect(db.engine)
        for table in (model.__table__ for model in MODELS):
            said = {
                (*key["constrained_columns"], *key["referred_columns"], key["referred_table"]): key["options"]
                for key in inspector.get_foreign_keys(table.name)
            }
            for key in (each for each in table.constraints if isinstance(each, ForeignKeyConstraint)):
                [part] = key.elements
                held = said[(part.parent.name, part.column.name, part.column.table.name)].get("ondelete")
                # A database says nothing where it says RESTRICT, or NO ACTION, which refuses as well.
                wanted = part.ondelete if part.ondelete != MUST_BE_EMPTY else None
                assert (held if held not in (MUST_BE_EMPTY, "NO ACTION") else None) == wanted, (table.name, said)

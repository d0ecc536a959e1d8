"""Lists of links in files: named by the keys of what they hold, compared as sets, written in bulk."""

import json

import pytest
from flask import Flask

from backend.core import writes
from backend.core.limits import REQUIRED
from backend.core.registry import registry
from backend.core.rights import Actor, system
from backend.core.transfer import FORMATS, Result
from backend.core.types import utc_now
from backend.extensions import db
from tests.callers import Caller
from tests.modules.library.models import Book, BookTag, Series, Tag
from tests.transfer.files import errors, export, reasons, rows_of, send
from tests.transfer.working import CLERK, out, run
from tests.work import statements, working_as

EDITOR = Actor(
    "eli", user_id=3, account_id=1,
    permissions=frozenset(f"library_{each}:{verb}" for each in ("books", "tags", "authors", "series")
                          for verb in ("read", "create", "update")),
)  # fmt: skip
STRANGER = system("test", account_id=2)


def tags(app: Flask, *names: str, actor: Actor = CLERK, secret: bool = False) -> list[int]:
    """New tags of these names."""
    entry = registry.get("library_tags")
    assert entry is not None
    with working_as(app, actor):
        return [writes.create(entry, actor, {"name": name, "is_secret": secret}).id for name in names]


def books(app: Flask, text: str, actor: Actor = CLERK) -> Result:
    if not out(app, "library_authors", actor).count(b"Ann"):
        run(app, "library_authors", "name\nAnn\n", actor)
    return run(app, "library_books", f"author,title,tags\n{text}", actor)


def held(app: Flask, title: str = "Birds") -> list[int]:
    with working_as(app, CLERK):
        found = db.session.query(BookTag.tag_id).join(Book).filter(Book.title == title).order_by(BookTag.tag_id)
        return [id_ for (id_,) in found]


def test_roles_of_users_stand_in_every_format_and_come_back(ada: Caller) -> None:
    rows = {row["email"]: row for row in rows_of(export(ada, "users"))}
    assert json.loads(rows["eli@demo.example"]["roles"]) != []
    assert isinstance(json.loads(export(ada, "users", format_="json"))[0]["roles"], list)
    for format_ in FORMATS:
        data = export(ada, "users", format_=format_)
        answer = send(ada, data, to="users", name=f"users.{format_}")
        meta = answer.get_json()["meta"]
        assert (meta["changed"], meta["created"], meta["errors"]) == (0, 0, [])
        assert export(ada, "users", format_=format_) == data


def test_a_list_is_a_set_in_any_order_and_an_empty_cell_leaves_it(app: Flask) -> None:
    one, two, three = tags(app, "a", "b", "c")
    assert books(app, f'Ann,Birds,"[{two},{one}]"\n').created == 1
    assert held(app) == [one, two]
    for said in (f'"[{one},{two}]"', f'"{two}, {one}"', f'"[{one},{two},{one}]"', "", " "):
        assert books(app, f"Ann,Birds,{said}\n").unchanged == 1, said
    assert books(app, f'Ann,Birds,"[{three},{two}]"\n').changed == 1
    assert held(app) == [two, three]
    assert run(app, "library_books", "author,title\nAnn,Birds\n").unchanged == 1
    assert books(app, "Ann,Birds,[]\n").changed == 1
    assert held(app) == []


def test_rows_of_other_accounts_and_unseen_ones_are_as_absent(app: Flask) -> None:
    (theirs,), (secret,) = tags(app, "x", actor=STRANGER), tags(app, "s", secret=True)
    for id_ in (theirs, secret, 999_999):
        found = books(app, f"Ann,Birds,[{id_}]\n", EDITOR)
        assert [(each.row, each.column) for each in found.errors] == [(2, "tags")]
        assert found.errors[0].reason == f"No library tag has the id {id_}."


def test_what_one_may_not_see_stays_in_the_list(app: Flask) -> None:
    (secret,), (one, two) = tags(app, "s", secret=True), tags(app, "a", "b")
    books(app, f'Ann,Birds,"[{secret},{one}]"\n')
    data = out(app, "library_books", EDITOR)
    assert str(secret).encode() not in data
    assert run(app, "library_books", data, EDITOR).unchanged == 1
    assert books(app, f"Ann,Birds,[{two}]\n", EDITOR).changed == 1
    assert held(app) == [secret, two]
    assert books(app, "Ann,Birds,[]\n", EDITOR).changed == 1
    assert held(app) == [secret]


def test_a_list_that_needs_one_is_made_by_file_and_never_emptied(app: Flask) -> None:
    (one,) = tags(app, "a")
    books(app, "Ann,Birds,\nAnn,Fish,\n")
    made = run(app, "library_series", f'id,name,tags,books\n,Nature,[{one}],"[[""Ann"",""Birds""]]"\n')
    assert (made.created, made.errors) == (1, [])
    found = run(app, "library_series", "id,name,tags\n,Bare,\n,Bare,[]\n")
    assert [(each.row, each.column, each.reason) for each in found.errors] == [
        (2, "tags", REQUIRED), (3, "tags", REQUIRED),
    ]  # fmt: skip
    lacking = run(app, "library_series", "id,name\n,Bare\n")
    assert lacking.errors[0].code == "missing_column"
    with working_as(app, CLERK):
        id_ = db.session.query(Series.id).scalar()
    emptied = run(app, "library_series", f"id,name,tags\n{id_},Nature,[]\n")
    assert emptied.errors[0].reason == REQUIRED


@pytest.mark.parametrize("format_", FORMATS)
def test_what_several_fields_tell_apart_is_a_list_each(app: Flask, format_: str) -> None:
    (one,) = tags(app, "a")
    books(app, 'Ann,"Birds, ""and"" [more]",\nAnn,=Fish,\n')
    text = [{"name": "Nature", "tags": [one], "books": [["Ann", "=Fish"], ["Ann", 'Birds, "and" [more]']]}]
    assert run(app, "library_series", json.dumps([{"id": None, **text[0]}]), format_="json").created == 1
    (row,) = json.loads(out(app, "library_series", format_="json"))
    assert row["books"] == [["Ann", "=Fish"], ["Ann", 'Birds, "and" [more]']]
    data = out(app, "library_series", format_=format_)
    again = run(app, "library_series", data, format_=format_)
    assert (again.unchanged, again.errors) == (1, [])


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ('"[""a"",""b""]"', "This must be a whole number."),
        ('"[[1]]"', "This must be a whole number."),
        ('"[null]"', "Each row in this list is named by one value."),
        ('"[1"', "This must be JSON."),
        ('"{""id"": 1}"', 'This must be a list: ["one", "other"], or one, other.'),
        ('"1,,2"', "Each row in this list is named by one value."),
    ],
)
def test_what_is_no_list_of_keys_is_told(app: Flask, cell: str, said: str) -> None:
    found = books(app, f"Ann,Birds,{cell}\n")
    assert [(each.row, each.column, each.reason) for each in found.errors] == [(2, "tags", said)]


def test_names_with_commas_are_quoted_in_what_people_write(ada: Caller) -> None:
    for name in ("one, two", "[three]"):
        ada.post("/groups", {"name": name})
    answer = send(ada, 'email,groups\neli@demo.example,"""one, two"", ""[three]"""\n', to="users")
    assert answer.status_code == 200, answer.text
    (row,) = [row for row in rows_of(export(ada, "users")) if row["email"] == "eli@demo.example"]
    assert {"one, two", "[three]"} <= set(json.loads(row["groups"]))


def test_a_key_that_several_have_is_refused_unless_nothing_changes(app: Flask) -> None:
    (one,) = tags(app, "a")
    books(app, "Ann,Birds,\n")
    run(app, "library_series", f'id,name,tags,books\n,Nature,[{one}],"[[""Ann"",""Birds""]]"\n')
    data = out(app, "library_series")
    entry = registry.get("library_books")
    assert entry is not None
    with working_as(app, CLERK):
        first = db.session.query(Book).one()
        writes.create(entry, CLERK, {"title": "Birds", "author": first.author_id})
    assert run(app, "library_series", data).unchanged == 1
    found = run(app, "library_series", f'id,name,tags,books\n,New,[{one}],"[[""Ann"",""Birds""]]"\n')
    assert found.errors[0].reason == "More than one library book has the name 'Ann' and the title 'Birds'."


def test_nobody_grants_by_file_what_they_do_not_hold(ada: Caller) -> None:
    told = rows_of(export(ada, "users"))
    own = next(row for row in told if row["email"] == "eli@demo.example")
    answer = send(ada, f'email,permissions\n{own["email"]},"[""accounts:delete""]"\n', to="users")
    assert answer.status_code == 422
    assert errors(answer) == [(2, "permissions")]
    assert "accounts:delete" in reasons(answer)[0]


def test_lists_cost_no_query_a_row(app: Flask) -> None:
    (secret,), ids = tags(app, "s", secret=True), tags(app, *(f"t{number}" for number in range(20)))
    sent = {}
    for number in (50, 400):
        made = [f'Ann,{number}-{each},"[{ids[each % 20]},{secret}]"' for each in range(number)]
        moved = [f'Ann,{number}-{each},"[{ids[each % 20]},{ids[(each + 7) % 20]}]"' for each in range(number)]
        books(app, "")
        for name, rows, actor in (("new", made, CLERK), ("changed", moved, EDITOR), ("same", moved, EDITOR)):
            with statements() as asked:
                result = run(app, "library_books", "\n".join(("author,title,tags", *rows)), actor)
            assert (result.errors, getattr(result, {"new": "created", "same": "unchanged"}.get(name, name))) == (
                [],
                number,
            )
            sent[name, number] = len(asked)
        assert held(app, f"{number}-0") == [secret, ids[0], ids[7]]
        with statements() as asked:
            out(app, "library_books", EDITOR)
        sent["out", number] = len(asked)
    for name in ("new", "changed", "same", "out"):
        assert sent[name, 400] <= sent[name, 50] + 2, sent


def test_an_import_of_lists_is_undone_as_a_whole(ada: Caller) -> None:
    told = "?fields[users]=email,roles,groups"
    before = export(ada, "users", told)
    answer = send(ada, "email,roles\neli@demo.example,[]\n", to="users")
    meta = answer.get_json()["meta"]
    assert (answer.status_code, meta["changed"]) == (200, 1)
    assert b"eli@demo.example,[],[]" in export(ada, "users", told)
    undone = ada.post(f"/change_sets/{meta['change_set']}/_undo")
    assert undone.status_code == 200, undone.text
    assert export(ada, "users", told) == before


def test_tags_that_went_are_not_there(app: Flask) -> None:
    (one,) = tags(app, "a")
    books(app, f"Ann,Birds,[{one}]\n")
    with working_as(app, CLERK):
        entry = registry.get("library_tags")
        assert entry is not None
        writes.delete(entry, CLERK, [db.session.get(Tag, one)])
    assert b"[]" in out(app, "library_books")


def test_of_an_earlier_moment_no_list_is_told(ada: Caller) -> None:
    then = utc_now().isoformat().replace("+00:00", "Z")
    data = export(ada, "users", f"?as_of={then}")
    assert not {"roles", "groups", "permissions"} & rows_of(data)[0].keys()
    assert ada.get(f"/_export/users.csv?as_of={then}&fields[users]=email,roles").status_code == 400


def test_rows_that_wait_for_others_keep_what_their_other_references_were_told(app: Flask) -> None:
    (one,) = tags(app, "a")
    text = f"name,teacher,emblem\nPupil,Master,{one}\nMaster,,{one}\n"
    assert run(app, "library_authors", text).created == 2
    assert run(app, "library_authors", text).unchanged == 2

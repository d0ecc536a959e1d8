"""References in files: named by the target's own key, those to rows of the same file too."""

from flask import Flask

from backend.core import writes
from backend.core.registry import registry
from backend.core.rights import Actor, system
from backend.core.transfer import Result
from tests.callers import Caller
from tests.transfer.files import export
from tests.transfer.working import CLERK, out, run
from tests.work import statements, working_as

TREE = "code,name,parent\nA1,Left,A\nA,Top,\nA11,Leaf,A1\n"
STRANGER = system("test", account_id=2)


def units(app: Flask, text: str, actor: Actor = CLERK) -> Result:
    return run(app, "units", text, actor)


def wheres(result: Result) -> list[tuple[int | None, str | None]]:
    return [(fault.row, fault.column) for fault in result.errors]


def test_parents_may_come_later_in_the_file(app: Flask, vera: Caller) -> None:
    result = units(app, TREE)
    assert (result.created, result.errors) == (3, [])
    out = export(vera, "units", "?filter[code][startswith]=A&fields[units]=code,name,parent")
    assert out == b"code,name,parent\r\nA,Top,\r\nA1,Left,A\r\nA11,Leaf,A1\r\n"


def test_the_same_file_again_changes_nothing(app: Flask) -> None:
    units(app, TREE)
    again = units(app, TREE)
    assert (again.unchanged, again.changed) == (3, 0)


def test_a_row_moves_to_another_parent(app: Flask, vera: Caller) -> None:
    units(app, TREE)
    assert units(app, "code,parent\nA11,A\n").changed == 1
    assert b"A11,Leaf,A\r\n" in export(vera, "units", "?filter[code]=A11&fields[units]=code,name,parent")


def test_circles_and_rows_that_are_not_there_are_named(app: Flask) -> None:
    found = units(app, "code,name,parent\nB,Ring,C\nC,Ring,B\nD,Lost,Z\n")
    assert wheres(found) == [(2, "parent"), (3, "parent"), (4, "parent")]
    assert "refers back to itself: B → C → B." in found.errors[0].reason
    assert found.errors[2].reason == "No unit has the code 'Z'."


def test_rows_of_another_account_are_as_absent(app: Flask) -> None:
    units(app, TREE)
    found = units(app, "code,name,parent\nX,Theirs,A\n", STRANGER)
    assert found.errors[0].reason == "No unit has the code 'A'."


def test_references_may_be_the_key_and_cost_no_query_a_row(app: Flask) -> None:
    units(app, TREE)
    assert run(app, "staff", "employee_id\n" + "".join(f"P-{number}\n" for number in range(300))).created == 300
    with statements() as sent:
        text = "unit,person\n" + "".join(f"A1,P-{number}\n" for number in range(300)) + "A,P-0\n"
        result = run(app, "memberships", text)
    assert (result.created, result.errors) == (301, [])
    assert sum(each.startswith("SELECT") for each in sent) < 12
    found = run(app, "memberships", "unit,person\nA1,P-7\nA,P-0\n,P-1\nQ,P-1\n")
    assert wheres(found) == [(4, "unit"), (5, "unit")]
    assert found.unchanged == 2


def test_a_reference_may_be_the_key_where_another_field_completes_it(app: Flask) -> None:
    units(app, TREE)
    again = run(app, "units", "name,parent,phone\nLeaf,A1,12\nLeft,A,13\n", key=("name", "parent"))
    assert (again.changed, again.errors) == (2, [])


def library(app: Flask) -> None:
    """Two authors with a book of the same title each, a copy of both, a loan."""
    run(app, "library_authors", "name\nAnn\nBob\n")
    assert run(app, "library_books", "author,title\nAnn,Birds\nBob,Birds\n").created == 2
    copies = "book.author,book.title,code\nAnn,Birds,1\nBob,Birds,1\n"
    assert run(app, "library_copies", copies).created == 2
    loans = "id,reader,copy.book.author,copy.book.title,copy.code,clerk\n,Carl,Bob,Birds,1,Ann\n"
    assert run(app, "library_loans", loans).created == 1


def test_what_several_fields_tell_apart_is_named_by_a_column_each(app: Flask) -> None:
    library(app)
    lines = out(app, "library_loans").decode().splitlines()
    assert lines[0].split(",", 1)[1] == "reader,copy.book.author,copy.book.title,copy.code,clerk"
    assert lines[1].split(",", 1)[1] == "Carl,Bob,Birds,1,Ann"
    assert out(app, "library_copies").decode().splitlines()[1:] == ["1,Ann,Birds,", "1,Bob,Birds,"]


def test_a_name_in_several_columns_is_whole_or_not_there(app: Flask) -> None:
    library(app)
    header = "book.author,book.title,code,rack\n"
    found = run(app, "library_copies", f"{header}Ann,,2,\n,Birds,3,\nCarl,Birds,4,\n,,5,\n")
    assert wheres(found) == [(2, "book.title"), (3, "book.author"), (4, "book.title"), (5, "book.title")]
    assert found.errors[2].reason == "No library book has the name 'Carl' and the title 'Birds'."
    assert run(app, "library_copies", "book.author,code\nAnn,1\n").is_unusable


def test_a_name_that_several_have_is_refused_unless_nothing_changes(app: Flask) -> None:
    library(app)
    data = out(app, "library_loans")
    with working_as(app, CLERK):
        entry = registry.get("library_authors")
        assert entry is not None
        writes.create(entry, CLERK, {"name": "Ann"})
    assert run(app, "library_loans", data).unchanged == 1
    found = run(app, "library_loans", data.replace(b"Bob,Birds,1,Ann", b"Ann,Birds,1,Ann"))
    assert found.changed == 1
    found = run(app, "library_books", "author,title\nAnn,Fish\n")
    assert found.errors[0].reason == "More than one library author has the name 'Ann'."


def test_children_before_parents_in_their_thousands(app: Flask) -> None:
    rows = [f"T{number},Unit,{f'T{number // 3}' if number else ''}" for number in range(3000)]
    result = units(app, "code,name,parent\n" + "\n".join(rows[::-1]))
    assert (result.created, result.errors) == (3000, [])
    assert units(app, "code,name,parent\n" + "\n".join(rows)).unchanged == 3000
    moved = units(app, "code,name,parent\nT2999,Unit,N\nN,New,\n")
    assert (moved.created, moved.changed) == (1, 1)


def test_rows_wait_for_none_that_is_rejected(app: Flask) -> None:
    found = units(app, "code,name,parent\nA1,Left,A\nA,,\n")
    assert wheres(found) == [(2, "parent"), (3, "name")]
    assert "rejected" in found.errors[0].reason
    assert found.rejected == 2


def test_whole_trees_are_removed_where_it_is_asked_for(app: Flask) -> None:
    accounts = registry.get("accounts")
    assert accounts is not None
    with working_as(app, system("test")):
        alone = system("test", writes.create(accounts, system("test"), {"name": "Alone"}).id)
    units(app, TREE, alone)
    rows = [f"T{number},Unit,{f'T{number // 3}' if number else ''}" for number in range(2500)]
    units(app, "code,name,parent\n" + "\n".join(rows[::-1]), alone)
    kept = run(app, "units", TREE, alone, remove_missing=True)
    assert (kept.removed, kept.unchanged, kept.errors) == (2500, 3, [])


def test_nothing_is_removed_where_a_row_could_not_be_told_apart(app: Flask) -> None:
    units(app, TREE)
    found = run(app, "units", "code,name\nA,Top\n,Nameless\n", remove_missing=True, skip_bad=True)
    assert (found.removed, found.unchanged) == (0, 1)


def test_by_their_id_rows_may_be_given_other_names(app: Flask, vera: Caller) -> None:
    units(app, TREE)
    data = export(vera, "units", "?filter[code]=A11&fields[units]=id,code")
    assert run(app, "units", data.replace(b"A11", b"A99"), key=("id",)).changed == 1
    strange = run(app, "units", "id,code\n999999,A7\nx,A8\n", key=("id",))
    assert wheres(strange) == [(2, "id"), (3, "id")]

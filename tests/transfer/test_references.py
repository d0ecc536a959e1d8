"""References in files: named by the target's own key, those to rows of the same file too."""

from flask import Flask

from backend.core.rights import Actor, system
from backend.core.transfer import Result
from tests.callers import Caller
from tests.transfer.files import export
from tests.transfer.working import run
from tests.work import statements

TREE = "code,name,parent\nA1,Left,A\nA,Top,\nA11,Leaf,A1\n"
CLERK = system("test", account_id=1)
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
    assert "refers back" in found.errors[0].reason
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

"""The same on PostgreSQL and MariaDB: a file in, out, in again, and one taken value among many rows."""

import pytest
from flask import Flask

from backend.core import writes
from backend.core.registry import registry
from backend.core.rights import Actor, system
from tests.transfer.working import out, run
from tests.work import working_as

HEADER = "sku,name,price,description\r\n"
ROWS = "".join(f"R-{number:04},Row {number} é,{number}.50,'=1+{number}\r\n" for number in range(1500))
LETTERS = "k,Small,1,\r\nK,Large,1,\r\ne,Plain,1,\r\né,Acute,1,\r\n"
RIGHTS = frozenset(f"products:{verb}" for verb in ("read", "create", "update"))


@pytest.fixture
def clerk(server_app: Flask, request: pytest.FixtureRequest) -> Actor:
    """Somebody of an account that holds nothing yet."""
    entry = registry.get("accounts")
    assert entry is not None
    with working_as(server_app, system("test")):
        account = writes.create(entry, system("test"), {"name": request.node.name[:60]})
        return Actor("clerk", user_id=1, account_id=account.id, permissions=RIGHTS)


def test_a_file_goes_in_comes_out_and_changes_nothing_when_it_comes_back(server_app: Flask, clerk: Actor) -> None:
    assert run(server_app, "products", HEADER + ROWS, clerk).created == 1500
    again = run(server_app, "products", HEADER + ROWS, clerk)
    assert (again.unchanged, again.changed, again.errors) == (1500, 0, [])
    back = run(server_app, "products", out(server_app, "products", clerk), clerk)
    assert (back.unchanged, back.changed, back.errors) == (1500, 0, [])
    one = run(server_app, "products", HEADER + ROWS.replace(",7.50,", ",7.60,"), clerk)
    assert (one.unchanged, one.changed) == (1499, 1)


def test_keys_that_differ_in_case_or_accent_are_two(server_app: Flask, clerk: Actor) -> None:
    assert run(server_app, "products", HEADER + LETTERS, clerk).created == 4
    assert run(server_app, "products", HEADER + LETTERS, clerk).unchanged == 4


def test_what_only_the_database_refuses_is_split_off_and_the_rest_goes_in(
    server_app: Flask, clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(server_app, "products", HEADER + "PAP-009,Paper,1,\r\n", clerk).created == 1
    # As when another import commits the same key between the look-up and the write.
    monkeypatch.setattr("backend.core.transfer.compare.standing_rows", lambda *_arguments: {})
    text = HEADER + "".join(f"S-{number},Row,1,\r\n" for number in range(40)) + "PAP-009,Taken,1,\r\n"
    result = run(server_app, "products", text, system("test", account_id=clerk.account_id), skip_bad=True)
    assert (result.created, [(each.row, each.column) for each in result.errors]) == (40, [(42, "sku")])

"""The same on PostgreSQL and MariaDB: a file in, out, in again, and one taken value among many rows."""

import io
from collections.abc import Iterator

import pytest
from flask import Flask

from backend.core.registry import registry
from backend.core.rights import Actor, system
from backend.core.transfer import Export, Import, Options, Result
from backend.extensions import db
from tests.services import own_mariadb, own_postgres
from tests.work import make_seeded, working_as

HEADER = "sku,name,price,description\r\n"
ROWS = "".join(f"R-{number:04},Row {number} é,{number}.50,'=1+{number}\r\n" for number in range(1500))
CLERK = Actor(
    "clerk", user_id=1, account_id=1, permissions=frozenset(f"products:{verb}" for verb in ("read", "create", "update"))
)


@pytest.fixture(params=[own_postgres, own_mariadb], ids=["postgres", "mariadb"], scope="module")
def server_app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """A seeded application on a database server."""
    with request.param("transfer") as url:
        app = make_seeded(url)
        yield app
        with app.app_context():
            db.engine.dispose()


def run(app: Flask, text: str, actor: Actor = CLERK, to: str = "products", **options: object) -> Result:
    entry = registry.get(to)
    assert entry is not None
    with working_as(app, actor, "import"):
        result = Import(entry, actor, Options(**options)).run(io.BytesIO(text.encode()), "csv")  # type: ignore[arg-type]  # as told
        if result.is_refused:
            db.session.rollback()
    return result


def export(app: Flask) -> str:
    entry = registry.get("products")
    assert entry is not None
    with working_as(app, CLERK):
        return b"".join(Export(entry, CLERK).write("csv")).decode()


def test_a_file_goes_in_comes_out_and_changes_nothing_when_it_comes_back(server_app: Flask) -> None:
    assert run(server_app, HEADER + ROWS).created == 1500
    again = run(server_app, HEADER + ROWS)
    assert (again.unchanged, again.changed, again.errors) == (1500, 0, [])
    back = run(server_app, export(server_app))
    assert (back.unchanged, back.changed, back.errors) == (1522, 0, [])
    one = run(server_app, HEADER + ROWS.replace(",7.50,", ",7.60,"))
    assert (one.unchanged, one.changed) == (1499, 1)


def test_keys_that_differ_in_case_or_accent_are_two(server_app: Flask) -> None:
    assert run(server_app, HEADER + "k,Small,1,\r\nK,Large,1,\r\ne,Plain,1,\r\né,Acute,1,\r\n").created == 4
    assert run(server_app, HEADER + "k,Small,1,\r\nK,Large,1,\r\ne,Plain,1,\r\né,Acute,1,\r\n").unchanged == 4


def test_what_only_the_database_refuses_is_split_off_and_the_rest_goes_in(
    server_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As when another import commits the same key between the look-up and the write.
    monkeypatch.setattr("backend.core.transfer.compare.standing_rows", lambda *_arguments: {})
    text = HEADER + "".join(f"S-{number},Row,1,\r\n" for number in range(40)) + "PAP-009,Taken,1,\r\n"
    result = run(server_app, text, system("test", account_id=1), skip_bad=True)
    assert (result.created, [(each.row, each.column) for each in result.errors]) == (40, [(42, "sku")])

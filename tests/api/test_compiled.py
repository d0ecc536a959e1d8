"""A request that was made before compiles no statement: what is asked of the database is known by then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from sqlalchemy.sql.compiler import SQLCompiler

from tests.callers import Caller, Visitor

NUMBERS = count(1)
WORK = ("SELECT", "INSERT", "UPDATE", "DELETE")
Request = Callable[[Caller, Visitor], Any]
REQUESTS: dict[str, Request] = {
    "one item": lambda caller, _visitor: caller.get(f"/products/{1 + next(NUMBERS) % 3}"),
    "a list": lambda caller, _visitor: caller.get(f"/products?filter[price][lt]={next(NUMBERS)}&sort=name"),
    "a new item": lambda caller, _visitor: caller.post(
        "/products", {"name": "Lamp", "sku": f"compiled-{next(NUMBERS)}", "price": "1.00"}
    ),
    "a change": lambda caller, _visitor: caller.send("PATCH", "/products/1", {"quantity": next(NUMBERS)}),
    "a list's page": lambda _caller, visitor: visitor.get("/admin/products/"),
    "a form": lambda _caller, visitor: visitor.get(f"/admin/products/{1 + next(NUMBERS) % 3}/edit"),
    "an item's page": lambda _caller, visitor: visitor.get("/admin/products/1"),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_the_third_request_of_a_kind_compiles_nothing(
    ada: Caller, ada_in_browser: Visitor, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _time in range(2):
        assert REQUESTS[name](ada, ada_in_browser).status_code in (200, 201)
    with compiled(monkeypatch) as found:
        REQUESTS[name](ada, ada_in_browser)
    assert found == []


@contextmanager
def compiled(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    found: list[str] = []
    make = SQLCompiler.__init__

    def note(self: SQLCompiler, *args: Any, **more: Any) -> None:
        make(self, *args, **more)
        # Tests work inside savepoints, whose names are ever new.
        if str(self).startswith(WORK):
            found.append(str(self))

    with monkeypatch.context() as patched:
        patched.setattr(SQLCompiler, "__init__", note)
        yield found

"""Values that are offered while one types a filter: those that come again and again, of rows one may read."""

import re
from typing import Any

import pytest
from flask import Flask

from backend.core import recurring
from tests.callers import Caller, Keys, Visitor
from tests.work import statements

CHESTS = "/admin/vault_chests/"
OPTION = re.compile(r'<option value="([^"]*)"></option>')


def offered(visitor: Visitor, field: str, path: str = CHESTS) -> list[str]:
    answer = visitor.get(f"{path}filter?_field={field}")
    assert answer.status_code == 200
    found = OPTION.findall(answer.text)
    assert ('list="f-known"' in answer.text) == bool(found)
    assert found == OPTION.findall(visitor.get(f"{path}?_field={field}").text)
    return found


def fill(ada: Caller, **grades: int) -> None:
    """Chests of those grades; golden ones are buried, where an editor does not see them."""
    for grade, number in grades.items():
        for place in range(number):
            told = {"name": f"{grade} {place}", "grade": grade, "state": "buried" if grade == "gold" else "open"}
            assert ada.post("/vault_chests", told | {"combination": f"{grade.upper()}-{place}"}).status_code == 201


def test_the_most_frequent_come_first_and_only_of_rows_one_may_read(
    ada: Caller, ada_in_browser: Any, eli_in_browser: Any, sam_in_browser: Any
) -> None:
    fill(ada, gold=3, wood=2, iron=4)
    assert offered(ada_in_browser, "grade") == ["iron", "gold", "wood"]
    assert offered(eli_in_browser, "grade") == ["iron", "wood"]
    assert offered(sam_in_browser, "grade") == []


def test_nothing_is_offered_of_what_each_row_has_its_own_or_nobody_may_read(
    ada: Caller, ada_in_browser: Any, eli_in_browser: Any
) -> None:
    fill(ada, wood=3)
    for field in ("name", "combination", "state", "lock.maker", "vault.name", "worth"):
        assert offered(ada_in_browser, field) == []
    assert 'id="f-op"' not in eli_in_browser.get(f"{CHESTS}filter?_field=combination").text


def test_of_many_values_none_is_offered(ada: Caller, ada_in_browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(ada, wood=3, iron=3)
    monkeypatch.setattr(recurring, "MOST", 1)
    assert offered(ada_in_browser, "grade") == []


def test_only_the_newest_rows_are_looked_at(
    ada: Caller, ada_in_browser: Any, eli_in_browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(ada, tin=4, wood=2, gold=2)
    monkeypatch.setattr(recurring, "LOOKED_THROUGH", 4)
    assert offered(ada_in_browser, "grade") == ["gold", "wood"]
    # Whatever one may not read counts as looked at, so that nobody pays for going past it.
    assert offered(eli_in_browser, "grade") == ["wood"]


def test_it_is_one_question_which_lists_do_not_ask(ada_in_browser: Any) -> None:
    def asked(path: str) -> int:
        ada_in_browser.get(path)
        with statements() as sent:
            ada_in_browser.get(path)
        return len([each for each in sent if "OFFSET" in each and "category" in each])

    assert asked("/admin/products/filter?_field=category") == 1
    assert asked("/admin/products/filter?_field=price") == 0


def test_servers_offer_the_same(server_app: Flask, server_keys: dict[str, Keys]) -> None:
    ada = Visitor(server_app, server_keys["ada"].cookie)
    assert offered(ada, "category", "/admin/products/")[:2] == ["Furniture", "Paper"]
    assert offered(ada, "sku", "/admin/products/") == []

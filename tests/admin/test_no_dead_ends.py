"""Nothing leads into a refusal: every link and every asking form of every page, walked as everybody."""

from typing import Any

import pytest
from flask import Flask

from tests.admin.walking import walk
from tests.callers import Caller, Visitor
from tests.work import PEOPLE

FAULTS = frozenset({400, 403, 404, 405, 409, 500})
# A filter that was not filled in yet is told so beside its form.
UNFILLED = "_value=&"


@pytest.mark.parametrize("name", PEOPLE)
def test_no_link_and_no_form_leads_into_a_refusal(
    app: Flask, keys: dict[str, Any], ada: Caller, eli: Caller, name: str
) -> None:
    eli.patch("/products/2", {"name": "Changed by Eli"})
    ada.delete("/products/3")
    number, dead = 0, []
    for source, address, answer in walk(Visitor(app, keys[name].cookie)):
        number += 1
        if answer.status_code in FAULTS and not (answer.status_code == 400 and UNFILLED in address):
            dead.append(f"{source} → {address}: {answer.status_code}")
    assert not dead, "\n".join(dead)
    assert number > 50

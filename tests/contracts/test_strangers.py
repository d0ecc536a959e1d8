"""Sam, of another account, cannot tell a row of `demo` that stands from one that is gone – by any question."""

import re

import pytest
from flask import Flask

from backend.core.changes import current_change_set
from backend.core.entry import Entry
from backend.core.model import mapped_columns
from backend.core.rights import Actor, system
from backend.core.tenancy import is_confined
from backend.extensions import db
from tests.callers import Caller
from tests.contracts.expected import readable_ids
from tests.contracts.probes import Call, probes
from tests.contracts.samples import OTHER, entries, make
from tests.work import working_as

ALL = system("test")
# Global by declaration: the same words in every account, written by superusers only.
EVERYBODYS = {"roles", "permissions", "account_roles"}
REQUEST_ID = re.compile(r'"request_id":"[^"]*"')


HIDDEN = [entry for entry in entries() if entry.key not in EVERYBODYS]


@pytest.mark.parametrize("entry", HIDDEN, ids=lambda entry: entry.key)
def test_no_answer_depends_on_a_row_that_one_may_not_see(
    app: Flask, sam: Caller, actors: dict[str, Actor], entry: Entry
) -> None:
    with working_as(app, ALL):
        make(entry, OTHER)
    with working_as(app, ALL):
        hidden = make(entry)
        image = {name: getattr(hidden, name) for name in mapped_columns(entry.model)}
        change_sets = [each for each in [current_change_set()] if each]
        assert image["id"] not in readable_ids(entry, actors["sam"])
    calls = list(probes(entry, image["id"], image, change_sets))
    standing = [answer_to(sam, call) for call in calls]
    with working_as(app, ALL):
        db.session.delete(db.session.get(entry.model, image["id"]))
    gone = [answer_to(sam, call) for call in calls]
    assert [pair for pair in zip(calls, standing, gone, strict=True) if pair[1] != pair[2]] == []
    assert sum(status == 200 for status, _text in standing) > len(calls) / 4
    assert not any(status >= 500 for status, _text in standing)


def test_only_what_belongs_to_no_account_is_everybodys() -> None:
    for entry in entries():
        owned = is_confined(entry.model) or "user_id" in mapped_columns(entry.model)
        assert owned != (entry.key in EVERYBODYS), entry.key


def answer_to(who: Caller, call: Call) -> tuple[int, str]:
    """Status and text; what it wrote, if anything, is taken back."""
    method, path, body = call
    answer = who.send(method, path, body, headers={"Prefer": "dry-run"})
    return answer.status_code, REQUEST_ID.sub("", answer.get_data(as_text=True))

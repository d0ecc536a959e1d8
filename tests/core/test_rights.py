"""Rules answer as SQL and in words, and say what would change a no."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects import sqlite

from backend.core.rights import (
    Actor,
    Rule,
    anonymous,
    anyone,
    decide,
    nobody,
    owner,
    permission,
    role,
    same_account,
    signed_in,
    where,
)
from backend.core.rights import system as system_named
from backend.extensions import db
from backend.models import Product, User

EDITOR = Actor(
    "eli", user_id=3, account_id=1, roles=frozenset({"editor"}), permissions=frozenset({"a:read", "a:update"})
)
ROOT = Actor("root", user_id=1, is_superuser=True)
P, Q, R, S = (permission(name) for name in "pqrs")

pictured = where(lambda _actor, row: row.image_url == "https://example.com", "pictured")
stored = where(lambda _actor, row: row.id > 0, "stored")


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        (anyone, True),
        (nobody, False),
        (signed_in, True),
        (permission("a:read"), True),
        (permission("a:delete"), False),
        (role("editor") & permission("a:read"), True),
        (role("admin") & permission("a:read"), False),
        (role("admin") | permission("a:read"), True),
        (~permission("a:read"), False),
        (~~permission("a:read"), True),
    ],
    ids=str,
)
def test_a_rule_about_the_actor_alone_is_yes_or_no(rule: Rule, answer: bool) -> None:
    assert rule.answer(EDITOR, User) is answer
    assert decide(rule, ROOT, User).is_yes
    assert decide(rule, system_named("job"), User).is_yes


def test_what_depends_on_the_row_is_sql() -> None:
    found = decide((role("editor") & owner("id")) | permission("a:delete"), EDITOR, User)
    assert (
        str(found.criterion.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})) == "users.id = 3"
    )
    assert [step.answer for step in found.trace] == ["yes", "depends on the row", "no"]


def rows_found(rule: Rule) -> Any:
    """How many of the seed's products, none of which has a picture, the rule admits."""
    statement = select(func.count()).select_from(Product).where(decide(rule, EDITOR, Product).criterion)
    return db.session.scalar(statement)


@pytest.mark.usefixtures("as_system")
@pytest.mark.parametrize(
    "rule",
    [pictured, ~pictured, ~~pictured, ~~~pictured, pictured | ~pictured, ~(pictured & stored), ~(~pictured & stored)],
    ids=str,
)
def test_null_is_no_however_often_the_rule_is_turned_round(rule: Rule) -> None:
    assert rows_found(rule) == 0


@pytest.mark.usefixtures("as_system")
def test_what_is_sure_decides_beside_what_is_null() -> None:
    assert rows_found(pictured | stored) == rows_found(stored) == 22
    assert rows_found(~(pictured & ~stored)) == 22
    assert rows_found(~(pictured | stored)) == 0


def test_a_no_names_what_decided_and_the_smallest_grants() -> None:
    found = decide(permission("a:read") & permission("a:delete"), EDITOR, User)
    assert (found.is_no, found.decided_by) == (True, "permission('a:delete')")
    assert found.would_allow == ("permission('a:delete')",)


def test_several_grants_are_named_together_where_one_is_not_enough() -> None:
    found = decide(permission("b:read") & role("admin"), EDITOR, User)
    assert found.would_allow == ("permission('b:read') and role('admin')",)


@pytest.mark.parametrize(
    ("rule", "grants"),
    [
        (P | Q, ("permission('p')", "permission('q')")),
        (P & P, ("permission('p')",)),
        (P & (Q | R), ("permission('p') and permission('q')", "permission('p') and permission('r')")),
        ((P & Q) | (R & S), ("permission('p') and permission('q')", "permission('r') and permission('s')")),
        ((P & Q & R) | S, ("permission('s')",)),
        (~role("x") & P & Q, ("permission('p') and permission('q')",)),
        (P & stored, ("permission('p')",)),
        (~permission("a:read"), ("superuser",)),
        (P & nobody, ("superuser",)),
    ],
    ids=str,
)
def test_no_smaller_grants_would_do(rule: Rule, grants: tuple[str, ...]) -> None:
    assert decide(rule, EDITOR, Product).would_allow == grants


@pytest.mark.parametrize(
    ("rule", "decided_by"),
    [
        (~role("x") & role("y"), "role('y')"),
        (~role("editor") & permission("a:read"), "~(role('editor'))"),
        (~(role("editor") | P), "~(role('editor'))"),
        (role("editor") | P, "role('editor')"),
        (P | ~Q, "~(permission('q'))"),
        (stored & permission("a:read"), "stored & permission('a:read')"),
    ],
    ids=str,
)
def test_what_decided_is_what_said_the_same(rule: Rule, decided_by: str) -> None:
    assert decide(rule, EDITOR, Product).decided_by == decided_by


def test_a_rule_reads_as_it_was_written() -> None:
    assert str((P | owner("user_id")) & ~role("x")) == "(permission('p') | owner('user_id')) & ~(role('x'))"


def test_the_own_account_is_told_by_the_row_or_by_being_bound_to_none() -> None:
    assert "account_id = " in str(same_account.answer(EDITOR, Product))
    assert same_account.answer(Actor("stray", user_id=7), Product) is False
    assert same_account.answer(ROOT, Product) is True


def test_no_rule_is_for_superusers_only() -> None:
    found = decide(None, EDITOR, User)
    assert (found.is_no, found.would_allow) == (True, ("superuser",))
    # As it is read: the lack of a rule says no.
    assert found.decided_by == "the lack of a rule"


def test_nobody_owns_nothing() -> None:
    assert owner("id").answer(anonymous(), User) is False
    assert signed_in.answer(anonymous(), User) is False

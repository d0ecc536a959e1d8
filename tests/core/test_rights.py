"""Rules answer as SQL and in words, and say what would change a no."""

import pytest
from sqlalchemy.dialects import sqlite

from backend.core.rights import Actor, Rule, anonymous, anyone, decide, nobody, owner, permission, role, signed_in
from backend.core.rights import system as system_named
from backend.models import User

EDITOR = Actor(
    "eli", user_id=3, account_id=1, roles=frozenset({"editor"}), permissions=frozenset({"a:read", "a:update"})
)
ROOT = Actor("root", user_id=1, is_superuser=True)


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


def test_null_is_no_also_where_the_rule_is_turned_round() -> None:
    found = decide(~owner("account_id"), EDITOR, User).criterion
    assert "coalesce" in str(found).lower()


def test_a_no_names_what_decided_and_the_smallest_grants() -> None:
    found = decide(permission("a:read") & permission("a:delete"), EDITOR, User)
    assert (found.is_no, found.decided_by) == (True, "permission('a:delete')")
    assert found.would_allow == ("permission('a:delete')",)


def test_several_grants_are_named_together_where_one_is_not_enough() -> None:
    found = decide(permission("b:read") & role("admin"), EDITOR, User)
    assert found.would_allow == ("permission('b:read') and role('admin')",)


def test_no_rule_is_for_superusers_only() -> None:
    found = decide(None, EDITOR, User)
    assert (found.is_no, found.would_allow) == (True, ("superuser",))


def test_nobody_owns_nothing() -> None:
    assert owner("id").answer(anonymous(), User) is False
    assert signed_in.answer(anonymous(), User) is False

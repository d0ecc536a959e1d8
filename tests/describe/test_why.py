"""Why somebody may or may not."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from backend.core.resource import Action, Field
from backend.core.rights import Rule, nobody, owner, permission, where
from backend.models import Product
from tests.callers import Caller

Redeclare = Callable[..., Any]

cheap: Rule = where(lambda _actor, row: row.price < 100, "cheap")


def ask(who: Caller, **question: Any) -> Any:
    answer = who.get("/_why", query_string=question)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_the_rules_are_named_with_their_answers(vera: Caller) -> None:
    told = ask(vera, verb="update", resource="products")
    assert told == {
        "actor": "vera@demo.example",
        "allowed": False,
        "decided_by": "permission('products:update')",
        "trace": [
            {"rule": "permission('products:read')", "answer": "yes"},
            {"rule": "permission('products:update')", "answer": "no"},
        ],
        "would_allow": ["permission('products:update')"],
    }


def test_without_a_row_it_depends(vera: Caller, redeclare: Redeclare) -> None:
    redeclare(rights={"read": cheap | permission("products:all")})
    told = ask(vera, verb="read", resource="products")
    assert told["allowed"] is None
    assert told["trace"][0] == {"rule": "cheap", "answer": "depends on the row"}


def test_with_a_row_every_part_is_resolved(vera: Caller, redeclare: Redeclare) -> None:
    rights = {"read": permission("products:read"), "update": cheap & ~owner("id") | permission("products:all")}
    redeclare(rights=rights)
    told = ask(vera, verb="update", resource="products", id=1)
    assert (told["allowed"], told["decided_by"]) == (False, "cheap")
    assert [step["answer"] for step in told["trace"]] == ["yes", "no", "no", "no"]
    assert told["would_allow"] == ["permission('products:all')"]
    assert ask(vera, verb="update", resource="products", id=8)["allowed"] is True


def test_grants_that_only_do_together_are_named_together(vera: Caller, redeclare: Redeclare) -> None:
    redeclare(rights={"read": permission("a:b"), "delete": permission("c:d")})
    told = ask(vera, verb="delete", resource="products")
    assert told["would_allow"] == ["permission('a:b') and permission('c:d')"]
    redeclare(rights={"read": permission("products:read"), "delete": nobody})
    assert ask(vera, verb="delete", resource="products")["would_allow"] == ["superuser"]


def test_a_field_adds_its_own_rules(ada: Caller, redeclare: Redeclare) -> None:
    redeclare(fields={"price": Field(read=permission("products:prices"), write=permission("products:pricing"))})
    assert ask(ada, verb="read", resource="products", field="price")["would_allow"] == ["permission('products:prices')"]
    told = ask(ada, verb="update", resource="products", field="price")
    assert told["would_allow"] == ["permission('products:prices') and permission('products:pricing')"]
    kept = ask(ada, verb="update", resource="products", field="created_at")
    assert (kept["allowed"], kept["decided_by"]) == (False, "created_at is kept by the machine")


def test_no_rule_means_superusers(ada: Caller, admin: Caller, redeclare: Redeclare) -> None:
    redeclare(rights={"update": permission("products:update")})
    assert ask(ada, verb="update", resource="products")["would_allow"] == ["superuser"]
    assert ask(admin, verb="update", resource="products")["decided_by"] == "superuser"


def test_a_verb_no_door_offers_is_a_no_for_all(admin: Caller) -> None:
    assert ask(admin, verb="create", resource="sessions")["allowed"] is False


def test_actions_are_verbs_and_must_make_sense(ada: Caller, redeclare: Redeclare) -> None:
    redeclare(actions={"sell": Action(run=Product.update_quantity, exists=lambda _actor, row: row.quantity > 12)})
    assert ask(ada, verb="sell", resource="products")["allowed"] is True
    assert ask(ada, verb="sell", resource="products", id=1)["decided_by"] == "“Sell” makes sense for the row"
    assert ask(ada, verb="sell", resource="products", id=3)["allowed"] is True


def test_about_others_one_needs_the_right_to_explain(ada: Caller, vera: Caller, nobody: Caller) -> None:
    question = {"verb": "update", "resource": "products", "actor": "vera@demo.example"}
    assert ask(ada, **question)["actor"] == "vera@demo.example"
    assert ask(vera, **question)["actor"] == "vera@demo.example"
    assert vera.get("/_why", query_string=question | {"actor": "ada@demo.example"}).status_code == 403
    assert nobody.get("/_why", query_string=question).status_code == 401


def test_of_another_account_nobody_is_known(ada: Caller, admin: Caller) -> None:
    question = {"verb": "read", "resource": "products"}
    for login in ("sam@other.example", "who@else.example"):
        assert ada.get("/_why", query_string=question | {"actor": login}).status_code == 404
    assert ask(admin, **question, actor="sam@other.example")["allowed"] is True


def test_across_accounts_no_grant_helps(admin: Caller) -> None:
    told = ask(admin, verb="read", resource="products", actor="sam@other.example", id=1)
    assert (told["allowed"], told["decided_by"]) == (False, "row in the actor's account")
    assert told["would_allow"] == []


def test_an_unseen_row_is_not_there(sam: Caller) -> None:
    for id_ in (1, 999999):
        assert sam.get("/_why", query_string={"verb": "read", "resource": "products", "id": id_}).status_code == 404


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"verb": "read"},
        {"verb": "fly", "resource": "products"},
        {"verb": "read", "resource": "things"},
        {"verb": "read", "resource": "products", "field": "nothing"},
        {"verb": "read", "resource": "products", "id": "x"},
        {"verb": "read", "resource": "products", "more": "x"},
    ],
)
def test_a_question_without_sense_is_a_bad_one(vera: Caller, question: dict[str, str]) -> None:
    assert vera.get("/_why", query_string=question).status_code == 400


def test_the_command_says_the_same(app: Flask) -> None:
    words = ["why", "--actor", "vera@demo.example", "--verb", "update", "--resource", "products"]
    run = app.test_cli_runner()
    no = run.invoke(args=words)
    assert no.exit_code == 1
    assert "would do: permission('products:update')" in no.output
    words[4] = "read"
    yes = run.invoke(args=[*words, "--id", "1", "--json"])
    assert (yes.exit_code, '"allowed":true' in yes.output) == (0, True)
    assert run.invoke(args=[*words, "--field", "nothing"]).exit_code == 2

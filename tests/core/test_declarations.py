"""Each kind of wrong declaration is named with its way out; what can work is not complained of."""

from typing import Any

import pytest
from marshmallow import Schema, fields
from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from backend.core.registry import Registry, registry
from backend.core.resource import Action, Field, Group, Input, Reference, Resource, Selection, View
from backend.core.rights import anyone, owner, permission, same_account, where
from backend.models import Account, Permission, Product, User

joined = where(lambda _actor, _row: Account.name == "demo", "joined")
apart = where(lambda _actor, row: exists().where(Account.id == row.account_id), "apart")
counted = where(
    lambda _actor, row: select(func.count(User.id)).where(User.account_id == row.account_id).scalar_subquery() > 1
)
# A second look at the same table multiplies rows as another table does.
doubled = where(lambda _actor, row: aliased(Product).name == row.name, "doubled")


def do_nothing(_row: Any) -> None:
    """What an action may do."""


class Of(Schema):
    """What an action may not take: it is said of which items."""

    given = fields.List(fields.Integer(), data_key="ids")


class In(Schema):
    """What a selection may not take: it is said of the order."""

    sort = fields.String()


def selection(**told: Any) -> dict[str, Any]:
    return {"selections": {"some": Selection(criterion=lambda row: row.id > 0, **told)}}


def problems(**told: Any) -> list[str]:
    own = Registry()
    own.register(Resource(model=Account))
    own.register(Resource(**{"model": Product, **told}))
    return own.problems()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"fields": {"colour": Field()}}, "fields names 'colour', which is no attribute: use one of name, sku, "),
    ({"fields": {"account_id": Field()}}, "fields names 'account_id', which is no attribute: use one of "),
    ({"references": {"maker": Reference()}}, "references names 'maker', which is no relationship of Product."),
    (
        {"inputs": {"name": Input(set=lambda _row, _value: None)}},
        "inputs names 'name', which is an attribute already: give the input ",
    ),
    ({"columns": ("colour",)}, "columns names 'colour', which is neither attribute nor relationship."),
    ({"natural_key": ("colour",)}, "natural_key names 'colour', which is neither attribute nor relationship."),
    ({"views": {"short": View(fields=("colour",))}}, "the view 'short' names 'colour', which is neither attribute "),
    (
        {"embedded": {"photo": Group(fields={"large": "picture"})}, "sort": ("photo.large",)},
        "sort names 'photo.large', which is no attribute.",
    ),
    ({"sort": ("picture",)}, "sort, natural_key or title names 'picture', a file: use a text, a number or a date."),
    ({"search": ("price",)}, "search names 'price': only text can be searched."),
    ({"search": ("colour",)}, "search names 'colour': only text can be searched."),
    ({"sort": ("-colour",)}, "sort names '-colour', which is no attribute."),
    ({"sections": {"Look": ("colour",)}}, "the section 'Look' names 'colour', which is neither attribute, "),
    ({"sections": {"A": ("name",), "B": ("name",)}}, "the section 'B' names 'name', which stands in 'A' already"),
    ({"fields": {"name": Field(show_when={"colour": 1})}}, "'name' is shown when 'colour' says so, which is no other"),
    ({"title": "colour"}, "title names 'colour', which is no attribute."),
    ({"title": ("name", "colour")}, "title names 'colour', which is neither a plain attribute nor a reference to one"),
    ({"title": ("name", "picture")}, "title names 'picture', which is neither a plain attribute nor a reference to"),
    (selection(columns=("colour",)), "the selection 'some' names 'colour', which is neither attribute nor "),
    (selection(columns=("account.colour",)), "the selection 'some' names 'account.colour', which is neither "),
    (selection(sort=("-colour",)), "the selection 'some' names 'colour', which is neither "),
    ({"rights": {"publish": anyone}}, "rights names 'publish': the verbs are read, create, update, delete; actions "),
    ({"actions": {"update": Action(run=do_nothing)}}, "the action 'update' is called like a verb: give it another "),
    ({"actions": {"a/b": Action(run=do_nothing)}}, "the action 'a/b' is part of an address: write it in letters, "),
    ({"actions": {"move": Action(run=do_nothing, schema=Of)}}, "the action 'move' takes 'ids', which a call says of "),
    (selection(parameters=In), "the selection 'some' takes 'sort', which a call says of something else: give it "),
    ({"selections": {"": Selection(criterion=do_nothing)}}, "the selection '' is part of an address: write it in "),
    ({"views": {"in short": View(fields=("name",))}}, "the view 'in short' is part of an address: write it in "),
    ({"views": {"client": View(fields=("name",))}}, "the view 'client' is what everybody gets who asks for none: "),
    ({"references": {"users": Reference(through="links")}}, "the reference 'users' goes through 'links', which is no "),
    ({"rights": {"read": "products:read"}}, "the right to read: 'products:read' is no rule: write one such as "),
    ({"rights": {"read": owner("user_id")}}, "the right to read: owner('user_id') cannot be asked here ("),
    ({"rights": {"read": anyone & ~joined}}, "the right to read: joined looks into another table and would multiply "),
    ({"rights": {"read": doubled}}, "the right to read: doubled looks into another table"),
    ({"fields": {"price": Field(read=joined)}}, "'price': joined looks into another table"),
    ({"fields": {"price": Field(write=owner("who"))}}, "'price': owner('who') cannot be asked here ("),
    ({"actions": {"sell": Action(run=do_nothing, can_execute=joined)}}, "the action 'sell': joined looks into "),
    (selection(can_read=joined), "the selection 'some': joined looks into another table"),
    ({"model": Permission, "rights": {"read": same_account}}, "the right to read: same_account cannot be asked here ("),
]


@pytest.mark.parametrize(("told", "fault"), WRONG, ids=[fault[:40] for _told, fault in WRONG])
def test_what_cannot_work_is_named(told: dict[str, Any], fault: str) -> None:
    found = problems(**told)
    key = told.get("model", Product).__tablename__
    assert len(found) == 1
    assert found[0].startswith(f"{key}: {fault}")
    assert found[0].endswith(".")


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"embedded": {"photo": Group(fields={"large": "picture"})}},
        {"fields": {"colour": Field(hidden=True)}, "references": {"maker": Reference(hidden=True)}},
        {"title": ("name", "account")},
        {"sort": ("-id", "name"), "columns": ("account", "name"), "natural_key": ("account", "sku")},
        {"rights": {"read": apart & ~(owner("id") | permission("x:y"))}},
        {"rights": {"read": counted | where(lambda _actor, row: row.price * 2 < func.abs(row.quantity))}},
        {"actions": {"sell": Action(run=do_nothing, can_execute=apart)}},
        selection(columns=("name", "account", "account.name", "account.id"), sort=("-account.name", "id")),
    ],
    ids=", ".join,
)
def test_what_can_work_is_not_complained_of(told: dict[str, Any]) -> None:
    assert problems(**told) == []


@pytest.mark.usefixtures("app")
def test_what_this_application_declares_can_work() -> None:
    assert registry.problems() == []
    assert {Product, Account, User} <= {entry.model for entry in registry.all()}


def test_a_field_that_is_asked_under_a_condition_can_be_kept_by_caches() -> None:
    assert hash(Field(show_when={"name": "a"})) == hash(Field(show_when={"name": ["a", "b"]}))
    assert hash(Reference(show_when={"name": "a"})) == hash(Reference())

"""Below every rule: a session shows one account, and nothing is written into another."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from backend.core.errors import Invalid
from backend.core.rights import Actor, system
from backend.core.tenancy import NoActor, act_as
from backend.extensions import db
from backend.models import Account, Group, GroupsUsers, Product, User
from tests.work import working_as

ADA = Actor("ada", user_id=2, account_id=1)


def test_a_session_without_an_actor_reads_nothing(app: Flask) -> None:
    with app.app_context(), pytest.raises(NoActor):
        db.session.execute(select(Product))


def test_every_way_to_ask_shows_only_the_own_account(app: Flask) -> None:
    other = aliased(Product)
    with working_as(app, ADA):
        for entity in (Product, other):
            assert set(db.session.scalars(select(entity.account_id))) == {1}
        joined = select(other.account_id).select_from(Product).join(other, other.name == Product.name)
        assert set(db.session.scalars(joined)) == {1}
        assert db.session.scalar(select(func.count()).select_from(Account)) == 1
        assert db.session.scalar(select(select(func.count(Product.id)).scalar_subquery())) == len(
            db.session.scalars(select(Product)).all()
        )
        assert set(db.session.scalars(select(User.account_id))) == {1}


def test_a_row_of_another_account_is_not_got_by_its_id(app: Flask) -> None:
    with working_as(app, system("test")):
        theirs = db.session.scalars(select(Product.id).where(Product.account_id == 2)).first()
    with working_as(app, ADA):
        assert db.session.get(Product, theirs) is None


def test_somebody_without_an_account_sees_no_row_of_any(app: Flask) -> None:
    with working_as(app, Actor("stray", user_id=9)):
        assert db.session.scalars(select(Product)).all() == []


def test_a_new_row_gets_the_account_of_who_makes_it(app: Flask) -> None:
    with working_as(app, ADA):
        group = Group(name="Mine")
        db.session.add(group)
        db.session.flush()
        assert group.account_id == 1


def test_a_row_is_neither_made_in_nor_moved_to_another_account(app: Flask) -> None:
    with app.app_context():
        act_as(ADA)
        db.session.add(Group(name="Theirs", account_id=2))
        with pytest.raises(Invalid, match="another account"):
            db.session.flush()
    with app.app_context():
        act_as(system("test"))
        product = db.session.scalars(select(Product)).first()
        assert product
        product.account_id = 3 - product.account_id
        with pytest.raises(Invalid, match="never moves"):
            db.session.flush()


def test_links_are_reached_from_what_is_confined(app: Flask) -> None:
    with working_as(app, system("test", 1)):
        db.session.add(Group(name="Linked", account_id=1, user_links=[GroupsUsers(user_id=2)]))
    with working_as(app, Actor("sam", user_id=5, account_id=2)):
        reached = select(GroupsUsers.id).join(Group, Group.id == GroupsUsers.group_id)
        assert db.session.scalars(reached).all() == []

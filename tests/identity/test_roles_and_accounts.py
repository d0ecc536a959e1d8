"""Roles hold permissions once; accounts have roles and see only themselves."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.extensions import db
from backend.models import Account, AccountRole, Permission, Role, RolesAccounts, RolesUsers, User
from backend.modules.identity import signals

pytestmark = pytest.mark.usefixtures("as_system")


@pytest.fixture
def role() -> Role:
    made = Role(name="curator")
    db.session.add(made)
    return made


@pytest.fixture
def seeing() -> Permission:
    made = Permission(name="things:see")
    db.session.add(made)
    return made


def test_adding_and_removing_a_permission_is_told_after_the_commit(role: Role, seeing: Permission) -> None:
    heard: list[tuple[str, Any]] = []
    with (
        signals.role_permission_added.connected_to(lambda _r, permission: heard.append(("added", permission))),
        signals.role_permission_removed.connected_to(lambda _r, permission: heard.append(("removed", permission))),
    ):
        role.add_permission(seeing)
        assert role.get_permissions() == {"things:see"}
        db.session.commit()
        role.remove_permission(seeing)
        db.session.commit()
    assert heard == [("added", seeing), ("removed", seeing)]
    assert role.get_permissions() == set()


def test_a_permission_knows_its_roles(role: Role, seeing: Permission) -> None:
    role.add_permission(seeing)
    db.session.commit()
    assert list(seeing.roles) == [role]


@pytest.mark.parametrize("operation", ["twice", "not held", "other type", "remove other type"])
def test_what_cannot_be_done_is_told_and_raised(role: Role, seeing: Permission, operation: str) -> None:
    role.add_permission(seeing)
    stranger: Any = Permission(name="things:take")
    steps = {
        "twice": lambda: role.add_permission(seeing),
        "not held": lambda: role.remove_permission(stranger),
        "other type": lambda: role.add_permission("things:see"),
        "remove other type": lambda: role.remove_permission(role),
    }
    heard = []
    with (
        signals.role_permission_operation_failed.connected_to(lambda _role, **said: heard.append(said["reason"])),
        pytest.raises((TypeError, ValueError)),
    ):
        steps[operation]()
    assert len(heard) == 1


def test_a_user_has_a_role_once() -> None:
    user = db.session.scalars(select(User).where(User.username == "vera")).one()
    db.session.add(RolesUsers(user_id=user.id, role_id=user.roles[0].id))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_an_account_has_a_role_once_and_knows_it() -> None:
    account = db.session.get(Account, 1)
    assert account is not None
    kind = AccountRole(name="supplier")
    account.roles.append(kind)
    db.session.flush()
    assert account.has_role("supplier")
    assert account.has_role(kind)
    assert not account.has_role("customer")
    db.session.add(RolesAccounts(account_id=1, role_id=kind.id))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_an_account_sees_itself_and_no_other() -> None:
    assert [account.name for account in db.session.scalars(select(Account))] == ["demo"]
    act_as(system("test"))
    assert [account.name for account in db.session.scalars(select(Account).order_by(Account.id))] == ["demo", "other"]


def test_users_of_another_account_and_of_none_are_not_seen() -> None:
    names = set(db.session.scalars(select(User.username)))
    assert names == {"ada", "eli", "vera"}

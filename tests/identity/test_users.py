"""A user: names, passwords, what is held, and what becomes of it when locked out."""

from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.local import LocalProxy

from backend.core.changes import RowChange
from backend.core.errors import ValidationError
from backend.extensions import db
from backend.models import Group, Permission, Role, User
from backend.modules.identity import signals
from backend.modules.identity.models import is_user

pytestmark = pytest.mark.usefixtures("as_system")


def user_of(name: str) -> User:
    found: User = db.session.scalars(select(User).where(User.username == name)).one()
    return found


def new_user(**values: Any) -> User:
    return User(**{"email": "new@demo.example", "account_id": 1, **values})


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "@demo.example", "a b@demo.example", "ada@demo", "ada@-x.example"]
)
def test_an_address_that_is_none_is_refused(email: str) -> None:
    with pytest.raises(ValueError, match="e-mail"):
        new_user(email=email)


def test_addresses_and_names_are_kept_in_lower_case() -> None:
    user = new_user(email=" New.User@Demo.Example ", username="NewUser")
    assert (user.email, user.username) == ("new.user@demo.example", "newuser")


@pytest.mark.parametrize("username", ["a@b", "x", "two words", ".dot", "semi;colon", "line\nbreak", "Ärger", "İ"])
def test_a_user_name_never_reads_as_an_address(username: str) -> None:
    with pytest.raises(ValueError, match="username"):
        new_user(username=username)


def test_a_keyword_that_is_no_attribute_is_refused() -> None:
    with pytest.raises(TypeError):
        new_user(nickname="Newt")


def test_only_a_hash_is_kept_of_a_password() -> None:
    user = new_user()
    user.set_password("correct horse")
    assert user.password.startswith("$argon2id$")
    assert "correct" not in str(user.to_dict())
    assert "password" not in user.to_dict()


def test_a_password_in_the_clear_cannot_be_stored() -> None:
    with pytest.raises(ValueError, match="set_password"):
        new_user(password="correct horse")


@pytest.mark.parametrize(
    "plain", ["short", "x" * 129, "aaaaaaaaaaaa", "new@demo.example", "NEW@demo.example", None, 12345678]
)
def test_a_weak_password_is_refused_and_said_so(plain: Any) -> None:
    heard = []
    user = new_user()
    with (
        signals.user_password_set_failed.connected_to(lambda sender, **said: heard.append((sender, said))),
        pytest.raises(ValueError),  # noqa: PT011 - the sentences differ
    ):
        user.set_password(plain)
    assert heard[0][0] is user
    assert heard[0][1]["reason"]
    assert user.password is None


def test_a_password_is_the_same_however_it_is_composed() -> None:
    user = new_user()
    user.set_password("caf\u00e9 noir")
    assert user.check_password("cafe\u0301 noir")


def test_checking_a_password_is_told() -> None:
    heard = []
    user = new_user()
    user.set_password("correct horse")
    with signals.user_password_checked.connected_to(lambda _sender, correct: heard.append(correct)):
        assert user.check_password("correct horse")
        assert not user.check_password("wrong horse")
    assert heard == [True, False]


def test_a_password_that_cannot_be_compared_is_told_and_wrong() -> None:
    heard = []
    user = new_user(password="$argon2id$nonsense")
    with signals.user_password_check_failed.connected_to(lambda _sender, reason: heard.append(reason)):
        assert not user.check_password("correct horse")
    assert len(heard) == 1


def test_a_new_password_is_told_once_it_is_stored() -> None:
    heard: list[User] = []
    user = user_of("vera")
    with signals.user_password_set.connected_to(heard.append):
        user.set_password("another horse")
        db.session.flush()
        assert heard == []
        db.session.commit()
    assert heard == [user]


def test_history_knows_that_the_password_changed_and_never_how() -> None:
    user = user_of("vera")
    user.set_password("another horse")
    db.session.flush()
    change = db.session.scalars(select(RowChange).order_by(RowChange.id.desc()).limit(1)).one()
    assert change.names == ["password"]
    assert change.before is not None
    assert "password" not in change.before
    assert "fs_uniquifier" not in change.before


def test_permissions_come_directly_by_group_and_by_role() -> None:
    user = user_of("vera")
    one, two, three = (Permission(name=f"things:{verb}") for verb in ("see", "touch", "take"))
    role, group = Role(name="curator"), Group(name="night shift", account_id=1)
    db.session.add_all([one, two, three, role, group])
    role.add_permission(one)
    group.permissions.append(two)
    user.roles.append(role)
    user.groups.append(group)
    user.direct_permissions.append(three)
    assert {"things:see", "things:touch", "things:take"} <= user.permissions
    assert user.groups_names == {"night shift"}
    role.remove_permission(one)
    assert not user.has_permission("things:see")


def test_asking_for_a_permission_is_told() -> None:
    heard = []
    with signals.admin_user_permission_checked.connected_to(lambda _sender, **said: heard.append(said)):
        assert user_of("vera").has_permission("products:read")
        assert not user_of("vera").has_permission("products:delete")
    assert [said["allowed"] for said in heard] == [True, False]


def test_a_superuser_has_every_permission_while_active() -> None:
    user = new_user(is_superuser=True, active=True)
    assert user.has_permission("anything:at_all")
    user.revoke()
    assert not user.has_permission("anything:at_all")


def test_whoever_is_locked_out_has_no_role_but_keeps_the_stored_ones() -> None:
    user = user_of("ada")
    role = user.roles[0]
    user.revoke()
    assert (list(user.roles), user.permissions, user.is_authenticated) == ([], set(), False)
    assert not user.has_role("account-admin")
    assert list(user.stored_roles) == [role]
    user.enact()
    assert user.has_role("account-admin")
    assert user.has_role(role)


def test_the_group_admin_makes_an_admin_and_no_superuser() -> None:
    user = user_of("vera")
    assert (user.is_admin, user.user_type) == (False, "user")
    user.groups.append(Group(name="admin", account_id=1))
    assert (user.is_admin, user.user_type) == (True, "admin")
    assert not user.is_superuser


def test_two_new_users_are_not_the_same() -> None:
    assert new_user() != new_user()


def test_a_proxy_of_a_user_is_a_user() -> None:
    user = new_user()
    assert is_user(user)
    assert is_user(LocalProxy(lambda: user))
    assert not is_user(LocalProxy(lambda: "ada"))
    assert not is_user(None)


def test_only_a_superuser_belongs_to_no_account() -> None:
    with pytest.raises(ValidationError, match="account"):
        new_user(account_id=None, is_superuser=False).validate()
    new_user(account_id=None, is_superuser=True).validate()


def test_a_time_zone_must_exist() -> None:
    with pytest.raises(ValidationError, match="time_zone"):
        new_user(time_zone="Europe/Atlantis").validate()


def test_a_deleted_user_takes_links_sessions_and_tokens_along() -> None:
    user = user_of("vera")
    assert user.sessions
    assert user.access_tokens
    db.session.delete(user)
    db.session.flush()
    assert db.session.scalars(select(User).where(User.username == "vera")).one_or_none() is None

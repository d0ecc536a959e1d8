"""The seed adds what is missing and nothing else."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from backend.core.changes import ChangeSet
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.extensions import db
from backend.models import Permission, Role, User
from backend.modules.identity import seed


def again() -> list[str]:
    return list(seed.seed())


def test_a_second_run_writes_nothing_and_hashes_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed, "hashed", lambda _plain: 1 / 0)
    with app.app_context():
        act_as(system("seed-db"))
        before = db.session.scalar(select(func.count()).select_from(ChangeSet))
        again()
        db.session.commit()
        assert db.session.scalar(select(func.count()).select_from(ChangeSet)) == before


def test_what_was_taken_from_a_role_stays_taken(app: Flask) -> None:
    with app.app_context():
        act_as(system("seed-db"))
        role = db.session.scalars(select(Role).where(Role.name == "editor")).one()
        taken = db.session.scalars(select(Permission).where(Permission.name == "products:delete")).one()
        role.remove_permission(taken)
        db.session.commit()
        again()
        assert "products:delete" not in role.get_permissions()


def test_the_people_of_the_demonstration_are_there(app: Flask) -> None:
    with app.app_context():
        act_as(system("test"))
        found = {user.username: user for user in db.session.scalars(select(User))}
        assert set(found) == {"admin", "ada", "eli", "vera", "sam"}
        assert found["admin"].is_superuser
        assert found["admin"].account_id is None
        assert found["sam"].account_id != found["ada"].account_id
        assert "users:create" in found["ada"].permissions
        assert "roles:create" not in found["ada"].permissions
        assert "products:update" in found["eli"].permissions
        assert "users:update" not in found["eli"].permissions
        assert {name.partition(":")[2] for name in found["vera"].permissions} == {"read"}

"""What memberships are called, on each database."""

from flask import Flask
from sqlalchemy import select

from backend.core.registry import registry
from backend.core.rights import system
from backend.core.titles import titles, titles_of_each
from backend.extensions import db
from backend.modules.organisation.models import Membership, Unit
from tests.work import working_as


def test_a_membership_is_called_by_its_person_and_its_unit(live_app: Flask) -> None:
    entry, actor = registry.get("memberships"), system("test", 1)
    assert entry is not None
    with working_as(live_app, actor):
        found = select(Membership.id).join(Unit, Membership.unit_id == Unit.id).where(Unit.code == "WORKS")
        (id_,) = db.session.execute(found).scalars()
        assert titles(entry, actor, [id_, 999_999]) == {id_: "Bruno Lehmann · Joinery"}
        rows = {"head": (entry, id_), "nobody": (entry, 999_999)}
        assert titles_of_each(actor, rows) == {"head": "Bruno Lehmann · Joinery"}

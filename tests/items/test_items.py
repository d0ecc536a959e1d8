"""The Python API on every kind of resource: states, references, lists, rights – and all or nothing."""

from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from backend.core import FileValue
from backend.core.errors import BadQuery, Conflict, Forbidden, Invalid, NotFound, SignInRequired, Stale
from backend.core.items import SAVED, UNSAVED, UNSET, items
from backend.core.registry import registry
from backend.core.rights import anonymous, system
from backend.core.tenancy import NoActor
from backend.core.transactions import begin_write
from backend.core.work import work_as
from backend.extensions import db
from tests.callers import Caller
from tests.files.pictures import picture
from tests.items.conftest import Told
from tests.modules.registry_office.models import Certificate

ELI, VERA, ADA, SAM, ADMIN = (
    "eli@demo.example", "vera@demo.example", "ada@demo.example", "sam@other.example", "admin@example.com"
)  # fmt: skip
GOOD = {"number": "A-1", "holder": "Ada"}

pytestmark = pytest.mark.usefixtures("context")
certificates, offices, products = items("registry_certificates"), items("registry_offices"), items("products")


def sets(caller: Caller) -> list[dict[str, Any]]:
    found = [each["attributes"] for each in caller.get("/change_sets").get_json()["data"]]
    # The call was made within the test's own context, and so in its session.
    db.session.rollback()
    return found


def test_the_states_of_an_item() -> None:
    with work_as(ELI):
        item = certificates.new()
        assert (item.state, item.id) == (UNSET, None)
        with pytest.raises(ValueError, match="UNSET: set its values"):
            item.save()
        with pytest.raises(ValueError, match="nothing to delete"):
            item.delete()
        with pytest.raises(ValueError, match="never stored"):
            item.reload()
        assert item.set(GOOD).state == UNSAVED
        assert item.save().state == SAVED
        item.holder = "Grace"
        assert (item.state, item.holder) == (UNSAVED, "Grace")
        assert (item.reload().state, item.holder) == (SAVED, "Ada")
        item.set(holder="Grace").save()
        assert (item.holder, item.version) == ("Grace", 2)
        id_ = item.id
        item.delete()
        assert (item.state, item.id) == (UNSET, None)
        with pytest.raises(NotFound):
            certificates.load(id_ or 0)


def test_an_unsaved_new_item_is_forgotten_by_delete() -> None:
    with work_as(ELI):
        item = certificates.new().set(GOOD)
        item.delete()
        assert (item.state, len(certificates.select())) == (UNSET, 0)


def test_values_are_checked_when_set_and_all_faults_told() -> None:
    with work_as(ELI):
        item = products.new()
        with pytest.raises(Invalid) as refused:
            item.set(name="Desk", price="cheap", nonsense=1)
        assert {problem.field for problem in refused.value.problems} == {"price", "nonsense"}
        assert item.state == UNSET
        with pytest.raises(Invalid) as refused:
            item.set(name="Desk").save()
        assert {problem.field for problem in refused.value.problems} == {"sku", "price"}
        assert item.state == UNSAVED


def test_values_are_python_values() -> None:
    with work_as(ELI):
        item = products.create(name="Desk", sku="D-9", price=Decimal("9.5"))
        assert (item.price, item.quantity) == (Decimal("9.50"), 0)
        assert isinstance(item.created_at, datetime)
        assert item.to_dict()["price"] == "9.50"
        assert item["name"] == "Desk"
        with pytest.raises(AttributeError, match="no 'account_id' that you may read"):
            _ = item.account_id


def test_files_are_bytes_going_in_and_read_by_their_content() -> None:
    works = items("artworks")
    with work_as(ELI):
        work = works.create(name="Dusk", picture=picture(), papers=FileValue(b"Bought in 1931.", "papers.txt"))
        assert (work.papers.filename, work.papers.content_type) == ("papers.txt", "text/plain")
        with pytest.raises(Invalid) as refused:
            work.set(picture=b"no picture", name=b"no name")
        assert {problem.field for problem in refused.value.problems} == {"picture", "name"}
    with work_as(ELI):
        work.reload()
        assert work.papers.get_content() == b"Bought in 1931."
        assert work.to_dict()["papers"] == {"filename": "papers.txt", "content_type": "text/plain", "size": 15}
        copy = works.create(name="Copy", picture=work.picture, papers=work.papers)
        work.set(papers=b"Sold in 1950.").save()
    with work_as(ELI):
        assert copy.reload().papers.get_content() == b"Bought in 1931."
        assert work.reload().papers.get_content() == b"Sold in 1950."


def test_references_by_id_or_item_and_lists_after_a_reload() -> None:
    with work_as(ELI):
        office = offices.create(name="North")
        first = certificates.create(GOOD, office=office)
        second = certificates.create(number="A-2", holder="Grace", office=office.id)
        assert first.office == office.id
        assert office.reload().certificates == [first.id, second.id]
        first.set(office=None).save()
        assert office.reload().certificates == [second.id]
        with pytest.raises(ValueError, match="not stored yet"):
            first.set(office=offices.new().set(name="South"))
        with pytest.raises(Conflict, match="refers to this"):
            office.delete()


def test_links_are_set_by_items_too() -> None:
    with work_as(ADA):
        group = items("groups").create(name="Night shift")
        user = next(iter(items("users").select({"email": ELI})))
        user.set(groups=[group]).save()
        assert user.reload().groups == [group.id]


def test_a_write_only_value_is_never_shown() -> None:
    with work_as(ADA):
        user = items("users").new().set(email="new@demo.example", password="correct-Horse-8")
        assert "correct-Horse-8" not in f"{user!r} {user.to_dict()}"
        assert "password" not in user.save().to_dict()


def test_a_select_speaks_the_language_of_the_api() -> None:
    with work_as(ELI):
        for number in range(120):
            certificates.create(number=f"N-{number:03}", holder="Ada, Lovelace" if number % 2 else "Grace")
        assert len(certificates.select()) == len(list(certificates.select())) == 120
        assert len(certificates.select({"holder": "Grace"}, limit=7)) == 7
        found = certificates.select({"number[ge]": "N-010", "holder[in]": ["Ada, Lovelace"]}, sort="-number", limit=3)
        assert [item.number for item in found] == ["N-119", "N-117", "N-115"]
        assert found.first().state == SAVED  # type: ignore[union-attr]  # there are some
        assert [item.number for item in certificates.select(search="N-007")] == ["N-007"]
        either = {"or": [{"field": "number", "value": "N-001"}, {"field": "number", "value": "N-002"}]}
        assert len(certificates.select(where=either)) == 2
        assert len(certificates.select({"remark": None})) == 120
        assert certificates.select({"number": "none"}).first() is None
        with pytest.raises(BadQuery, match="nonsense"):
            certificates.select({"nonsense": 1})
    with work_as(anonymous()), pytest.raises(SignInRequired):
        certificates.select()


def test_what_one_may_not_see_is_not_there() -> None:
    with work_as(ELI):
        item = certificates.create(GOOD)
    with work_as(SAM):
        assert len(certificates.select()) == 0
        with pytest.raises(NotFound):
            certificates.load(item.id or 0)
    with work_as(VERA):
        seen = certificates.load(item.id or 0)
        with pytest.raises(Forbidden):
            seen.set(holder="Vera").save()
        with pytest.raises(Forbidden):
            seen.delete()
    with work_as(anonymous()), pytest.raises(SignInRequired):
        certificates.load(item.id or 0)


def test_what_was_changed_meanwhile_is_not_overwritten() -> None:
    with work_as(ELI):
        mine = certificates.create(GOOD)
        theirs = certificates.load(mine.id or 0)
        theirs.set(holder="Grace").save()
        with pytest.raises(Stale, match="holder was changed meanwhile"):
            mine.set(holder="Mary").save()
        with pytest.raises(Stale):
            mine.delete()
        mine.reload().set(holder="Mary").save()
        assert mine.version == 3


def test_a_failure_takes_back_itself_alone() -> None:
    with work_as(ELI):
        kept = certificates.create(GOOD)
        with pytest.raises(Invalid):
            certificates.create(GOOD)
        other = certificates.create(number="A-2", holder="Grace")
    with work_as(ELI):
        assert [item.id for item in certificates.select()] == [kept.id, other.id]


def test_one_unit_of_work_is_one_change_set_over_several_resources(eli: Caller) -> None:
    with work_as(ELI, source="report", message="Move in"):
        office = offices.create(name="North")
        certificates.create(GOOD, office=office)
        products.load(1).set(quantity=99).save()
    [newest, *_] = sets(eli)
    assert (newest["actor"], newest["source"], newest["message"]) == (ELI, "report", "Move in")
    assert newest["counts"] == {"created": 2, "changed": 1, "deleted": 0}


def test_of_a_unit_of_work_that_fails_nothing_stays(eli: Caller) -> None:
    before = len(sets(eli))
    with suppress(Forbidden), work_as(ELI):
        offices.create(name="North")
        products.load(1).delete()
        items("users").create(email="x@demo.example")
        pytest.fail("An editor makes no users.")
    with work_as(ELI):
        assert (len(offices.select()), products.load(1).id) == (0, 1)
    assert len(sets(eli)) == before


def test_a_unit_of_work_stands_alone() -> None:
    with work_as(ELI), pytest.raises(RuntimeError, match="under way"), work_as(ADA):
        pass
    with pytest.raises(NotFound, match="signs in as 'nobody'"), work_as("nobody"):
        pass
    with pytest.raises(NoActor):
        certificates.new().set(GOOD)
    begin_write()
    with pytest.raises(RuntimeError, match="under way"), work_as(ADA):
        pass
    db.session.rollback()


def test_every_resource_has_them(app: Flask) -> None:  # noqa: ARG001 - seeded
    with work_as(system("test")):
        for entry in registry.all():
            first = items(entry.key).select().first()
            assert first is None or items(entry.key).load(first.id or 0).to_dict() == first.to_dict(), entry.key
            assert items(entry.model).new().state == UNSET


def test_what_no_door_offers_is_not_offered_here() -> None:
    with work_as(ADMIN), pytest.raises(NotFound, match="not there to create"):
        items("sessions").create()
    with pytest.raises(NotFound, match="no resource 'nonsense'"):
        items("nonsense").new()


def test_loaded_is_told_after_load_and_reload(told: Told) -> None:
    with work_as(ELI):
        item = items(Certificate).create(GOOD)
    told.clear()
    with work_as(ELI):
        items("registry_certificates").load(item.id or 0).reload()
    assert told == [("loaded", "Ada", item.id)] * 2

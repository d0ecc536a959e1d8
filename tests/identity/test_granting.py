"""Account administrators manage their people; nobody grants what they do not hold."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.extensions import db
from backend.models import Group, Permission, Role, User
from tests.callers import Caller


@pytest.fixture
def ids(app: Flask) -> dict[str, str]:
    """The ids of users, roles and permissions by name; `auditor` holds a permission that Ada does not."""
    with app.app_context():
        act_as(system("test"))
        role = Role(name="auditor")
        permission = Permission(name="ledgers:read")
        role.permissions.append(permission)
        db.session.add(role)
        db.session.commit()
        found = {}
        for model, name in ((User, User.username), (Role, Role.name), (Permission, Permission.name)):
            found.update({key: str(id_) for key, id_ in db.session.execute(select(name, model.id))})
        return found


def user_document(attributes: dict[str, Any], **references: list[tuple[str, str]]) -> dict[str, Any]:
    relationships = {
        name: {"data": [{"type": type_, "id": id_} for type_, id_ in linked]} for name, linked in references.items()
    }
    return {"data": {"type": "users", "attributes": attributes, "relationships": relationships}}


def errors(answer: Any) -> list[tuple[str, str]]:
    return [(each["code"], each.get("source", {}).get("pointer", "")) for each in answer.get_json()["errors"]]


def test_an_administrator_makes_a_user_who_can_sign_in(app: Flask, ada: Caller, ids: dict[str, str]) -> None:
    attributes = {"email": "New@Demo.example", "password": "a fine new horse"}
    answer = ada.post("/users", user_document(attributes, roles=[("roles", ids["editor"])]))
    assert answer.status_code == 201, answer.text
    assert answer.get_json()["data"]["attributes"]["email"] == "new@demo.example"
    assert "password" not in answer.get_json()["data"]["attributes"]
    form = {"username": "new@demo.example", "password": "a fine new horse"}
    assert Caller(app, None).post("/auth/login", data=form).status_code == 200


def test_a_used_address_is_refused_at_its_field(ada: Caller) -> None:
    answer = ada.post("/users", user_document({"email": "VERA@demo.example"}))
    assert answer.status_code == 422
    assert errors(answer) == [("taken", "/data/attributes/email")]


def test_a_weak_password_is_refused_at_its_field(ada: Caller) -> None:
    answer = ada.post("/users", user_document({"email": "new@demo.example", "password": "short"}))
    assert (answer.status_code, errors(answer)) == (422, [("invalid", "/data/attributes/password")])


@pytest.mark.parametrize("flag", ["is_superuser", "is_email_verified"])
def test_only_a_superuser_sets_the_flags(ada: Caller, admin: Caller, ids: dict[str, str], flag: str) -> None:
    body = {"data": {"type": "users", "id": ids["vera"], "attributes": {flag: True}}}
    assert ada.patch(f"/users/{ids['vera']}", body).status_code == 422
    assert admin.patch(f"/users/{ids['vera']}", body).status_code == 200


def test_a_role_that_grants_more_than_one_holds_cannot_be_given(ada: Caller, ids: dict[str, str]) -> None:
    answer = ada.post("/users", user_document({"email": "new@demo.example"}, roles=[("roles", ids["auditor"])]))
    assert (answer.status_code, errors(answer)) == (422, [("grants_too_much", "/data/relationships/roles")])
    assert "ledgers:read" in answer.get_json()["errors"][0]["detail"]


def test_a_permission_one_does_not_hold_cannot_be_given(ada: Caller, ids: dict[str, str]) -> None:
    body = user_document({"email": "new@demo.example"}, permissions=[("permissions", ids["ledgers:read"])])
    assert errors(ada.post("/users", body)) == [("grants_too_much", "/data/relationships/permissions")]
    group = {
        "data": {"type": "groups", "attributes": {"name": "auditors"}, "relationships": body["data"]["relationships"]}
    }
    assert errors(ada.post("/groups", group)) == [("grants_too_much", "/data/relationships/permissions")]


def test_a_group_that_grants_more_cannot_be_joined(app: Flask, ada: Caller, ids: dict[str, str]) -> None:
    with app.app_context():
        act_as(system("test", account_id=1))
        permission = db.session.get(Permission, int(ids["ledgers:read"]))
        group = Group(name="auditors")
        group.permissions.append(permission)
        db.session.add(group)
        db.session.commit()
        id_ = str(group.id)
    answer = ada.post("/users", user_document({"email": "new@demo.example"}, groups=[("groups", id_)]))
    assert errors(answer) == [("grants_too_much", "/data/relationships/groups")]
    linkage = {"data": [{"type": "users", "id": ids["vera"]}]}
    assert ada.patch(f"/groups/{id_}/relationships/users", linkage).status_code in (403, 404)


@pytest.mark.parametrize(
    "attributes", [{"email": "mine@demo.example"}, {"password": "now it is mine"}, {"active": False}]
)
def test_whoever_holds_more_is_out_of_reach(
    app: Flask, ada: Caller, ids: dict[str, str], attributes: dict[str, Any]
) -> None:
    with app.app_context():
        act_as(system("test", account_id=1))
        db.session.get_one(User, int(ids["vera"])).roles.append(db.session.get(Role, int(ids["auditor"])))
        db.session.commit()
    body = {"data": {"type": "users", "id": ids["vera"], "attributes": attributes}}
    assert ada.patch(f"/users/{ids['vera']}", body).status_code == 403
    assert ada.delete(f"/users/{ids['vera']}").status_code == 403


def test_a_superuser_of_the_account_is_out_of_reach(app: Flask, ada: Caller, ids: dict[str, str]) -> None:
    with app.app_context():
        act_as(system("test", account_id=1))
        db.session.get_one(User, int(ids["vera"])).is_superuser = True
        db.session.commit()
    assert ada.delete(f"/users/{ids['vera']}").status_code == 403


def test_nobody_locks_or_deletes_oneself(ada: Caller, ids: dict[str, str]) -> None:
    body = {"data": {"type": "users", "id": ids["ada"], "attributes": {"active": False}}}
    answer = ada.patch(f"/users/{ids['ada']}", body)
    assert (answer.status_code, errors(answer)) == (422, [("invalid", "/data/attributes/active")])
    assert ada.delete(f"/users/{ids['ada']}").status_code == 403


def test_people_of_another_account_are_absent(ada: Caller, ids: dict[str, str]) -> None:
    assert ada.get(f"/users/{ids['sam']}").status_code == 404
    assert ada.delete(f"/users/{ids['sam']}").status_code == 404
    assert {row["attributes"]["username"] for row in ada.get("/users").get_json()["data"]} == {"ada", "eli", "vera"}


def test_a_viewer_sees_people_and_changes_none(vera: Caller, ids: dict[str, str]) -> None:
    assert vera.get(f"/users/{ids['eli']}").status_code == 200
    body = {"data": {"type": "users", "id": ids["eli"], "attributes": {"first_name": "E."}}}
    assert vera.patch(f"/users/{ids['eli']}", body).status_code == 403


@pytest.mark.parametrize("resource", ["roles", "permissions", "accounts", "account_roles"])
def test_what_all_accounts_share_is_written_by_superusers_only(ada: Caller, admin: Caller, resource: str) -> None:
    name = "things:see" if resource == "permissions" else "something"
    body = {"data": {"type": resource, "attributes": {"name": name}}}
    assert ada.post(f"/{resource}", body).status_code == 403
    assert admin.post(f"/{resource}", body).status_code == 201
    assert ada.get(f"/{resource}").status_code == 200


def test_one_sees_and_ends_only_sessions_one_may(vera: Caller, ada: Caller, sam: Caller) -> None:
    own = vera.get("/sessions").get_json()["data"]
    assert len(own) == 1
    assert "data" not in own[0]["attributes"]
    assert "secret_hash" not in own[0]["attributes"]
    assert len(ada.get("/sessions").get_json()["data"]) == 3
    assert sam.get(f"/sessions/{own[0]['id']}").status_code == 404
    assert ada.delete(f"/sessions/{own[0]['id']}").status_code == 200
    assert vera.get("/sessions").get_json()["data"] == []


@pytest.mark.parametrize("active", [False, True])
def test_whoever_is_locked_out_is_out_at_once(vera: Caller, ada: Caller, ids: dict[str, str], active: bool) -> None:
    for each in (False, active):
        body = {"data": {"type": "users", "id": ids["vera"], "attributes": {"active": each}}}
        assert ada.patch(f"/users/{ids['vera']}", body).status_code == 200
    assert vera.get("/auth/user").status_code == (200 if active else 401)


def test_revoke_and_enact_are_a_pair(ada: Caller, vera: Caller, ids: dict[str, str]) -> None:
    assert ada.post(f"/users/_actions/revoke/{ids['vera']}", {}).status_code == 200
    assert vera.get("/auth/user").status_code == 401
    assert ada.post(f"/users/_actions/revoke/{ids['vera']}", {}).status_code == 404
    assert ada.post(f"/users/_actions/enact/{ids['vera']}", {}).status_code == 200
    assert vera.get("/auth/user").status_code == 200
    assert ada.post(f"/users/_actions/revoke/{ids['ada']}", {}).status_code == 403


def test_undoing_gives_back_nothing_that_one_could_not_give(
    app: Flask, ada: Caller, admin: Caller, ids: dict[str, str]
) -> None:
    path = f"/users/{ids['vera']}"
    linked = [{"type": "roles", "id": ids[name]} for name in ("viewer", "auditor")]
    given = {"data": {"type": "users", "id": ids["vera"], "relationships": {"roles": {"data": linked}}}}
    taken = {"data": {"type": "users", "id": ids["vera"], "relationships": {"roles": {"data": linked[:1]}}}}
    in_demo = {"Kontor-Account": "demo"}
    assert admin.patch(path, given, headers=in_demo).status_code == 200
    change_set = admin.patch(path, taken, headers=in_demo).get_json()["meta"]["change_set"]
    assert ada.post(f"/change_sets/{change_set}/_undo", {}).status_code in (403, 404, 422)
    with app.app_context():
        act_as(system("test"))
        assert not db.session.get_one(User, int(ids["vera"])).has_role("auditor")

"""The token endpoints, in the wire format their clients know: forms in, plain JSON out."""

from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import bindparam, select

from backend.auth import token_pairs, ways
from backend.auth.sign_in import REFUSED, admitted
from backend.core.errors import NotFound, Problem, Refusal, SignInRequired, error_object
from backend.core.json import dumps
from backend.core.logs import request_id
from backend.core.rights import Actor, system
from backend.core.tenancy import act_as, current_actor
from backend.core.transactions import begin_write
from backend.extensions import csrf, db
from backend.modules.identity.models import Account, User

blueprint = Blueprint("tokens", __name__, url_prefix="/api/v1/auth")
# Programs have no form's token; calls with a cookie are asked for one on arrival.
csrf.exempt(blueprint)

JSON_API = "application/vnd.api+json"
EXPIRATION = "%Y-%m-%d %H:%M:%S"
RENEW_REFUSED = "This refresh token is unknown, used, expired or revoked: sign in again."


@blueprint.post("/login")
def login() -> Response:
    """Tokens for a name or address and a password."""
    _refuse_elsewhere()
    user = admitted(_form("username"), _form("password"))
    if user is None:
        raise SignInRequired(Problem("sign_in_failed", REFUSED))
    pair = token_pairs.issue(user)
    token_pairs.sweep()
    db.session.commit()
    return _told(pair)


@blueprint.post("/access_token")
def access_token() -> Response:
    """A new pair for a refresh token, once."""
    _refuse_elsewhere()
    secret = _form("refresh_token")
    begin_write()
    act_as(system("tokens"))
    pair = token_pairs.renew(secret)
    # Committed even where it is refused: a token used twice has just ended its family.
    db.session.commit()
    if pair is None:
        raise SignInRequired(Problem("refresh_refused", RENEW_REFUSED))
    return _told(pair)


@blueprint.post("/logout")
def logout() -> Response:
    """End a refresh token, its family and their access tokens."""
    actor = _signed_in()
    secret = _form("refresh_token")
    assert actor.user_id is not None
    db.session.rollback()
    begin_write()
    act_as(system("tokens"))
    ended = token_pairs.end(secret, actor.user_id)
    db.session.commit()
    if not ended:
        raise NotFound(Problem("not_found", "There is no such refresh token."))
    return _json({})


@blueprint.get("/user")
def user() -> Response:
    """Who is signed in."""
    actor = _signed_in()
    found = db.session.execute(ME, {"id": actor.user_id}, execution_options={"as_system": True}).one()
    account = None if found.account_id is None else {"id": str(found.account_id), "name": found.account_name}
    told: dict[str, Any] = {"id": str(found.uuid), **{name: getattr(found, name) for name in SHOWN}}
    told |= {"account": account, "roles": sorted(actor.roles), "groups": sorted(actor.groups)}
    return _json({**told, "permissions": sorted(actor.permissions)})


SHOWN = (
    "username", "email", "first_name", "last_name", "remark", "is_superuser", "is_email_verified", "locale",
    "time_zone", "last_login_at", "created_at",
)  # fmt: skip
ME = (
    select(User.uuid, User.account_id, Account.name.label("account_name"), *(getattr(User, name) for name in SHOWN))
    .outerjoin(Account, Account.id == User.account_id)
    .where(User.id == bindparam("id"))
)


@blueprint.after_request
def _never_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(("Authorization", "Cookie"))
    return response


@blueprint.errorhandler(Refusal)
def _refused(refusal: Refusal) -> Response:
    db.session.rollback()
    told = ((refusal.status, refusal.title, problem, request_id.get()) for problem in refusal.problems)
    errors = [error_object(*each) for each in told]
    response = Response(dumps({"errors": errors}), refusal.status, mimetype=JSON_API)
    if refusal.status == SignInRequired.status:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _refuse_elsewhere() -> None:
    if not ways.signs_in_here():
        said = "Tokens are not given here: this site is signed in to elsewhere."
        raise NotFound(Problem("not_found", said))


def _form(name: str) -> str:
    """A field of the form; one that is missing reads as empty, which is refused like a wrong one."""
    return request.form.get(name, "")


def _signed_in() -> Actor:
    actor = current_actor()
    if actor.user_id is None:
        raise SignInRequired(Problem("sign_in_required", "Send an access token: Authorization: Bearer …"))
    return actor


def _told(pair: token_pairs.Pair) -> Response:
    return _json(
        {
            "access_token": pair.access_token,
            "refresh_token": pair.refresh_token,
            "token_type": "Bearer",
            "expiration": pair.expires_at.strftime(EXPIRATION),
        }
    )


def _json(body: dict[str, Any]) -> Response:
    return Response(dumps(body), mimetype="application/json")

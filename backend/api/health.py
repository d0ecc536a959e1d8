"""Whether the process lives, and whether it may be sent requests."""

from flask import Blueprint, Response
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from backend.core import migrations
from backend.core.json import dumps
from backend.extensions import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer that the process lives, without asking anyone else."""
    return plain(200, {"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """Answer whether requests can be served, naming what is not ready."""
    missing = not_ready()
    if missing:
        return plain(503, {"status": "not ready", "not_ready": missing})
    return plain(200, {"status": "ready"})


def not_ready() -> dict[str, str]:
    """What is missing, with a sentence each that holds no secret."""
    try:
        with db.engine.connect() as connection:
            applied = migrations.applied(connection)
    except SQLAlchemyError:
        return {"migrations": NOT_AT_HEAD} if database_answers() else {"database": "The database does not answer."}
    if applied != migrations.heads():
        return {"migrations": NOT_AT_HEAD}
    return {}


NOT_AT_HEAD = "The database is not at the newest migration: run `flask --app backend db upgrade`."


def database_answers() -> bool:
    """Whether the database answers at all."""
    try:
        with db.engine.connect() as connection:
            return connection.scalar(select(1)) == 1
    except SQLAlchemyError:
        return False


def plain(status: int, body: dict[str, object]) -> Response:
    """A small JSON answer that nobody may keep."""
    return Response(dumps(body), status, mimetype="application/json", headers={"Cache-Control": "no-store"})

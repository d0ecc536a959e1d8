"""The JSON:API: one blueprint, its routes by family."""

from flask import Flask

from backend.api import (
    actions,
    changes,
    cors,
    descriptions,
    edge,
    health,
    jobs,
    operations,
    records,
    relationships,
    transfer,
    trash,
)
from backend.api.blueprint import blueprint
from backend.extensions import csrf

# Importing a family adds its routes to the blueprint.
FAMILIES = (records, relationships, operations, changes, actions, jobs, descriptions, transfer, trash)


def install(app: Flask) -> None:
    """Bind the API and the health addresses."""
    edge.install(app)
    cors.install(app)
    # The edge asks for the token itself, and only of callers who come with a cookie.
    csrf.exempt(blueprint)
    app.register_blueprint(blueprint)
    app.register_blueprint(health.blueprint)

"""Kontor: a back office in one Flask application."""

from flask import Flask

from config import BaseConfig, load


def create_app(config: BaseConfig | None = None) -> Flask:
    """The application, wired in boot order; `config` as `config.load` makes it, from the environment unless given."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config.from_object(config or load())
    _install_machine(app)
    _declare_resources()
    _open_doors(app)
    return app


def _install_machine(app: Flask) -> None:
    from backend.core import changes, events, json, logs, page_words, parts, request_ids, routes, tenancy, transactions
    from backend.core.files import pending
    from backend.extensions import csrf, db

    routes.install(app)
    logs.install(app)
    request_ids.install(app)
    json.install(app)
    page_words.install(app)
    db.init_app(app)
    csrf.init_app(app)
    tenancy.install()
    parts.install()
    changes.install()
    events.install()
    pending.install()
    with app.app_context():
        transactions.install(app)


def _declare_resources() -> None:
    from backend import models  # noqa: F401 - mapping them is what this is for
    from backend.core import modules
    from backend.core.registry import registry

    list(modules.parts("resources"))
    registry.freeze()


def _open_doors(app: Flask) -> None:
    from backend import admin, api, auth, bus, cli

    auth.install(app)
    api.install(app)
    admin.install(app)
    bus.install(app)
    cli.install(app)

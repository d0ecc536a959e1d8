"""Who asks: sign-in pages, token endpoints, sessions, and the actor of every request."""

from flask import Flask
from flask_login import current_user
from flask_login.utils import _user_context_processor
from flask_security.datastore import SQLAlchemyUserDatastore
from sqlalchemy import select

from backend.auth import actors, arrival, bodies, pages, tokens, ways
from backend.auth.sessions import DatabaseSessions
from backend.core import why
from backend.core.asking import current_user_is, named
from backend.core.jobs import work
from backend.core.tenancy import current_actor
from backend.extensions import db, security
from backend.modules.identity.models import Role, User
from config import ConfigError

# What OWASP asks of argon2id at least: 19 MiB and two passes. More memory would be paid by every sign-in at once.
ARGON2 = {"argon2__memory_cost": 19_456, "argon2__rounds": 2, "argon2__parallelism": 1}


def install(app: Flask) -> None:
    """Bind users, sessions and the pages of both."""
    app.config.setdefault("SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS", ARGON2)
    app.config.setdefault("SECURITY_PASSWORD_SCHEMES", ["argon2"])
    ways.install(app)
    _choose_current_user(app)
    app.session_interface = DatabaseSessions(arrival.begin)
    app.before_request(arrival.begin)
    app.before_request(arrival.refuse_forged)
    app.teardown_request(bodies.let_go)
    # Its own commands would write past the one write door.
    app.config.update(SECURITY_CLI_USERS_NAME=None, SECURITY_CLI_ROLES_NAME=None)
    security.init_app(app, SQLAlchemyUserDatastore(db, User, Role), register_blueprint=False)
    _ask_nobody_twice(app)
    why.find_actors_by(actors.by_login)
    work.find_actors_by(actors.by_id)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(tokens.blueprint)


def _choose_current_user(app: Flask) -> None:
    if address := app.config["CURRENT_USER"]:
        try:
            current_user_is(named("CURRENT_USER", address))
        except (ValueError, TypeError) as fault:
            raise ConfigError([str(fault)]) from fault


def _ask_nobody_twice(app: Flask) -> None:
    """Leave who is signed in to the actor: `current_user` is loaded only where somebody looks at it.

    Otherwise Flask-Principal and Flask-Login load the user, and touch the session, in every request.
    """
    manager, principal = security.login_manager, security.principal
    app.before_request_funcs[None].remove(principal._on_before_request)  # noqa: SLF001  # it has no switch
    app.after_request_funcs[None].remove(manager._update_remember_cookie)  # noqa: SLF001  # as above
    app.template_context_processors[None].remove(_user_context_processor)
    app.jinja_env.globals["current_user"] = current_user
    manager.user_loader(lambda _id: None)
    manager.request_loader(lambda _request: _current_user())


def _current_user() -> User | None:
    statement = select(User).where(User.id == current_actor().user_id)
    return db.session.scalars(statement, execution_options={"as_system": True}).one_or_none()

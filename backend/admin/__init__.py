"""The admin room: pages for every registered resource, drawn on the server, useful without a script."""

from pathlib import Path

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Theme

from backend.admin import (
    assets,
    drawn_fields,
    faults,
    headers,
    looks,
    markdown,
    navigation,
    notices,
    references,
    sending,
    sentences,
    then,
)
from backend.admin.changes import ChangesView
from backend.admin.home import HomeView
from backend.admin.jobs import JobsView
from backend.admin.resource_view import ResourceView
from backend.admin.whying import WhyView
from backend.core import escaping
from backend.core.registry import registry

TEMPLATES = Path(__file__).parent / "templates"


def install(app: Flask) -> None:
    """Bind the pages of every resource that offers reading; call it after the API, whose error handlers stay."""
    # One Admin an application: Flask-Admin keeps the application it was bound to.
    admin = Admin(
        app,
        name=app.config["SITE_NAME"],
        index_view=HomeView(),
        theme=Theme(folder=str(TEMPLATES), base_template="kontor/base.html"),
    )
    admin.add_view(ChangesView())
    admin.add_view(JobsView())
    admin.add_view(WhyView())
    for entry in registry.all():
        if "read" not in entry.resource.without:
            admin.add_view(ResourceView(entry))
    app.jinja_env.globals.update(
        asset=assets.address,
        scripts=assets.scripts,
        room=navigation.room,
        take_notice=notices.take,
        look=looks.look,
        typed=references.typed,
        markdown=markdown.rendered,
        just_now=then.just_now,
        sending=sending.inputs,
        drawn_field=drawn_fields.drawn,
    )
    app.jinja_env.filters["ruled"] = sentences.ruled
    escaping.install(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    assets.install(app)
    headers.install(app)
    faults.install(app)

"""Migrations on every database: up, without drift, down – and a filled database keeps every row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import func, insert, inspect, select

from backend import create_app
from backend.cli import migrations as commands
from backend.core.types import utc_now
from backend.extensions import DeclarativeModel, db
from backend.modules.identity.models import Account
from config import load
from tests.house.sources import ROOT
from tests.services import knows_languages, postgres_url
from tests.work import PASSWORD, seed

FOLDER = str(ROOT / "migrations")
LATER = '''
"""Make the accounts' table anew, as a batch does on SQLite."""

import sqlalchemy as sa
from alembic import op

revision = "later"
down_revision = {head!r}
# Servers alter a table in place.
ANEW = "always" if op.get_context().dialect.name == "sqlite" else "auto"


def upgrade():
    with op.batch_alter_table("accounts", recreate=ANEW) as batch:
        batch.add_column(sa.Column("motto", sa.String(80)))


def downgrade():
    with op.batch_alter_table("accounts", recreate=ANEW) as batch:
        batch.drop_column("motto")
'''


@pytest.fixture
def migrated(empty_database: str) -> Iterator[None]:
    """An application whose database is at the newest migration."""
    app = create_app(load("test", DATABASE_URL=empty_database, SEED_PASSWORD=PASSWORD))
    commands.bind(app)
    app.extensions["migrate"].configure_args["include_object"] = is_ours
    with app.app_context():
        try:
            upgrade(FOLDER)
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def is_ours(item: Any, name: str | None, kind: str, *_rest: Any) -> bool:
    """Whether the table is the application's, not one of the tests' own modules."""
    return kind != "table" or name in our_tables() or item.metadata is not db.metadata


def our_tables() -> set[str]:
    mapped = (mapper.class_ for mapper in DeclarativeModel.registry.mappers)
    return {each.__tablename__ for each in mapped if each.__module__.startswith("backend.")}


def rows() -> dict[str, int]:
    """How many rows each table holds."""
    with db.engine.connect() as connection:
        tables = (db.metadata.tables[name] for name in our_tables())
        return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


pytestmark = pytest.mark.usefixtures("migrated")


def test_the_newest_migration_is_what_the_models_say() -> None:
    check(FOLDER)


def test_a_downgrade_leaves_nothing_and_an_upgrade_brings_it_back() -> None:
    downgrade(FOLDER, revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    db.engine.dispose()
    upgrade(FOLDER)
    check(FOLDER)


def test_texts_of_an_older_database_come_to_stand_in_the_order_of_their_characters() -> None:
    names = ["A", "B", "a", "b", "É"]
    with db.engine.begin() as connection:
        now = utc_now()
        connection.execute(
            insert(Account), [{"name": name, "version": 1, "created_at": now, "updated_at": now} for name in names]
        )
    db.engine.dispose()
    downgrade(FOLDER, revision="0009")
    if db.engine.dialect.name == "postgresql" and knows_languages(postgres_url()):
        assert in_order() == ["a", "A", "b", "B", "É"]
    upgrade(FOLDER)
    assert in_order() == names


def in_order() -> list[str]:
    """The accounts' names as the database orders them."""
    with db.engine.connect() as connection:
        found = list(connection.scalars(select(Account.name).order_by(Account.name)))
    db.engine.dispose()
    return found


def test_an_upgrade_of_a_filled_database_at_head_changes_no_row() -> None:
    seed()
    db.session.remove()
    before = rows()
    upgrade(FOLDER)
    assert rows() == before
    assert before["products"] > 20


def test_a_later_migration_that_makes_a_parent_anew_loses_no_child(later: Path) -> None:
    seed()
    db.session.remove()
    before = rows()
    upgrade(str(later))
    assert rows() == before
    downgrade(str(later))
    assert rows() == before


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The migrations, and one more."""
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for path in [*Path(FOLDER).glob("*.*"), *Path(FOLDER).glob("versions/*.py")]:
        (folder / path.relative_to(FOLDER)).write_bytes(path.read_bytes())
    head = max(path.stem for path in (folder / "versions").glob("*.py"))
    (folder / "versions" / "later.py").write_text(LATER.format(head=revision_of(folder, head)), encoding="utf-8")
    return folder


def revision_of(folder: Path, name: str) -> str:
    text = (folder / "versions" / f"{name}.py").read_text(encoding="utf-8")
    return text.split('revision = "')[1].split('"')[0]

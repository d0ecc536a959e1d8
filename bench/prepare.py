"""Kontor on the database BENCH_DB, which holds the table `product`: our tables, an account, a superuser, the rows.

Afterwards `product` is a view of our products, so that whoever made the table may still delete rows from it.
"""

import os
from compileall import compile_dir
from pathlib import Path

from sqlalchemy import Connection, text

from backend import create_app
from backend.cli.migrations import upgrade
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write
from backend.extensions import db
from backend.modules.identity.models import Account, User

COLUMNS = "id, created_at, updated_at, name, sku, description, category, quantity, image_url"
# Money is an integer of cents on SQLite.
PRICES = {"sqlite": "CAST(round(price * 100) AS INTEGER)"}
VIEW = f"CREATE VIEW product AS SELECT {COLUMNS}, price FROM products"  # noqa: S608 - our own names
DELETES = """
CREATE TRIGGER product_deleted INSTEAD OF DELETE ON product
BEGIN DELETE FROM products WHERE id = OLD.id; END
"""
NEXT_ID = "SELECT setval(pg_get_serial_sequence('products', 'id'), (SELECT max(id) FROM products))"


def main() -> None:
    """Do all of it, in one transaction after the migrations."""
    app = create_app()
    with app.app_context():
        upgrade()
        act_as(system("bench"))
        begin_write()
        account_id = make_user(os.environ["BENCH_USER"], os.environ["BENCH_PASSWORD"])
        copy_rows(db.session.connection(), account_id)
        db.session.commit()
    # What an installation has: byte code, so that a start compiles nothing.
    compile_dir(Path(app.root_path), quiet=1)


def make_user(name: str, password: str) -> int:
    """An account and a superuser in it; the account's id."""
    account = Account(name="Bench")
    db.session.add(account)
    db.session.flush()
    user = User(username=name, email=f"{name}@example.com", account_id=account.id, is_superuser=True)
    user.set_password(password)
    db.session.add(user)
    db.session.flush()
    return account.id


def copy_rows(connection: Connection, account_id: int) -> None:
    """Our products from the table `product`, which becomes a view of them."""
    dialect = connection.dialect.name
    price = PRICES.get(dialect, "price")
    connection.execute(
        text(
            f"INSERT INTO products ({COLUMNS}, price, account_id, version) "  # noqa: S608 - our own names
            f"SELECT {COLUMNS}, {price}, :account, 1 FROM product"
        ),
        {"account": account_id},
    )
    connection.execute(text("DROP TABLE product"))
    connection.execute(text(VIEW))
    connection.execute(text(DELETES if dialect == "sqlite" else NEXT_ID))
    connection.execute(text("ANALYZE"))


if __name__ == "__main__":
    main()

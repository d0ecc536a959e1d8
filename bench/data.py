"""The products both sides serve: made up here, the same ones every time."""

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

ROWS = 100_000
DEEP = ROWS * 9 // 10
CATEGORY = "Workshop 12"
TERM = "Walnut"
COLUMNS = (
    "id", "sku", "name", "description", "category", "price", "quantity", "image_url", "created_at", "updated_at",
)  # fmt: skip

TABLE = """
CREATE TABLE product (
    id INTEGER PRIMARY KEY,
    sku VARCHAR(64) NOT NULL UNIQUE,
    name VARCHAR(200) NOT NULL,
    description TEXT NOT NULL,
    category VARCHAR(100) NOT NULL,
    price NUMERIC(12, 2) NOT NULL,
    quantity INTEGER NOT NULL,
    image_url VARCHAR(500) NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX ix_product_category ON product (category);
"""
_FINISHES = "Oiled Waxed Painted Brushed Polished Raw Stained Smoked".split()
_MATERIALS = "Walnut Ash Brass Slate Wool Felt Cork Zinc Birch Clay Jute Elm".split()
_THINGS = "Bench Desk Ledge Crate Vase Coaster Rack Easel Peg Bowl Frame Ladder".split()
_WORDS = (
    "turned by hand in a small shop from offcuts that others leave behind then sanded twice "
    "and wrapped in paper with a note on how to care for it"
).split()


def products() -> Iterator[tuple[int | str, ...]]:
    """Every product, in the order of COLUMNS."""
    dice = random.Random(1815)
    for number in range(1, ROWS + 1):
        moment = f"2025-{dice.randint(1, 12):02}-{dice.randint(1, 28):02} {dice.randint(0, 23):02}:30:00.000000"
        yield (
            number,
            f"K-{number:06}",
            f"{dice.choice(_FINISHES)} {dice.choice(_MATERIALS)} {dice.choice(_THINGS)} {number}",
            " ".join(dice.choices(_WORDS, k=25)),
            f"Workshop {dice.randint(0, 39):02}",
            f"{dice.randint(100, 999_999) / 100:.2f}",
            dice.randint(0, 400),
            f"https://images.example.com/{number}.webp",
            moment,
            moment,
        )


def write(path: Path) -> None:
    """A new SQLite file that holds the table `product` with every product."""
    database = sqlite3.connect(path)
    database.executescript(TABLE)
    database.executemany(f"INSERT INTO product VALUES ({', '.join('?' * len(COLUMNS))})", products())  # noqa: S608
    database.commit()
    database.execute("ANALYZE")
    database.execute("PRAGMA journal_mode=WAL")
    database.close()


def matching() -> int:
    """How many products are of CATEGORY and have TERM in their name."""
    return sum(1 for each in products() if each[4] == CATEGORY and TERM in str(each[2]))


def remove_created(path: Path) -> None:
    """Delete what was created since, so that both sides keep their size; works on a view as well."""
    database = sqlite3.connect(path, timeout=30)
    with database:
        database.execute("DELETE FROM product WHERE id > ?", (ROWS,))
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()

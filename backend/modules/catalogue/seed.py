"""A few products for the demonstration account, made up here."""

from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import func, select

from backend.extensions import db
from backend.modules.catalogue.models import Product

AFTER = ("identity",)
ACCOUNTS = ("demo", "other")
ROWS = (
    ("Oak desk 160", "Furniture", "349.00", 12), ("Oak desk 180", "Furniture", "399.00", 4),
    ("Swivel chair, grey", "Furniture", "189.50", 31), ("Swivel chair, blue", "Furniture", "189.50", 0),
    ("Filing cabinet, three drawers", "Furniture", "229.00", 7), ("Desk lamp, brass", "Lighting", "64.90", 18),
    ("Floor lamp", "Lighting", "119.00", 5), ("LED bulb E27, warm", "Lighting", "4.95", 240),
    ("Ledger, 96 pages", "Paper", "7.80", 85), ("Copy paper A4, 500 sheets", "Paper", "5.40", 320),
    ("Envelopes C5, 100 pieces", "Paper", "9.20", 3), ("Index cards, ruled", "Paper", "2.60", 140),
    ("Fountain pen, medium nib", "Writing", "38.00", 22), ("Ink, blue-black, 50 ml", "Writing", "11.50", 9),
    ("Pencil HB, dozen", "Writing", "6.30", 64), ("Highlighter, yellow", "Writing", "1.45", 0),
    ("Whiteboard 120 × 90", "Meeting", "94.00", 6), ("Flip chart stand", "Meeting", "78.50", 2),
    ("Projector screen", "Meeting", "145.00", 1), ("Café au lait bowls, set of four", "Kitchen", "32.00", 15),
    ("Kettle, 1.7 l", "Kitchen", "44.90", 11), ("Water carafe", "Kitchen", "16.75", 28),
)  # fmt: skip


def seed() -> Iterator[str]:
    """Add the products to the accounts that have none."""
    accounts = Product.metadata.tables["accounts"]
    for name in ACCOUNTS:
        account_id = db.session.connection().scalar(select(accounts.c.id).where(accounts.c.name == name))
        held = select(func.count()).select_from(Product).where(Product.account_id == account_id)
        if account_id is None or db.session.scalar(held):
            continue
        rows = ROWS if name == "demo" else ROWS[:5]
        db.session.add_all(_product(account_id, place, *row) for place, row in enumerate(rows, start=1))
        db.session.flush()
        yield f"{len(rows)} products in {name}"


def _product(account_id: int, place: int, name: str, category: str, price: str, quantity: int) -> Product:
    sku = f"{category[:3].upper()}-{place:03}"
    return Product(
        account_id=account_id, name=name, sku=sku, category=category, price=Decimal(price), quantity=quantity
    )

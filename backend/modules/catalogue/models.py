"""A product: what it is called, what it costs and how many there are."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from sqlalchemy import CheckConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from backend.core.events import announce
from backend.core.files.types import File
from backend.core.files.value import FileValue
from backend.core.languages import _, ngettext
from backend.core.limits import limits
from backend.core.model import AccountOwned, Model, check_by_name
from backend.core.types import Exact, Text
from backend.modules.catalogue.signals import (
    product_discount_application_failed,
    product_discount_applied,
    product_quantity_update_failed,
    product_quantity_updated,
)

CENT = Decimal("0.01")
PICTURES = ("image/png", "image/jpeg", "image/webp", "image/gif")
LARGEST_QUANTITY = 2**31 - 1


class Product(AccountOwned, Model):
    """Something with a price and a stock; the SKU tells products of one account apart."""

    __tablename__ = "products"

    name: Mapped[str] = mapped_column(Text(200), info=limits(min_length=1))
    sku: Mapped[str] = mapped_column(Text(64), info=limits(min_length=1))
    description: Mapped[str | None] = mapped_column(Text(10_000))
    category: Mapped[str | None] = mapped_column(Text(100))
    price: Mapped[Decimal] = mapped_column(Exact(12, 2), info=limits(min=0))
    quantity: Mapped[int] = mapped_column(Integer, default=0, info=limits(min=0))
    image_url: Mapped[str | None] = mapped_column(
        Text(500), info=limits(pattern=r"https?://\S+", pattern_hint="This must be an address: https://…")
    )

    picture: Mapped[FileValue | None] = mapped_column(File(mime_types=PICTURES, max_size=5 * 1024 * 1024))

    __table_args__ = (
        UniqueConstraint("account_id", "sku"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        Index("ix_products_account_id_name", "account_id", "name"),
        Index("ix_products_account_id_category", "account_id", "category"),
    )

    @validates("name", "sku", "price", "quantity", "image_url")
    def _stay_valid(self, name: str, value: Any) -> Any:
        if sentence := check_by_name(Product)[name](value):
            raise ValueError(f"{name}: {sentence}")
        return value

    def apply_discount(self, percentage: Decimal | float) -> None:
        """Lower the price by 0 to 100 per cent, rounded half up to the cent.

        Raises ValueError for a percentage out of range; the price stays as it was then.
        """
        try:
            share = _percentage(percentage)
            old_price = _there(self.price)
        except ValueError as fault:
            product_discount_application_failed.send(self, percentage=percentage, reason=str(fault))
            raise
        self.price = (old_price * (100 - share) / 100).quantize(CENT, ROUND_HALF_UP)
        announce(product_discount_applied, self, percentage=share, old_price=old_price, new_price=self.price)

    def update_quantity(self, amount: int) -> None:
        """Move the stock by `amount`, which may be negative. Raises ValueError where it would fall below zero."""
        try:
            # Not stored yet and nothing said: none.
            old_quantity = self.quantity or 0
            new_quantity = old_quantity + _whole(amount)
            if not 0 <= new_quantity <= LARGEST_QUANTITY:
                raise ValueError(_stock_sentence(old_quantity, amount))
        except ValueError as fault:
            product_quantity_update_failed.send(self, amount=amount, reason=str(fault))
            raise
        self.quantity = new_quantity
        announce(product_quantity_updated, self, amount=amount, old_quantity=old_quantity, new_quantity=new_quantity)


def _stock_sentence(quantity: int, amount: int) -> str:
    return ngettext(
        "There are %(num)s; a change by %(amount)s is not possible.",
        "There are %(num)s; a change by %(amount)s is not possible.",
        quantity,
        amount=amount,
    )


def _percentage(value: Any) -> Decimal:
    try:
        share = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        share = Decimal("NaN")
    if not share.is_finite() or not 0 <= share <= 100:
        raise ValueError(_("A discount is a percentage from 0 to 100."))
    return share


def _there(price: Decimal | None) -> Decimal:
    if price is None:
        raise ValueError(_("There is no price yet."))
    return price


def _whole(amount: Any) -> int:
    if type(amount) is not int:
        raise ValueError(_("The amount must be a whole number."))
    return amount

"""What happens to products, for those who listen in this process."""

from backend.core.events import signals

product_discount_applied = signals.signal("product_discount_applied", "The price was lowered; old_price, new_price.")
product_discount_application_failed = signals.signal(
    "product_discount_application_failed", "A discount was refused; percentage, reason."
)
product_quantity_updated = signals.signal("product_quantity_updated", "The stock moved; old_quantity, new_quantity.")
product_quantity_update_failed = signals.signal("product_quantity_update_failed", "A move was refused; amount, reason.")

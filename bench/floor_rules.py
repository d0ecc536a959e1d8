"""What the floor accepts as a product, checked by hand."""

import re
from typing import Any

FIELDS = ("sku", "name", "description", "category", "price", "quantity", "image_url")
LONGEST = {"sku": 64, "name": 200, "description": 10_000, "category": 100, "image_url": 500}
is_price = re.compile(r"\d{1,10}(\.\d{1,2})?").fullmatch


def fault(given: Any, *, partial: bool = False) -> str | None:
    """The first thing wrong with a product, or None."""
    if not isinstance(given, dict) or not given.keys() <= set(FIELDS):
        return "unknown field"
    for name in FIELDS:
        if name not in given:
            if partial:
                continue
            return f"{name} is missing"
        if not is_right(name, given[name]):
            return name
    return None


def is_right(name: str, value: Any) -> bool:
    if name == "quantity":
        return type(value) is int and 0 <= value < 2**31
    if name == "price":
        return isinstance(value, str) and is_price(value) is not None
    return isinstance(value, str) and len(value) <= LONGEST[name] and (bool(value) or name not in ("sku", "name"))

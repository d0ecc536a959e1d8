"""A product to try things on, and an ear for what is told of it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from typing import Any

from blinker import NamedSignal

from backend.models import Product

News = list[tuple[str, dict[str, Any]]]
GOOD: dict[str, Any] = {"name": "Desk", "sku": "D-1", "price": Decimal("10.00"), "quantity": 3}


def product(**other: Any) -> Product:
    """A good one, or one that differs in what is given; in no session."""
    return Product(**{**GOOD, **other})


@contextmanager
def listening(*to: NamedSignal) -> Iterator[News]:
    """Everything that is told meanwhile, with the name of its signal."""
    heard: News = []

    def ear(name: str) -> Any:
        return lambda _sender, **said: heard.append((name, said))

    with ExitStack() as stack:
        for signal in to:
            stack.enter_context(signal.connected_to(ear(signal.name)))
        yield heard

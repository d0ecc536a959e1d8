"""Products declared otherwise for one test."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from backend.core.entry import Entry
from backend.core.registry import registry
from backend.models import Product

Redeclare = Callable[..., Entry]


@pytest.fixture
def redeclare(monkeypatch: pytest.MonkeyPatch) -> Redeclare:
    """Replace what is declared about products, until the test ends."""

    def declare(**changes: Any) -> Entry:
        known = registry.get("products")
        assert known is not None
        entry = Entry(replace(known.resource, **changes))
        monkeypatch.setitem(registry._entries, "products", entry)  # noqa: SLF001 - it is closed
        monkeypatch.setitem(registry._by_model, Product, entry)  # noqa: SLF001 - as above
        return entry

    return declare

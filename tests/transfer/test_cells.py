"""Columns guessed, files told apart, values judged at a glance as they are at length."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.limits import check_of, checks_of
from backend.core.model import mapped_columns
from backend.core.registry import registry
from backend.core.rights import anonymous, system
from backend.core.transfer import format_of, guess_columns
from backend.models import Product, User

ANY = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.text(max_size=12), st.floats(),
    st.decimals(allow_nan=True, allow_infinity=True), st.decimals(-(10**11), 10**11, places=3),
    st.sampled_from(["", " ", "\0", "é", "http://x", "a@b.cd", "x" * 300, Decimal("9999999999.99"), Decimal("1E+3")]),
)  # fmt: skip


@settings(deadline=None)
@given(value=ANY)
@pytest.mark.parametrize("model", [Product, User])
def test_a_glance_at_a_value_lets_nothing_pass_that_a_close_look_refuses(model: type, value: object) -> None:
    for column in mapped_columns(model).values():
        at_length = next((said for check in checks_of(column) if (said := check(value))), None)
        if value is not None:
            assert check_of(column)(value) == at_length


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (["Name", "SKU", "Stock"], {"name": "Name", "sku": "SKU", "quantity": "Stock"}),
        (["IMAGE URL", "price (net)", "Price"], {"image_url": "IMAGE URL", "price": "Price"}),
        (["id", "version", "account", "Colour", ""], {}),
        (["TrackId", "Genre", "UnitPrice", "PRODUCT_NAME"], {"name": "PRODUCT_NAME", "price": "UnitPrice"}),
        (["Price", "UnitPrice", "MediaSKU"], {"price": "Price", "sku": "MediaSKU"}),
        (["Old price", "New price", "Pricelist", "_reason"], {}),
    ],
)
def test_columns_are_guessed_by_name_and_label_whatever_the_spelling(
    app: Flask, header: Sequence[str], found: dict[str, str]
) -> None:
    entry = registry.get("products")
    assert entry is not None
    with app.app_context():
        assert guess_columns(entry, system("test"), header) == found


def test_a_field_one_may_not_set_is_never_guessed(app: Flask) -> None:
    entry = registry.get("users")
    assert entry is not None
    with app.app_context():
        assert guess_columns(entry, anonymous(), ["Superuser", "E-mail", "Password"]) == {"email": "E-mail"}


@pytest.mark.parametrize(
    ("name", "media_type", "beginning", "format_"),
    [
        ("rows.CSV", "application/octet-stream", b"", "csv"),
        ("rows.json", "text/plain", b"", "json"),
        ("rows", "application/json", b"", "json"),
        ("rows", "text/csv", b"[", "csv"),
        ("", "", b"\n [{", "json"),
        ("", "", b"sku,", "csv"),
    ],
)
def test_files_are_known_by_name_type_or_beginning(name: str, media_type: str, beginning: bytes, format_: str) -> None:
    assert format_of(name, media_type, beginning) == format_

"""The library on every database, where a test asks for it."""

import pytest
from flask import Flask

from tests.callers import Caller, Keys


@pytest.fixture
def librarian(live_app: Flask, live_keys: dict[str, Keys]) -> Caller:
    """An editor of the account demo, on each database."""
    return Caller(live_app, live_keys["eli"].token)

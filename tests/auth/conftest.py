"""What the tests of sign-in share: the password, and a database of their own for races."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.databases import seeded
from tests.work import PASSWORD


@pytest.fixture
def password() -> str:
    """The password of everybody in the seed."""
    return PASSWORD


@pytest.fixture
def own_app(database_file: str) -> Iterator[Flask]:
    """An application whose transactions are real ones: several at once, each committed."""
    with seeded(database_file) as app:
        yield app

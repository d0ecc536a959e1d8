"""What the tests of an item's life share: what the registry office was told, and people at work."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.modules.registry_office import resources

Told = list[tuple[str, str, int | None]]


@pytest.fixture
def told() -> Iterator[Told]:
    """What the handlers of the certificates were told, from now on."""
    resources.TOLD.clear()
    yield resources.TOLD
    resources.TOLD.clear()


@pytest.fixture
def events(told: Told) -> Callable[[], list[str]]:
    """The names of the events told since the last look."""

    def look() -> list[str]:
        names = [event for event, _holder, _id in told]
        told.clear()
        return names

    return look


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """Inside the application, nobody asking yet."""
    with app.app_context():
        yield

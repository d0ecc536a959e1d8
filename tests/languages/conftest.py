"""A language in which what no catalogue could say stands out."""

from collections.abc import Iterator

import pytest

from backend.admin import drawn_fields, navigation, palette
from backend.core import languages, locales, page_words, zones
from tests.languages.reading import Bracketed


@pytest.fixture
def bracketed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bracketed]:
    """Everybody, programs too, speaks a language of brackets; whoever gathers messages does so before, in English."""
    language = Bracketed()
    for reader in (languages, page_words):
        monkeypatch.setattr(reader, "catalogue", lambda _locale: language)
    monkeypatch.setattr(languages, "NATIVE", "none")
    _forget_words()
    yield language
    _forget_words()


def _forget_words() -> None:
    """What is kept for an actor is kept in the actor's language, which is another one here."""
    navigation.groups.cache_clear()
    navigation._drawn.cache_clear()  # noqa: SLF001 - as above
    drawn_fields._around.cache_clear()  # noqa: SLF001 - as above
    palette._places.cache_clear()  # noqa: SLF001 - as above
    for each in (locales, zones):
        each._choices.cache_clear()  # noqa: SLF001 - as above

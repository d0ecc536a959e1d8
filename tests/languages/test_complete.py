"""Dutch is complete, and every translation fills the places of its message."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from flask import Flask

from backend.core.messages import folders, open_messages, template, updated, written

PLACES = re.compile(r"%\(\w+\)[a-z]|%%|</?\w+")
OF_THE_APPLICATION = [
    (sources, place) for sources, place in folders().items() if "tests" not in sources.relative_to(Path.cwd()).parts
]


@pytest.mark.parametrize(("sources", "place"), OF_THE_APPLICATION, ids=lambda path: path.name)
def test_the_dutch_catalogue_is_what_an_update_writes_and_lacks_nothing(app: Flask, sources: Path, place: Path) -> None:
    path = place / "nl.po"
    with app.app_context():
        catalogue = updated(path, template(sources))
    assert open_messages(catalogue) == []
    assert written(catalogue) == path.read_bytes(), "run `flask --app backend languages update`"


def test_a_translation_that_is_only_proposed_is_not_said_and_waits() -> None:
    catalogue = Catalog(locale="nl")
    catalogue.add("Undone.", "Ongedaan gemaakt.", flags={"fuzzy"})
    catalogue.add("Done.", "Klaar.")
    assert open_messages(catalogue) == ["Undone."]


@pytest.mark.parametrize(("sources", "place"), OF_THE_APPLICATION, ids=lambda path: path.name)
def test_translations_fill_the_places_of_their_messages(app: Flask, sources: Path, place: Path) -> None:
    with app.app_context():
        catalogue = updated(place / "nl.po", template(sources))
    wrong = [message.id for message in catalogue if message.id and not is_filled(message)]
    assert wrong == []


def is_filled(message: Message) -> bool:
    """Whether every form has the places, the tags and the per cent signs of an English one."""
    english = message.id if isinstance(message.id, tuple) else (message.id,)
    said = message.string if isinstance(message.string, tuple) else (message.string,)
    wanted = [set(PLACES.findall(str(each))) for each in english]
    return all(set(PLACES.findall(str(each))) in wanted for each in said)

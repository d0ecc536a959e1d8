"""No word of a page is out of a translator's reach: read in a language that puts every message in brackets."""

import re
from typing import Any

import pytest
from babel import Locale
from flask import Flask
from sqlalchemy import select

from backend.core import languages, zones
from backend.core.messages import folders, template
from backend.extensions import Base, db
from tests.admin.walking import walk
from tests.browser.site import furnish
from tests.callers import Visitor
from tests.languages.reading import Bracketed, unmarked

# What is called the same everywhere: the site, file formats, keys, units of the machine.
MONTHS = set("Jan Feb Mar Apr May Jun Jul Aug Sept Sep Oct Nov Dec".split())
NAMES = {"Kontor", "CSV", "XLSX", "JSON", "YAML", "UTC", "kB", "MB", "Ctrl", "Esc", "Enter", "ISO", "curl"}
# AD; Brussels (UTC+1), as the Unicode consortium calls it.
INITIALS_OR_ZONE = re.compile(r"[A-Z]{2}|.*\(UTC[+-]?[\d:]*\)")
WORD = re.compile(r"[^\W\d_]{2,}")


@pytest.fixture
def messages(app: Flask) -> set[tuple[str, str | None]]:
    """Every message a catalogue may hold, with its context."""
    with app.app_context():
        known = [message for sources in folders() for message in template(sources) if message.id]
    return {(message.id if isinstance(message.id, str) else message.id[0], message.context) for message in known}


@pytest.mark.parametrize("name", ["ada", "vera", "admin"])
def test_every_word_of_every_page_is_data_or_a_message_of_the_catalogues(
    app: Flask, keys: dict[str, Any], messages: set[tuple[str, str | None]], bracketed: Bracketed, name: str
) -> None:
    furnish(app)
    found: dict[str, str] = {}
    for _source, address, answer in walk(Visitor(app, keys[name].cookie)):
        if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
            found |= {text: address for text in unmarked(answer.text) if text not in found}
    known = data(app) | names() | NAMES | MONTHS
    said = {text: address for text, address in found.items() if not INITIALS_OR_ZONE.fullmatch(text)}
    left = {text: address for text, address in said.items() if not set(WORD.findall(text)) <= known}
    assert not left, "\n".join(f"{address}: {text}" for text, address in left.items())
    # What was said already may be asked for again, and signs such as € need no translation.
    asked = {(text, context) for text, context in bracketed.asked if "⟦" not in text and WORD.search(text)}
    assert asked - messages == set()


def data(app: Flask) -> set[str]:
    """Every word that stands in the database, in values and in names of fields and resources."""
    found: set[str] = set()
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            found |= {*WORD.findall(table.name)}
            for row in db.session.connection().execute(select(table)):
                found |= {word for value in row for word in WORD.findall(str(value))}
            found |= {word for column in table.columns for word in WORD.findall(column.name)}
    return found


def names() -> set[str]:
    """What the Unicode consortium calls languages, regions and time zones."""
    english = Locale("en")
    cities = [each["city"] for each in english.time_zones.values() if "city" in each]
    told = (*languages.offered().values(), *english.territories.values(), *english.languages.values(), *cities)
    told += tuple(name.replace("_", " ") for name in zones.names())
    return {word for name in told for word in WORD.findall(name)}

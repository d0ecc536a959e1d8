"""What marshmallow says of a schema's values, in this application's words and in the language of whoever asks."""

import re

from backend.core.languages import _, later
from backend.core.limits import NOT_BOOLEAN, NOT_DATE, NOT_DECIMAL, NOT_MOMENT, NOT_TEXT, NOT_WHOLE, REQUIRED

UNKNOWN = later("There is no such parameter here.")
TOO_LARGE = later("This number is too large.")
# The library's words as this application says them everywhere else.
OURS = {
    "Missing data for required field.": REQUIRED,
    "Field may not be null.": REQUIRED,
    "Unknown field.": UNKNOWN,
    "Not a valid string.": NOT_TEXT,
    "Not a valid integer.": NOT_WHOLE,
    "Not a valid number.": NOT_DECIMAL,
    "Special numeric values (nan or infinity) are not permitted.": NOT_DECIMAL,
    "Not a valid boolean.": NOT_BOOLEAN,
    "Not a valid date.": NOT_DATE,
    "Not a valid datetime.": NOT_MOMENT,
    "Number too large.": TOO_LARGE,
}
# The words of the library that stay as they are, marked here since nothing else says them: whole sentences …
THEIRS = (
    later("Invalid value."),
    later("Invalid type."),
    later("Invalid input type."),
    later("Invalid input."),
    later("Not a valid list."),
    later("Not a valid tuple."),
    later("Not a valid utf-8 string."),
    later("Not a valid UUID."),
    later("Not a valid time."),
    later("Not a valid naive datetime."),
    later("Not a valid aware datetime."),
    later("Not a valid period of time."),
    later("Not a valid mapping type."),
    later("Not a valid URL."),
    later("Not a valid email address."),
    later("Not a valid IP address."),
    later("Not a valid IPv4 address."),
    later("Not a valid IPv6 address."),
    later("Not a valid IP interface."),
    later("Not a valid IPv4 interface."),
    later("Not a valid IPv6 interface."),
    later("String does not match expected pattern."),
)
# … and those with a value in them, what says most first.
WITH_VALUES = (
    later("Must be greater than or equal to %(min)s and less than or equal to %(max)s."),
    later("Must be greater than or equal to %(min)s and less than %(max)s."),
    later("Must be greater than or equal to %(min)s."),
    later("Must be greater than %(min)s and less than or equal to %(max)s."),
    later("Must be greater than %(min)s and less than %(max)s."),
    later("Must be greater than %(min)s."),
    later("Must be less than or equal to %(max)s."),
    later("Must be less than %(max)s."),
    later("Shorter than minimum length %(min)s."),
    later("Longer than maximum length %(max)s."),
    later("Length must be between %(min)s and %(max)s."),
    later("Length must be %(equal)s."),
    later("Must be equal to %(other)s."),
    later("Must be one of: %(choices)s."),
    later("One or more of the choices you made was not in: %(choices)s."),
    later("One or more of the choices you made was in: %(values)s."),
)
PLACE = re.compile(r"%\\\((\w+)\\\)s|%\((\w+)\)s")


def in_our_words(sentence: str) -> str:
    """The sentence of the library or of a module's schema, still in English where this application has words for it."""
    return OURS.get(sentence, sentence)


def said(sentence: str) -> str:
    """The sentence in the language of whoever asks, with the values that stand in it."""
    for message, shape in SHAPES:
        if found := shape.fullmatch(sentence):
            return _(message, **found.groupdict())
    return _(sentence)


def _shape(message: str) -> re.Pattern[str]:
    """What matches the message with any values at its places."""
    return re.compile(PLACE.sub(lambda place: f"(?P<{place[1] or place[2]}>.+)", re.escape(message)), re.DOTALL)


SHAPES = tuple((message, _shape(message)) for message in WITH_VALUES)

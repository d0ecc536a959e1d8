"""What is said to the actions on users."""

from marshmallow import Schema, fields

from backend.core import locales, zones
from backend.core.resource import Choices

LOCALES = Choices(
    locales.choices, otherwise="This must be a language that is offered, alone or with a region: nl, nl-BE."
)
ZONES = Choices(zones.choices, otherwise="This must be a time zone, such as Europe/Brussels.")


class LanguageChoice(Schema):
    """In which language somebody is spoken to, and by which clock; what is not said stays."""

    locale = fields.String(
        validate=LOCALES,
        metadata={"label": "Language", "description": "The region says how dates and numbers are written."},
    )
    time_zone = fields.String(validate=ZONES, metadata={"label": "Time zone"})

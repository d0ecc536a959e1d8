"""Meetings and people as everybody sees them."""

from backend.core import Children, Field, Group, Resource, View, permission, role, where
from backend.core.registry import registry
from backend.core.resource import VERBS
from tests.modules.agenda.models import Meeting, Person

ADMINS = role("account-admin")

registry.register(
    Resource(
        model=Person,
        label="People",
        label_one="Person",
        group="Agenda",
        natural_key=("name",),
        search=("name",),
        rights={verb: permission(f"agenda_people:{verb}") for verb in VERBS}
        | {"read": permission("agenda_people:read") & (where(lambda _actor, row: row.is_shy.is_(False)) | ADMINS)},
    )
)
registry.register(
    Resource(
        model=Meeting,
        label="Meetings",
        group="Agenda",
        natural_key=("name",),
        search=("name", "contents.title", "event.location"),
        sort=("event.start_date",),
        columns=("name", "event", "contents"),
        fields={
            "event_start": Field(label="Begins"),
            "hall_name": Field(required=True, label="Name"),
            "remark": Field(format="markdown", show_when={"event.cancelled": True}),
        },
        embedded={
            "event": Group(
                fields={
                    "start_date": "event_start",
                    "end_date": "event_end",
                    "location": "location",
                    "cancelled": "cancelled",
                },
                description="When and where.",
            ),
            "hall": Group(fields={"name": "hall_name", "seats": "hall_seats"}, optional=True),
            "contents": Children(
                "contents", key=("locale",), order_by=("locale",), fields={"words": Field(read_only=True)}
            ),
            "speakers": Children("speakers", key=("person",), min=1, max=5),
            "steps": Children("steps"),
            "notes": Children("notes", read=ADMINS, write=ADMINS),
        },
        sections={"Place and remarks": ("hall", "remark")},
        views={"short": View(fields=("name", "contents"))},
        rights={verb: permission(f"agenda_meetings:{verb}") for verb in VERBS},
    )
)

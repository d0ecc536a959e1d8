"""Who sees works, and the action that takes a file."""

from marshmallow import Schema, fields

from backend.core import Action, Children, Field, FileInput, Group, Resource, permission, role
from backend.core.registry import registry
from tests.modules.gallery.models import PICTURES, Artwork, Show


class Hanging(Schema):
    """What `hang` takes."""

    picture = FileInput(required=True, mime_types=PICTURES, max_size=2 * 1024 * 1024)
    note = fields.String()


registry.register(
    Resource(
        model=Artwork,
        group="Gallery",
        title="name",
        natural_key=("name",),
        fields={"appraisal": Field(read=role("account-admin"))},
        actions={"hang": Action(run=Artwork.hang, schema=Hanging, can_execute=permission("artworks:update"))},
        rights={verb: permission(f"artworks:{verb}") for verb in ("read", "create", "update", "delete")},
    )
)
registry.register(
    Resource(
        model=Show,
        group="Gallery",
        natural_key=("name",),
        columns=("name", "event", "rooms"),
        embedded={
            "event": Group(fields=("location", "picture", "programme")),
            "flyer": Group(
                fields={"text": "flyer_text", "print": "flyer_print"},
                optional=True,
                read=role("account-admin"),
                write=role("account-admin"),
            ),
            "rooms": Children("rooms", key=("code",), order_by=("code",), max=5),
            "remarks": Children("remarks"),
            "secrets": Children("secrets", read=role("account-admin"), write=role("account-admin")),
        },
        rights={verb: permission(f"gallery_shows:{verb}") for verb in ("read", "create", "update", "delete")},
    )
)

"""Who sees works, and the action that takes a file."""

from marshmallow import Schema, fields

from backend.core import Action, Field, FileInput, Resource, permission, role
from backend.core.registry import registry
from tests.modules.gallery.models import PICTURES, Artwork


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

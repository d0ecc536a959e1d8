"""Parts and shelves as everybody in the account sees them."""

from marshmallow import Schema, fields, validate

from backend.core.registry import registry
from backend.core.resource import Action, Resource, Selection, View
from backend.core.rights import permission, role, signed_in
from tests.modules.workshop.models import Part, Shelf


class Recount(Schema):
    """What `recount` takes."""

    by = fields.Integer(load_default=1, strict=True, metadata={"label": "By"})
    seconds = fields.Float(load_default=0, validate=validate.Range(0, 5))
    fail_at = fields.String(load_default=None, allow_none=True)


class Label(Schema):
    """One of every kind of value."""

    text = fields.String(required=True, validate=validate.Length(min=1, max=20), metadata={"label": "Text"})
    long_text = fields.String(metadata={"format": "long"})
    size = fields.String(load_default="small", validate=validate.OneOf(["small", "large"], labels=["Small", "Large"]))
    tags = fields.List(fields.String(validate=validate.OneOf(["red", "green", "blue"])))
    words = fields.List(fields.String())
    amount = fields.Decimal(places=2, validate=validate.Range(min=0))
    ratio = fields.Float()
    number = fields.Integer(strict=True)
    is_loud = fields.Boolean(load_default=True)
    is_sure = fields.Boolean(allow_none=True)
    day = fields.Date()
    moment = fields.DateTime()
    at = fields.Time()
    mail = fields.Email()
    page = fields.Url()
    extra = fields.Dict()


WORKER = permission("products:read")
registry.register(
    Resource(
        model=Shelf,
        group="Workshop",
        label="Shelves",
        label_one="Shelf",
        title="name",
        natural_key=("name",),
        rights=dict.fromkeys(("read", "create", "update", "delete"), signed_in),
    )
)
registry.register(
    Resource(
        model=Part,
        group="Workshop",
        title="code",
        natural_key=("code",),
        search=("code",),
        views={"counts": View(fields=("code", "counted"), label="Counts")},
        selections={
            "uncounted": Selection(
                criterion=lambda part: part.counted == 0,
                columns=("code", "shelf.name", "counted"),
                sort=("shelf.name", "-code"),
                label="Not counted yet",
            ),
            "secret": Selection(
                criterion=lambda part: part.id > 0, columns=("code",), label="Secret", can_read=role("nobody-has-it")
            ),
        },
        actions={
            "recount": Action(run=Part.recount, schema=Recount, label="Count again", can_execute=WORKER, is_long=True),
            "tick": Action(run=Part.recount, label="Tick", can_execute=WORKER),
            "label": Action(run=Part.label, schema=Label, label="Label", can_execute=WORKER),
            "open": Action(
                run=lambda part: setattr(part, "is_sealed", False),
                can_see=lambda _actor, part: part.is_sealed,
                can_execute=WORKER,
                description="Break the seal.",
            ),
        },
        rights=dict.fromkeys(("read", "create", "update", "delete"), signed_in),
    )
)

"""Units, staff and memberships as everybody sees them."""

from marshmallow import Schema, fields
from sqlalchemy import select

from backend.core.registry import registry
from backend.core.resource import VERBS, Field, Reference, Resource, Selection, View
from backend.core.rights import permission
from backend.modules.organisation.models import Membership, Person, Unit

GROUP = "Organisation"


class OfKind(Schema):
    """What `by_kind` must be told."""

    kind = fields.String(required=True, metadata={"label": "Kind"})


class OnSide(Schema):
    """What `by_side` must be told."""

    side = fields.String(required=True, metadata={"label": "Side"})


def has_no_membership(person: type[Person]) -> object:
    """A person of no unit."""
    return ~select(Membership.id).where(Membership.person_id == person.id).exists()


registry.register(
    Resource(
        model=Unit,
        group=GROUP,
        description="The parts of the organisation, each below its parent.",
        title="name",
        fields={
            "code": Field(description="Tells units of one account apart."),
            "kind": Field(description="What sort of unit it is, in words of your own."),
            "url": Field(label="Web site", format="url"),
        },
        references={
            "parent": Reference(label="Part of", description="The unit above; none for one at the top."),
            "children": Reference(label="Units below"),
        },
        columns=("name", "code", "kind", "parent", "phone"),
        search=("code", "name", "address"),
        sort=("code",),
        natural_key=("code",),
        views={"directory": View(fields=("code", "name", "phone", "address", "url"), label="Directory")},
        selections={
            "top": Selection(
                criterion=lambda unit: unit.parent_id.is_(None),
                columns=("code", "name", "kind"),
                sort=("code",),
                label="At the top",
            ),
            "by_kind": Selection(
                criterion=lambda unit, kind: unit.kind == kind,
                columns=("code", "name", "parent.code"),
                sort=("code",),
                label="By kind",
                parameters=OfKind,
            ),
        },
        rights={verb: permission(f"units:{verb}") for verb in VERBS},
    )
)

registry.register(
    Resource(
        model=Person,
        label="Staff",
        label_one="Person",
        group=GROUP,
        description="Who works here.",
        title="full_name",
        fields={"employee_id": Field(label="Employee id", description="Tells people of one account apart.")},
        columns=("full_name", "employee_id"),
        search=("employee_id", "full_name"),
        sort=("full_name",),
        natural_key=("employee_id",),
        selections={
            "without_unit": Selection(
                needs_attention=True,
                criterion=has_no_membership,
                columns=("employee_id", "full_name"),
                sort=("full_name",),
                label="In no unit",
            )
        },
        rights={verb: permission(f"staff:{verb}") for verb in VERBS},
    )
)

registry.register(
    Resource(
        model=Membership,
        group=GROUP,
        description="Who belongs to which unit, and as what.",
        title=("person", "unit"),
        fields={
            "rank": Field(description="The place within the side: 1 comes first."),
            "side": Field(description="In words of your own, such as the side of a table."),
        },
        columns=("unit", "person", "side", "rank", "title"),
        search=("title",),
        sort=("rank",),
        natural_key=("unit", "person"),
        selections={
            "titled": Selection(
                criterion=lambda membership: membership.title.is_not(None),
                columns=("unit.name", "person.full_name", "title"),
                sort=("title",),
                label="With a title",
            ),
            "by_side": Selection(
                criterion=lambda membership, side: membership.side == side,
                columns=("unit.name", "person.full_name", "rank", "title"),
                sort=("rank",),
                label="By side",
                parameters=OnSide,
            ),
        },
        rights={verb: permission(f"memberships:{verb}") for verb in VERBS},
    )
)

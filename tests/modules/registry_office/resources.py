"""Certificates with handlers for everything that happens to them; what they were told is written down here."""

from typing import Any

from backend.core import Resource, permission
from backend.core.errors import ValidationError
from backend.core.registry import registry
from backend.core.resource import VERBS
from backend.core.rights import Rule
from tests.modules.registry_office.models import Certificate, RegistryOffice, Stamp

GROUP = "Registry office"
# Event, holder, and the item's id as it was when the handler was called.
TOLD: list[tuple[str, str, int | None]] = []


def rights(key: str) -> dict[str, Rule]:
    """By permission, as every resource has."""
    return {verb: permission(f"{key}:{verb}") for verb in VERBS}


def write_down(event: str, root: Any, item: Any) -> None:
    """Remember what was told."""
    assert root is item
    TOLD.append((event, item.holder, item.id))


def tidy(event: str, root: Any, item: Any) -> None:  # noqa: ARG001 - as every handler
    """One blank between the names of the holder is enough."""
    if "  " in item.holder:
        item.holder = " ".join(item.holder.split())


def refuse_void(event: str, root: Any, item: Any) -> None:  # noqa: ARG001 - as every handler
    """Refuse what is void: at its field, or as a whole."""
    if item.number.startswith("VOID"):
        raise ValidationError({"number": ["A void number is never issued again."]})
    if item.holder == "Nobody":
        raise ValueError("Nobody is certified nothing.")


def refuse_sealed(event: str, root: Any, item: Any) -> None:  # noqa: ARG001 - as every handler
    """A sealed certificate stays."""
    if item.sealed:
        raise ValueError(f"The certificate {item.number} is sealed: unseal it first.")


registry.register(Resource(model=RegistryOffice, group=GROUP, natural_key=("name",), rights=rights("registry_offices")))
registry.register(
    Resource(
        model=Certificate,
        group=GROUP,
        title="number",
        natural_key=("number",),
        search=("number", "holder"),
        on={
            "loaded": write_down,
            "before_save": (tidy, refuse_void, write_down),
            "created": write_down,
            "saved": [write_down],
            "before_delete": (refuse_sealed, write_down),
            "deleted": write_down,
        },
        rights=rights("registry_certificates"),
    )
)
registry.register(Resource(model=Stamp, group=GROUP, natural_key=("name",), rights=rights("registry_stamps")))

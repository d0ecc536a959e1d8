"""What an input of a form holds: a value as its text, what was sent taken over, the text as it is to be read."""

from datetime import UTC, datetime, tzinfo
from typing import Any

from werkzeug.datastructures import MultiDict

from backend.admin.fields import FILE, FormField, Spec
from backend.core.values import to_text

Sent = MultiDict[str, str]
PICK, LOOKUPS = "_pick.", ("lookup", "lookups")
NOT_A_MOMENT = "This must be a date and time, such as 2026-01-31 09:30."


def text_of(spec: Spec, value: Any, where: tzinfo) -> str:
    """A value as its input holds it; a moment in the user's own zone."""
    if spec.widget == "moment" and value is not None:
        return moment_text(value, where)
    return to_text(value).replace("\r\n", "\n")


def take(field: FormField, name: str, sent: Sent) -> None:
    """One field as it was sent; a tick that is not there is a no."""
    if field.spec.widget == "check":
        field.value = "true" if name in sent else "false"
    elif field.spec.widget == FILE:
        return
    elif field.spec.widget == "checks":
        field.values = tuple(sent.getlist(name))
    else:
        field.value = sent.get(name, "").replace("\r\n", "\n")
    if field.spec.widget in LOOKUPS:
        field.value = _picked(field.value, name, sent)


def _picked(text: str, name: str, sent: Sent) -> str:
    """The lines of a reference's field, those replaced for which one of several rows was chosen."""
    lines = text.split("\n")
    return "\n".join(sent.get(f"{PICK}{name}.{place}", line) for place, line in enumerate(lines))


def raw_value(spec: Spec, text: str, where: tzinfo) -> str | None:
    """What the declaration is to read: null for an empty field, a moment turned from the user's zone to UTC.

    Raises ValueError for what is no moment.
    """
    if text == "" and (spec.nullable or spec.kind not in ("text", "long")):
        return None
    return moment_of(text, where) if spec.widget == "moment" else text


def moment_of(text: str, where: tzinfo) -> str:
    """What was typed in the user's zone, in UTC. Raises ValueError for what is no moment."""
    try:
        local = datetime.fromisoformat(text.strip())
        return to_text((local.replace(tzinfo=where) if local.tzinfo is None else local).astimezone(UTC))
    except (ValueError, OverflowError):
        raise ValueError(NOT_A_MOMENT) from None


def moment_text(value: datetime, where: tzinfo) -> str:
    """A moment as a browser's input holds it."""
    return value.astimezone(where).replace(tzinfo=None).isoformat(timespec="seconds")

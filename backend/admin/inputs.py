"""What an input of a form holds: a value as its text, what was sent taken over, the text as it is to be read."""

from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from backend.admin import numbers
from backend.admin.fields import FILE, FormField, Spec
from backend.core import formats
from backend.core.languages import _, later
from backend.core.numbers import Unclear
from backend.core.values import to_text
from backend.core.zones import city

Sent = MultiDict[str, str]
PICK, LOOKUPS = "_pick.", ("lookup", "lookups")
LEFT_OUT = later(
    "This time does not exist in %(place)s, where clocks are put forward over it: perhaps %(time)s is meant."
)
NOT_A_MOMENT = later("This must be a date and time, such as 2026-01-31 09:30.")


def text_of(spec: Spec, value: Any, where: tzinfo) -> str:
    """A value as its input holds it; a moment in the user's own zone."""
    if spec.widget == "moment" and value is not None:
        return moment_text(value, where)
    if isinstance(value, Decimal):
        return formats.typed(to_text(value))
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
    """What the declaration is to read: null for an empty field, numbers and moments as programs write them.

    Raises ValueError for what is no moment, and for a number that may be two.
    """
    if text == "" and (spec.nullable or spec.kind not in ("text", "long")):
        return None
    if spec.widget == "moment":
        return moment_of(text, where)
    return number_of(spec, text)


def number_of(spec: Spec, text: str) -> str:
    """What was typed for a number, as programs write it; anything else as it stands. Raises Unclear.

    What it counts may stand before or behind it, as where it was copied from.
    """
    if spec.widget != "text" or spec.kind not in numbers.KINDS:
        return text
    return numbers.read(text.strip().removeprefix(spec.unit).removesuffix(spec.unit).strip() or text, spec.kind)


def held(spec: Spec, text: str) -> str:
    """What an input holds for a value that stands in the declaration, such as a default."""
    return formats.typed(text) if spec.widget == "text" and spec.kind == "decimal" else text


def moment_of(text: str, where: tzinfo) -> str:
    """What was typed in the user's zone, in UTC; of a time that comes twice the first.

    Raises ValueError for what is no moment, Unclear for a time that clocks there leave out.
    """
    try:
        local = datetime.fromisoformat(text.strip())
        meant = local.replace(tzinfo=where) if local.tzinfo is None else local
        moment = meant.astimezone(UTC)
        is_there = moment.astimezone(meant.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise ValueError(_(NOT_A_MOMENT)) from None
    if not is_there:
        raise Unclear(_(LEFT_OUT, place=city(str(where)), time=formats.moment(moment, where)))
    return to_text(moment)


def moment_text(value: datetime, where: tzinfo) -> str:
    """A moment as a browser's input holds it."""
    return value.astimezone(where).replace(tzinfo=None).isoformat(timespec="seconds")

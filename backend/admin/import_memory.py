"""How somebody matched the columns of a file last time: kept per user, resource and set of column names."""

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any

from backend.core import preferences
from backend.core.entry import Entry
from backend.core.errors import Invalid
from backend.core.rights import Actor
from backend.core.transfer.formats.tables import REASON

SHOWN_DIGITS = 24


def recall(entry: Entry, actor: Actor, header: Sequence[str], known: Collection[str]) -> dict[str, str] | None:
    """Our field → their column as it was last time, as far as both are still there; None where there was none."""
    name = _name(entry, header)
    told: Any = preferences.recall(actor, name).get(name)
    if not isinstance(told, dict):
        return None
    return {ours: theirs for ours, theirs in told.items() if ours in known and theirs in header}


def remember(entry: Entry, actor: Actor, header: Sequence[str], told: Mapping[str, str]) -> None:
    """Keep it for the next file with these columns; what is too much for that is matched anew."""
    if actor.user_id is None:
        return
    try:
        preferences.remember(actor, _name(entry, header), dict(told))
    except Invalid:
        preferences.forget(actor, _name(entry, header))


def _name(entry: Entry, header: Sequence[str]) -> str:
    """One name for the same columns in any order; rejected rows, sent again, have one more and count as the same."""
    names = "\x1f".join(sorted(name for name in header if name != REASON))
    return f"import.{entry.key}.{sha256(names.encode(errors='surrogatepass')).hexdigest()[:SHOWN_DIGITS]}"

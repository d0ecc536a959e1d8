"""JSON Patch (RFC 6902) inside one attribute: an embedded object, a list of them, or plain JSON."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from backend.core import query
from backend.core.entry import Entry, GroupEntry
from backend.core.json import dumps, loads
from backend.core.rights import Actor

END = "-"


class NoSuchPlace(LookupError):
    """The path leads to nothing."""


def steps_of(path: str) -> list[str]:
    """The steps of `/contents/0/title`, or of `$.contents.0.title`."""
    if path.startswith("$"):
        return path.removeprefix("$").removeprefix(".").split(".")
    return [step.replace("~1", "/").replace("~0", "~") for step in path.removeprefix("/").split("/")]


def has_inside(entry: Entry, name: str) -> bool:
    """Whether a path may lead into the attribute."""
    return name in entry.embedded or (name in entry.fields and entry.fields[name].kind == "json")


def standing(entry: Entry, actor: Actor, row: Any, name: str) -> Any:
    """The attribute of a row as its documents have it."""
    return loads(dumps(query.of_entity(entry, actor, row, (name,), ())[2]))


def found(value: Any, steps: Sequence[str]) -> Any:
    """What stands at the steps inside a value. Raises NoSuchPlace."""
    for step in steps:
        value = value[_key(value, step)]
    return value


def applied(value: Any, steps: Sequence[str], op: str, given: Any) -> Any:
    """The value with the operation done at the steps inside it. Raises NoSuchPlace."""
    if not steps:
        return None if op == "remove" else given
    changed = deepcopy(value)
    *way, last = steps
    inside = found(changed, way)
    if op == "add":
        _add(inside, last, given)
    elif op == "remove":
        del inside[_key(inside, last)]
    else:
        inside[_key(inside, last)] = given
    return changed


def _key(inside: Any, step: str) -> Any:
    if isinstance(inside, dict) and step in inside:
        return step
    if isinstance(inside, list) and step.isascii() and step.isdigit() and len(step) < 10 and int(step) < len(inside):
        return int(step)
    raise NoSuchPlace(step)


def _add(inside: Any, step: str, given: Any) -> None:
    if isinstance(inside, dict):
        inside[step] = given
    elif isinstance(inside, list) and step in (END, str(len(inside))):
        inside.append(given)
    elif isinstance(inside, list):
        inside.insert(_key(inside, step), given)
    else:
        raise NoSuchPlace(step)


def told_whole(entry: Entry, name: str, value: Any) -> Any:
    """A patched value as it is to be read: an embedded object says of every member what becomes of it."""
    field = entry.fields.get(name)
    if not isinstance(field, GroupEntry) or not isinstance(value, Mapping):
        return value
    members = {member.name: member.column for member in field.part.fields.values() if not member.read_only}
    return {**{name: _default(column) for name, column in members.items()}, **value}


def _default(column: Any) -> Any:
    return column.default.arg if column.default is not None and column.default.is_scalar else None

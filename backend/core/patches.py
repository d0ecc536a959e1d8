"""Paths into an item, and what JSON Patch (RFC 6902) and Merge Patch (RFC 7396) make of the values they lead to."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from backend.core.entry import Entry, GroupEntry

END = "-"
# JSON Pointer (RFC 6901), and the selectors of others: `$.contents[0].title`, also `$.contents.0.title`.
POINTER = r"(?:/(?:[^~/]|~[01])*)*"
SELECTOR = r"\$(?:\.[^.\[\]]+|\[(?:[0-9]+|-)\])*"
PATHS = rf"^(?:{POINTER}|{SELECTOR})$"
SELECTED = re.compile(r"\.([^.\[\]]+)|\[([0-9]+|-)\]")
PLACE = re.compile(r"0|[1-9][0-9]{0,8}")


class NoSuchPlace(LookupError):
    """The path leads to nothing."""


def is_path(path: Any) -> bool:
    """Whether this is a path of JSON Patch in one of its two forms."""
    return isinstance(path, str) and re.fullmatch(PATHS, path) is not None


def steps_of(path: str) -> list[str]:
    """The steps of `/contents/0/title`, or of `$.contents[0].title`."""
    if path.startswith("$"):
        return [name or place for name, place in SELECTED.findall(path)] or [""]
    return [step.replace("~1", "/").replace("~0", "~") for step in path.removeprefix("/").split("/")]


def found(value: Any, steps: Sequence[str]) -> Any:
    """What stands at the steps inside a value. Raises NoSuchPlace."""
    for step in steps:
        value = value[_key(value, step)]
    return value


def put(value: Any, steps: Sequence[str], given: Any, *, is_new: bool) -> None:
    """Replace what stands at the steps inside a value, or add there (`is_new`). Raises NoSuchPlace."""
    *way, last = steps
    inside = found(value, way)
    if not is_new:
        inside[_key(inside, last)] = given
    elif isinstance(inside, dict):
        inside[last] = given
    elif isinstance(inside, list) and last in (END, str(len(inside))):
        inside.append(given)
    elif isinstance(inside, list):
        inside.insert(_key(inside, last), given)
    else:
        raise NoSuchPlace(last)


def taken_out(value: Any, steps: Sequence[str]) -> Any:
    """What stood at the steps inside a value, no longer there. Raises NoSuchPlace."""
    *way, last = steps
    inside = found(value, way)
    return inside.pop(_key(inside, last))


def _key(inside: Any, step: str) -> Any:
    if isinstance(inside, dict) and step in inside:
        return step
    if isinstance(inside, list) and PLACE.fullmatch(step) and int(step) < len(inside):
        return int(step)
    raise NoSuchPlace(step)


def is_same(one: Any, other: Any) -> bool:
    """Whether two values of JSON are equal: numbers by what they are worth, and true is no number."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(one[name], other[name]) for name in one)
    return bool(one == other)


def merged(value: Any, patch: Any) -> Any:
    """The value with a merge patch applied: null takes a member away, a list is replaced."""
    if not isinstance(patch, Mapping):
        return patch
    members = dict(value) if isinstance(value, Mapping) else {}
    for name, given in patch.items():
        if given is None:
            members.pop(name, None)
        else:
            members[name] = merged(members.get(name), given)
    return members


def has_inside(entry: Entry, name: str) -> bool:
    """Whether a path may lead into the attribute or reference: it is embedded, plain JSON, or a list of references."""
    if name in entry.references:
        return entry.references[name].is_many
    return name in entry.embedded or (name in entry.fields and entry.fields[name].kind == "json")


def told_whole(entry: Entry, name: str, value: Any) -> Any:
    """A patched value as it is to be read: an embedded object says of every member what becomes of it."""
    field = entry.fields.get(name)
    if not isinstance(field, GroupEntry) or not isinstance(value, Mapping):
        return value
    members = {member.name: member.column for member in field.part.fields.values() if not member.read_only}
    return {**{name: _default(column) for name, column in members.items()}, **value}


def _default(column: Any) -> Any:
    return column.default.arg if column.default is not None and column.default.is_scalar else None

"""Pages: by offset while they are near, by cursor for ever; NULL is the largest value and the id ends every sort."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_

from backend.core.errors import BadQuery, Malformed, Problem
from backend.core.json import dumps, loads
from backend.core.languages import _
from backend.core.limits import type_sentence
from backend.core.rights import Criterion
from backend.core.values import Unreadable, from_text, to_text

DEFAULT_LIMIT, LARGEST_LIMIT, FARTHEST_OFFSET = 10, 100, 10_000
OFFSET = "page[offset]"


@dataclass(frozen=True)
class Key:
    """One key of a sort: its name as asked for, the column, the direction and whether it may be NULL."""

    name: str
    column: ColumnElement[Any]
    kind: str
    descending: bool
    nullable: bool

    @property
    def order(self) -> tuple[ColumnElement[Any], ...]:
        """ORDER BY terms; the NULL flag is left out where it cannot matter, so that an index serves."""
        towards = self.column.desc() if self.descending else self.column.asc()
        if not self.nullable:
            return (towards,)
        is_null = self.column.is_(None)
        return (is_null.desc() if self.descending else is_null.asc(), towards)

    def reversed(self) -> "Key":
        """The same key read from the other end."""
        return Key(self.name, self.column, self.kind, not self.descending, self.nullable)


@dataclass(frozen=True)
class Stretch:
    """Rows that an index reads in their order: sorted by these keys, beyond these values where there are any."""

    keys: tuple[Key, ...]
    values: tuple[Any, ...]
    criterion: Criterion | None = None


@dataclass(frozen=True)
class Page:
    """Which part of a list: a limit and an offset, or a place to go on from or back from."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    after: str | None = None
    before: str | None = None
    exact_count: bool = False

    @property
    def by_cursor(self) -> bool:
        """Whether a cursor says where."""
        return self.after is not None or self.before is not None


def page_from(arguments: dict[str, str], default: int = DEFAULT_LIMIT) -> Page:
    """The page of the `page[…]` parameters. Raises BadQuery for sizes out of range or both ways at once."""
    limit = _number(arguments, "page[limit]", default, 1, LARGEST_LIMIT)
    offset = _number(arguments, OFFSET, 0, 0, FARTHEST_OFFSET)
    after, before, count = (arguments.get(f"page[{name}]") for name in ("after", "before", "count"))
    if (after is not None) + (before is not None) + (OFFSET in arguments) > 1:
        said = _("Choose one of page[after], page[before] and page[offset].")
        raise BadQuery(Problem("bad_page", said, parameter="page[after]"))
    if count not in (None, "exact"):
        raise BadQuery(Problem("bad_page", _("page[count] may only be exact."), parameter="page[count]"))
    return Page(limit, offset, after, before, count == "exact")


def _number(arguments: dict[str, str], name: str, default: int, least: int, most: int) -> int:
    text = arguments.get(name)
    if text is None:
        return default
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1
    if not least <= number <= most:
        told = {"name": name, "least": least, "most": most}
        said = _("%(name)s is a whole number from %(least)s to %(most)s.", **told)
        if name == OFFSET and number > most:
            said = _(
                "%(name)s is a whole number from %(least)s to %(most)s. Go on by cursor: page[after] from links.next.",
                **told,
            )
        raise BadQuery(Problem("bad_page", said, parameter=name))
    return number


def write_cursor(resource: str, keys: Sequence[Key], values: Sequence[Any]) -> str:
    """A place in a list: resource, sort and the row's values, as base64url of JSON."""
    told = [None if value is None else to_text(value) for value in values]
    return urlsafe_b64encode(dumps([resource, _names(keys), told])).decode().rstrip("=")


def read_cursor(text: str, resource: str, keys: Sequence[Key], parameter: str) -> list[Any]:
    """The values of a cursor of this very list. Raises BadQuery for any other."""
    try:
        found = loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        its_resource, its_keys, told = found
        if its_resource != resource or its_keys != _names(keys) or len(told) != len(keys):
            raise ValueError
        return [_cursor_value(key, value) for key, value in zip(keys, told, strict=True)]
    except (ValueError, TypeError, Malformed, Unreadable, AttributeError):
        said = _("This cursor belongs to another list or order: begin again without it.")
        raise BadQuery(Problem("bad_cursor", said, parameter=parameter)) from None


def _cursor_value(key: Key, value: Any) -> Any:
    if value is None:
        if not key.nullable:
            raise ValueError
        return None
    found = from_text(key.kind, value)
    # What no column could hold would reach the database as a fault of ours.
    if type_sentence(key.column, found):
        raise ValueError
    return found


def _names(keys: Sequence[Key]) -> list[str]:
    return [f"-{key.name}" if key.descending else key.name for key in keys]


def stretches(keys: Sequence[Key], values: Sequence[Any]) -> list[Stretch]:
    """A list from a place on: in one piece, or in two where its first key may be NULL.

    Those are the rows that have it and those that have not, which are the largest. An index reads either in its order,
    but not both in one.
    """
    first, *rest = keys
    if not first.nullable:
        return [Stretch(tuple(keys), tuple(values))]
    begun, is_among_empty = bool(values), bool(values) and values[0] is None
    filled = Stretch(
        (replace(first, nullable=False), *rest),
        tuple(values) if begun and not is_among_empty else (),
        first.column.is_not(None),
    )
    empty = Stretch(tuple(rest), tuple(values[1:]) if is_among_empty else (), first.column.is_(None))
    if first.descending:
        return [filled] if begun and not is_among_empty else [empty, filled]
    return [empty] if is_among_empty else [filled, empty]


def cut(statement: Select[Any], keys: Sequence[Key], order: Sequence[Key], values: Sequence[Any]) -> Select[Any]:
    """The rows in order, beyond the place where there is one, and what tells their own places."""
    statement = statement.add_columns(*(key.column for key in keys[:-1]))
    if values:
        statement = statement.where(beyond(order, values))
    return statement.order_by(*(term for key in order for term in key.order))


def beyond(keys: Sequence[Key], values: Sequence[Any]) -> Criterion:
    """The rows after the place: k1 ≥ v1 AND (k1 > v1 OR (k1 = v1 AND rest)), NULL being the largest."""
    key, value = keys[0], values[0]
    strictly = _past(key, value)
    if len(keys) == 1:
        return strictly
    same = key.column.is_(None) if value is None else key.column == value
    either = or_(strictly, and_(same, beyond(keys[1:], values[1:])))
    if key.nullable:
        return either
    return and_(key.column <= value if key.descending else key.column >= value, either)


def _past(key: Key, value: Any) -> Criterion:
    if value is None:
        # Nothing is larger than NULL; everything else comes after it when the order descends.
        return key.column.is_not(None) if key.descending else key.column.is_(None) & key.column.is_not(None)
    past = key.column < value if key.descending else key.column > value
    return past if key.descending or not key.nullable else or_(past, key.column.is_(None))

"""What a select of the Python API finds: read page by page while somebody looks at it, by the words of the API."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from typing import Any, Generic, TypeVar

from backend.core import query
from backend.core.entry import Entry
from backend.core.json import dumps_text
from backend.core.model import json_safe
from backend.core.paging import LARGEST_LIMIT
from backend.core.tenancy import current_actor
from backend.core.values import to_text

Arguments = dict[str, str]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Found(Generic[Item]):
    """The items a select finds, in order; each look asks anew."""

    entry: Entry
    arguments: Arguments
    limit: int | None
    make: Callable[[tuple[str, ...], Any], Item]

    def __iter__(self) -> Iterator[Item]:
        return islice(self._all(), self.limit)

    def __len__(self) -> int:
        """How many there are, counted to the end."""
        actor = current_actor()
        asked = query.read(self.entry, actor, self.arguments.items())
        number, _more = query.count(self.entry, actor, asked.criteria, exact=True)
        return number if self.limit is None else min(number, self.limit)

    def first(self) -> Item | None:
        """The first of them, or None."""
        return next(iter(self), None)

    def _all(self) -> Iterator[Item]:
        size = LARGEST_LIMIT if self.limit is None else max(1, min(self.limit, LARGEST_LIMIT))
        place: str | None = ""
        while place is not None:
            further = {"page[after]": place} if place else {}
            arguments = {**self.arguments, **further, "page[limit]": str(size)}
            page = query.run(self.entry, current_actor(), query.read(self.entry, current_actor(), arguments.items()))
            names = (*page.query.names, *page.query.references)
            yield from (self.make(names, row) for row in page.rows)
            place = page.next


def arguments(filters: Mapping[str, Any], sort: str, search: str, where: Any) -> Arguments:
    """The parameters of a list as the API would get them."""
    told = {"sort": sort, "_q": search, "_where": "" if where is None else dumps_text(_safe(where))}
    return {name: value for name, value in told.items() if value} | dict(_filter(*pair) for pair in filters.items())


def _filter(name: str, value: Any) -> tuple[str, str]:
    """`price[lt]` is `filter[price][lt]`; a list is its values, quoted as in CSV; None asks for what is empty."""
    field, bracket, operator = name.partition("[")
    if value is None and not bracket:
        return f"filter[{field}][null]", "true"
    if isinstance(value, (list, tuple, set, frozenset)):
        return f"filter[{field}]{bracket}{operator}" + ("" if bracket else "[in]"), _row_of(value)
    return f"filter[{field}]{bracket}{operator}", _text(value)


def _row_of(values: Any) -> str:
    line = StringIO()
    csv.writer(line, lineterminator="").writerow([_text(each) for each in values])
    return line.getvalue()


def _text(value: Any) -> str:
    return to_text(getattr(value, "id", value))


def _safe(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _safe(each) for name, each in value.items()}
    return [_safe(each) for each in value] if isinstance(value, (list, tuple)) else json_safe(value)

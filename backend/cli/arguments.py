"""What commands take: a resource by its key, filters in the words of a list."""

from typing import Any

import click

from backend.core.entry import Entry
from backend.core.registry import registry


class ResourceName(click.ParamType):
    """The key of a registered resource."""

    name = "resource"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Entry:
        found = value if isinstance(value, Entry) else registry.get(str(value))
        if found is None:
            self.fail(
                f"There is no resource {value!r}: use one of {', '.join(e.key for e in registry.all())}.", param, ctx
            )
        return found


def filter_of(typed: str) -> tuple[str, str]:
    """`price[lt]=5` as lists call it: `filter[price][lt]` and the value; `_q=…` and `_where=…` as they are."""
    name, sign, value = typed.partition("=")
    if not sign:
        raise click.BadParameter(f"Write FIELD=VALUE or 'FIELD[lt]=VALUE' instead of {typed!r}.", param_hint="--filter")
    field, bracket, rest = name.partition("[")
    return (name if name in ("_q", "_where") else f"filter[{field}]{bracket}{rest}"), value

"""What commands take: a resource by its key."""

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

"""What tells a row apart from others of its name: its natural key, beside the title."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from backend.core import query
from backend.core.access import may, readable_fields
from backend.core.entry import Entry
from backend.core.rights import Actor
from backend.core.shape import to_one_names

Fields = Sequence[Mapping[str, Any]]


def standing(entry: Entry, actor: Actor, ids: Collection[int]) -> dict[int, Fields]:
    """The key of each of the rows as it stands, like the fields of a change; one query, only what may be read."""
    key = _key(entry)
    if not ids or not key or may(entry, actor, "read") is False:
        return {}
    fields = tuple(name for name in key if name in readable_fields(entry, actor))
    references = tuple(name for name in to_one_names(entry, actor) if name in key)
    columns = (*fields, *(entry.references[name].column_name for name in references))
    return {
        row[0]: [{"name": name, "after": value} for name, value in zip(columns, row[2:], strict=False)]
        for row in query.by_ids(entry, actor, sorted(ids), fields, references)
    }


def of_fields(entry: Entry, fields: Fields) -> Fields:
    """The key among the fields of a change: that of a row which does not stand yet, or no longer."""
    return among(entry, fields, _key(entry))


def among(entry: Entry, fields: Fields, names: Sequence[str]) -> Fields:
    """These attributes and references among the fields of a change, as it leaves them, or as they were."""
    told = {field["name"]: field for field in fields}
    # The history calls a reference by its foreign key.
    names = [name if name in entry.fields else entry.references[name].column_name for name in names]
    held = [told[name] for name in names if name in told]
    return [{"name": field["name"], "after": field.get("after") or field.get("before")} for field in held]


def alone(entry: Entry) -> frozenset[str]:
    """The fields of which no two rows have the same, each by itself."""
    sets = [[name for name in names if name != "account_id"] for names in (*entry.unique_sets, entry.natural_key)]
    return frozenset({entry.title, *(names[0] for names in sets if len(names) == 1)})


def _key(entry: Entry) -> list[str]:
    """What of the natural key the title does not tell."""
    return [name for name in entry.natural_key if name not in (entry.title, *entry.title_parts)]

"""Rights by row, resolved: asked of the database for a stored row, or of the values given for one that is not."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, literal, select
from sqlalchemy.sql import visitors

from backend.core.access import may
from backend.core.entry import Entry, FieldEntry
from backend.core.errors import not_found
from backend.core.model import Model, mapped_columns, secret_names
from backend.core.rights import Actor, Answer, Verdict, plain
from backend.core.shape import parse_id
from backend.core.values import Unreadable, from_json
from backend.extensions import db


def for_row(entry: Entry, actor: Actor, id_: int, answers: Sequence[Answer]) -> list[bool]:
    """Each answer for one stored row, in one question. Raises NotFound where the actor may not see the row."""
    seen = may(entry, actor, "read")
    statement = select(entry.model.id, *(_flag(answer) for answer in answers)).where(entry.model.id == id_)
    row = None if seen is False else db.session.execute(statement if seen is True else statement.where(seen)).first()
    if row is None:
        raise not_found(entry.one, id_)
    return [bool(said) for said in row[1:]]


def _flag(answer: Answer) -> ColumnElement[int]:
    if isinstance(answer, bool):
        return literal(int(answer))
    # NULL is no.
    return case((answer, 1), else_=0)


def for_values(entry: Entry, values: Mapping[str, Any], answers: Sequence[Answer]) -> list[Verdict]:
    """Each answer for a row not stored, of these column values; None where it needs a value that is not given."""
    told = [answer if isinstance(answer, bool) else _filled_in(entry, values, answer) for answer in answers]
    asked = [answer for answer in told if answer is not None]
    if all(isinstance(answer, bool) for answer in asked):
        return [plain(answer) if answer is not None else None for answer in told]
    row = iter(db.session.execute(select(*(_flag(answer) for answer in asked))).one())
    return [None if answer is None else bool(next(row)) for answer in told]


def _filled_in(entry: Entry, values: Mapping[str, Any], answer: ColumnElement[bool]) -> ColumnElement[bool] | None:
    """The criterion with the row's columns replaced by its values, or None where one of them is not known.

    What looks at other tables is not known either: outside a query of rows no account confines it.
    """
    if any(each.__visit_name__ == "select" for each in visitors.iterate(answer)):
        return None
    names = {column: name for name, column in mapped_columns(entry.model).items()}
    unknown = []

    def replaced(element: Any, **_options: Any) -> Any:
        name = names.get(getattr(element, "_deannotate", lambda: element)()) if _is_column(element) else None
        if name is None:
            return None
        if name not in values:
            unknown.append(name)
            return None
        return literal(values[name], type_=element.type)

    filled: Any = visitors.replacement_traverse(answer, {}, replaced)
    return None if unknown else filled


def _is_column(element: Any) -> bool:
    return getattr(element, "__visit_name__", "") == "column"


def values_of(entry: Entry, actor: Actor, item: Mapping[str, Any]) -> dict[str, Any]:
    """Column values of a partial item as far as they can be read; a new row's account is the actor's."""
    found: dict[str, Any] = {}
    if actor.account_id is not None and "account_id" in mapped_columns(entry.model):
        found["account_id"] = actor.account_id
    for name, raw in _with_members(entry, item):
        if field := _field(entry, name):
            try:
                typed = from_json(field.kind, raw)
            except Unreadable:
                continue
            if typed is None or field.check(typed) is None:
                found[field.attribute] = typed
        elif (reference := entry.references.get(name)) and reference.kind == "to_one":
            found[reference.column_name] = parse_id(_id_in(raw))
    return found


def _with_members(entry: Entry, item: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The values of an item, embedded objects by their members; a list tells nothing of the row itself."""
    for name, raw in item.items():
        if name in entry.groups and isinstance(raw, Mapping):
            yield from ((f"{name}.{member}", value) for member, value in raw.items())
        elif name not in entry.embedded:
            yield name, raw


def _field(entry: Entry, dotted: str) -> FieldEntry | None:
    whole, _dot, member = dotted.partition(".")
    return entry.groups[whole].part.fields.get(member) if whole in entry.groups else entry.fields.get(dotted)


def _id_in(raw: Any) -> Any:
    data = raw.get("data", raw) if isinstance(raw, dict) else raw
    return data.get("id") if isinstance(data, dict) else data


def row_of(entry: Entry, values: Mapping[str, Any]) -> Model | None:
    """An item of these values that no session knows, or None where the model refuses one of them."""
    row = entry.model()
    secrets = secret_names(entry.model)
    try:
        for name, value in values.items():
            if name not in secrets and value is not None:
                setattr(row, name, value)
    except ValueError:
        return None
    return row

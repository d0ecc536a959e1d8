"""Stored items, batch by batch: as JSON-safe values, and what their declaration would refuse of them today."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from backend.core.entry import Entry
from backend.core.errors import ValidationError
from backend.core.limits import REQUIRED
from backend.core.links import lists_by_name, lists_of
from backend.core.model import Model, json_safe, mapped_columns
from backend.extensions import db

BATCH = 500
Item = dict[str, Any]
Lists = Mapping[str, Mapping[int, list[int]]]


@dataclass(frozen=True)
class Fault:
    """What is wrong with an item: the field, or an empty text where it is the whole, and the sentence."""

    field: str
    sentence: str


def id_batches(entry: Entry, ids: Sequence[int] | None = None, after: int = 0) -> Iterator[list[int]]:
    """The ids of stored items in order, those among `ids` where told; each batch asked when it is wanted."""
    if ids is not None:
        wanted = sorted(id_ for id_ in set(ids) if id_ > after)
        for start in range(0, len(wanted), BATCH):
            some = wanted[start : start + BATCH]
            yield list(db.session.execute(_ids(entry).where(entry.model.id.in_(some))).scalars())
        return
    while found := list(db.session.execute(_ids(entry).where(entry.model.id > after).limit(BATCH)).scalars()):
        yield found
        after = found[-1]


def _ids(entry: Entry) -> Any:
    return select(entry.model.id).order_by(entry.model.id)


def rows(entry: Entry, ids: Sequence[int]) -> list[Any]:
    """The items of a batch as they are stored."""
    statement = select(entry.model).where(entry.model.id.in_(ids)).order_by(entry.model.id)
    return list(db.session.execute(statement.execution_options(populate_existing=True)).scalars())


def lists(entry: Entry, ids: Sequence[int]) -> Lists:
    """What the items hold through links, by name and id: one question a list."""
    return {name: lists_of(reference, ids) for name, reference in lists_by_name(entry).items()}


def as_item(entry: Entry, row: Model, held: Lists) -> Item:
    """The item with JSON-safe attributes, and references by id."""
    columns = mapped_columns(entry.model)
    item: Item = {"id": row.id}
    item |= {name: json_safe(getattr(row, name)) for name in entry.fields if name in columns}
    for name, reference in entry.references.items():
        if reference.kind == "to_one" and reference.column_name in columns:
            item[name] = getattr(row, reference.column_name)
        elif name in held:
            item[name] = list(held[name][row.id])
    return item


def faults(entry: Entry, row: Model, held: Lists) -> list[Fault]:
    """Every fault that keeps the stored item from being saved as it is; the row is only tried on."""
    found: dict[str, list[str]] = {}
    with db.session.no_autoflush:
        for name, sentence in (*_unset(entry, row, held), *_refused(entry, row)):
            found.setdefault(name, []).append(sentence)
        try:
            row.validate()
        except ValidationError as fault:
            for name, sentences in fault.faults.items():
                known = found.setdefault(name, [])
                known += [each for each in sentences if each not in known]
    return [Fault(name, sentence) for name, sentences in found.items() for sentence in sentences]


def _unset(entry: Entry, row: Model, held: Lists) -> Iterator[tuple[str, str]]:
    """What is required and empty."""
    for name, field in entry.fields.items():
        if field.declared.required and name in mapped_columns(entry.model) and getattr(row, name) is None:
            yield name, REQUIRED
    for name, reference in entry.references.items():
        if reference.kind == "to_one":
            is_empty = getattr(row, reference.column_name) is None
        else:
            is_empty = name in held and not held[name][row.id]
        if reference.required and is_empty:
            yield name, REQUIRED


def _refused(entry: Entry, row: Model) -> Iterator[tuple[str, str]]:
    """What the validators of the model say of each value; they are asked, and nothing is set."""
    validators: Mapping[str, Any] = entry.mapper.validators
    for name, (validator, _options) in validators.items():
        field = entry.fields.get(name)
        if field is not None and not field.read_only:
            try:
                validator(row, name, getattr(row, name))
            except ValueError as fault:
                yield name, str(fault).removeprefix(f"{name}: ")

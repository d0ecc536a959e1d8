"""Rows an item owns are parts of it: whoever changes them, its version rises and its history tells the list before."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any
from warnings import catch_warnings, simplefilter

from sqlalchemy import event, select
from sqlalchemy import inspect as inspect_mapped
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import Session
from sqlalchemy.schema import sort_tables

from backend.core.authors import touch
from backend.core.changes import BOOKKEEPING, differences, mark_part_of, table_key, tell_list
from backend.core.entry import KEPT, ChildrenEntry
from backend.core.files.pending import file_columns
from backend.core.files.value import shown
from backend.core.model import Image, Model, json_safe, mapped_columns, public_names
from backend.core.registry import registry
from backend.extensions import db

CHUNK = 500
# Of a row of a list: what its owner's history need not keep.
OWN = frozenset({"id", "version", "account_id", *KEPT})


def images_of(field: ChildrenEntry, ids: Sequence[int]) -> dict[int, list[Image]]:
    """The lists of these owners as they stand in the database, as JSON-safe objects, in order."""
    owner, names = getattr(field.target, field.remote_name), image_names(field)
    columns = [getattr(field.target, name) for name in names]
    found: dict[int, list[Image]] = {id_: [] for id_ in ids}
    for start in range(0, len(ids), CHUNK):
        statement = select(owner, *columns).where(owner.in_(ids[start : start + CHUNK]))
        for id_, *values in db.session.execute(statement.order_by(*order_of(field))):
            found[id_].append(dict(zip(names, map(json_safe, values), strict=True)))
    return found


def told_list(field: ChildrenEntry, images: Sequence[Image]) -> list[Image]:
    """A list of an image as readers know it: by its members, references as ids in text, files without their content."""
    part, files = field.part, file_columns(field.target)
    names = {member.attribute: name for name, member in part.fields.items()}
    linked = {reference.column_name: name for name, reference in part.references.items()}
    return [
        {names[name]: shown(value) if name in files else value for name, value in image.items() if name in names}
        | {linked[name]: None if value is None else str(value) for name, value in image.items() if name in linked}
        for image in images
    ]


def image_names(field: ChildrenEntry) -> list[str]:
    """The columns of a row of the list that its owner's history keeps, references as foreign keys."""
    return [name for name in public_names(field.target) if name not in OWN and name != field.remote_name]


def order_of(field: ChildrenEntry) -> list[Any]:
    """The terms of the list's order; the order of making ends it."""
    model = field.target
    terms = [
        getattr(model, name[1:]).desc() if name.startswith("-") else getattr(model, name)
        for name in field.told.order_by
    ]
    return [*terms, model.id]


def install() -> None:
    """Listen to what is about to be written; once a process."""
    if not event.contains(db.session, "before_flush", _tell_owners):
        # First of all: what belongs to an owner gets its account before anybody asks whose it is.
        event.listen(db.session, "before_flush", _tell_owners, insert=True)


Lists = dict[type[Model], list[ChildrenEntry]]
Owners = dict[type[Model], list[tuple[type[Model], ChildrenEntry]]]


@cache
def _known() -> tuple[Lists, Owners]:
    """The lists by the class of their owner, and the owners by the class of the rows."""
    lists: Lists = {}
    owners: Owners = {}
    for entry in registry.all():
        for field in entry.children.values():
            lists.setdefault(entry.model, []).append(field)
            owners.setdefault(field.target, []).append((entry.model, field))
    return lists, owners


@cache
def tables_in_order() -> list[str]:
    """Every table, parents first; what rows of a list refer to comes before their owner, which brings them."""
    of_name = {table.name: table for table in Model.metadata.sorted_tables}
    extra = [
        (key.column.table, of_name[table_key(owner)])
        for part, owned in _known()[1].items()
        for owner, field in owned
        for name, column in mapped_columns(part).items()
        for key in column.foreign_keys
        if name != field.remote_name and key.column.table.name != table_key(owner)
    ]
    with catch_warnings():
        # A circle has no order: the tables of it come as they come.
        simplefilter("ignore", SAWarning)
        return [table.name for table in sort_tables(list(of_name.values()), extra_dependencies=extra)]


def owner_of(part: type[Model]) -> tuple[str, Any, str] | None:
    """Of the rows of an embedded list: their owner's table, the foreign key to it, and what the list is called."""
    owned = _known()[1].get(part)
    if not owned:
        return None
    owner, field = owned[0]
    return table_key(owner), getattr(part, field.remote_name), field.name


class _Touched:
    """The owners whose lists change in one flush."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.rows: dict[tuple[type[Model], str], tuple[ChildrenEntry, dict[int, Any]]] = {}

    def add(self, field: ChildrenEntry, owner: Any) -> None:
        key = (type(owner), field.name)
        self.rows.setdefault(key, (field, {}))[1][owner.id] = owner

    def tell(self) -> None:
        for field, owners in self.rows.values():
            before = images_of(field, list(owners))
            for id_, owner in owners.items():
                tell_list(owner, field.name, before[id_])
                if owner not in self.session.deleted:
                    touch(owner)


def _tell_owners(session: Session, _context: Any, _instances: Any) -> None:
    lists, owners = _known()
    if not lists:
        return
    touched = _Touched(session)
    for row in (*session.new, *session.dirty, *session.deleted):
        for field in lists.get(type(row), ()):
            _owner(session, row, field, touched)
        for model, field in owners.get(type(row), ()):
            _part(session, row, model, field, touched)
    touched.tell()


def _owner(session: Session, row: Any, field: ChildrenEntry, touched: _Touched) -> None:
    if row in session.deleted:
        touched.add(field, row)
        return
    relationship = field.told.relationship
    history = inspect_mapped(row).attrs[relationship].history
    for part in (*history.added, *history.deleted):
        mark_part_of(part, table_key(type(row)))
        _give_account(part, row)
    if (history.added or history.deleted) and inspect_mapped(row).persistent:
        touched.add(field, row)


def _give_account(part: Any, row: Any) -> None:
    if "account_id" in inspect_mapped(type(part)).columns and part.account_id is None:
        part.account_id = getattr(row, "account_id", None)


def _part(session: Session, row: Any, model: type[Model], field: ChildrenEntry, touched: _Touched) -> None:
    mark_part_of(row, table_key(model))
    for id_ in _owner_ids(session, row, field):
        owner = session.get(model, id_)
        if owner is not None:
            touched.add(field, owner)


def _owner_ids(session: Session, row: Any, field: ChildrenEntry) -> Iterator[int]:
    """Whose part the changed row is; one that is new and held by its owner's list is told by that."""
    before = differences(row)
    if row in session.new or row in session.deleted or before.keys() - BOOKKEEPING:
        ids = {getattr(row, field.remote_name), before.get(field.remote_name)}
        yield from (id_ for id_ in ids if id_ is not None)

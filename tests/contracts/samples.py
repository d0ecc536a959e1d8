"""Rows and bodies made from the declaration alone: what a new resource gets its tests with."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from backend.core import modules, writes
from backend.core.access import may_write_field
from backend.core.changes import describe_work
from backend.core.entry import ChildrenEntry, Entry, FieldEntry, GroupEntry, ReferenceEntry, kind_of
from backend.core.model import Model, mapped_columns
from backend.core.registry import registry
from backend.core.rights import Actor, system
from backend.core.shape import load_attributes
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write
from backend.core.types import Secret
from backend.core.values import from_json
from backend.extensions import db
from tests.files.pictures import in_json, picture

DEMO, OTHER = 1, 2
# Tried in order until one satisfies the column and the model: plain text, then what patterns usually ask for.
TEXTS = (
    "Sample {n}", "sample{n}", "sample{n}@demo.example", "sample:verb{n}", "https://sample.example/{n}",
    "Europe/Brussels", "nl", "#0a0b0c", "+32 2 555 {n}", "2026-01-{n}", "SAMPLE{n}",
)  # fmt: skip
PASSWORD = "Sample-horse-7-{n}"

numbers = count(1000)


# Of the tests' own modules those that together use every word: walking all of them would tell nothing more.
OF_THE_TESTS = frozenset(
    {"library_books", "artworks", "gallery_shows", "agenda_meetings", "registry_certificates", "parts"}
)


def entries() -> list[Entry]:
    """Every resource that is shipped, and some of the tests' own; also before there is an application."""
    list(modules.parts("resources"))
    return [
        entry for entry in registry.all() if entry.model.__module__.startswith("backend.") or entry.key in OF_THE_TESTS
    ]


def body(entry: Entry, actor: Actor, account_id: int = DEMO) -> dict[str, Any]:
    """A bare object the actor may create: every writable attribute filled, required references pointing somewhere."""
    given = {
        name: whole_of(field, account_id) if name in entry.embedded else value_of(entry, field)
        for name, field in entry.fields.items()
        if not field.read_only and field.kind != "boolean" and may_write_field(entry, actor, name)
    }
    given |= {name: PASSWORD.format(n=next(numbers)) for name, field in entry.inputs.items() if field.required}
    return given | {
        name: str(pointed_to(entry, reference, account_id))
        for name, reference in entry.references.items()
        if reference.required and not reference.is_many
    }


def change(entry: Entry, actor: Actor, row: Any) -> tuple[str, Any]:
    """An attribute the actor may set, and a good value that is not there yet."""
    for name, field in entry.fields.items():
        if field.read_only or field.kind in ("boolean", "object", "list") or not may_write_field(entry, actor, name):
            continue
        value = value_of(entry, field)
        if from_json(field.kind, value) != getattr(row, name):
            return name, value
    raise AssertionError(f"{entry.key} has nothing that {actor.login} could change.")


def value_of(entry: Entry, field: FieldEntry) -> Any:
    """A good value of the attribute, as JSON has it; another one every time where the attribute allows."""
    for value in candidates(field):
        if field.check(from_json(field.kind, value)) is None and suits(entry.model, field.attribute, value):
            return value
    raise AssertionError(f"No sample fits {entry.key}.{field.name}: add one to TEXTS in samples.py.")


def whole_of(field: FieldEntry, account_id: int) -> Any:
    """A good embedded object, or a list of as few as there may be but one."""
    assert isinstance(field, (GroupEntry, ChildrenEntry))
    part = field.part
    one = {name: value_of(part, member) for name, member in part.fields.items() if not member.read_only}
    one |= {name: str(pointed_to(part, reference, account_id)) for name, reference in part.references.items()}
    return one if isinstance(field, GroupEntry) else [one]


def candidates(field: FieldEntry) -> Iterator[Any]:
    """Values of the attribute's kind, the likeliest first."""
    n = next(numbers)
    yield from field.limits.choices
    if field.is_text:
        yield from (text.format(n=n) for text in TEXTS)
    elif field.kind == "integer":
        yield from (n, n % 100, 1, 0)
    elif field.kind == "decimal":
        yield from (f"{n}.25", f"{n % 100}", "1", "0")
    elif field.kind == "file":
        content = picture(colour=f"#{n % 2**24:06x}")
        yield from (in_json(content), f"Sample {n}", in_json(b"%PDF-1.7\n%" + str(n).encode()))
    elif field.kind == "moment":
        yield (datetime(2030, 1, 1, tzinfo=UTC) + timedelta(hours=n)).isoformat()
    else:
        yield {"date": f"2030-01-{n % 28 + 1:02}", "uuid": str(uuid4()), "boolean": True, "json": {"sample": n}}[
            field.kind
        ]


def suits(model: type[Model], name: str, value: Any) -> bool:
    """Whether the model itself, with nothing else set, finds no fault with the value."""
    row = model()
    try:
        setattr(
            row, name, value if not isinstance(value, str) else from_json(kind_of(mapped_columns(model)[name]), value)
        )
    except ValueError:
        return False
    return name not in row.faults()


def make(entry: Entry, account_id: int = DEMO) -> Any:
    """A new row of that account, by the write door where the resource offers one; in a unit of work of the system."""
    actor = system("sample", account_id)
    if "create" in entry.resource.without:
        return make_by_hand(entry.model, account_id)
    values = body(entry, actor, account_id)
    typed = {
        name: from_json(entry.fields[name].kind, value) if name in entry.fields else value
        for name, value in values.items()
        if name not in entry.embedded
    }
    typed |= load_attributes(entry, actor, {name: values[name] for name in entry.embedded if name in values})[0]
    typed |= {name: int(value) for name, value in typed.items() if name in entry.references}
    return writes.create(entry, actor, typed)


def make_by_hand(model: type[Model], account_id: int) -> Any:
    """A row no door makes, such as a session: every column that needs something filled."""
    row = model()
    for name, column in mapped_columns(model).items():
        if name in ("id", "version", "account_id") or (column.default is not None):
            continue
        if column.foreign_keys:
            setattr(row, name, somebody(target_of(column), account_id))
        elif isinstance(column.type, Secret):
            setattr(row, name, uuid4().hex)
        elif not column.nullable:
            setattr(row, name, PLAIN[kind_of(column)])
    db.session.add(row)
    db.session.flush()
    return row


PLAIN: dict[str, Any] = {
    "text": "sample", "long": "sample", "integer": 1, "boolean": True, "decimal": Decimal(1),
    "moment": datetime(2099, 1, 1, tzinfo=UTC), "json": {},
}  # fmt: skip


def target_of(column: Any) -> type[Model]:
    """The mapped class a foreign key points to."""
    table = next(iter(column.foreign_keys)).column.table
    return next(each.class_ for each in Model.registry.mappers if each.local_table is table)


def pointed_to(entry: Entry, reference: ReferenceEntry, account_id: int) -> int:
    """The id of a row to point to: one of its own where the reference is part of what tells rows apart, or none is."""
    target = registry.of(reference.target)
    is_shared = not any(reference.column_name in names for names in entry.unique_sets)
    if target is None or (is_shared and some(reference.target, account_id)):
        return somebody(reference.target, account_id)
    if db.session().info.get("actor") is not None:
        return int(make(target, account_id).id)
    begin_write()
    act_as(system("sample", account_id))
    describe_work("test")
    id_ = int(make(target, account_id).id)
    db.session.commit()
    db.session.remove()
    return id_


def somebody(model: type[Model], account_id: int) -> int:
    """The id of a row of the account to point to."""
    return some(model, account_id)[0]


def some(model: type[Model], account_id: int) -> list[int]:
    """The id of a row of the account, if there is one."""
    statement = select(model.id).order_by(model.id).limit(1)
    owner = mapped_columns(model).get("account_id")
    if owner is not None:
        statement = statement.where(owner == account_id)
    return list(db.session.connection().execute(statement).scalars())

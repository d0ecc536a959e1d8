"""Where rows are looked for: by an index what begins so, however old the row; any part of a name among the newest."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    collate,
    func,
    literal_column,
    or_,
    select,
    union_all,
)  # fmt: skip
from sqlalchemy.orm import aliased
from sqlalchemy.sql.visitors import iterate

from backend.core import query, tenancy
from backend.core.access import may, readable_fields
from backend.core.entry import KEPT, Entry
from backend.core.filters import matching
from backend.core.model import TENANT, mapped_columns
from backend.core.paths import field_column
from backend.core.rights import Actor, Criterion
from backend.core.shape import to_one_names
from backend.core.spelling import Sought
from backend.core.titles import title_name
from backend.core.types import POSTGRES_COLLATION
from backend.extensions import db

Rule = Callable[[Any], Any]
TOLD_KINDS = frozenset({"text", "integer", "decimal", "date", "uuid"})


@dataclass(frozen=True)
class Subject:
    """What of a resource's rows is looked into by somebody, and what is told of those that are found."""

    entry: Entry
    title: str
    names: tuple[str, ...]
    begun: tuple[str, ...]
    told: tuple[str, ...]
    references: tuple[str, ...]
    is_own: bool
    is_plain: bool
    # Of no name a rule decides in which rows it may be read.
    is_bare: bool

    @property
    def read(self) -> tuple[str, ...]:
        """The attributes a found row is read with."""
        return tuple(dict.fromkeys((*self.told, *self.names)))


class Shape(NamedTuple):
    """All a statement depends on beside the values it is asked with."""

    dialect: str
    words: int
    beginnings: int
    turned: int
    leads: int
    is_ascii: bool
    is_number: bool
    is_whole: bool
    most: int
    stretch: int


class Asked(NamedTuple):
    """A statement, and whether it is confined already and looks into no other table."""

    statement: Select[Any]
    is_alone: bool


@lru_cache(maxsize=2048)
def subject(entry: Entry, actor: Actor) -> Subject:
    """What the actor may look into: the title, the natural key and what a search goes through, as far as it is text."""
    readable, title = readable_fields(entry, actor), title_name(entry, actor)
    keys = [name for name in entry.natural_key if name in readable and name in entry.fields]
    known = to_one_names(entry, actor)
    references = tuple(name for name in entry.natural_key if name in known and name != "account")
    searched = [name for name in entry.resource.search if name in readable and name not in entry.embedded]
    names = [
        name for name in dict.fromkeys((title, *keys, *searched))
        if name and name not in entry.embedded and entry.fields[name].kind == "text"
    ]  # fmt: skip
    tells_apart = bool(references) or any(name != title for name in keys)
    told = [
        name for name in (keys if tells_apart else searched)
        if name not in KEPT and entry.fields[name].kind in TOLD_KINDS
    ]  # fmt: skip
    return Subject(
        entry=entry,
        title=title,
        names=tuple(names),
        begun=tuple(name for name in names if name in indexed(entry) and readable[name] is True),
        told=tuple(dict.fromkeys(name for name in (title, *told) if name)),
        references=references,
        is_own=tenancy.is_confined(entry.model) and not actor.sees_all,
        is_plain=query.is_plain(entry, actor, references),
        is_bare=all(readable[name] is True for name in names),
    )


@cache
def indexed(entry: Entry) -> dict[str, bool]:
    """The attributes by whose order an index goes, and whether it does so within an account."""
    table: Any = entry.mapper.local_table
    names = {column: name for name, column in mapped_columns(entry.model).items()}
    unique = [each for each in table.constraints if type(each).__name__ == "UniqueConstraint"]
    found: dict[str, bool] = {}
    for columns in [[*each.columns] for each in (*table.indexes, *unique)]:
        keys = [names[column] for column in columns if column in names]
        is_led = keys[:1] == [TENANT]
        if len(keys) > is_led:
            found.setdefault(keys[is_led], is_led)
    found |= {name: False for name, column in mapped_columns(entry.model).items() if column.unique or column.index}
    return found


def shape(sought: Sought, *, is_whole: bool, most: int, stretch: int, led: bool) -> Shape:
    """What the statement for a text looks like; where the newest are all there are, nothing else is looked into."""
    return Shape(
        dialect=db.engine.dialect.name,
        words=len(sought.words),
        beginnings=0 if is_whole else len(sought.beginnings),
        turned=0 if is_whole else len(sought.turned),
        leads=len(sought.leads) if led and not is_whole else 0,
        is_ascii=sought.text.isascii(),
        is_number=sought.number is not None,
        is_whole=is_whole,
        most=most,
        stretch=stretch,
    )


def asked(subject: Subject, actor: Actor, shape: Shape) -> Asked:
    """The question for the rows that may be meant, some of them twice; made once where no rule depends on the row."""
    if subject.is_plain:
        return _plain(subject, shape)
    rows = query.base_select(subject.entry, actor, subject.read, subject.references)
    rule = None if may(subject.entry, actor, "read") is True else partial(may, subject.entry, actor, "read")
    is_alone = tenancy.is_alone([*rows.selected_columns, *([rule(subject.entry.model)] if rule else ())])
    newest = _bare_newest(subject, shape) if subject.is_bare else _newest(subject, shape, _columns(subject, actor))
    return Asked(_joined(subject, rows, _ways(subject, shape, newest, rule), shape.most), is_alone)


@lru_cache(maxsize=256)
def _plain(subject: Subject, shape: Shape) -> Asked:
    rows = query.plain_select(subject.entry, subject.read, subject.references)
    ways = _ways(subject, shape, _bare_newest(subject, shape), None)
    return Asked(_joined(subject, rows, ways, shape.most), is_alone=True)


def _columns(subject: Subject, actor: Actor) -> dict[str, ColumnElement[Any]]:
    """The columns the names stand in, as the actor sees them."""
    fields, model = subject.entry.fields, subject.entry.model
    return {name: field_column(subject.entry, actor, fields[name], model) for name in subject.names}


def _joined(subject: Subject, rows: Select[Any], ways: Iterable[Select[Any]], most: int) -> Select[Any]:
    ids = [each.limit(most).subquery() for each in ways]
    hits = ids[0] if len(ids) == 1 else union_all(*(select(each.c.id) for each in ids)).subquery()
    return rows.join(hits, hits.c.id == subject.entry.model.id)


def _ways(subject: Subject, shape: Shape, newest: Select[Any], rule: Rule | None) -> Iterator[Select[Any]]:
    """The ids of rows that may be meant, found in several ways; what does not depend on a rule is made once."""
    model = subject.entry.model
    if shape.is_number:
        newest = _own(subject).where(model.id == bindparam("number", type_=BigInteger()))
    elif subject.begun and shape.beginnings:
        wanted = () if rule is None else _looked_at(subject, rule(model))
        if rule is None:
            yield from _beginnings(subject, shape)
        else:
            # A rule that few rows pass would be asked of all that begin so: it is asked of the first of them.
            far = _first_begun(subject, shape, wanted)
            yield select(far.id).where(rule(far))
        if shape.leads and subject.title in subject.begun:
            led, far = _led(subject, shape, wanted)
            yield led if rule is None else led.where(rule(far))
    yield newest if rule is None else newest.where(rule(model))


def _own(subject: Subject) -> Select[Any]:
    """The ids of the rows of one's account."""
    model: Any = subject.entry.model
    statement = select(model.id)
    return statement.where(model.account_id == bindparam(TENANT, type_=BigInteger())) if subject.is_own else statement


@lru_cache(maxsize=1024)
def _beginnings(subject: Subject, shape: Shape) -> tuple[Select[Any], ...]:
    """Stretches of indexes: of all names, and of the title with its words in another order."""
    found = [_stretch(subject, name, "begin", place) for name in subject.begun for place in range(shape.beginnings)]
    if subject.title in subject.begun:
        found += [_stretch(subject, subject.title, "turned", place) for place in range(shape.turned)]
    return tuple(found)


@lru_cache(maxsize=256)
def _first_begun(subject: Subject, shape: Shape, wanted: tuple[str, ...]) -> Any:
    return _first(subject, shape, _beginnings(subject, shape), wanted)


@lru_cache(maxsize=256)
def _led(subject: Subject, shape: Shape, wanted: tuple[str, ...]) -> tuple[Select[Any], Any]:
    """The rows whose title begins with one of the words, and has words that begin with the others; and their alias."""
    stretches = [_stretch(subject, subject.title, "lead", place) for place in range(shape.leads)]
    far = _first(subject, shape, stretches, (subject.title, *wanted))
    return select(far.id).where(_all_begin(shape, [getattr(far, subject.title)])), far


def _stretch(subject: Subject, name: str, kind: str, place: int) -> Select[Any]:
    model: Any = subject.entry.model
    column = _by_letter(getattr(model, name))
    start, end = (bindparam(f"{kind}_{side}_{place}", type_=String()) for side in ("from", "to"))
    statement = _own(subject).where(column >= start, column < end)
    if not subject.is_own and tenancy.is_confined(model) and indexed(subject.entry)[name]:
        # Several parts of the index, which nobody brings into one order: what comes first will do.
        return statement.where(model.account_id.in_(bindparam("accounts", expanding=True, type_=BigInteger())))
    return statement.order_by(column)


def _by_letter(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Ordered by the numbers of its characters, also where a table has its columns from elsewhere."""
    return collate(column, POSTGRES_COLLATION) if db.engine.dialect.name == "postgresql" else column


def _first(subject: Subject, shape: Shape, stretches: Sequence[Select[Any]], wanted: Sequence[str]) -> Any:
    """The first rows of each stretch, with what is asked of them, as an alias of the model."""
    model: Any = subject.entry.model
    names = dict.fromkeys(["id", *wanted, *([TENANT] if tenancy.is_confined(model) else ())])
    columns = [getattr(model, name) for name in names]
    parts = [each.with_only_columns(*columns).limit(shape.stretch).subquery() for each in stretches]
    return aliased(model, union_all(*(select(part) for part in parts)).subquery())


def _looked_at(subject: Subject, rule: Criterion) -> tuple[str, ...]:
    """The attributes that a rule asks."""
    table: Any = subject.entry.mapper.local_table
    asked = {part.key for part in iterate(rule) if isinstance(part, Column) and table.c.contains_column(part)}
    return tuple(name for name, column in mapped_columns(subject.entry.model).items() if column.key in asked)


@lru_cache(maxsize=1024)
def _bare_newest(subject: Subject, shape: Shape) -> Select[Any]:
    return _newest(subject, shape, {name: getattr(subject.entry.model, name) for name in subject.names})


def _newest(subject: Subject, shape: Shape, columns: Mapping[str, ColumnElement[Any]]) -> Select[Any]:
    """The rows that hold every word somewhere; those that begin so first, then those of whose words each begins so."""
    model: Any = subject.entry.model
    statement, every = _own(subject), list(columns.values())
    if not shape.is_whole:
        statement = statement.where(model.id > bindparam("end", type_=BigInteger()))
    for place in range(shape.words):
        word = bindparam(f"word_{place}", type_=String())
        statement = statement.where(or_(*(matching(each, word, is_ascii=shape.is_ascii) for each in every)))
    order = [columns[subject.title]] if shape.is_whole and subject.title in columns else [model.id.desc()]
    if shape.words and every:
        begin = bindparam("begin", type_=String())
        begins = matching(columns.get(subject.title, every[0]), begin, is_ascii=shape.is_ascii)
        order = [case((begins, 0), (_all_begin(shape, every), 1), else_=2), *order]
    return statement.order_by(*order, model.id)


def _all_begin(shape: Shape, columns: Sequence[ColumnElement[Any]]) -> Criterion:
    """Each word begins a word of one of the columns."""
    apart = [_apart(column) for column in columns]
    parts = [bindparam(f"part_{place}", type_=String()) for place in range(shape.words)]
    return and_(*(or_(*(matching(each, part, is_ascii=shape.is_ascii) for each in apart)) for part in parts))


def _apart(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column with a space before each of its words, the second half of a double name too."""
    space, hyphen = (literal_column(each, String()) for each in ("' '", "'-'"))
    return space + func.replace(column, hyphen, space, type_=String())

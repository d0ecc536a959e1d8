"""A list of rows the actor may read: filter, search, sort, page, count – only by declared fields."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from backend.core import embedded, filters, paging, past, tenancy
from backend.core.access import has_field_rules, may, readable_fields, readable_references, refuse
from backend.core.entry import Entry
from backend.core.errors import BadQuery, Problem, not_found
from backend.core.languages import _, ngettext
from backend.core.logs import logger
from backend.core.paging import DEFAULT_LIMIT, Key, Page, Stretch, page_from, read_cursor, write_cursor
from backend.core.paths import field_column, link_column, linked, resolve, seen, unknown
from backend.core.registry import registry
from backend.core.resource import CLIENT
from backend.core.rights import Actor, Criterion
from backend.core.shape import only, to_one_names
from backend.extensions import db

log = logger("select")

COUNT_CAP = 10_000
MOST_FILTERS, MOST_KEYS, MOST_INCLUDES = 50, 5, 10
# What a statement calls the values of the place a page begins at.
PLACES = tuple(f"place_{place}" for place in range(MOST_KEYS + 1))
PAGE = frozenset({"page[limit]", "page[offset]", "page[after]", "page[before]", "page[count]"})


@dataclass(frozen=True)
class Query:
    """What a caller asks of a list, read and checked; still without a row."""

    criteria: tuple[Criterion, ...] = ()
    keys: tuple[Key, ...] = ()
    joins: tuple[tuple[Any, Any], ...] = ()
    page: Page = field(default_factory=Page)
    names: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    field_sets: dict[str, frozenset[str]] = field(default_factory=dict)
    as_of: datetime | None = None


@dataclass(frozen=True)
class Listing:
    """A page of rows, each `(id, version, *names, *foreign keys)`, and where it stands in the whole."""

    rows: Sequence[Any]
    query: Query
    count: int | None
    more: bool
    next: str | None
    prev: str | None


def read(
    entry: Entry, actor: Actor, arguments: Iterable[tuple[str, str]], *, default_limit: int = DEFAULT_LIMIT
) -> Query:
    """Read the parameters of a list. Raises BadQuery for anything unknown, and refuses where reading is a plain no."""
    if may(entry, actor, "read") is False:
        raise refuse(entry, actor, "read")
    told = once(arguments)
    names, references, lists = fields_asked(entry, actor, told)
    criteria, page = _criteria(entry, actor, told), page_from(told, default_limit)
    include, sets = include_asked(entry, actor, told), field_sets(told)
    keys, joins = _sort(entry, actor, told.get("sort"))
    refuse_all_but(told, KNOWN, ("filter[", "fields["))
    return Query(criteria, keys, joins, page, names, references, lists, include, sets, past.moment_asked(told))


def once(arguments: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each parameter at most once. Raises BadQuery naming the one given twice."""
    told: dict[str, str] = {}
    for given, value in arguments:
        # A part of a form may come without a name.
        name = given or ""
        if name in told:
            raise BadQuery(Problem("given_twice", _("%(name)s is given twice.", name=name), parameter=name))
        told[name] = value
    return told


KNOWN = PAGE | {"sort", "include", "_view", "_q", "_where", past.PARAMETER}


def refuse_all_but(
    told: Iterable[str], known: frozenset[str] | set[str], prefixes: tuple[str, ...] = ("fields[",)
) -> None:
    """Raise BadQuery naming every parameter that means nothing here."""
    strange = [name for name in told if name not in known and not name.startswith(prefixes)]
    if strange:
        said = {name: _("There is no parameter %(name)r here.", name=name) for name in strange}
        raise BadQuery(*(Problem("unknown_parameter", each, parameter=name) for name, each in said.items()))


def _criteria(entry: Entry, actor: Actor, told: dict[str, str]) -> tuple[Criterion, ...]:
    found, row = [], entry.model
    for name, value in told.items():
        if name.startswith("filter["):
            found.append(filters.from_parameter(entry, actor, name, value, row))
    if len(found) > MOST_FILTERS:
        said = ngettext("At most %(num)s filter at once.", "At most %(num)s filters at once.", MOST_FILTERS)
        raise BadQuery(Problem("too_many", said, parameter="filter"))
    if told.get("_where"):
        found.append(filters.from_groups(entry, actor, told["_where"], row))
    if told.get("_q", "").strip():
        found.append(filters.search(entry, actor, told["_q"], row))
    return tuple(found)


def fields_asked(
    entry: Entry, actor: Actor, told: dict[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The attributes, to-one references and lists an answer carries: by `fields[type]`, by `_view`, or all."""
    readable, references, wanted = readable_fields(entry, actor), readable_references(entry, actor), None
    if told.get("_view", CLIENT) != CLIENT:
        view = entry.resource.views.get(told["_view"])
        if view is None:
            said = _("There is no such view: use one of %(known)s.", known=", ".join([CLIENT, *entry.resource.views]))
            raise BadQuery(Problem("unknown_view", said, parameter="_view"))
        wanted = frozenset(view.fields)
    asked = told.get(f"fields[{entry.key}]")
    if asked is not None:
        wanted = frozenset(filter(None, asked.split(",")))
        for name in wanted - readable.keys() - references.keys():
            raise unknown(f"fields[{entry.key}]", name, entry)
    lists = (name for name, reference in references.items() if reference.is_many)
    return only(readable, wanted), only(to_one_names(entry, actor), wanted), only(lists, wanted)


def field_sets(told: dict[str, str]) -> dict[str, frozenset[str]]:
    """`fields[type]=a,b` of every type. Raises BadQuery for a type that is none."""
    found = {}
    for name, value in told.items():
        if name.startswith("fields["):
            key = name[7:-1]
            if not name.endswith("]") or registry.get(key) is None:
                raise BadQuery(Problem("unknown_parameter", _("There is no type %(key)r.", key=key), parameter=name))
            found[key] = frozenset(filter(None, value.split(",")))
    return found


def include_asked(entry: Entry, actor: Actor, told: dict[str, str]) -> tuple[str, ...]:
    """The paths of `include`, each step readable. Raises BadQuery."""
    paths = tuple(filter(None, told.get("include", "").split(",")))
    if len(paths) > MOST_INCLUDES:
        said = ngettext("At most %(num)s include at once.", "At most %(num)s includes at once.", MOST_INCLUDES)
        raise BadQuery(Problem("too_many", said, parameter="include"))
    for path in paths:
        resolve(entry, actor, f"{path}.id", "include")
    return paths


def _sort(entry: Entry, actor: Actor, text: str | None) -> tuple[tuple[Key, ...], tuple[tuple[Any, Any], ...]]:
    names = text.split(",") if text else _usual_sort(entry, actor)
    if len(names) > MOST_KEYS:
        said = ngettext("At most %(num)s sort key.", "At most %(num)s sort keys.", MOST_KEYS)
        raise BadQuery(Problem("too_many", said, parameter="sort"))
    keys: list[Key] = []
    joins: list[tuple[Any, Any]] = []
    for name in names:
        bare, descending = name.removeprefix("-"), name.startswith("-")
        if any(key.name == bare for key in keys):
            said = _("The sort names %(name)r twice.", name=bare)
            raise BadQuery(Problem("given_twice", said, parameter="sort"))
        if bare == "id":
            break
        keys.append(_key(entry, actor, bare, descending, joins))
    keys.append(Key("id", entry.model.id, "integer", names[-1] == "-id", False))  # type: ignore[arg-type]  # a mapped column
    return tuple(keys), tuple(joins)


def _usual_sort(entry: Entry, actor: Actor) -> list[str]:
    """The declared order, by the fields the actor may read: nobody asked for it, so nobody is told of the others."""
    readable = readable_fields(entry, actor)
    known = {*readable, "id"}
    return [name for name in entry.resource.sort if name.removeprefix("-").split(".")[0] in known] or ["id"]


def _key(entry: Entry, actor: Actor, dotted: str, descending: bool, joins: list[tuple[Any, Any]]) -> Key:
    path = resolve(entry, actor, dotted, "sort")
    if path.field is None or any(step.is_many for step in path.steps) or path.kind in ("json", "file"):
        said = _("%(name)r is nothing one could sort by.", name=dotted)
        raise BadQuery(Problem("not_sortable", said, parameter="sort"))
    row, at = entry.model, entry
    for step in path.references:
        target = registry.of(step.target)
        assert target is not None
        far = aliased(step.target)
        joins.append((far, and_(linked(step, row, far), seen(actor, target, far))))
        row, at = far, target
    column = field_column(at, actor, path.field, row)
    answer = readable_fields(at, actor)[path.field.whole or path.field.name]
    nullable = bool(path.steps) or bool(path.field.column.nullable) or answer is not True
    return Key(dotted, column, path.kind, descending, nullable)


def columns(entry: Entry, actor: Actor, names: tuple[str, ...], references: tuple[str, ...]) -> list[Any]:
    """What a row of an answer selects: id, version, attributes, foreign keys."""
    model, readable = entry.model, readable_fields(entry, actor)
    found: list[Any] = [model.id, model.version]
    found += embedded.columns(entry, names, readable)
    found += [link_column(actor, entry.references[name], model) for name in references]
    return found


@lru_cache(maxsize=512)
def plain_select(entry: Entry, names: tuple[str, ...], references: tuple[str, ...]) -> Select[Any]:
    """The SELECT of rows that look the same to everybody who may see them, made once: see `is_plain`."""
    model = entry.model
    return select(*(getattr(model, name) for name in ("id", "version", *_plain_names(entry, names, references))))


def _plain_names(entry: Entry, names: tuple[str, ...], references: tuple[str, ...]) -> tuple[str, ...]:
    return (*embedded.attributes_of(entry, names), *_foreign_keys(entry, references))


def whole(entry: Entry, actor: Actor, names: tuple[str, ...], rows: Sequence[Any]) -> Sequence[Any]:
    """Selected rows with one value a field: embedded objects gathered, embedded lists fetched."""
    return embedded.assembled(entry, actor, names, readable_fields(entry, actor), rows) if entry.embedded else rows


def base_select(entry: Entry, actor: Actor, names: tuple[str, ...], references: tuple[str, ...]) -> Select[Any]:
    """The SELECT of visible rows, without any filter of the caller; made once where no rule depends on the actor."""
    if is_plain(entry, actor, references):
        return plain_select(entry, names, references)
    answer = may(entry, actor, "read")
    statement = select(*columns(entry, actor, names, references))
    return statement if answer is True else statement.where(answer)  # type: ignore[arg-type]  # a no was refused before


def _all_plain(entry: Entry, actor: Actor, references: tuple[str, ...]) -> bool:
    if any(entry.references[name].is_reverse for name in references):
        return False
    targets = [registry.of(entry.references[name].target) for name in references]
    return all(target is not None and may(target, actor, "read") is True for target in targets)


def one(entry: Entry, actor: Actor, id_: int, names: tuple[str, ...], references: tuple[str, ...]) -> Any:
    """One visible row by its id. Raises NotFound for absent and invisible alike; refuses a plain no."""
    if is_plain(entry, actor, references):
        row = tenancy.one_by_id(actor, entry.model, id_, _plain_names(entry, names, references))
    else:
        if may(entry, actor, "read") is False:
            raise refuse(entry, actor, "read")
        statement = base_select(entry, actor, names, references)
        row = db.session.execute(statement.where(entry.model.id == id_)).first()
    if row is None:
        raise not_found(entry.one, id_)
    return whole(entry, actor, names, [row])[0]


def by_ids(
    entry: Entry, actor: Actor, ids: Sequence[int], names: tuple[str, ...], references: tuple[str, ...]
) -> Sequence[Any]:
    """The visible rows among the ids, in order of id; one query."""
    statement = base_select(entry, actor, names, references).where(entry.model.id.in_(ids)).order_by(entry.model.id)
    alone = is_plain(entry, actor, references)
    found = tenancy.rows(tenancy.confined(actor, entry.model, statement) if alone else statement, alone=alone)
    return whole(entry, actor, names, found)


def of_entity(entry: Entry, actor: Actor, row: Any, names: tuple[str, ...], references: tuple[str, ...]) -> Any:
    """A flushed row in the shape of a selected one, without asking again where no rule depends on the row."""
    if not is_plain(entry, actor, references):
        return one(entry, actor, row.id, names, references)
    told = (row.id, row.version, *(getattr(row, name) for name in _plain_names(entry, names, references)))
    return whole(entry, actor, names, [told])[0]


def is_plain(entry: Entry, actor: Actor, references: tuple[str, ...]) -> bool:
    """Whether every row of the account looks the same to the actor: no rule asks about the row."""
    return may(entry, actor, "read") is True and not has_field_rules(entry) and _all_plain(entry, actor, references)


def _foreign_keys(entry: Entry, references: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(entry.references[name].column_name for name in references)


def run(entry: Entry, actor: Actor, query: Query, extra: Criterion | None = None) -> Listing:
    """The page of rows, its count and its cursors: one query for the rows, at most one for the count."""
    if query.as_of is None:
        return _run(entry, actor, query, extra)
    with past.reading(entry, actor, query.as_of):
        return _run(entry, actor, query, extra)


def _run(entry: Entry, actor: Actor, query: Query, extra: Criterion | None) -> Listing:
    criteria = query.criteria if extra is None else (*query.criteria, extra)
    page, backwards = query.page, query.page.before is not None
    place = page.before if backwards else page.after
    values = []
    if place is not None:
        values = read_cursor(place, entry.key, query.keys, "page[before]" if backwards else "page[after]")
    found = _rows(entry, actor, query, criteria, values)
    further, rows = len(found) > page.limit, whole(entry, actor, query.names, found[: page.limit])
    if backwards:
        rows = rows[::-1]
    count, more = _count(entry, actor, query, criteria, len(rows), further)
    first, last = _ends(entry, query, rows, len(query.keys) - 1)
    log.debug("%s: %s rows of %s%s, %s filters", entry.key, len(rows), count, "+" if more else "", len(criteria))
    has_next = bool(rows) and (backwards or further)
    has_prev = bool(rows) and (further if backwards else place is not None or page.offset > 0)
    return Listing(rows, query, count, more, last if has_next else None, first if has_prev else None)


def _rows(
    entry: Entry, actor: Actor, query: Query, criteria: Sequence[Criterion], values: Sequence[Any]
) -> Sequence[Any]:
    """The rows of the page as they are read, and one more where there are more; the place they begin at in values."""
    keys = query.keys if query.page.before is None else tuple(key.reversed() for key in query.keys)
    # Rows are skipped, and read beside other tables, in one piece.
    is_whole = bool(query.joins or query.page.offset)
    found: list[Any] = []
    for part in [Stretch(keys, tuple(values))] if is_whole else paging.stretches(keys, values):
        most = query.page.limit + 1 - len(found)
        if most:
            found += _stretch(entry, actor, query, criteria, part, most)
    return found


def _stretch(
    entry: Entry, actor: Actor, query: Query, criteria: Sequence[Criterion], part: Stretch, most: int
) -> Sequence[Any]:
    if part.criterion is not None:
        criteria = (*criteria, part.criterion)
    skipped = query.page.offset
    if not query.joins and is_plain(entry, actor, query.references) and tenancy.is_alone(criteria):
        own = tenancy.own(actor, entry.model)
        # NULL is compared in another way.
        begins = bool(part.values) and None not in part.values
        shape = (query.names, query.references, query.keys, part.keys)
        statement = _plain_page(entry, *shape, begins=begins, is_own=bool(own))
        further = criteria if begins or not part.values else (*criteria, paging.beyond(part.keys, part.values))
        told = dict(zip(PLACES, part.values, strict=False)) if begins else {}
        statement = statement.where(*further) if further else statement
        return tenancy.rows(statement, alone=True, values={"most": most, "skipped": skipped, **told, **own})
    statement = base_select(entry, actor, query.names, query.references).where(*criteria)
    for far, on in query.joins:
        statement = statement.outerjoin(far, on)
    statement = paging.cut(statement, query.keys, part.keys, part.values)
    return tenancy.rows(statement.limit(most).offset(skipped or None), alone=False)


@lru_cache(maxsize=1024)
def _plain_page(
    entry: Entry, names: tuple[str, ...], references: tuple[str, ...], keys: tuple[Key, ...], order: tuple[Key, ...],
    *, begins: bool, is_own: bool,
) -> Select[Any]:  # fmt: skip
    """The SELECT of a page of rows that look the same to everybody who may see them, made once: see `is_plain`."""
    values = [bindparam(place, type_=key.column.type) for place, key in zip(PLACES, order, strict=False)]
    statement = paging.cut(plain_select(entry, names, references), keys, order, values if begins else ())
    statement = statement.limit(bindparam("most", type_=Integer)).offset(bindparam("skipped", type_=Integer))
    return tenancy.of_account(entry.model, statement) if is_own else statement


def _ends(entry: Entry, query: Query, rows: Sequence[Any], hidden: int) -> tuple[str | None, str | None]:
    if not rows:
        return None, None
    ends = [(*row[len(row) - hidden :], row[0]) if hidden else (row[0],) for row in (rows[0], rows[-1])]
    first, last = (write_cursor(entry.key, query.keys, values) for values in ends)
    return first, last


def _count(
    entry: Entry, actor: Actor, query: Query, criteria: tuple[Criterion, ...], shown: int, further: bool
) -> tuple[int, bool]:
    page = query.page
    if not page.by_cursor and not further and (shown or not page.offset):
        return page.offset + shown, False
    return count(entry, actor, criteria, exact=page.exact_count)


def count(entry: Entry, actor: Actor, criteria: Sequence[Criterion] = (), *, exact: bool = False) -> tuple[int, bool]:
    """How many rows match, and whether there are more than were counted (above 10 000 unless `exact`)."""
    answer = may(entry, actor, "read")
    alone = answer is True and tenancy.is_alone(criteria)
    # What nobody narrowed is often large, and to find that out is cheaper than to count so far.
    if answer is True and not criteria and not exact and tenancy.holds_more(actor, entry.model, COUNT_CAP):
        return COUNT_CAP, True
    found = select(entry.model.id).where(*criteria)
    if not isinstance(answer, bool):
        found = found.where(answer)
    if alone:
        found = tenancy.confined(actor, entry.model, found)
    if not exact:
        found = found.limit(COUNT_CAP + 1)
    number = tenancy.rows(select(func.count()).select_from(found.subquery()), alone=alone)[0][0]
    return (COUNT_CAP, True) if not exact and number > COUNT_CAP else (number, False)

"""References in both directions: set by id, only to what the actor may read; who points here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import inspect as inspect_mapped
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from backend.core.access import may
from backend.core.authors import touch
from backend.core.changes import mark_part, tell_list
from backend.core.entry import ChildrenEntry, Entry, ReferenceEntry
from backend.core.errors import Invalid, Problem
from backend.core.languages import _
from backend.core.logs import logger
from backend.core.model import Model, mapped_columns
from backend.core.parts import images_of
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.extensions import db

log = logger("ref")

SEEN = "links.seen"
FEW, CHUNK = 2, 500
Held = ReferenceEntry | ChildrenEntry


class Seen:
    """Rows of which is known whether the actor may read them, in the actor's account, by model."""

    def __init__(self) -> None:
        self._readable: dict[type[Model], set[int]] = {}
        self._asked: dict[type[Model], set[int]] = {}

    def note(self, model: type[Model], readable: Iterable[int], asked: Iterable[int] = ()) -> None:
        """Of the rows asked about these may be read."""
        found = set(readable)
        self._readable.setdefault(model, set()).update(found)
        self._asked.setdefault(model, set()).update(found, asked)

    def unreadable(self, model: type[Model], ids: Sequence[int]) -> list[int] | None:
        """Which of the ids may not be read, or None where that is not known of all of them."""
        if not self._asked.get(model, set()).issuperset(ids):
            return None
        readable = self._readable.get(model, set())
        return [id_ for id_ in ids if id_ not in readable]


@contextmanager
def seen(ids: Seen) -> Iterator[None]:
    """Rows that were just looked up as the actor, in the actor's account: references to them are not asked again."""
    info = db.session().info
    info[SEEN] = ids
    try:
        yield
    finally:
        info.pop(SEEN, None)


def set_reference(actor: Actor, row: Any, reference: ReferenceEntry, value: Any) -> None:
    """Point a to-one reference at an id (or None), or make a list of links hold exactly the ids."""
    wanted = [value] if reference.kind == "to_one" and value is not None else value or []
    refuse_unseen(actor, reference, wanted, row)
    if reference.kind == "to_one":
        setattr(row, reference.column_name, value)
        log.debug("%s of %s %s: %s", reference.name, row.__tablename__, row.id or "new", value)
    elif reference.kind == "through":
        _set_links(actor, row, reference, wanted)


def refuse_unseen(actor: Actor, reference: ReferenceEntry, ids: Sequence[int], row: Any) -> None:
    """Raise Invalid where an id is of no row the actor may read, in the row's account."""
    if missing := unseen(actor, reference, ids, row):
        raise Invalid(unknown(reference, missing[0]))


def unseen(actor: Actor, reference: ReferenceEntry, ids: Sequence[int], row: Any) -> list[int]:
    """Which of the ids are of no row the actor may read, in the row's account."""
    known: Seen | None = db.session().info.get(SEEN)
    told = [] if not ids else known.unreadable(reference.target, ids) if known else None
    if told is not None:
        return told
    target = registry.of(reference.target)
    answer = may(target, actor, "read") if target is not None else False
    statement = select(reference.target.id).where(reference.target.id.in_(ids))
    if not isinstance(answer, bool):
        statement = statement.where(answer)
    account = getattr(row, "account_id", None) or actor.account_id
    if account is not None and "account_id" in mapped_columns(reference.target):
        # A superuser who sees all accounts still may not tie rows of two of them together.
        statement = statement.where((reference.target.account_id == account) | reference.target.account_id.is_(None))  # type: ignore[attr-defined]  # it has the column
    found = set() if answer is False else set(db.session.execute(statement).scalars())
    return [id_ for id_ in ids if id_ not in found]


def unknown(reference: ReferenceEntry, id_: int) -> Problem:
    """What is said of an id that names no row one may see."""
    target = registry.of(reference.target)
    label = target.one if target else reference.name
    said = _("There is no %(label)s with the id %(id)s, or you may not see it.", label=label, id=id_)
    return Problem("unknown_reference", said, f"/data/relationships/{reference.name}")


def _set_links(actor: Actor, row: Any, reference: ReferenceEntry, wanted: Sequence[int]) -> None:
    held = getattr(row, reference.link_relationship)
    there = {getattr(link, reference.link_remote): link for link in held}
    gone = [id_ for id_ in there if id_ not in wanted]
    # Whoever sends the list back did not leave out what they cannot see.
    kept = unseen(actor, reference, gone, row)
    out = [there[id_] for id_ in gone if id_ not in kept]
    new = [_link(reference, id_) for id_ in dict.fromkeys(wanted) if id_ not in there]
    for link in (*out, *new):
        mark_part(link, row)
    log.debug(
        "%s of %s %s: %s links go, %s come", reference.name, row.__tablename__, row.id or "new", len(out), len(new)
    )
    for link in out:
        held.remove(link)
    held.extend(new)
    if (out or new) and inspect_mapped(row).persistent:
        # The declaring row changes with its links, and its version goes up.
        tell_list(row, reference.name, sorted(there))
        touch(row)


def prefetch(entry: Entry, changes: Iterable[tuple[Any, Mapping[str, Any]]]) -> None:
    """Load the links that these changes of several stored rows name, one question a list."""
    told = list(changes)
    for name, reference in lists_by_name(entry).items():
        relationship = reference.link_relationship
        rows = {row.id: row for row, values in told if name in values and relationship not in row.__dict__}
        if len(rows) < FEW:
            continue
        link: Any = reference.link
        local = getattr(link, reference.link_local)
        held: dict[int, list[Any]] = {id_: [] for id_ in rows}
        ids = list(rows)
        for start in range(0, len(ids), CHUNK):
            wanted = select(link).where(local.in_(ids[start : start + CHUNK]))
            fresh = wanted.execution_options(populate_existing=True)
            for each in db.session.execute(fresh).scalars():
                held[getattr(each, reference.link_local)].append(each)
        for id_, row in rows.items():
            set_committed_value(row, relationship, held[id_])


def new_links(entry: Entry, rows: Iterable[Any]) -> Iterator[list[Any]]:
    """The links that rows hold and that are not stored yet, one list after the other."""
    rows = list(rows)
    for reference in lists_by_name(entry).values():
        held = (link for row in rows for link in row.__dict__.get(reference.link_relationship, ()))
        yield [link for link in held if link.id is None]


def seen_ids(actor: Actor, row: Any, reference: ReferenceEntry) -> tuple[list[int], list[int]]:
    """The ids a row holds through its links: those the actor may read, and the others."""
    held = lists_of(reference, [row.id])[row.id]
    hidden = unseen(actor, reference, held, row)
    return [id_ for id_ in held if id_ not in hidden], hidden


def refuse_none_left(reference: ReferenceEntry, ids: Sequence[int]) -> None:
    """Raise Invalid where a list that needs one at least would hold none."""
    if reference.required and not ids:
        said = _("%(label)s needs one at least.", label=reference.label)
        raise Invalid(Problem("required", said, f"/data/relationships/{reference.name}"))


def _link(reference: ReferenceEntry, id_: int) -> Model:
    assert reference.link is not None
    return reference.link(**{reference.link_remote: id_})


def lists_of(reference: ReferenceEntry, ids: Sequence[int]) -> dict[int, list[int]]:
    """The ids each of the rows holds through its links, in order."""
    local, remote = (getattr(reference.link, name) for name in (reference.link_local, reference.link_remote))
    found: dict[int, list[int]] = {id_: [] for id_ in ids}
    for id_, far in db.session.execute(select(local, remote).where(local.in_(ids)).order_by(local, remote)):
        found[id_].append(far)
    return found


def held_by_name(entry: Entry | None) -> dict[str, Held]:
    """What of a resource an image tells as a list: links by their ids, embedded lists by their objects."""
    return {**lists_by_name(entry), **entry.children} if entry else {}


def held_lists(held: Held, ids: Sequence[int]) -> dict[int, list[Any]]:
    """The lists of these rows as an image has them."""
    return dict(images_of(held, ids) if isinstance(held, ChildrenEntry) else lists_of(held, ids))


def lists_by_name(entry: Entry | None) -> dict[str, ReferenceEntry]:
    """The references of a resource that hold links, by name."""
    return {name: each for name, each in entry.references.items() if each.kind == "through"} if entry else {}


def referrers(model: type[Model]) -> list[tuple[type[Model], Any]]:
    """Mapped classes whose rows point here by a foreign key, links of one's own left out."""
    own = {relationship.mapper.class_ for relationship in _owned(model)}
    found = []
    for mapper in inspect_mapped(model).registry.mappers:
        if mapper.class_ in own or not issubclass(mapper.class_, Model):
            continue
        for name, column in mapped_columns(mapper.class_).items():
            if any(key.column.table is model.__table__ for key in column.foreign_keys):
                found.append((mapper.class_, getattr(mapper.class_, name)))
    return found


def _owned(model: type[Model]) -> list[Any]:
    mapper = inspect_mapped(model)
    return [each for each in mapper.relationships if each.direction.name == "ONETOMANY" and each.cascade.delete]


def delete_links(entry: Entry, row: Any) -> None:
    """Delete the rows a row owns, leaf first, so that no cascade of the database ever fires."""
    lists = {each.link_relationship: each for each in lists_by_name(entry).values()}
    for relationship in _owned(entry.model):
        held = list(getattr(row, relationship.key))
        if reference := lists.get(relationship.key):
            tell_list(row, reference.name, sorted(getattr(link, reference.link_remote) for link in held))
        for owned in held:
            mark_part(owned, row)
            db.session.delete(owned)

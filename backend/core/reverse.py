"""References whose foreign key is at the other end: set by writing the rows there, each with its own rights."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import inspect as inspect_mapped
from sqlalchemy import select

from backend.core.access import may, may_write_field
from backend.core.authors import touch
from backend.core.changes import tell_moved
from backend.core.entry import Entry, ReferenceEntry
from backend.core.errors import Forbidden, Invalid, Problem
from backend.core.languages import _, in_sentence, ngettext
from backend.core.links import refuse_unseen
from backend.core.logs import logger
from backend.core.paths import within
from backend.core.pointers import needed_lists
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.extensions import db

log = logger("ref")

WAITING = "reverse.waiting"
CHUNK = 500
Fetch = Callable[[Entry, Actor, Sequence[int], str], list[Any]]
AS_SYSTEM = {"as_system": True}
# Rows that something was taken from, by the list that needs one at least.
Left = list[tuple[Entry, ReferenceEntry, set[int]]]
Update = Callable[[Entry, Actor, Sequence[tuple[Any, Mapping[str, Any]]]], None]


def wait(actor: Actor, row: Any, reference: ReferenceEntry, value: Any) -> None:
    """Note what the reference shall hold: the rows there are written once this one is stored.

    Raises Invalid for rows one may not see.
    """
    wanted = ids_of(reference, value)
    refuse_unseen(actor, reference, wanted, row)
    state = inspect_mapped(row)
    state.info.setdefault(WAITING, {})[reference.name] = (wanted, not state.persistent)


def ids_of(reference: ReferenceEntry, value: Any) -> list[int]:
    """What the reference is told to hold, as ids, each once."""
    told = value if reference.is_many else [value]
    return list(dict.fromkeys(id_ for id_ in told or () if id_ is not None))


def settle(entry: Entry, actor: Actor, rows: Iterable[Any], fetch: Fetch, update: Update) -> None:
    """Write the rows at the other ends as was noted. Raises Forbidden, Invalid."""
    for row in rows:
        for name, (wanted, is_new) in inspect_mapped(row).info.pop(WAITING, {}).items():
            reference = entry.references[name]
            held = [] if is_new else held_ids(actor, reference, row.id)
            out, into = [id_ for id_ in held if id_ not in set(wanted)], [id_ for id_ in wanted if id_ not in set(held)]
            move(entry, actor, row, reference, out, into, fetch, update, tell=not is_new)


def held_ids(actor: Actor, reference: ReferenceEntry, id_: int) -> list[int]:
    """The visible rows that refer to this one."""
    target = registry.of(reference.target)
    answer = may(target, actor, "read") if target else False
    if answer is False:
        return []
    statement = select(reference.target.id).where(within(reference, id_)).order_by(reference.target.id)
    return list(db.session.execute(statement if answer is True else statement.where(answer)).scalars())


def move(
    entry: Entry, actor: Actor, row: Any, reference: ReferenceEntry, out: Sequence[int], into: Sequence[int],
    fetch: Fetch, update: Update, *, tell: bool = True,
) -> None:  # fmt: skip
    """Point the rows of `into` here and those of `out` nowhere; the history of both ends tells it."""
    if not out and not into:
        return
    target = registry.of(reference.target)
    assert target is not None
    log.debug("%s of %s %s: %s go, %s come", reference.name, entry.key, row.id, len(out), len(into))
    back = back_of(target, reference)
    _refuse_unwritable(actor, target, back)
    if out:
        _refuse_unlinking(target, reference, back, len(out))
    losing = _holders(reference, into) - {row.id}
    name = back.name if back else reference.remote_name
    # Out first: where the foreign key is unique, the place must be free.
    for ids, value in ((out, None), (into, row.id)):
        for start in range(0, len(ids), CHUNK):
            there = fetch(target, actor, ids[start : start + CHUNK], "update")
            update(target, actor, [(each, {name: value}) for each in there])
    if tell:
        tell_moved(row, reference.name, sorted(out), sorted(into))
        touch(row)
    db.session.flush()
    refuse_empty(entry, reference, [row.id] if out else [], losing)


def apart(reference: ReferenceEntry, id_: int, ids: Sequence[int], *, held: bool) -> list[int]:
    """Of the ids, those whose rows refer to this one already, or those that do not."""
    column = getattr(reference.target, reference.remote_name)
    statement = select(reference.target.id).where(reference.target.id.in_(ids), column == id_)
    there = set(db.session.execute(statement).scalars())
    return [each for each in ids if (each in there) is held]


def back_of(target: Entry, reference: ReferenceEntry) -> ReferenceEntry | None:
    """The reference of the other end that is the same foreign key, where one is declared."""
    return next((each for each in target.references.values() if each.column_name == reference.remote_name), None)


def _refuse_unwritable(actor: Actor, target: Entry, back: ReferenceEntry | None) -> None:
    if back is not None and not may_write_field(target, actor, back.name):
        raise Forbidden(Problem("forbidden", unwritable_sentence(target, back)))


def unwritable_sentence(entry: Entry, reference: ReferenceEntry) -> str:
    """What is said of a reference that one may not set."""
    return _("You may not set %(label)s of %(what)s.", label=in_sentence(reference.label), what=entry.many)


def _refuse_unlinking(target: Entry, reference: ReferenceEntry, back: ReferenceEntry | None, number: int) -> None:
    column = getattr(reference.target, reference.remote_name).property.columns[0]
    if column.nullable and not (back is not None and back.required):
        return
    label = in_sentence(back.label) if back else reference.remote_name
    said = ngettext(
        "%(num)s %(what)s would be left without %(label)s, which they need: "
        "point them elsewhere or delete them instead of taking them out.",
        "%(num)s %(what)s would be left without %(label)s, which they need: "
        "point them elsewhere or delete them instead of taking them out.",
        number,
        what=target.many,
        label=label,
    )
    raise Invalid(Problem("required_reference", said, f"/data/relationships/{reference.name}"))


def _holders(reference: ReferenceEntry, ids: Sequence[int]) -> set[int]:
    """Whom the rows refer to so far, where a list must not become empty."""
    if not (reference.required and ids):
        return set()
    column = getattr(reference.target, reference.remote_name)
    return set(db.session.execute(select(column).where(reference.target.id.in_(ids), column.is_not(None))).scalars())


def left_behind(entry: Entry, rows: Sequence[Any]) -> Left:
    """Of changed rows that are not flushed yet: whom they refer to no more, by the list of theirs that needs one."""
    found = []
    for owner, reference in needed_lists(entry.model):
        changed = (inspect_mapped(row) for row in rows)
        deleted = (state.attrs[reference.remote_name].history.deleted for state in changed if state.persistent)
        if ids := {id_ for before in deleted for id_ in before or () if id_ is not None}:
            found.append((owner, reference, ids))
    return found


def refuse_left_behind(leaver: Entry, left: Left) -> None:
    """Raise Invalid where a list that needs one at least was left by the last one."""
    for owner, reference, ids in left:
        if empty(owner, reference, ids):
            back = back_of(leaver, reference)
            said = left_sentence(owner, reference)
            raise Invalid(Problem("required", said, f"/data/relationships/{back.name if back else ''}"))


def left_sentence(entry: Entry, reference: ReferenceEntry) -> str:
    """What is said of some row whose list would hold none any more."""
    one, label = entry.one, in_sentence(reference.label)
    return _("A %(one)s would be left without %(label)s: it needs one at least.", one=one, label=label)


def refuse_empty(entry: Entry, reference: ReferenceEntry, here: Sequence[int], others: Iterable[int] = ()) -> None:
    """Raise Invalid where a list that needs one at least holds none any more."""
    if not reference.required:
        return
    if found := empty(entry, reference, {*here, *others}):
        told = {"one": entry.one, "label": in_sentence(reference.label)}
        if found & {*here}:
            said = _("This %(one)s would be left without %(label)s: it needs one at least.", **told)
        else:
            said = _("Another %(one)s would be left without %(label)s: it needs one at least.", **told)
        raise Invalid(Problem("required", said, f"/data/relationships/{reference.name}"))


def _owner_column(reference: ReferenceEntry) -> Any:
    """Where the rows or links of a list say whose they are."""
    if reference.is_reverse:
        return getattr(reference.target, reference.remote_name)
    return getattr(reference.link, reference.link_local)


def empty(entry: Entry, reference: ReferenceEntry, ids: Collection[int]) -> set[int]:
    """Which of the rows stand and hold none in that list. They are held: nobody takes the last one meanwhile."""
    owner: Any = entry.model
    column, wanted, found = _owner_column(reference), sorted(ids), set()
    for start in range(0, len(wanted), CHUNK):
        some = owner.id.in_(wanted[start : start + CHUNK])
        held = select(owner.id).where(some).order_by(owner.id).with_for_update(of=owner)
        stands = set(db.session.execute(held, execution_options=AS_SYSTEM).scalars())
        filled = select(column).where(column.in_(stands)).distinct()
        found |= stands - set(db.session.execute(filled, execution_options=AS_SYSTEM).scalars())
    return found

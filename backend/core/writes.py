"""The only write door: create, change, delete – asked of the rights, checked, flushed; edges commit."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.exc import IntegrityError

from backend.core import (
    cells,
    choosing,
    history,
    life,
    links,
    new_rows,
    owned,
    removal,
    reverse,
    row_faults,
    standing,
    tenancy,
    uniques,
)
from backend.core.access import may, may_run, refuse
from backend.core.changes import image_of
from backend.core.entry import Entry, ReferenceEntry, called
from backend.core.errors import Invalid, NotFound, Problem, Stale, ValidationError, invalid_field, not_found
from backend.core.languages import _
from backend.core.model import Model, json_safe
from backend.core.parts import images_of
from backend.core.registry import registry
from backend.core.rights import Actor, Answer, both
from backend.core.sight import Sight
from backend.core.transactions import savepoint
from backend.extensions import db

Values = Mapping[str, Any]
Put = Callable[[Any, str, Any], None]
CHUNK = 500


def fetch(entry: Entry, actor: Actor, id_: int, verb: str) -> Any:
    """The row, locked, through the verb's right: invisible is NotFound, visible but not allowed Forbidden."""
    if may(entry, actor, "read") is True and _verb(entry, actor, verb) is True:
        row = tenancy.entity_by_id(actor, entry.model, id_)
    else:
        row = next(iter(fetch_all(entry, actor, [id_], verb)), None)
    if row is None:
        raise not_found(entry.one, id_)
    return row


def refuse_stale(entry: Entry, row: Any, version: int | None, values: Values) -> None:
    """Raise Stale where the fetched row is not at the version the caller saw.

    A field both sides moved tells its three values: `base` as the caller saw it, `theirs` as it stands, `mine`.
    """
    if version is None or row.version == version:
        return
    cells.refuse(entry, tenancy.current_actor(), [(row, values)])
    lists = [name for name in entry.children if name in values]
    base = (history.image_at(row, version) or {}) | history.lists_at(row, version, lists)
    standing = image_of(row) | {name: images_of(entry.children[name], [row.id])[row.id] for name in lists}
    sight = Sight(tenancy.current_actor())
    for image in (base, standing):
        sight.expect(entry, image, lists)
    problems = [
        Problem(
            "stale",
            _("%(name)s was changed meanwhile.", name=name.replace("/", ".")),
            f"/data/attributes/{name}",
            meta={
                "base": history.told(entry.model, attribute, sight.shown(entry, attribute, base.get(attribute))),
                "theirs": history.told(entry.model, attribute, sight.shown(entry, attribute, standing.get(attribute))),
                "mine": history.told(entry.model, attribute, json_safe(mine)),
            },
        )
        for name, attribute, mine in owned.flat(entry, values)
        if attribute in standing and base.get(attribute, standing[attribute]) != standing[attribute]
    ]
    said = _(
        "This %(one)s was changed meanwhile: it is at version %(version)s, not %(seen)s.",
        one=entry.one,
        version=row.version,
        seen=version,
    )
    raise Stale(Problem("stale", said, meta={"version": row.version}), *problems)


def fetch_all(entry: Entry, actor: Actor, ids: Sequence[int], verb: str) -> list[Any]:
    """The visible rows among the ids, locked in order of id. Raises Forbidden where one may not be written."""
    return _held(entry, actor, ids, verb, entry.model)


def _held(entry: Entry, actor: Actor, ids: Sequence[int], verb: str, wanted: Any) -> list[Any]:
    """The same; only what is wanted of them is read."""
    model = entry.model
    can_read, can_do = may(entry, actor, "read"), _verb(entry, actor, verb)
    if can_read is False or (can_do is False and actor.is_anonymous):
        # Nobody is told to sign in before it is told whether there is such a row.
        raise refuse(entry, actor, "read" if can_read is False else verb)
    flag = None if isinstance(can_do, bool) else case((can_do, 1), else_=0)
    found: list[Any] = []
    ordered = sorted(ids)
    for start in range(0, len(ordered), CHUNK):
        some = ordered[start : start + CHUNK]
        statement: Select[Any] = select(wanted) if flag is None else select(wanted, flag)
        statement = statement.where(model.id.in_(some) if len(some) > 1 else model.id == some[0])
        if can_read is not True:
            statement = statement.where(can_read)
        statement = statement.order_by(model.id).with_for_update(of=model)
        found += db.session.execute(statement.execution_options(populate_existing=True)).all()
    if found and (can_do is False or any(flag is not None and not row[1] for row in found)):
        raise refuse(entry, actor, verb)
    return [row[0] for row in found]


def _verb(entry: Entry, actor: Actor, verb: str) -> Answer:
    return may_run(entry, actor, verb) if verb in entry.resource.actions else may(entry, actor, verb)


def create(entry: Entry, actor: Actor, values: Values) -> Any:
    """A new row of typed values. Raises Invalid with every fault, Forbidden, SignInRequired."""
    return create_many(entry, actor, [values])[0]


def create_many(entry: Entry, actor: Actor, items: Sequence[Values]) -> list[Any]:
    """New rows in one savepoint and one question of the rights; nothing stays where one fails.

    Many of them are stored without a unit of work: they are no part of the session then.
    """
    answer = may(entry, actor, "create")
    if answer is False:
        raise refuse(entry, actor, "create")
    rows = _build_all(entry, actor, items)
    if len({row.account_id for row in rows if hasattr(row, "account_id")}) > 1:
        raise Invalid(Problem("many_accounts", _("New rows belong to one account at a time.")))
    with _stored(entry, rows):
        for some in (rows, *owned.new_parts(entry, rows), *links.new_links(entry, rows)):
            new_rows.make_ready(some)
        if not new_rows.store(rows):
            db.session.add_all(rows)
    reverse.settle(entry, actor, rows, fetch_all, _move)
    ask_again(entry, actor, rows, answer, "create")
    cells.refuse(entry, actor, [(row, values) for row, values in zip(rows, items, strict=True)])
    return rows


def update(entry: Entry, actor: Actor, row: Any, values: Values) -> Any:
    """Set typed values on a fetched row. Raises Invalid with every fault."""
    update_many(entry, actor, [(row, values)])
    return row


def update_many(
    entry: Entry,
    actor: Actor,
    changes: Sequence[tuple[Any, Values]],
    *,
    is_move: bool = False,
    asks_fields: bool = True,
) -> None:
    """Set typed values on fetched rows in one savepoint; the rights are asked again of what came of them.

    Of a move that the other end of a reference makes, that end asks what is left behind. Whoever has asked the rules
    of single fields already says so.
    """
    answer = may(entry, actor, "update")
    if answer is False:
        raise refuse(entry, actor, "update")
    rows = [row for row, _values in changes]
    if asks_fields:
        cells.refuse(entry, actor, changes)
    with _stored(entry, rows, is_move=is_move):
        owned.prefetch_named(entry, changes)
        links.prefetch(entry, changes)
        for row, values in changes:
            with _told_which(row, len(changes)):
                _apply(entry, actor, row, values)
                life.before_save(entry.model, row)
                check(row)
        for some in links.new_links(entry, rows):
            new_rows.make_ready(some)
    reverse.settle(entry, actor, rows, fetch_all, _move)
    ask_again(entry, actor, rows, answer, "update")


@contextmanager
def _told_which(row: Any, among: int) -> Iterator[None]:
    """Let a fault say which of several rows it is about."""
    try:
        yield
    except Invalid as refusal:
        if among == 1:
            raise
        raise Invalid(*row_faults.about(row.id, refusal.problems)) from None


def _move(entry: Entry, actor: Actor, changes: Sequence[tuple[Any, Values]]) -> None:
    update_many(entry, actor, changes, is_move=True)


def relink(
    entry: Entry, actor: Actor, row: Any, reference: ReferenceEntry, *,
    out: Sequence[int] = (), into: Sequence[int] = (),
) -> None:  # fmt: skip
    """Some of the rows that refer to a fetched row, no more or from now on; the others are left alone."""
    answer = may(entry, actor, "update")
    if answer is False:
        raise refuse(entry, actor, "update")
    reverse.move(entry, actor, row, reference, out, into, fetch_all, _move)
    ask_again(entry, actor, [row], answer, "update")


def delete(entry: Entry, actor: Actor, rows: Iterable[Any]) -> int:
    """Delete fetched rows with what goes along, unlink what is unlinked.

    Raises Conflict naming every relation in the way, Forbidden with the number of rows one may not take along.
    """
    doomed = {row.id: row for row in rows}
    if may(entry, actor, "delete") is False:
        raise refuse(entry, actor, "delete")
    removal.remove(entry, actor, doomed, doomed)
    return len(doomed)


def delete_ids(entry: Entry, actor: Actor, ids: Sequence[int]) -> int:
    """The same of the visible rows among the ids, which are read only as far as somebody must look at each."""
    doomed = _held(entry, actor, ids, "delete", entry.model.id)
    removal.remove(entry, actor, doomed, {})
    return len(doomed)


def run_action(entry: Entry, actor: Actor, name: str, rows: Sequence[Any], values: Values) -> None:
    """Run an action on fetched rows: the item changes itself, is checked and flushed.

    Raises NotFound where the action does not exist for a row, Invalid where it refuses the values.
    """
    with _stored(entry, rows):
        for row in rows:
            with _told_which(row, len(rows)):
                _run(entry, actor, name, row, values)
    ask_again(entry, actor, list(rows), may_run(entry, actor, name), name)


def _run(entry: Entry, actor: Actor, name: str, row: Any, values: Values) -> None:
    action = entry.resource.actions[name]
    if action.exists is not None and not action.exists(actor, row):
        said = _("“%(action)s” makes no sense for this %(one)s.", action=called(action, name), one=entry.one)
        raise NotFound(Problem("no_action", said))
    try:
        action.call(name, actor, row, values)
    except ValidationError as fault:
        told = [(field, said) for field, all_said in fault.faults.items() for said in all_said]
        raise Invalid(*(Problem("refused", said, f"/{field}") for field, said in told)) from None
    except ValueError as fault:
        raise Invalid(Problem("refused", str(fault), f"/{next(iter(values), '')}")) from None
    life.before_save(entry.model, row)
    check(row)


def check(row: Model) -> None:
    """Ask the row's own invariants. Raises Invalid with every fault at its field."""
    try:
        row.validate()
    except ValidationError as fault:
        told = [(name, said) for name, all_said in fault.faults.items() for said in all_said]
        raise Invalid(*(_told(row, name, said) for name, said in told)) from None


def _told(row: Model, name: str, said: str) -> Problem:
    """What the model says of an attribute, at the place its readers know it by; nothing of one that is not read."""
    entry = registry.of(type(row))
    if entry is not None and cells.hidden(entry, tenancy.current_actor(), row, [name]):
        return Problem("invalid", _(cells.UNSEEN), "/data")
    return invalid_field("/".join(entry.places.get(name, (name,)) if entry is not None else (name,)), said)


def _build_all(entry: Entry, actor: Actor, items: Sequence[Values]) -> list[Any]:
    """The rows, not stored yet. Raises Invalid with every fault of every row, by its place where there are several."""
    rows, faults = [], {}
    for place, values in enumerate(items):
        try:
            rows.append(_build(entry, actor, values))
        except Invalid as refusal:
            faults[place] = refusal.problems
    if faults:
        refused = Invalid(*(problem for problems in faults.values() for problem in problems))
        refused.by_place = faults
        raise refused
    return rows


def _build(entry: Entry, actor: Actor, values: Values) -> Any:
    row = entry.model()
    _apply(entry, actor, row, values, new_rows.put)
    tenancy.give_account(row, actor)
    life.before_save(entry.model, row)
    check(row)
    return row


def _put_if_other(row: Any, name: str, value: Any) -> None:
    # What stays as it is leaves the row clean, and a clean row needs no flush.
    if name not in row.__dict__ or row.__dict__[name] != value:
        setattr(row, name, value)


def _apply(entry: Entry, actor: Actor, row: Any, values: Values, put: Put = _put_if_other) -> None:
    prepared = standing.found_again(entry, row, values)
    if others := choosing.refused(entry, row, prepared):
        raise Invalid(*others)
    if entry.resource.prepare is not None:
        entry.resource.prepare(actor, row, prepared)
    try:
        for name, value in prepared.items():
            _set(entry, actor, row, name, value, put)
    except ValueError as fault:
        # A validator of the model's own; it begins with the name, which the pointer says already.
        raise Invalid(invalid_field(name, str(fault).removeprefix(f"{name}: "))) from None
    # Last: a password is judged by the name and address it belongs to.
    for name in entry.resource.inputs.keys() & prepared.keys():
        _take(entry, row, name, prepared[name])


def _set(entry: Entry, actor: Actor, row: Any, name: str, value: Any, put: Put) -> None:
    if (reference := entry.references.get(name)) is not None:
        set_ = reverse.wait if reference.is_reverse else links.set_reference
        set_(actor, row, reference, value)
    elif name in entry.embedded:
        owned.set_whole(actor, row, entry.embedded[name], value, put)
    elif name not in entry.resource.inputs:
        put(row, name, value)


def _take(entry: Entry, row: Any, name: str, value: Any) -> None:
    try:
        entry.resource.inputs[name].set(row, value)
    except ValueError as fault:
        raise Invalid(invalid_field(name, str(fault))) from None


@contextmanager
def _stored(entry: Entry, rows: Sequence[Any], *, is_move: bool = False) -> Iterator[None]:
    """What is done to the rows inside is flushed; a value in use is told at its field.

    Inside a savepoint of the caller's only this is taken back then, without one the whole unit of work: a savepoint
    round every single write would cost more than the write.
    """
    nested = db.session().in_nested_transaction()
    wanted: uniques.Wanted = []
    try:
        with savepoint() if nested else nullcontext(), db.session.no_autoflush:
            yield
            wanted = uniques.wanted(entry, rows)
            left = [] if is_move else reverse.left_behind(entry, rows)
            db.session.flush()
            reverse.refuse_left_behind(entry, left)
    except IntegrityError as fault:
        if not nested:
            db.session.rollback()
        raise Invalid(*uniques.taken_problems(entry, wanted or uniques.wanted(entry, rows))) from fault


def ask_again(entry: Entry, actor: Actor, rows: list[Any], answer: Answer, verb: str) -> None:
    """One question for all flushed rows: the verb's criterion and the read criterion must hold of what came of them."""
    both_answers = both(answer, may(entry, actor, "read"))
    if isinstance(both_answers, bool) or not rows:
        return
    ids = [row.id for row in rows]
    counted = 0
    for start in range(0, len(ids), CHUNK):
        statement = select(func.count()).select_from(entry.model)
        statement = statement.where(entry.model.id.in_(ids[start : start + CHUNK]), both_answers)
        counted += db.session.execute(statement).scalar_one()
    if counted != len(ids):
        raise refuse(entry, actor, verb)

"""Actions: a spoken verb on one item or on many, in one transaction, each item locked and judged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, true

from backend.core import inputs, writes
from backend.core.access import may, may_run, refuse
from backend.core.entry import Entry, called
from backend.core.errors import Invalid, NotFound, Problem, not_found
from backend.core.files.inputs import FileInput
from backend.core.languages import _, ngettext
from backend.core.query import Query
from backend.core.resource import Action
from backend.core.rights import Actor
from backend.core.shape import NO_ID, parse_id
from backend.extensions import db

Values = Mapping[str, Any]
MOST_ITEMS = 10_000


@dataclass(frozen=True)
class Done:
    """What running an action on many items came to."""

    changed: int
    unchanged: int


def find(entry: Entry, name: str) -> Action:
    """The declared action. Raises NotFound."""
    action = entry.resource.actions.get(name)
    if action is None:
        raise NotFound(Problem("not_found", _("%(label)s has no action %(name)r.", label=entry.label, name=name)))
    return action


def label_of(entry: Entry, name: str) -> str:
    """What people call the action."""
    return called(entry.resource.actions.get(name), name)


def fetch_one(entry: Entry, actor: Actor, name: str, id_: int) -> Any:
    """The item, locked, through the action's right. Raises NotFound where the action makes no sense for it."""
    find(entry, name)
    row = writes.fetch(entry, actor, id_, name)
    _refuse_hidden(entry, actor, name, [row])
    return row


def fetch_ids(entry: Entry, actor: Actor, name: str, ids: Sequence[int]) -> list[Any]:
    """The items of those ids, locked. Raises NotFound naming the first that is absent or not visible."""
    rows = fetch_present(entry, actor, name, ids)
    found = {row.id for row in rows}
    missing = [id_ for id_ in ids if id_ not in found]
    if missing:
        raise not_found(entry.one, missing[0])
    return rows


def fetch_present(entry: Entry, actor: Actor, name: str, ids: Sequence[int]) -> list[Any]:
    """The visible items among those ids, locked. Raises NotFound where the action makes no sense for one of them."""
    rows = writes.fetch_all(entry, actor, ids, name)
    _refuse_hidden(entry, actor, name, rows)
    return rows


def fetch_matching(entry: Entry, actor: Actor, name: str, asked: Query) -> list[Any]:
    """The items a list's filters find, locked. Raises Invalid where there are too many."""
    ids = matching(entry, actor, asked, limit=MOST_ITEMS + 1)
    if len(ids) > MOST_ITEMS:
        said = ngettext(
            "More than %(num)s item match: narrow the filters and run “%(action)s” in parts, or as a job.",
            "More than %(num)s items match: narrow the filters and run “%(action)s” in parts, or as a job.",
            MOST_ITEMS,
            action=label_of(entry, name),
        )
        raise Invalid(Problem("too_many", said))
    return lock_matching(entry, actor, name, asked, ids)


def lock_matching(entry: Entry, actor: Actor, name: str, asked: Query, ids: Sequence[int]) -> list[Any]:
    """Of these ids, in order, the items that still match, locked; where the action makes no sense is left out."""
    rows = writes.fetch_all(entry, actor, ids, name)
    # Between the question and the lock others may have moved an item out of the filter.
    still = set(matching(entry, actor, asked, first=ids[0], last=ids[-1])) if rows and asked.criteria else set(ids)
    exists = _exists(entry, name)
    return [row for row in rows if row.id in still and (exists is None or exists(actor, row))]


def matching(
    entry: Entry, actor: Actor, asked: Query, *, first: int = 0, last: int | None = None, limit: int | None = None
) -> list[int]:
    """The ids of the readable items that the filters find, in order, from the first to the last id."""
    seen, id_ = may(entry, actor, "read"), entry.model.id
    criterion = true() if isinstance(seen, bool) else seen
    statement = select(id_).where(criterion, *asked.criteria, id_ >= first).order_by(id_).limit(limit)
    return list(db.session.execute(statement if last is None else statement.where(id_ <= last)).scalars())


def refuse_plain_no(entry: Entry, actor: Actor, name: str) -> None:
    """Raise SignInRequired or Forbidden where no item could make the answer yes."""
    find(entry, name)
    if may_run(entry, actor, name) is False:
        raise refuse(entry, actor, name)


def _refuse_hidden(entry: Entry, actor: Actor, name: str, rows: Sequence[Any]) -> None:
    exists = _exists(entry, name)
    hidden = [row.id for row in rows if exists is not None and not exists(actor, row)]
    if hidden:
        one = entry.one
        said = _(
            "“%(action)s” makes no sense for the %(one)s %(id)s.", action=label_of(entry, name), one=one, id=hidden[0]
        )
        raise NotFound(Problem("no_action", said, meta={"id": str(hidden[0])}))


def _exists(entry: Entry, name: str) -> Callable[[Actor, Any], bool] | None:
    """When an action makes sense; a verb that is none always does."""
    action = entry.resource.actions.get(name)
    return action.exists if action else None


def file_names(entry: Entry, name: str) -> tuple[str, ...]:
    """What of the action's input is a file."""
    declared = find(entry, name).schema
    fields = declared().fields if declared else {}
    return tuple(each.data_key or key for key, each in fields.items() if isinstance(each, FileInput))


def values_of(entry: Entry, name: str, given: Values) -> inputs.Values:
    """The action's input, typed. Raises Invalid with every fault at its place."""
    values, problems = inputs.load(find(entry, name).schema, given)
    if problems:
        raise Invalid(*problems)
    return values


def run(entry: Entry, actor: Actor, name: str, rows: Sequence[Any], values: Values) -> Done:
    """Run the action on fetched items: all of them, or none."""
    before = {row.id: row.version for row in rows}
    writes.run_action(entry, actor, name, rows, values)
    changed = sum(row.version != before[row.id] for row in rows)
    return Done(changed, len(rows) - changed)


def ids_of(given: Any) -> list[int]:
    """The ids a body names, each once. Raises Invalid."""
    if not isinstance(given, list) or not given or len(given) > MOST_ITEMS:
        said = _('"ids" is a list of 1 to %(most)s ids.', most=MOST_ITEMS)
        raise Invalid(Problem("invalid", said, "/ids"))
    ids = [parse_id(each) for each in given]
    wrong = [place for place, id_ in enumerate(ids) if id_ is None]
    if wrong:
        raise Invalid(*(Problem("invalid", _(NO_ID), f"/ids/{place}") for place in wrong))
    return list(dict.fromkeys(id_ for id_ in ids if id_ is not None))

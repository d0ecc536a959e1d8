"""What was written, read back: change sets and row changes, only what the actor may read today."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import and_, case, exists, func, or_, select, true

from backend.core.access import may, readable_fields, readable_references
from backend.core.changes import (
    BOOKKEEPING,
    CHANGED,
    CREATED,
    DELETED,
    INTO,
    OUT,
    ChangeSet,
    RowChange,
    table_key,
)
from backend.core.embedded import attributes_of
from backend.core.entry import Entry
from backend.core.errors import BadQuery, Problem, not_found
from backend.core.files.pending import file_columns
from backend.core.files.value import shown
from backend.core.languages import _
from backend.core.links import held_by_name, held_lists
from backend.core.model import Image, Model, json_safe, mapped_columns, secret_names
from backend.core.parts import told_list
from backend.core.registry import registry
from backend.core.rights import Actor, Answer, Criterion
from backend.core.shape import parse_id
from backend.core.sight import Sight
from backend.extensions import db

CHUNK = 500
# What a new or deleted row does not tell of itself.
UNTOLD = BOOKKEEPING | {"id", "created_at", "created_by", "created_by_id", "account_id"}


# The mapped classes by their tables, as they were found.
_models: dict[str, Any] = {}
# Later changes of a row: the change's id and the image it found before it.
Later = dict[int, list[tuple[int, Image | None]]]


@dataclass
class RowDiff:
    """One row's part of a change set, its changes read as one: before and after as images."""

    table: str
    row_id: int
    verb: str
    version: int
    before: Image | None
    after: Image | None
    changed_names: list[str]
    last_id: int
    resource: str = ""
    readable: frozenset[str] = frozenset()
    # Who reads it sees only some of the rows it refers to.
    sight: Sight | None = None
    # What it held before or after was erased from the trash.
    is_erased: bool = False

    def fields(self) -> list[dict[str, Any]]:
        """The readable fields that differ: `{name, before, after}`; none where they were erased.

        A reference to what one may not read is null; where nothing else differs nothing does.
        """
        if self.is_erased:
            return []
        model, found = model_of(self.table), []
        for name in self.names():
            if name in self.readable:
                held = self._sides(name)
                seen = [each if self.sight is None else self.sight.shown(_entry(model), name, each) for each in held]
                if seen == held or (seen[0] or None) != (seen[1] or None):
                    before, after = (told(model, name, each) for each in seen)
                    found.append({"name": place_of(model, name), "before": before, "after": after})
        return found

    def _sides(self, name: str) -> list[Any]:
        before, after = self.before or {}, self.after or {}
        return [before.get(name, before.get(f"{name}{OUT}")), after.get(name, before.get(f"{name}{INTO}"))]

    def names(self) -> list[str]:
        """What differs; of a new or a deleted row, what is filled."""
        if self.verb == CHANGED:
            return self.changed_names
        image = (self.after if self.verb == CREATED else self.before) or {}
        return [name for name in image if name not in UNTOLD and image[name] not in (None, [])]


@dataclass(frozen=True)
class Told:
    """A change set with the number of visible rows of each verb."""

    set: Any
    counts: dict[str, int] = field(default_factory=dict)


def entry_by_table() -> dict[str, Entry]:
    """The registered resources by the name their rows have in the history."""
    return {table_key(entry.model): entry for entry in registry.all()}


def visible(actor: Actor, entry: Entry | None = None) -> Criterion:
    """Which row changes the actor may see, of one resource or of all that are readable.

    The row itself is readable – or gone and deletable.
    """
    found = actor.answers.get((visible, entry))
    if found is None:
        entries = registry.all() if entry is None else (entry,)
        found = actor.answers[visible, entry] = _visible(actor, entries)
    return cast("Criterion", found)


def _visible(actor: Actor, entries: Iterable[Entry]) -> Criterion:
    told: Criterion = RowChange.part_of.is_(None)
    if actor.is_unbound:
        return told
    parts = []
    for entry in entries:
        answer = may(entry, actor, "read")
        if answer is False:
            continue
        part = RowChange.resource == table_key(entry.model)
        if answer is not True or may(entry, actor, "delete") is False:
            part = and_(part, _row_criterion(entry, actor, answer))
        parts.append(part)
    return and_(told, or_(*parts)) if parts else ~true()


def _row_criterion(entry: Entry, actor: Actor, can_read: Answer) -> Criterion:
    """The row stands and is readable; one that is gone is for those who may delete."""
    there = select(entry.model.id).where(entry.model.id == RowChange.row_id).correlate(RowChange)
    readable = exists(there if isinstance(can_read, bool) else there.where(can_read))
    if may(entry, actor, "delete") is False:
        return readable
    return or_(readable, ~exists(there))


def of_row(
    actor: Actor, entry: Entry, id_: int, limit: int = 50, before: int | None = None
) -> list[tuple[RowDiff, Any]]:
    """The newest changes of one visible row, each with its change set; older than change `before` where told."""
    statement = (
        select(RowChange, ChangeSet)
        .join(ChangeSet, ChangeSet.id == RowChange.change_set_id)
        .where(RowChange.resource == table_key(entry.model), RowChange.row_id == id_, visible(actor, entry))
        .order_by(RowChange.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(RowChange.id < before)
    found = db.session.execute(statement).all()
    diffs = coalesce(actor, [change for change, _set in reversed(found)])
    sets = {each.id: each for _change, each in found}
    by_set = {change.id: change.change_set_id for change, _set in found}
    return [(diff, sets[by_set[diff.last_id]]) for diff in reversed(diffs)]


def rows_of_set(actor: Actor, change_set_id: int, limit: int | None = None) -> list[RowDiff]:
    """The visible rows of a change set, several changes of one row read as one."""
    statement = (
        select(RowChange)
        .where(RowChange.change_set_id == change_set_id, visible(actor))
        .order_by(RowChange.id)
        .limit(limit)
    )
    return coalesce(actor, db.session.execute(statement).scalars().all())


def coalesce(actor: Actor, changes: Sequence[Any], *, after: Collection[str] = (CREATED, CHANGED)) -> list[RowDiff]:
    """Row changes in order of time as one diff a row and set; a row made and deleted in one set leaves none.

    What rows hold `after` is asked for these verbs only.
    """
    groups: dict[tuple[int, str, int], list[Any]] = {}
    for change in changes:
        groups.setdefault((change.change_set_id, change.resource, change.row_id), []).append(change)
    diffs = [diff for diff in map(_one, groups.values()) if diff is not None]
    _add_after([diff for diff in diffs if diff.verb in after])
    entries, sight = entry_by_table(), Sight(actor)
    readable = {table: _shown_names(entries.get(table), actor) for table in {diff.table for diff in diffs}}
    for diff in diffs:
        entry, diff.sight = entries.get(diff.table), sight
        for image in (diff.before, diff.after):
            told_of = (f"{name}{end}" for name in diff.names() for end in ("", OUT, INTO))
            sight.expect(entry, image, told_of)
        diff.readable = readable[diff.table]
        diff.resource = entry.key if entry else diff.table
    return diffs


def _one(group: list[Any]) -> RowDiff | None:
    first, last = group[0], group[-1]
    if first.verb == CREATED and last.verb == DELETED:
        return None
    verb = CREATED if first.verb == CREATED else last.verb
    names = list(dict.fromkeys(name for change in group for name in change.names or ()))
    erased = any(change.before is None for change in group if change.verb != CREATED)
    before = None if verb == CREATED or erased else _with_moves(group)
    return RowDiff(first.resource, first.row_id, verb, last.version, before, None, names, last.id, is_erased=erased)


def _with_moves(group: list[Any]) -> Image | None:
    """The image before, with what the later changes tell of rows that went and came at the other end of a list."""
    first, *later = (change.before for change in group)
    moved = {key: ids for image in later for key, ids in (image or {}).items() if key.endswith((OUT, INTO))}
    # Columns are in every image, a list only where it changed: what it was before is told by the first of these.
    lists = {key: held for image in reversed(later) for key, held in (image or {}).items()}
    return first and {**lists, **moved, **first}


def _shown_names(entry: Entry | None, actor: Actor) -> frozenset[str]:
    if entry is None:
        return frozenset()
    readable = tuple(name for name, answer in readable_fields(entry, actor).items() if answer is True)
    lists = (name for name in readable if name in entry.children)
    references = (each.column_name or each.name for each in readable_references(entry, actor).values())
    return frozenset((*attributes_of(entry, readable), *lists, *references))


def _add_after(diffs: list[RowDiff]) -> None:
    """The image after: what the next change found before it, or the row as it stands."""
    wanted: dict[str, list[RowDiff]] = {}
    for diff in diffs:
        if diff.verb != DELETED:
            wanted.setdefault(diff.table, []).append(diff)
    for table, some in wanted.items():
        for start in range(0, len(some), CHUNK):
            _add_after_chunk(table, some[start : start + CHUNK])


def _add_after_chunk(table: str, diffs: list[RowDiff]) -> None:
    ids = list({diff.row_id for diff in diffs})
    first = min(diff.last_id for diff in diffs)
    statement = select(RowChange.row_id, RowChange.id, RowChange.before).where(
        RowChange.resource == table, RowChange.row_id.in_(ids), RowChange.id > first
    )
    later: Later = {}
    for row_id, id_, before in db.session.execute(statement.order_by(RowChange.id)):
        later.setdefault(row_id, []).append((id_, before))
    standing = current_images(table, ids)
    for diff in diffs:
        following = [image for id_, image in later.get(diff.row_id, ()) if id_ > diff.last_id]
        diff.after = following[0] if following else standing.get(diff.row_id)
        diff.is_erased = diff.is_erased or following[:1] == [None]
    _add_lists_after(table, diffs, later)


def _add_lists_after(table: str, diffs: list[RowDiff], later: Later) -> None:
    """The lists after: what the next change of that very list found, or as they stand; other images lack them."""
    entry = entry_by_table().get(table)
    for name, held in held_by_name(entry).items():
        is_own = entry is not None and name in entry.children
        touched = [diff for diff in diffs if name in diff.changed_names or (is_own and diff.verb == CREATED)]
        standing = held_lists(held, [diff.row_id for diff in touched]) if touched else {}
        for diff in touched:
            images = (image for id_, image in later.get(diff.row_id, ()) if id_ > diff.last_id and image)
            found = next((image[name] for image in images if name in image), standing[diff.row_id])
            diff.after = {**(diff.after or {}), name: found}


def current_images(table: str, ids: Sequence[int]) -> dict[int, Image]:
    """The rows as they stand, as images by id; rows of other accounts are not among them."""
    model = model_of(table)
    if model is None:
        return {}
    names = [name for name in mapped_columns(model) if name not in secret_names(model)]
    # Columns, not entities: it may be very many rows, and nobody does anything to them.
    rows = db.session.execute(select(*(getattr(model, name) for name in names)).where(model.id.in_(ids)))
    images: Iterator[Image] = (dict(zip(names, map(json_safe, row), strict=True)) for row in rows)
    return {image["id"]: image for image in images}


def standing_versions(table: str, ids: Sequence[int]) -> dict[int, int]:
    """At what version the rows stand, by id; rows of other accounts are not among them."""
    model = model_of(table)
    if model is None:
        return {}
    found = db.session.execute(select(model.id, model.version).where(model.id.in_(ids)))
    return {id_: version for id_, version in found}  # noqa: C416 - rows that are no tuples to `dict`


def told(model: Any, name: str, value: Any) -> Any:
    """A value of an image as readers are told of it: of a file neither the content nor where it lies."""
    entry = _entry(model)
    if entry is not None and name in entry.children:
        return None if value is None else told_list(entry.children[name], value)
    return shown(value) if model is not None and name in file_columns(model) else value


def _entry(model: Any) -> Entry | None:
    return registry.of(model) if model is not None else None


def place_of(model: Any, name: str) -> str:
    """What readers know an attribute of the model by: a column of an embedded object as its member."""
    entry = _entry(model)
    return ".".join(entry.places.get(name, (name,))) if entry is not None else name


def model_of(table: str) -> Any:
    """The mapped class whose rows the history calls so, or None where it is gone."""
    if table not in _models:
        _models.update({getattr(each.class_, "__tablename__", ""): each.class_ for each in ChangeSet.registry.mappers})
    return _models.get(table)


def image_at(row: Model, version: int) -> Image | None:
    """The row as it was at a version, or None where the history does not reach."""
    # A row that was deleted and brought back was last seen whole by its deletion, which raises no version.
    later = or_(RowChange.version > version, and_(RowChange.version == version, RowChange.verb == DELETED))
    statement = (
        select(RowChange.before)
        .where(RowChange.resource == table_key(type(row)), RowChange.row_id == row.id, later)
        .where(RowChange.verb != CREATED)
        .order_by(RowChange.id)
        .limit(1)
    )
    return db.session.execute(statement).scalar()


def lists_at(row: Model, version: int, names: Sequence[str]) -> Image:
    """Of these lists of a row those that changed since a version, as they were then."""
    if not names:
        return {}
    statement = select(RowChange.before).where(
        RowChange.resource == table_key(type(row)), RowChange.row_id == row.id, RowChange.version > version
    )
    images = list(db.session.execute(statement.order_by(RowChange.id)).scalars())
    return {name: image[name] for image in reversed(images) for name in names if image and name in image}


def sets(
    actor: Actor, *, limit: int, before: int | None = None, entry: Entry | None = None, verb: str = "", who: str = ""
) -> list[Told]:
    """The newest visible change sets that did this to those rows, by who is called so; with counts of visible rows."""
    inside = [RowChange.change_set_id == ChangeSet.id, visible(actor, entry)]
    inside += [RowChange.resource == table_key(entry.model)] if entry else []
    inside += [RowChange.verb == verb] if verb else []
    older = () if before is None else (ChangeSet.id < before,)
    statement = select(ChangeSet).where(exists(select(RowChange.id).where(*inside)), *older)
    if who:
        statement = statement.where(func.lower(ChangeSet.actor).contains(who.lower(), autoescape=True))
    found = list(db.session.execute(statement.order_by(ChangeSet.id.desc()).limit(limit)).scalars())
    counts = counts_of(actor, [each.id for each in found])
    return [Told(each, counts.get(each.id, {})) for each in found]


def one_set(actor: Actor, id_: int) -> Told:
    """A visible change set. Raises NotFound for absent and invisible alike."""
    counts = counts_of(actor, [id_])
    found = db.session.get(ChangeSet, id_) if counts else None
    if found is None:
        raise not_found(_("change set"), id_)
    return Told(found, counts[id_])


def place(text: str | None) -> int | None:
    """A place in a list of changes. Raises BadQuery where it is none."""
    if text is None:
        return None
    number = parse_id(text)
    if number is None:
        raise BadQuery(Problem("bad_cursor", _("This place is not one of this list."), parameter="page[before]"))
    return number


def was_seen(actor: Actor, entry: Entry, id_: int) -> bool:
    """Whether the row has a change the actor may see – also after it was deleted."""
    mine = [RowChange.resource == table_key(entry.model), RowChange.row_id == id_, visible(actor, entry)]
    return db.session.execute(select(RowChange.id).where(*mine).limit(1)).first() is not None


WORDS = {CREATED: "created", CHANGED: "changed", DELETED: "deleted"}


def counts_of(actor: Actor, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Visible rows of each set by what happened to them, several changes of one row read as one."""
    made, gone = (func.max(case((RowChange.verb == verb, 1), else_=0)) for verb in (CREATED, DELETED))
    row = (
        select(RowChange.change_set_id.label("set_id"), made.label("made"), gone.label("gone"))
        .where(RowChange.change_set_id.in_(ids), visible(actor))
        .group_by(RowChange.change_set_id, RowChange.resource, RowChange.row_id)
        .subquery()
    )
    statement = select(row.c.set_id, row.c.made, row.c.gone, func.count())
    found: dict[int, dict[str, int]] = {}
    for set_id, is_made, is_gone, number in db.session.execute(
        statement.group_by(row.c.set_id, row.c.made, row.c.gone)
    ):
        counts = found.setdefault(set_id, dict.fromkeys(WORDS.values(), 0))
        if not (is_made and is_gone):
            counts["created" if is_made else "deleted" if is_gone else "changed"] += number
    return found

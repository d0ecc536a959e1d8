"""Deleting rows with all that goes along and all that is unlinked: leaf first, one change set, each row recorded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import inspect as inspect_mapped
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from backend.core import deletion, life, links, quiet, reverse
from backend.core.authors import touch
from backend.core.changes import mark_part_of, table_key, tell_list
from backend.core.effects import refuse
from backend.core.entry import Entry, ReferenceEntry
from backend.core.errors import Conflict, Problem
from backend.core.logs import logger
from backend.core.model import Model, mapped_columns
from backend.core.pointers import Pointer, needed_lists, pointers
from backend.core.quiet import chunks
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.extensions import db

log = logger("ref")

Ids = dict[int, None]
Holders = reverse.Left


@dataclass
class Found:
    """What a delete reaches, by id: rows that go, rows that are unlinked, links that go and whose lists they are of."""

    gone: dict[type[Model], Ids] = field(default_factory=dict)
    unlinked: dict[type[Model], dict[int, set[str]]] = field(default_factory=dict)
    # The owner of a part by the part's model: it goes with the owner, whose change tells of it.
    owned: dict[type[Model], type[Model]] = field(default_factory=dict)
    lists: list[tuple[Entry, ReferenceEntry, Ids]] = field(default_factory=list)


def remove(entry: Entry, actor: Actor, doomed: Iterable[int], known: Mapping[int, Any]) -> None:
    """Delete rows that are held, of which the right was asked; the known ones by id are not fetched again.

    Raises Conflict for what blocks, Forbidden for what may not go along.
    """
    db.session.flush()
    ids = list(doomed)
    effects = deletion.effects(entry, actor, ids)
    for effect in effects:
        log.debug("deleting %s %s %s %s", entry.key, effect.kind, effect.number, effect.model.__tablename__)
    refuse(entry, effects)
    found = _collect(entry.model, ids) if effects else Found({entry.model: dict.fromkeys(ids)})
    holders = _holders(found)
    _Removal(found, {entry.model: known}).run()
    _refuse_emptied(holders)


def _holders(found: Found) -> Holders:
    """Whose lists that need one lose some; those that go themselves are no more when it is asked."""
    told = [(entry, reference, set(owners)) for entry, reference, owners in found.lists if reference.required]
    for model, gone in found.gone.items():
        for entry, reference in needed_lists(model):
            column = getattr(model, reference.remote_name)
            ids: set[int] = set()
            for some in chunks(list(gone)):
                statement = select(column).where(model.id.in_(some), column.is_not(None)).distinct()
                ids.update(db.session.execute(statement, execution_options={"as_system": True}).scalars())
            told.append((entry, reference, ids))
    return told


def _refuse_emptied(holders: Holders) -> None:
    """Raise Conflict where somebody else took out the others since the effects were counted."""
    for entry, reference, ids in holders:
        if reverse.empty(entry, reference, ids):
            said = reverse.left_sentence(entry, reference)
            raise Conflict(Problem("referenced", said, meta={"resource": entry.key, "relation": reference.name}))


def _collect(model: type[Model], ids: Iterable[int]) -> Found:
    """Everything the delete reaches, level by level, each row held from here on."""
    found = Found({model: dict.fromkeys(ids)})
    waiting = [(model, list(found.gone[model]))]
    while waiting:
        target, new = waiting.pop()
        for pointer in pointers(target):
            more = _follow(found, pointer, new)
            waiting += [(pointer.model, more)] if more else []
    for each, unlinked in found.unlinked.items():
        _leave_out(unlinked, found.gone.get(each, {}))
    for entry, _reference, owners in found.lists:
        _leave_out(owners, found.gone.get(entry.model, {}))
    return found


def _leave_out(there: dict[int, Any], gone: Ids) -> None:
    for id_ in gone.keys() & there.keys():
        del there[id_]


def _follow(found: Found, pointer: Pointer, targets: Sequence[int]) -> list[int]:
    """Note the rows that hold the foreign key; those that go too are answered."""
    if pointer.blocks:
        return []
    there = _holding(pointer, targets)
    if not pointer.takes:
        for id_ in there:
            found.unlinked.setdefault(pointer.model, {}).setdefault(id_, set()).add(pointer.name)
        return []
    for entry, reference in pointer.declared_by:
        found.lists.append((entry, reference, _owners(reference, there)))
    if pointer.is_owned:
        found.owned[pointer.model] = pointer.target
    elif pointer.declared_by:
        found.owned[pointer.model] = pointer.declared_by[0][0].model
    gone = found.gone.setdefault(pointer.model, {})
    new = [id_ for id_ in there if id_ not in gone]
    gone.update(dict.fromkeys(new))
    return new


def _holding(pointer: Pointer, targets: Sequence[int]) -> list[int]:
    model = pointer.model
    ids: list[int] = []
    for some in chunks(targets):
        statement = select(model.id).where(pointer.column.in_(some)).order_by(model.id).with_for_update(of=model)
        ids += db.session.execute(statement, execution_options={"as_system": True}).scalars().all()
    return ids


def _owners(reference: ReferenceEntry, link_ids: Sequence[int]) -> Ids:
    """Whose lists the links are of."""
    link: Any = reference.link
    found: Ids = {}
    for some in chunks(link_ids):
        statement = select(getattr(link, reference.link_local)).where(link.id.in_(some)).distinct()
        found.update(dict.fromkeys(db.session.execute(statement, execution_options={"as_system": True}).scalars()))
    return found


class _Removal:
    """The deed: what stays is changed first, then rows go leaf first – few or listened to as entities, many without."""

    def __init__(self, found: Found, known: Mapping[type[Model], Mapping[int, Any]]) -> None:
        self.found = found
        self.order = _leaf_first(found.gone)
        # What an item owns, its own delete takes along; links are told by it, too, but deleted here.
        self.parts = {model for model in found.owned if model not in _links()}
        self.bulk = {model for model in self.order if quiet.may_go_quietly(model, len(found.gone[model]))} - self.parts
        self.entities = {
            model: _entities(model, found.gone[model], known.get(model, {}))
            for model in self.order
            if model not in self.bulk | self.parts
        }

    def run(self) -> None:
        for entry, reference, ids in self.found.lists:
            _shorten(entry, reference, ids)
        for model, names_by_id in self.found.unlinked.items():
            _unlink(model, names_by_id)
        db.session.flush()
        for model in self.order:
            self._record(model)
        self._break_circles()
        for model in self.order:
            self._delete(model)

    def _record(self, model: type[Model]) -> None:
        """The images of rows that go, while their links and what they refer to still stand."""
        if model in self.bulk:
            quiet.record_deleted(model, list(self.found.gone[model]), self.found.owned.get(model))
        for name, reference in links.lists_by_name(registry.of(model)).items():
            if rows := self.entities.get(model):
                held = links.lists_of(reference, list(rows))
                for id_, row in rows.items():
                    tell_list(row, name, held[id_])
                    set_committed_value(row, reference.link_relationship, [])

    def _break_circles(self) -> None:
        """References among the rows that go, which no order could respect: emptied, as the rows' images are taken."""
        for place, model in enumerate(self.order):
            for target in self.order[: place + 1]:
                for pointer in pointers(target):
                    if pointer.model is model and mapped_columns(model)[pointer.name].nullable:
                        quiet.empty(model, pointer.name, list(self.found.gone[model]))

    def _delete(self, model: type[Model]) -> None:
        if model in self.bulk:
            quiet.delete_rows(model, list(self.found.gone[model]))
        elif model in self.entities:
            with db.session.no_autoflush:
                for row in self.entities[model].values():
                    _delete_entity(row, self.found.owned.get(model))
            db.session.flush()


def _shorten(entry: Entry, reference: ReferenceEntry, ids: Ids) -> None:
    """Lists of links that lose some: told as a change of the row that declares them."""
    if quiet.may_change_quietly(entry.model, len(ids)):
        quiet.shorten(entry.model, list(ids), reference)
        return
    before = links.lists_of(reference, list(ids)) if ids else {}
    for id_, row in _entities(entry.model, ids, {}).items():
        tell_list(row, reference.name, before[id_])
        touch(row)
        db.session.expire(row, [reference.link_relationship])


def _unlink(model: type[Model], names_by_id: dict[int, set[str]]) -> None:
    if quiet.may_change_quietly(model, len(names_by_id)):
        quiet.unlink(model, names_by_id)
        return
    for id_, row in _entities(model, names_by_id, {}).items():
        for name in names_by_id[id_]:
            setattr(row, name, None)
        life.before_save(model, row)


def _entities(model: type[Model], ids: Iterable[int], known: Mapping[int, Any]) -> dict[int, Any]:
    """The rows as entities, whoever may see them: the rights were asked before."""
    found = dict(known)
    for some in chunks([id_ for id_ in ids if id_ not in known]):
        statement = select(model).where(model.id.in_(some)).order_by(model.id)
        rows = db.session.execute(statement, execution_options={"as_system": True, "populate_existing": True})
        found |= {row.id: row for row in rows.scalars()}
    return found


def _delete_entity(row: Any, owner: type[Model] | None) -> None:
    if owner is not None:
        mark_part_of(row, table_key(owner))
    if entry := registry.of(type(row)):
        links.delete_links(entry, row)
    for relationship in inspect_mapped(type(row)).relationships:
        if relationship.direction.name == "ONETOMANY" and not relationship.cascade.delete:
            # What pointed here is gone or unlinked by now: nothing is left to be looked for.
            set_committed_value(row, relationship.key, [] if relationship.uselist else None)
        elif relationship.direction.name == "MANYTOONE" and relationship.mapper.class_ is type(row):
            # The database holds it no more, so that rows of one kind go in any order, in a circle too.
            set_committed_value(row, relationship.key, None)
    db.session.delete(row)


def _leaf_first(models: Iterable[type[Model]]) -> list[type[Model]]:
    wanted = {model.__table__: model for model in models}
    return [wanted[table] for table in reversed(Model.metadata.sorted_tables) if table in wanted]


def _links() -> frozenset[type[Model]]:
    """The classes whose rows tie two others."""
    found = (reference.link for entry in registry.all() for reference in entry.references.values())
    return frozenset(link for link in found if link is not None)

"""What references in the history point to, as far as the reader may see it: what one may not read is null."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import select

from backend.core.access import may
from backend.core.changes import INTO, OUT
from backend.core.entry import Entry, ReferenceEntry
from backend.core.model import Image, Model
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.extensions import db

CHUNK = 500
Ids = dict[type[Model], set[int]]


class Sight:
    """Whether the actor may see the rows that images refer to: one question a resource for all that is expected."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._waiting: list[tuple[Entry, Image]] = []
        self._asked: Ids = {}
        self._seen: Ids = {}

    def expect(self, entry: Entry | None, image: Image | None, names: Iterable[str] | None = None) -> None:
        """These names of an image, or all of them, are going to be told."""
        if entry is not None and image and not self.actor.is_unbound:
            told = image if names is None else {name: image[name] for name in names if name in image}
            self._waiting.append((entry, told))

    def shown(self, entry: Entry | None, name: str, value: Any) -> Any:
        """A value of an image as the actor may know it: of a reference null, and of a list fewer, where rows hide."""
        if entry is None or self.actor.is_unbound or value in (None, []):
            return value
        self.expect(entry, {name: value})
        if (reference := _pointing(entry).get(name)) is not None:
            return self._through(reference, value)
        inside = _inside(entry).get(name)
        if not inside:
            return value
        return [
            {key: self._through(inside[key], each) if key in inside else each for key, each in item.items()}
            for item in value
        ]

    def _through(self, reference: ReferenceEntry, value: Any) -> Any:
        if isinstance(value, list):
            return [id_ for id_ in value if self._sees(reference, id_)]
        return value if value is None or self._sees(reference, value) else None

    def _sees(self, reference: ReferenceEntry, id_: int) -> bool:
        target = registry.of(reference.target)
        answer = may(target, self.actor, "read") if target is not None else False
        if isinstance(answer, bool):
            return answer
        self._ask_all()
        return id_ in self._seen[reference.target]

    def _ask_all(self) -> None:
        wanted: Ids = {}
        for entry, image in self._waiting:
            for reference, id_ in _referred(entry, image):
                wanted.setdefault(reference.target, set()).add(id_)
        self._waiting.clear()
        for model, ids in wanted.items():
            new = sorted(ids - self._asked.setdefault(model, set()))
            self._asked[model].update(new)
            seen = self._seen.setdefault(model, set())
            for start in range(0, len(new), CHUNK):
                seen |= self._visible(model, new[start : start + CHUNK])

    def _visible(self, model: type[Model], ids: list[int]) -> set[int]:
        """Those that stand and are readable; those that are gone where one may delete there, as the history tells."""
        target = registry.of(model)
        answer = may(target, self.actor, "read") if target is not None else False
        if target is None or isinstance(answer, bool):
            return set(ids) if answer else set()
        among = select(model.id).where(model.id.in_(ids))
        found = set(db.session.execute(among.where(answer)).scalars())
        if len(found) < len(ids) and may(target, self.actor, "delete") is not False:
            standing = db.session.execute(among.execution_options(as_system=True)).scalars()
            found |= set(ids) - set(standing)
        return found


def _referred(entry: Entry, image: Image) -> Iterator[tuple[ReferenceEntry, int]]:
    """The ids of other rows in an image, each with the reference that holds it."""
    for name, value in image.items():
        if (reference := _pointing(entry).get(name)) is not None:
            yield from ((reference, id_) for id_ in _ids(value))
        for column, inner in _inside(entry).get(name, {}).items():
            yield from ((inner, id_) for item in value or () for id_ in _ids(item.get(column)))


def _ids(value: Any) -> list[int]:
    return value if isinstance(value, list) else [] if value is None else [value]


@cache
def _pointing(entry: Entry) -> Mapping[str, ReferenceEntry]:
    """The references by what images call them: foreign keys, lists, and what left or joined a list at its other end."""
    found: dict[str, ReferenceEntry] = {}
    for name, reference in entry.references.items():
        found |= dict.fromkeys((reference.column_name or name, f"{name}{OUT}", f"{name}{INTO}"), reference)
    return found


@cache
def _inside(entry: Entry) -> Mapping[str, Mapping[str, ReferenceEntry]]:
    """The references inside embedded lists, by list and foreign key."""
    return {
        name: {each.column_name: each for each in field.part.references.values()}
        for name, field in entry.children.items()
    }

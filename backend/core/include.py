"""What else a document carries: related rows by path, two questions a step however many rows, each row once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backend.core import query, related
from backend.core.access import readable_fields
from backend.core.entry import Entry, ReferenceEntry
from backend.core.errors import BadQuery, Problem
from backend.core.formats import number
from backend.core.languages import _
from backend.core.paths import entry_at
from backend.core.rights import Actor
from backend.core.shape import only, reference_links, to_one_names, writer

# A step that would carry more is refused: a list cut short looks whole.
MOST = 5000
Sets = Mapping[str, frozenset[str]]
Document = dict[str, Any]
Steps = dict[str, "Steps"]


def included(
    entry: Entry, actor: Actor, documents: Sequence[Document], paths: Iterable[str], sets: Sets, prefix: str
) -> list[Document]:
    """The rows at every step of the paths that begin at the documents: readable ones only, each once.

    Every list on the way tells what it holds. Raises BadQuery where a step holds too much.
    """
    compound = _Compound(actor, sets, prefix)
    compound.known = {(entry.key, int(document["id"])): document for document in documents}
    compound.follow(entry, [id_ for _key, id_ in compound.known], _steps(paths))
    return list(compound.known.values())[len(documents) :]


def resources(entry: Entry, actor: Actor, ids: Sequence[int], prefix: str) -> dict[int, Document]:
    """The visible rows among the ids as resource objects, by id; one query."""
    compound = _Compound(actor, {}, prefix)
    compound.add(entry, ids)
    return {id_: told for (_key, id_), told in compound.known.items()}


def _steps(paths: Iterable[str]) -> Steps:
    """The paths as a tree: what several have in common is asked once."""
    tree: Steps = {}
    for path in paths:
        at = tree
        for name in path.split("."):
            at = at.setdefault(name, {})
    return tree


class _Compound:
    """Resource objects by type and id, in the order they were reached."""

    def __init__(self, actor: Actor, sets: Sets, prefix: str) -> None:
        self.actor, self.sets, self.prefix = actor, sets, prefix
        self.known: dict[tuple[str, int], Document] = {}

    def follow(self, entry: Entry, ids: Sequence[int], steps: Steps) -> None:
        """Everything the steps lead to from these rows."""
        for name, further in steps.items():
            reference = entry.references[name]
            target = entry_at(reference)
            pairs = self._pairs(entry, reference, ids)
            there = list(dict.fromkeys(far for _here, far in pairs))
            self.add(target, [id_ for id_ in there if (target.key, id_) not in self.known])
            # What was deleted between the two questions is in neither.
            there = [id_ for id_ in there if (target.key, id_) in self.known]
            if reference.is_many and name in self.sets.get(entry.key, (name,)):
                self._tell(entry, name, target, ids, pairs)
            self.follow(target, there, further)

    def _pairs(self, entry: Entry, reference: ReferenceEntry, ids: Sequence[int]) -> Sequence[tuple[int, int]]:
        """Which of the rows holds which visible ones. Raises BadQuery for too many."""
        if not reference.is_many and reference.name in self.sets.get(entry.key, (reference.name,)):
            return self._told(entry, reference.name, ids)
        found = related.pairs(entry, self.actor, reference, ids, MOST + 1)
        if len(found) > MOST:
            said = _(
                "%(name)s of these rows holds more than %(most)s: "
                "ask for fewer rows at once, or for the list at its own address.",
                name=reference.name,
                most=number(MOST),
            )
            raise BadQuery(Problem("too_many", said, parameter="include"))
        return found

    def _told(self, entry: Entry, name: str, ids: Sequence[int]) -> list[tuple[int, int]]:
        """The same of a reference to one, which the rows tell themselves."""
        rows = ((id_, self.known[(entry.key, id_)].get("relationships", {}).get(name)) for id_ in ids)
        return [(id_, int(told["data"]["id"])) for id_, told in rows if told and told["data"]]

    def add(self, target: Entry, ids: Sequence[int]) -> None:
        """The rows among the ids that the actor may read."""
        if not ids:
            return
        wanted = self.sets.get(target.key)
        names = only(readable_fields(target, self.actor), wanted)
        references = only(to_one_names(target, self.actor), wanted)
        write = writer(target, names, references, self.prefix)
        for row in query.by_ids(target, self.actor, ids, names, references):
            self.known[(target.key, row[0])] = write(row)

    def _tell(self, entry: Entry, name: str, target: Entry, ids: Sequence[int], pairs: Sequence[Any]) -> None:
        """What the list of each of the rows holds, as identifiers."""
        held: dict[int, list[Document]] = {id_: [] for id_ in ids}
        for here, far in pairs:
            if (target.key, far) in self.known:
                held[here].append({"type": target.key, "id": str(far)})
        for id_, data in held.items():
            document = self.known[(entry.key, id_)]
            links = reference_links(f"{self.prefix}/{entry.key}/{id_}", name)
            document.setdefault("relationships", {})[name] = {"links": links, "data": data}

"""What deleting does along one relation, in the words of every edge; what stands in the way, as refusals."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.core.entry import Entry
from backend.core.errors import Conflict, Forbidden, Problem, Rows
from backend.core.model import Model
from backend.core.resource import STRATEGIES

BLOCKS, GOES, UNLINKED = "blocks", "deletes", "unlinks"
VERB = {GOES: "delete", UNLINKED: "update"}


@dataclass(frozen=True)
class Effect:
    """One relation that is touched: whose rows, by which reference to what, what becomes of how many."""

    kind: str  # blocks, deletes, unlinks
    model: type[Model]
    entry: Entry | None
    relation: str
    label: str
    target: Entry | None
    strategy: str
    count: int
    more: bool = False
    refused: int = 0
    is_visible: bool = True
    is_required: bool = False
    is_list: bool = False
    # Of visible rows: the filter that finds them, and the first that stand in the way, by id and title.
    filter: tuple[str, str] | None = field(default=None, kw_only=True)
    first: tuple[tuple[int, str], ...] = field(default=(), kw_only=True)

    @property
    def label_of_rows(self) -> str:
        """What the rows are called, where the actor may know."""
        if not (self.entry and self.is_visible):
            return "row you may not see" if self.is_one else "rows you may not see"
        return (self.entry.label_one if self.is_one else self.entry.label).lower()

    @property
    def is_one(self) -> bool:
        """Whether it is about a single row."""
        return self.count == 1 and not self.more

    @property
    def number(self) -> str:
        """How many, in words."""
        return f"more than {self.count:,}" if self.more else f"{self.count:,}"

    @property
    def says(self) -> str:
        """What becomes of the rows, in words that follow their number."""
        known = self.entry is not None and self.is_visible
        its, s = (self.label.lower(), "s" if self.is_one else "") if known else ("", "s" if self.is_one else "")
        if self.kind == GOES:
            return f"go{'es' if s else ''} along" + (f" with {'its' if s else 'their'} {its}" if its else "")
        if self.kind == UNLINKED:
            return f"stay{s}" + (f" with a shorter list of {its}" if self.is_list else f" without {its}") * bool(its)
        if self.is_required:
            return f"cannot do without {its}" if its else "cannot do without"
        return f"refer{s} to it" + (f" as {its}" if its else "")

    @property
    def strategy_name(self) -> str:
        """The strategy by the name it is declared with."""
        return STRATEGIES[self.strategy]

    @property
    def rows(self) -> Rows | None:
        """The rows, for whoever may see them."""
        return Rows(self.entry.key, self.first, self.filter) if self.entry and self.is_visible else None

    def as_json(self) -> dict[str, Any]:
        """The relation as programs read it; nothing of it is named to whoever may not see it."""
        told: dict[str, Any] = {"effect": self.kind, "strategy": self.strategy_name, "count": self.count}
        if self.more:
            told["more"] = True
        if self.entry and self.is_visible:
            told |= {"resource": self.entry.key, "relation": self.relation}
        if self.target:
            told["of"] = self.target.key
        return told


def refuse(entry: Entry, found: Sequence[Effect]) -> None:
    """Raise Forbidden for rows one may not take along or unlink, Conflict where rows stand in the way; all of each.

    A conflict tells the whole of what was found: what would go along if nothing were in the way.
    """
    if refused := [effect for effect in found if effect.refused]:
        raise Forbidden(*(_forbidden(effect) for effect in refused))
    if blocks := [effect for effect in found if effect.kind == BLOCKS]:
        conflict = Conflict(*(_blocked(entry, effect) for effect in blocks))
        conflict.meta = {"effects": [effect.as_json() for effect in found]}
        raise conflict


def _forbidden(effect: Effect) -> Problem:
    verb = VERB[effect.kind]
    what = f"{verb} {effect.refused:,} {effect.label_of_rows}"
    said = f"This would also {what}, which you may not do."
    meta: dict[str, Any] = {"count": effect.refused, "verb": verb}
    if effect.entry and effect.is_visible:
        meta["resource"] = effect.entry.key
    return Problem("forbidden", said, meta=meta)


def _blocked(entry: Entry, effect: Effect) -> Problem:
    one = (effect.target or entry).label_one.lower()
    which = "this" if effect.target in (None, entry) else "a"
    said = f"{effect.number} {effect.label_of_rows} refer{'s' if effect.is_one else ''} to {which} {one}"
    if effect.is_required and effect.is_visible:
        said += f" and cannot do without ({effect.label.lower()})"
    told = effect.as_json()
    meta = {"more": False} | {name: told[name] for name in ("resource", "relation", "count", "more") if name in told}
    them = "it" if effect.is_one else "them"
    return Problem("referenced", f"{said}: delete {them} or point {them} elsewhere first.", meta=meta, rows=effect.rows)

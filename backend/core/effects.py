"""What deleting does along one relation, in the words of every edge; what stands in the way, as refusals."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.core import formats
from backend.core.entry import Entry
from backend.core.errors import Conflict, Forbidden, Problem, Rows
from backend.core.languages import _, in_sentence, ngettext
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
    def number(self) -> str:
        """How many, in words."""
        written = formats.number(self.count)
        return _("more than %(number)s", number=written) if self.more else written

    @property
    def rows_counted(self) -> str:
        """How many of what, as the sentences about them begin."""
        return self.counted(self.count, self.number)

    def counted(self, count: int, number: str) -> str:
        """So many of the rows, by what they are called where the actor may know."""
        if not (self.entry and self.is_visible):
            return ngettext("%(number)s row you may not see", "%(number)s rows you may not see", count, number=number)
        label = self.entry.one if count == 1 else self.entry.many
        return _("%(number)s %(rows)s", number=number, rows=label)

    @property
    def says(self) -> str:
        """What becomes of the rows, in a sentence with `rows_counted` in it."""
        if not (self.entry and self.is_visible):
            return self._says_of_unseen()
        n, told = self.count, {"rows": self.rows_counted, "its": in_sentence(self.label)}
        if self.kind == GOES:
            return ngettext("%(rows)s goes along with its %(its)s", "%(rows)s go along with their %(its)s", n, **told)
        if self.kind == UNLINKED and self.is_list:
            return ngettext(
                "%(rows)s stays with a shorter list of %(its)s",
                "%(rows)s stay with a shorter list of %(its)s",
                n,
                **told,
            )
        if self.kind == UNLINKED:
            return ngettext("%(rows)s stays without %(its)s", "%(rows)s stay without %(its)s", n, **told)
        if self.is_required:
            return ngettext("%(rows)s cannot do without %(its)s", "%(rows)s cannot do without %(its)s", n, **told)
        return ngettext("%(rows)s refers to it as %(its)s", "%(rows)s refer to it as %(its)s", n, **told)

    def _says_of_unseen(self) -> str:
        n, rows = self.count, self.rows_counted
        if self.kind == GOES:
            return ngettext("%(rows)s goes along", "%(rows)s go along", n, rows=rows)
        if self.kind == UNLINKED:
            return ngettext("%(rows)s stays", "%(rows)s stay", n, rows=rows)
        if self.is_required:
            return ngettext("%(rows)s cannot do without", "%(rows)s cannot do without", n, rows=rows)
        return ngettext("%(rows)s refers to it", "%(rows)s refer to it", n, rows=rows)

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
    rows = effect.counted(effect.refused, formats.number(effect.refused))
    if effect.kind == GOES:
        said = _("This would also delete %(rows)s, which you may not do.", rows=rows)
    else:
        said = _("This would also update %(rows)s, which you may not do.", rows=rows)
    meta: dict[str, Any] = {"count": effect.refused, "verb": verb}
    if effect.entry and effect.is_visible:
        meta["resource"] = effect.entry.key
    return Problem("forbidden", said, meta=meta)


def _blocked(entry: Entry, effect: Effect) -> Problem:
    told = effect.as_json()
    meta = {"more": False} | {name: told[name] for name in ("resource", "relation", "count", "more") if name in told}
    return Problem("referenced", _blocked_sentence(entry, effect), meta=meta, rows=effect.rows)


def _blocked_sentence(entry: Entry, effect: Effect) -> str:
    n, is_this = effect.count, effect.target in (None, entry)
    told = {"rows": effect.rows_counted, "one": (effect.target or entry).one}
    if not (effect.is_required and effect.is_visible):
        if is_this:
            return ngettext(
                "%(rows)s refers to this %(one)s: delete it or point it elsewhere first.",
                "%(rows)s refer to this %(one)s: delete them or point them elsewhere first.",
                n,
                **told,
            )
        return ngettext(
            "%(rows)s refers to a %(one)s: delete it or point it elsewhere first.",
            "%(rows)s refer to a %(one)s: delete them or point them elsewhere first.",
            n,
            **told,
        )
    told["its"] = in_sentence(effect.label)
    if is_this:
        return ngettext(
            "%(rows)s refers to this %(one)s and cannot do without (%(its)s): delete it or point it elsewhere first.",
            "%(rows)s refer to this %(one)s and cannot do without (%(its)s): "
            "delete them or point them elsewhere first.",
            n,
            **told,
        )
    return ngettext(
        "%(rows)s refers to a %(one)s and cannot do without (%(its)s): delete it or point it elsewhere first.",
        "%(rows)s refer to a %(one)s and cannot do without (%(its)s): delete them or point them elsewhere first.",
        n,
        **told,
    )

"""Why a change cannot go back, in words: which item, which field, what it would be and what it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from backend.admin import shown
from backend.admin.diffs import Diffs, Line
from backend.admin.navigation import address
from backend.admin.shown import EMPTY, Cell
from backend.admin.touched import changed_last
from backend.core import trash
from backend.core.clashes import CHANGED
from backend.core.entry import Entry
from backend.core.errors import Problem
from backend.core.languages import _
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.titles import titles

Names = dict[str, dict[int, str]]
Hands = dict[tuple[Entry | None, int], tuple[str, datetime]]


@dataclass(frozen=True)
class Clash:
    """One row or field that others changed since."""

    label: str
    title: str
    href: str
    reason: str
    line: Line | None
    # Whether the field holds something else by now; where another row is in the way, it is not of this one.
    is_changed: bool = False
    # Who changed the row last, and when.
    who: str = ""
    at: Cell = EMPTY


def clashes(actor: Actor, problems: Sequence[Problem]) -> list[Clash]:
    """The conflicts of an undo; a row of no resource of its own is told as core says it."""
    told = [(registry.get(str(problem.meta.get("resource", ""))), problem) for problem in problems]
    diffs, names, gone = Diffs(actor), {}, {}
    hands: Hands = {}
    for entry in dict.fromkeys(entry for entry, _problem in told if entry is not None):
        mine = [problem for each, problem in told if each is entry]
        ids = {int(problem.meta["id"]) for problem in mine}
        names[entry.key] = titles(entry, actor, ids)
        gone[entry.key] = trash.titles(actor, entry, ids - names[entry.key].keys())
        hands |= {(entry, id_): hand for id_, hand in changed_last(actor, entry, sorted(ids)).items()}
        diffs.expect(entry, [field for problem in mine for field in _field(problem)])
    found = []
    for owner, problem in told:
        clash, hand = _clash(owner, problem, diffs, names, gone), hands.get((owner, int(problem.meta.get("id", 0))))
        if hand is not None and clash.is_changed:
            clash = replace(clash, who=hand[0], at=shown.moment_cell(hand[1], diffs.zone))
        found.append(clash)
    return found


def _field(problem: Problem) -> list[dict[str, Any]]:
    meta = problem.meta
    return [{"name": meta["field"], "before": meta["ours"], "after": meta["theirs"]}] if meta.get("field") else []


def _clash(entry: Entry | None, problem: Problem, diffs: Diffs, names: Names, gone: Names) -> Clash:
    if entry is None:
        return Clash("", "", "", problem.detail, None)
    id_ = int(problem.meta["id"])
    known = names[entry.key]
    href = address(entry, id_) if id_ in known else ""
    lines = diffs.lines(entry, _field(problem))
    reason = problem.detail.partition(": ")[2] or problem.detail
    title = known.get(id_) or gone[entry.key].get(id_) or _("number %(number)s", number=id_)
    is_changed = problem.meta.get("theirs") is not None or reason.endswith(_(CHANGED))
    return Clash(entry.label_one, title, href, reason, lines[0] if lines else None, is_changed)

"""Filters by reference: a choice where there are few rows, else words that lead to one of them, with help."""

import re
from collections.abc import Sequence

from backend.admin import lookups, references
from backend.admin.filter_terms import Term
from backend.core.access import readable_fields
from backend.core.entry import Entry
from backend.core.errors import BadQuery, Problem
from backend.core.languages import _, either
from backend.core.paths import Path
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.shape import parse_id
from backend.core.titles import named, titled, titles

# More rows than that are looked up, never listed.
FEW = 50
# Such a filter names one row; or part of its title.
OPERATORS, OF_TITLE = ("eq", "ne", "contains"), "contains"
# What was typed leads to no one row, or not yet.
UNCLEAR = "unclear_row"
NUMBER = re.compile(r" \(#[0-9]+\)$")


def target_of(path: Path) -> Entry | None:
    """Whose rows are chosen from, where a path ends at a reference."""
    ends_there = path.field is None and bool(path.references) and not path.is_list
    return registry.of(path.references[-1].target) if ends_there else None


def few(target: Entry, actor: Actor) -> Sequence[tuple[str, str]] | None:
    """All rows one may choose from by id, where there are few; None where there are many."""
    rows = named(target, titled(target, actor).order_by(target.model.id).limit(FEW + 1))
    if len(rows) > FEW:
        return None
    return sorted(((str(id_), text) for id_, text in rows), key=lambda each: each[1].casefold())


def way(entry: Entry, path: Path) -> str:
    """Where the rows are looked up; nothing where no list of its own has the reference."""
    if len(path.steps) != len(path.references):
        return ""
    owner = registry.of(path.references[-2].target) if len(path.references) > 1 else entry
    return lookups.way(owner, path.references[-1].name) if owner else ""


def typed(target: Entry, actor: Actor, value: str) -> str:
    """The row of a filter as its input holds it."""
    id_ = parse_id(value)
    title = titles(target, actor, [id_]).get(id_) if id_ else None
    return value if title is None or id_ is None else references.typed(id_, title)


def term(target: Entry, actor: Actor, sent: Term) -> Term:
    """The filter that was sent: of one row by its id, of a part of a title by the title. Raises BadQuery."""
    if sent.op == OF_TITLE:
        if target.title not in readable_fields(target, actor):
            return sent
        return Term(f"{sent.field.removesuffix('.id')}.{target.title}", sent.op, NUMBER.sub("", sent.value))
    return sent._replace(value=_id_of(target, actor, sent.value)) if sent.op in OPERATORS else sent


def _id_of(target: Entry, actor: Actor, text: str) -> str:
    meant = references.meaning(actor, target, text.strip())
    if meant.id is not None:
        return str(meant.id)
    said = meant.fault
    if meant.rows:
        rows = either(references.typed(row.id, row.title) for row in meant.rows)
        said = f"{said} {_('Did you mean %(rows)s?', rows=rows)}"
    raise BadQuery(Problem(UNCLEAR, said))

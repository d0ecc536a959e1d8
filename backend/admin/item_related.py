"""What belongs to an item: the first rows of every list of its own, counted, each list by one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from backend.admin import shown
from backend.admin.addresses import address
from backend.admin.navigation import address as of
from backend.admin.shown import EMPTY, Cell
from backend.core import formats, past, query
from backend.core.access import may, may_write_field, readable_fields, readable_references
from backend.core.entry import KEPT, Entry, ReferenceEntry
from backend.core.errors import Invalid
from backend.core.languages import _, ngettext
from backend.core.paths import within
from backend.core.registry import registry
from backend.core.reverse import back_of
from backend.core.rights import Actor
from backend.core.titles import title_beyond, title_name, title_of
from backend.extensions import db

# The first rows; of what no list of its own can show, as many as one reads through.
SHOWN, SHOWN_ALONE, MOST_COLUMNS, COUNTED = 8, 100, 4, 1_000
NOT_IN_A_CELL = frozenset({"json", "file", "object", "list"})


@dataclass(frozen=True)
class Column:
    """A column of the little table: a field, or what a reference points to."""

    name: str
    label: str
    is_reference: bool = False


@dataclass(frozen=True)
class Related:
    """The rows at the other end of a reference that holds several."""

    label: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    number: str
    all: str  # the address of the whole list
    new: str  # the form of another one for this item
    new_label: str
    is_long: bool = False
    fault: str = ""


def related(entry: Entry, actor: Actor, id_: int, moment: datetime | None) -> list[Related]:
    """Every list of the item that one may read, now or as it was."""
    found = []
    for reference in readable_references(entry, actor).values():
        target = registry.of(reference.target)
        if reference.is_many and target is not None and may(target, actor, "read") is not False:
            found.append(_related(actor, id_, reference, target, moment))
    return found


def _related(actor: Actor, id_: int, reference: ReferenceEntry, target: Entry, moment: datetime | None) -> Related:
    back = _back(target, reference)
    shown_, all_ = _shown(target, actor, back), _all(target, actor, back, id_, moment)
    rows: Sequence[Any] = ()
    fault = ""
    try:
        with past.reading(target, actor, moment):
            statement = _statement(actor, id_, reference, target, shown_)
            rows = db.session.execute(statement.limit(SHOWN if all_ else SHOWN_ALONE)).all()
    except Invalid as refusal:
        fault = refusal.problems[0].detail
    count = rows[0][-1] if rows else 0
    return Related(
        label=reference.label,
        header=[column.label for column in shown_],
        rows=[_cells(target, actor, row, shown_, moment) for row in rows],
        number=_number(count) if all_ or count == len(rows) else _shown_of(len(rows), count),
        all=all_,
        is_long=len(rows) > SHOWN,
        new="" if moment else _new(target, actor, back, id_),
        new_label=target.one,
        fault=fault,
    )


def _number(count: int) -> str:
    if count <= COUNTED:
        return formats.number(count)
    return ngettext("more than %(num)s", "more than %(num)s", COUNTED, num=formats.number(COUNTED))


def _shown_of(shown_: int, count: int) -> str:
    return _("%(shown)s of %(total)s", shown=formats.number(shown_), total=_number(count))


def _back(target: Entry, reference: ReferenceEntry) -> ReferenceEntry | None:
    """The reference at the other end that tells the same."""
    if reference.is_reverse:
        return back_of(target, reference)
    mirrored = (reference.link, reference.link_remote, reference.link_local)
    every = target.references.values()
    return next(
        (each for each in every if each.link and (each.link, each.link_local, each.link_remote) == mirrored), None
    )


def _shown(target: Entry, actor: Actor, back: ReferenceEntry | None) -> list[Column]:
    """The columns of the little table: the first fields and references of the target's own list."""
    fields, named = readable_fields(target, actor), readable_references(target, actor)
    plain = [name for name in fields if target.fields[name].kind not in NOT_IN_A_CELL]
    own = [name for name in plain if name not in KEPT]
    wanted = target.resource.columns or tuple(dict.fromkeys((target.title, *own)))
    found = [Column(name, shown.headed(target.fields[name])) for name in wanted if name in plain]
    for name in [name for name in wanted if name in named and (back is None or name != back.name)]:
        far = registry.of(named[name].target)
        is_named = far is not None and may(far, actor, "read") is not False and title_name(far, actor) in far.fields
        if is_named and named[name].kind == "to_one":
            found.append(Column(name, named[name].label, is_reference=True))
    return sorted(found, key=lambda column: wanted.index(column.name))[:MOST_COLUMNS]


def _statement(actor: Actor, id_: int, reference: ReferenceEntry, target: Entry, columns: Sequence[Column]) -> Any:
    """The rows – id, version, fields, titles of references – and in each the number of all."""
    answer, mine = may(target, actor, "read"), within(reference, id_)
    every = select(target.model.id).where(mine)
    every = every if isinstance(answer, bool) else every.where(answer)
    number = select(func.count()).select_from(every.limit(COUNTED + 1).subquery()).scalar_subquery()
    fields = tuple(column.name for column in columns if not column.is_reference)
    named = [target.references[each.name] for each in columns if each.is_reference]
    far = [title for each in named if (title := title_beyond(actor, each, target.model)) is not None]
    statement = query.base_select(target, actor, fields, ())
    return statement.add_columns(*far, number).where(mine).order_by(target.model.id)


def _cells(target: Entry, actor: Actor, row: Any, columns: Sequence[Column], moment: datetime | None) -> list[Cell]:
    # Selected are the fields first, then the titles.
    selected = sorted(columns, key=lambda column: column.is_reference)
    values = dict(zip((column.name for column in selected), row[2:], strict=False))
    ways = [
        (each.name, _text if each.is_reference else shown.in_list(target, each.name, actor.time_zone))
        for each in columns
    ]
    found = [way(values[name]) for name, way in ways] or [EMPTY]
    # The first cell that says something leads to the row.
    place = next((place for place, cell in enumerate(found) if cell is not EMPTY), 0)
    text = title_of(target, row[0], None) if found[place] is EMPTY else found[place].text
    found[place] = Cell(text, "", address(of(target, row[0]), past_of(moment)))
    return found


def _text(value: Any) -> Cell:
    return EMPTY if value in (None, "") else Cell(shown.shortened(str(value), shown.LONGEST_IN_LIST))


def past_of(moment: datetime | None) -> list[tuple[str, str]]:
    """What an address of then carries."""
    return [(past.PARAMETER, shown.to_text(moment))] if moment else []


def _all(target: Entry, actor: Actor, back: ReferenceEntry | None, id_: int, moment: datetime | None) -> str:
    if back is None or back.name not in readable_references(target, actor):
        return ""
    return address(of(target), [(f"filter[{back.name}]", str(id_)), *past_of(moment)])


def _new(target: Entry, actor: Actor, back: ReferenceEntry | None, id_: int) -> str:
    """The form of a new row that points here, where one may make one."""
    if back is None or back.kind != "to_one" or "create" in target.resource.without:
        return ""
    if may(target, actor, "create") is False or not may_write_field(target, actor, back.name):
        return ""
    return address(of(target, None, "new"), [(back.name, str(id_))])

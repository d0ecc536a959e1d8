"""The list page: rows prepared as plain cells, every state of it in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, request
from markupsafe import Markup

from backend.admin import (
    acting_on_many,
    columns,
    exporting,
    files,
    filter_form,
    filters_shown,
    item_steps,
    saved_views,
    selections,
    sorting,
    table,
    then,
)
from backend.admin import rows as row_pages
from backend.admin.addresses import TICKED, Arguments, address, with_, without, without_own
from backend.admin.edge import Answer, Page
from backend.admin.navigation import WHY
from backend.admin.navigation import address as of
from backend.admin.sentences import counted
from backend.admin.shown import EMPTY, Cell, headed, in_list
from backend.admin.ticked import Ticked, ticked
from backend.admin.trash import may_look
from backend.core import formats, preferences, query
from backend.core.access import may, readable_fields
from backend.core.entry import Entry
from backend.core.errors import BadQuery
from backend.core.languages import ngettext
from backend.core.page_words import by_number
from backend.core.paging import LARGEST_LIMIT
from backend.core.past import PARAMETER
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.saved_views import default_name
from backend.core.titles import title_of, titles

ROWS = 50
SEARCH = "_q"


@dataclass(frozen=True)
class Column:
    """A column of the page: its head, its order, and where in a selected row its value stands."""

    name: str
    label: str
    style: str
    sort: str  # the address that sorts by it, or an empty text
    then: str  # the address that sorts by it after what the list is sorted by already
    order: str  # ascending, descending, none – as aria-sort says it
    rank: int  # its place among several keys; 0 for the only one
    place: int
    target: Entry | None = None


def list_page(entry: Entry, actor: Actor) -> Answer:
    """The rows the actor may read, as the address asks. Raises BadQuery, Forbidden, NotFound."""
    arguments = list(request.args.items(multi=True))
    kept = preferences.recall(actor, columns.remembered(entry), default_name(entry.key))
    default = None if arguments else saved_views.default_of(entry, actor, kept)
    if default is not None:
        return saved_views.opened(entry, actor, default)
    fault = ""
    try:
        wanted = filter_form.added(entry, actor, arguments)
        if wanted is not None:
            query.read(entry, actor, without_own(without(wanted, [])))
            return redirect(address(request.path, wanted), 303)
    except BadQuery as refusal:
        fault = refusal.problems[0].detail
    return _page(entry, actor, arguments, kept, fault)


def _page(entry: Entry, actor: Actor, arguments: Arguments, kept: preferences.Kept, fault: str) -> Page:
    asked = filter_form.asking(entry, actor, arguments, fault)
    is_asking, place = filter_form.FIELD in dict(arguments), dict(arguments).get(filter_form.AT, "")
    arguments = without(arguments, filter_form.ADDING) if is_asking else arguments
    extra = selections.criterion(entry, actor, dict(arguments).get(selections.PARAMETER))
    wanted = names(entry, actor, arguments, kept)
    found = query.run(entry, actor, read(entry, actor, arguments, wanted), extra)
    shown = _columns(entry, actor, found.query, wanted, arguments)
    own = ",".join(wanted) if columns.remembered(entry) in kept else ""
    tabs = saved_views.tabs(entry, actor, kept, arguments, own)
    told, filters = dict(arguments), filters_shown.shown(entry, actor, arguments, request.path)
    # Nothing is done with rows as they were.
    actions = [] if found.query.as_of else acting_on_many.offered(entry, actor)
    in_cell = frozenset[str]() if found.query.as_of else row_pages.in_cell(entry, actor)
    carried = item_steps.carried(arguments)
    marked = ticked(request.path, arguments, {row[0] for row in found.rows})
    context = {
        "entry": entry,
        "columns": shown,
        "rows": _rows(entry, actor, shown, found.rows, carried, marked if actions else None),
        "ticked": marked,
        "count": _count(found, entry),
        "precision": "more" if found.more else "exact",
        "counting": by_number(lambda number: ngettext("%(num)s chosen", "%(num)s chosen", number, num="{}")),
        "filters": filters,
        "choices": filter_form.choices(entry, actor),
        "sorts": sorting.chips(entry, actor, found.query, arguments),
        "asked": asked,
        "is_asking": is_asking,
        "place": place,
        "meant": filters_shown.meant(filters, place) if is_asking else "",
        "kept": without(arguments, []),
        "kept_by_search": without(arguments, [SEARCH]),
        "search": told.get(SEARCH, ""),
        "can_search": any(name in readable_fields(entry, actor) for name in entry.resource.search),
        "selections": selections.offered(entry, actor, told.get(selections.PARAMETER)),
        "tabs": tabs,
        "fault": fault,
        "next": found.next,
        "links": _links(entry, actor, arguments),
        "files": exporting.offered(entry, actor, found.query, wanted, arguments),
        "pages": _pages(found, arguments, tabs, place),
        "in_cell": in_cell,
        "edit_rows": _edit_rows(entry, arguments) if in_cell and found.rows else "",
        "actions": actions,
        "then": then.then(actor, found.query.as_of),
    }
    return Page("list.html", context, 400 if fault else 200)


def names(entry: Entry, actor: Actor, arguments: Arguments, kept: preferences.Kept) -> list[str]:
    """The columns in their order: the address says, else the user's choice; none named, those of the address' view."""
    told = dict(arguments)
    asked = told.get(f"fields[{entry.key}]")
    if asked is not None:
        return list(dict.fromkeys(filter(None, asked.split(","))))
    return [] if "_view" in told else columns.shown(entry, actor, kept)


def read(entry: Entry, actor: Actor, arguments: Arguments, wanted: Sequence[str]) -> query.Query:
    """What the address asks for, of these columns unless it names others. Raises BadQuery."""
    asked, parameter = without_own(arguments), f"fields[{entry.key}]"
    if wanted and parameter not in dict(asked):
        asked.append((parameter, ",".join(wanted)))
    return query.read(entry, actor, asked, default_limit=ROWS)


def _columns(
    entry: Entry, actor: Actor, asked: query.Query, names: Sequence[str], arguments: Arguments
) -> list[Column]:
    places = {name: place for place, name in enumerate((*asked.names, *asked.references), start=2)}
    ordered = dict.fromkeys((*(names or columns.usual(entry)), *places))
    return [
        _column(entry, actor, name, places[name], sorting.Order(asked, arguments)) for name in ordered if name in places
    ]


def _column(entry: Entry, actor: Actor, name: str, place: int, order: sorting.Order) -> Column:
    field, target, path = entry.fields.get(name), None, name
    if field is None:
        target = registry.of(entry.references[name].target)
        path = f"{name}.{target.title}" if target and target.title in readable_fields(target, actor) else ""
        if target and may(target, actor, "read") is False:
            path = ""
    elif field.kind in ("json", "file", "object", "list"):
        path = ""
    style = "num" if field and field.kind in ("decimal", "integer") else ""
    label = headed(field) if field else columns.label_of(entry, name)
    return Column(
        name, label, style, order.only(path), order.then(path), order.of(path), order.rank(path), place, target
    )


def _rows(
    entry: Entry, actor: Actor, shown: Sequence[Column], rows: Sequence[Any], carried: str, marked: Ticked | None
) -> Markup:
    first, *others = [_cells(entry, actor, column, rows) for column in shown] or [[EMPTY] * len(rows)]
    base, beginnings = of(entry), []
    # A cell alone does not tell apart what several parts together do.
    known = titles(entry, actor, [row[0] for row in rows]) if entry.title_parts and marked else {}
    for row, cell in zip(rows, first, strict=True):
        # The first cell leads to the item, so it always says something and leads nowhere else.
        name = Cell(title_of(entry, row[0], None)) if cell is EMPTY else cell
        beginnings.append(table.Beginning(row[0], f"{base}{row[0]}{carried}", name, known.get(row[0], "")))
    columns_ = [table.column(column.label, cells) for column, cells in zip(shown[1:], others, strict=False)]
    return table.body(beginnings, columns_, marked.here if marked else None)


def _cells(entry: Entry, actor: Actor, column: Column, rows: Sequence[Any]) -> list[Cell]:
    """A column's cells; a reference's titles come from one query for the page."""
    values, target = [row[column.place] for row in rows], column.target
    if target is not None:
        known = titles(target, actor, set(values) - {None})
        return [Cell(known[id_], "", of(target, id_)) if id_ in known else EMPTY for id_ in values]
    if entry.fields[column.name].kind == "file":
        return [
            EMPTY if row[column.place] is None else files.cell(entry, row[0], column.name, row[column.place])
            for row in rows
        ]
    show = in_list(entry, column.name, actor.time_zone)
    return [show(value) for value in values]


def _edit_rows(entry: Entry, arguments: Arguments) -> str:
    return address(
        of(entry, None, "rows"), [(name, value) for name, value in arguments if name not in filter_form.ADDING]
    )


def _count(found: query.Listing, entry: Entry) -> str:
    if found.count is None:
        return entry.label
    return counted(entry, found.count, more=found.more)


def _links(entry: Entry, actor: Actor, arguments: Arguments) -> dict[str, str]:
    """What may be done from here; what may not is absent."""
    links = {}
    is_then = PARAMETER in dict(arguments)
    if not is_then and "create" not in entry.resource.without:
        if may(entry, actor, "create") is not False:
            links["new"] = of(entry, None, "new")
            links["import"] = of(entry, None, "import")
        else:
            links["why_new"] = address(WHY, [("resource", entry.key), ("verb", "create")])
    if may_look(entry, actor):
        links["trash"] = of(entry, None, "trash")
    state = links["state"] = address("", without(arguments, [])).lstrip("?")
    links["columns"] = address(of(entry, None, "columns"), [("state", state)] if state else [])
    return links


def _longer(found: query.Listing, kept: Arguments) -> tuple[str, str]:
    """So many rows a page instead, and the list with them."""
    many = ROWS if found.query.page.limit == LARGEST_LIMIT else LARGEST_LIMIT
    return formats.number(many), address(request.path, with_(kept, "page[limit]", str(many)))


def _pages(found: query.Listing, arguments: Arguments, tabs: saved_views.Tabs, place: str) -> dict[str, Any]:
    kept = without(arguments, [])
    plain = [(name, value) for name, value in kept if name in ("sort", "page[limit]", TICKED)]
    at = [(filter_form.AT, place)] if place else []
    return {
        "next": address(request.path, [*kept, ("page[after]", found.next)]) if found.next else "",
        "prev": address(request.path, [*kept, ("page[before]", found.prev)]) if found.prev else "",
        "asking": address(request.path, [*kept, (filter_form.FIELD, ""), *at]),
        "longer": _longer(found, kept) if found.next or found.prev else None,
        "unsearched": address(request.path, without(kept, [SEARCH])),
        "all": address(request.path, plain) if plain else tabs.plain,
    }

"""The address map: every kind of page, who looks at it, and what is done there first. One list for all who walk it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from backend.core.entry import Entry
from tests.browser.site import shipped

Tab = Any
# Two groups of filters of which either will do.
EITHER = (
    '{"or": [{"and": [{"field": "category", "value": "Lighting"}, {"field": "price", "op": "lt", "value": "50"}]}, '
    '{"field": "category", "value": "Paper"}]}'
)
FAULTS = (400, 404, 409, 412, 413, 422, 429, 500, 503)


@dataclass(frozen=True)
class Place:
    """A page: a name for its pictures, its address, who looks (nobody: not signed in), and what is done there."""

    name: str
    address: str
    who: str | None = "ada"
    do: Callable[[Tab], None] | None = None


def every_place(made: Mapping[str, Any]) -> list[Place]:
    """All of them, over what `furnish` made."""
    return [*_outside(), *_rooms(made), *_products(made), *_imports(made), *_others(made), *_faults()]


def _outside() -> Iterator[Place]:
    yield Place("sign-in", "/login", None)
    yield Place("sign-in-wrong", "/login", None, _sign_in_wrongly)
    yield Place("api-docs", "/api/v1/docs")


def _rooms(made: Mapping[str, Any]) -> Iterator[Place]:
    yield Place("home", "/admin/")
    yield Place("find", "/admin/_find?q=desk")
    yield Place("me", "/admin/_me")
    yield Place("keys", "/admin/_keys")
    yield Place("palette", "/admin/", do=_open_palette)
    yield Place("keys-open", "/admin/products/", do=_open_keys)
    yield Place("row-menu", "/admin/products/", do=_open_row_menu)
    yield Place("style", "/admin/_style")
    yield Place("history", "/admin/change_sets/")
    yield Place("change", f"/admin/change_sets/{made['change']}")
    yield Place("undo", f"/admin/change_sets/{made['change']}/undo")
    yield Place("jobs", "/admin/jobs/")
    yield Place("job", f"/admin/jobs/{made['job']}")
    yield Place("why", "/admin/why/")
    yield Place("why-answered", "/admin/why/?resource=products&verb=update&id=1&actor=vera%40demo.example", "admin")


def _products(made: Mapping[str, Any]) -> Iterator[Place]:
    here = "/admin/products/"
    yield Place("list", here)
    yield Place("list-filtered", f"{here}?filter[price][gt]=20&filter[category]=Furniture&sort=-price")
    yield Place("list-asking", f"{here}?_field=price&_op=between")
    yield Place("list-groups", f"{here}?filter[category]=Lighting&filter[price][lt]=50", do=_open_ways)
    yield Place("list-any", f"{here}?_where={quote(EITHER)}&_field=&_at=1.")
    yield Place("columns", f"{here}columns")
    yield Place("edit-rows", f"{here}rows?sort=-price")
    yield Place("views", f"{here}views")
    yield Place("list-filter-wrong", f"{here}?filter[price][gt]=dear")
    yield Place("list-ticked", f"{here}?page[limit]=10&_ticked=1.2.20")
    yield Place("list-selection", f"{here}?_selection=low_stock")
    yield Place("list-empty", f"{here}?filter[name]=nothing+is+called+so")
    yield Place("list-read-only", here, "vera")
    yield Place("item", f"{here}1")
    yield Place("item-changed", f"{here}2")
    yield Place("item-more", f"{here}2", do=_open_more)
    yield Place("item-not-there", f"{here}2?as_of=2020-01-01T00:00:00Z")
    yield Place("new", f"{here}new")
    yield Place("new-with-faults", f"{here}new", do=_send_wrongly)
    yield Place("new-preview", f"{here}new", do=_preview)
    yield Place("edit", f"{here}1/edit")
    yield Place("edit-stale", f"{here}3/edit", do=_save_stale)
    yield Place("delete", f"{here}1/delete")
    yield Place("delete-blocked", "/admin/units/1/delete")
    yield Place("trash", f"{here}trash")
    yield Place("restore", f"{here}trash/{made['gone']}/restore")
    yield Place("action", f"{here}1/actions/apply_discount")
    yield Place("action-many", f"{here}actions/update_quantity?ids=1&ids=2&ids=3")


def _imports(made: Mapping[str, Any]) -> Iterator[Place]:
    yield Place("import", "/admin/products/import")
    yield Place("import-columns", made["upload"])
    yield Place("import-plan", made["upload"], do=_plan_import)
    yield Place("import-planning", made["planning"], do=_hold_still)
    yield Place("import-result", made["imported"])


def _others(made: Mapping[str, Any]) -> Iterator[Place]:
    """List, item and form of every other resource, as somebody who may see all of them."""
    for entry in shipped():
        if entry.key == "products":
            continue
        here, first = f"/admin/{entry.key}/", made[f"first_{entry.key}"]
        yield Place(f"{entry.key}-list", here, _who(entry))
        if first:
            yield Place(f"{entry.key}-item", f"{here}{first}", _who(entry))
        if first and "update" not in entry.resource.without:
            yield Place(f"{entry.key}-edit", f"{here}{first}/edit", _who(entry))


def _who(entry: Entry) -> str:
    return "ada" if entry.resource.group == "Organisation" else "admin"


def _faults() -> Iterator[Place]:
    yield Place("fault-403", "/admin/products/import", "vera")
    for status in FAULTS:
        yield Place(f"fault-{status}", f"/_fault/{status}")


def _open_palette(tab: Tab) -> None:
    tab.click("a.find")
    tab.keyboard.type("desk")
    tab.wait_for_selector(".palette [role=option] >> text=Oak desk 160")


def _open_keys(tab: Tab) -> None:
    tab.keyboard.press("?")
    tab.wait_for_selector("dialog[open] .keys")


def _open_ways(tab: Tab) -> None:
    tab.click(".join summary")
    tab.check("[name=_join][value=any]")
    tab.wait_for_selector(".join button:has-text('products')")


def _open_row_menu(tab: Tab) -> None:
    tab.click(".more >> nth=0")
    tab.wait_for_selector(".float a")


def _open_more(tab: Tab) -> None:
    tab.click("main .head summary")
    tab.click(".copies > summary")
    tab.wait_for_selector("#copy-link")


def _sign_in_wrongly(tab: Tab) -> None:
    tab.fill("[name=username]", "nobody@example.com")
    tab.fill("[name=password]", "wrong")
    tab.click("main button")
    tab.wait_for_load_state()


def _send_wrongly(tab: Tab) -> None:
    tab.evaluate("for (const form of document.forms) form.noValidate = true")
    tab.fill("[name=price]", "-3")
    tab.fill("[name=sku]", "FUR-001")
    tab.click("main button:has-text('Save product')")
    tab.wait_for_load_state()


def _preview(tab: Tab) -> None:
    tab.fill("[name=name]", "Blotting paper")
    tab.fill("[name=sku]", "BLO-1")
    tab.fill("[name=price]", "2.40")
    tab.click("main button:has-text('Preview')")
    tab.wait_for_load_state()


def _save_stale(tab: Tab) -> None:
    """Save what another page of the same form has saved meanwhile."""
    tab.fill("[name=name]", "Mine")
    other = tab.context.new_page()
    other.goto(tab.url)
    other.fill("[name=name]", f"Theirs {tab.evaluate('Math.random()')}"[:12])
    other.click("main button:has-text('Save product')")
    other.wait_for_selector(".toast")
    other.close()
    tab.click("main button:has-text('Save product')")
    tab.wait_for_load_state()


def _hold_still(tab: Tab) -> None:
    """Keep the page from looking again by itself while it is looked at."""
    tab.evaluate("window.stop()")


def _plan_import(tab: Tab) -> None:
    tab.get_by_label("Name").select_option("Title")
    tab.click("text=Show what would happen")
    tab.wait_for_load_state()

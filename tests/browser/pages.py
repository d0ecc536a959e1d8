"""The address map: every kind of page, who looks at it, and what is done there first. One list for all who walk it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backend.core.entry import Entry
from tests.browser.site import shipped

Tab = Any
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
    yield Place("columns", f"{here}columns")
    yield Place("views", f"{here}views")
    yield Place("list-filter-wrong", f"{here}?filter[price][gt]=dear")
    yield Place("list-selection", f"{here}?_selection=low_stock")
    yield Place("list-empty", f"{here}?filter[name]=nothing+is+called+so")
    yield Place("list-read-only", here, "vera")
    yield Place("item", f"{here}1")
    yield Place("item-changed", f"{here}2")
    yield Place("new", f"{here}new")
    yield Place("new-with-faults", f"{here}new", do=_send_wrongly)
    yield Place("new-preview", f"{here}new", do=_preview)
    yield Place("edit", f"{here}1/edit")
    yield Place("edit-stale", f"{here}3/edit", do=_save_stale)
    yield Place("delete", f"{here}1/delete")
    yield Place("trash", f"{here}trash")
    yield Place("restore", f"{here}trash/{made['gone']}/restore")
    yield Place("action", f"{here}1/actions/apply_discount")
    yield Place("action-many", f"{here}actions/update_quantity?ids=1&ids=2&ids=3")


def _imports(made: Mapping[str, Any]) -> Iterator[Place]:
    yield Place("import", "/admin/products/import")
    yield Place("import-columns", made["upload"])
    yield Place("import-plan", made["upload"], do=_plan_import)
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
    other.close()
    tab.click("main button:has-text('Save product')")
    tab.wait_for_load_state()


def _plan_import(tab: Tab) -> None:
    tab.get_by_label("Name").select_option("Title")
    tab.click("text=Show what would happen")
    tab.wait_for_load_state()

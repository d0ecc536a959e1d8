"""The trash of a resource: what was deleted, and bringing it back with what went with it."""

from typing import Any

from flask import current_app, request

from backend.api import documents
from backend.api.blueprint import PREFIX
from backend.api.changes import asked_page, links_to, skips_conflicts
from backend.api.deeds import offered
from backend.api.edge import Answer, route
from backend.core import trash
from backend.core.entry import Entry
from backend.core.rights import Actor


@route("/<resource:entry>/_trash", "GET")
def deleted(actor: Actor, entry: Entry) -> Answer:
    """The newest deleted items, for those who may delete here."""
    offered(entry, "delete")
    limit, before = asked_page({"page[limit]", "page[before]"})
    found = trash.page(actor, entry, current_app.config["TRASH_DAYS"], limit=limit + 1, before=before)
    shown = found[:limit]
    last = shown[-1].place if len(found) > limit else None
    return Answer({"data": [_item(entry, each) for each in shown], "links": links_to(last)})


def _item(entry: Entry, item: trash.Deleted) -> dict[str, Any]:
    return {
        "type": "deleted_items",
        "id": str(item.id),
        "attributes": {
            "title": item.title, "deleted_at": item.at, "deleted_by": item.who, "days_left": item.days_left,
            "along": item.along, "more_along": item.has_more_along,
        },
        "relationships": {"change_set": {"data": {"type": "change_sets", "id": str(item.change_set)}}},
        "links": {"restore": f"{PREFIX}/{entry.key}/_trash/{item.id}/_restore"},
    }  # fmt: skip


@route("/<resource:entry>/_trash/<row_id:id_>/_restore", "POST")
def restore(actor: Actor, entry: Entry, id_: int) -> Answer:
    """Bring a deleted item back, with what went with it; the answer is the item."""
    offered(entry, "delete")
    asked = documents.asked(entry, actor, request.args.items(multi=True))
    counts = trash.restore(actor, entry, id_, skip_conflicts=skips_conflicts())
    document, version = documents.item(entry, actor, id_, asked)
    document.setdefault("meta", {})["counts"] = counts
    return Answer(document, headers={"ETag": documents.etag(version)})

"""A running application of its own: seeded, with a history, a trash, a job and a page for every fault."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask, abort
from werkzeug.serving import make_server

from backend.admin.import_pages import AT_ONCE
from backend.bus.worker import Worker
from backend.core.entry import Entry
from backend.core.registry import registry
from tests.callers import Caller, Keys, Visitor, sign_in
from tests.work import PASSWORD, PEOPLE, make_seeded

# Seconds the server may take to end.
PATIENCE = 10
MULTIPART = "multipart/form-data"
# Two good rows, one that changes a product, two with faults.
FILE = """sku,Title,price
NEW-1,Blotting paper,2.40
NEW-2,Sealing wax,3.10
FUR-001,Oak desk,479.00
BAD-1,,4
BAD-2,Ink,cheap
"""

PENS = "sku,Title,price\nPEN-1,Quill,1.20\nPEN-2,Steel nib,0.40\nPEN-3,,4\n"
# So long a file that its plan is a job, which nobody works on here.
NIBS = "sku,Title,price\n" + "".join(f"NIB-{number},Nib {number},0.40\n" for number in range(AT_ONCE + 1))


@dataclass(frozen=True)
class Site:
    """Where it is, and the application behind it."""

    address: str
    app: Flask


@contextmanager
def serving(folder: Path) -> Iterator[Site]:
    """The application on a database and with files below that folder, served meanwhile."""
    app = make_seeded(f"sqlite:///{folder}/kontor.sqlite3")
    app.instance_path = str(folder)
    # Faults nobody can bring about with a click.
    app.add_url_rule("/_fault/<int:code>", view_func=abort)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    # What still waits for a browser that went away ends with the process.
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}", app)
    finally:
        server.shutdown()
        thread.join(PATIENCE)
        server.server_close()


def cookie(app: Flask, who: str) -> tuple[str, str]:
    """The session cookie of somebody who signed in."""
    return _keys(app, who).cookie


def _keys(app: Flask, who: str) -> Keys:
    return sign_in(app, PEOPLE[who], PASSWORD)


def shipped() -> list[Entry]:
    """The resources that come with the application, in order of registration."""
    return [entry for entry in registry.all() if entry.model.__module__.startswith("backend.")]


def furnish(app: Flask) -> dict[str, Any]:
    """Give every page something to show; what addresses name of it: ids of changes, jobs, trash, a kept file."""
    keys = _keys(app, "ada")
    caller, visitor = Caller(app, keys.token), Visitor(app, keys.cookie)
    caller.patch("/products/2", {"price": "389.00", "description": "Measured anew."})
    change = caller.get("/change_sets").get_json()["data"][0]["id"]
    caller.delete("/products/4")
    discount = {"percentage": "5", "ids": ["5", "6", "7"]}
    job = caller.post("/products/_actions/apply_discount", discount, headers={"Prefer": "respond-async"})
    Worker(app).run_all()
    upload = _uploaded(visitor, "stationery.csv")
    options = {"column.sku": "sku", "column.name": "Title", "column.price": "price", "_skip": "1", "_do": "apply"}
    imported = visitor.submit(_uploaded(visitor, "pens.csv", PENS), options)
    planning = visitor.submit(_uploaded(visitor, "nibs.csv", NIBS), {**options, "_do": "plan"})
    admin = Caller(app, _keys(app, "admin").token)
    first = {f"first_{entry.key}": _first(caller, entry) or _first(admin, entry) for entry in shipped()}
    return {
        **first,
        "change": change,
        "gone": 4,
        "job": job.get_json()["data"]["id"],
        "upload": upload,
        "imported": imported.headers["Location"],
        "planning": planning.headers["Location"],
    }


def _first(caller: Caller, entry: Entry) -> str:
    found = caller.get(f"/{entry.key}?page[limit]=1").get_json().get("data") or [{"id": ""}]
    return str(found[0]["id"])


def _uploaded(visitor: Visitor, name: str, content: str = FILE) -> str:
    file = {"file": (BytesIO(content.encode()), name)}
    return str(visitor.submit("/admin/products/import", file, content_type=MULTIPART).headers["Location"])

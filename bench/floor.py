"""The floor: what a route costs that does the same work by hand – Flask, sqlite3, orjson and nothing else."""

# ruff: noqa: S608 - every name in these statements is our own

import os
import secrets
import sqlite3
import sys
import threading
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import Flask, Response, request

from bench.floor_pages import FORM, LIST
from bench.floor_rules import FIELDS, fault

app = Flask(__name__)
# The application's cost of a password: both sides do the same work for it.
hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
local = threading.local()
SHOWN = "id, sku, name, description, category, price, quantity, image_url, created_at, updated_at"
WRITTEN = (*FIELDS, "created_at", "updated_at")
INSERT = f"INSERT INTO product ({', '.join(WRITTEN)}) VALUES ({', '.join('?' * len(WRITTEN))})"
ORDERS = ("id", "name", "price")
list_template, form_template = (app.jinja_env.from_string(text) for text in (LIST, FORM))


def run(statement: str, values: Any = ()) -> sqlite3.Cursor:
    """One statement on this thread's connection, which commits by itself."""
    database: sqlite3.Connection | None = getattr(local, "database", None)
    if database is None:
        database = sqlite3.connect(os.environ["FLOOR_DB"], timeout=30, isolation_level=None)
        database.execute("PRAGMA synchronous=NORMAL")
        database.row_factory = sqlite3.Row
        local.database = database
    return database.execute(statement, values)


def answer(found: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(found), status, mimetype="application/json")


def items(cursor: sqlite3.Cursor) -> list[dict[str, Any]]:
    return [dict(row) for row in cursor]


@app.before_request
def look_up_token() -> Response | None:
    """Refuse whoever holds no token; only its hash is stored."""
    if request.path == "/login":
        return None
    token = request.headers.get("Authorization", "")[7:] or request.cookies.get("token", "")
    found = run(
        "SELECT person.id FROM token JOIN person ON person.id = token.person_id WHERE token.hash = ? AND active",
        (sha256(token.encode()).hexdigest(),),
    ).fetchone()
    return None if found else answer({"error": "sign in"}, 401)


@app.post("/login")
def login() -> Response:
    form = request.form
    person = run("SELECT id, password FROM person WHERE name = ?", (form["username"],)).fetchone()
    try:
        hasher.verify(person["password"] if person else "", form["password"])
    except VerifyMismatchError:
        return answer({"error": "sign in"}, 401)
    token = secrets.token_urlsafe(32)
    run("INSERT INTO token (hash, person_id) VALUES (?, ?)", (sha256(token.encode()).hexdigest(), person["id"]))
    return answer({"access_token": token})


@app.get("/products/<int:number>")
def one(number: int) -> Response:
    row = run(f"SELECT {SHOWN} FROM product WHERE id = ?", (number,)).fetchone()
    return answer(dict(row)) if row else answer({"error": "absent"}, 404)


@app.get("/products")
def page() -> Response:
    asked, where, values = request.args, "", []
    if "category" in asked:
        where, values = " WHERE category = ? AND name LIKE ?", [asked["category"], f"%{asked.get('name', '')}%"]
    order = asked.get("sort", "id")
    if order not in ORDERS:
        return answer({"error": "sort"}, 400)
    count = run(f"SELECT count(*) FROM product{where}", values).fetchone()[0]
    part = (min(asked.get("limit", 50, int), 100), asked.get("offset", 0, int))
    rows = run(f"SELECT {SHOWN} FROM product{where} ORDER BY {order} LIMIT ? OFFSET ?", (*values, *part))
    return answer({"count": count, "items": items(rows)})


@app.post("/products")
def create() -> Response:
    given = orjson.loads(request.get_data())
    if wrong := fault(given):
        return answer({"error": wrong}, 422)
    moment = now()
    try:
        row = run(f"{INSERT} RETURNING {SHOWN}", [*(given[name] for name in FIELDS), moment, moment]).fetchone()
    except sqlite3.IntegrityError:
        return answer({"error": "sku is taken"}, 409)
    return answer(dict(row), 201)


@app.patch("/products/<int:number>")
def change(number: int) -> Response:
    given = orjson.loads(request.get_data())
    if wrong := fault(given, partial=True):
        return answer({"error": wrong}, 422)
    settings = ", ".join(f"{name} = ?" for name in given)
    row = run(
        f"UPDATE product SET {settings}, updated_at = ? WHERE id = ? RETURNING {SHOWN}",
        (*given.values(), now(), number),
    ).fetchone()
    return answer(dict(row)) if row else answer({"error": "absent"}, 404)


@app.post("/import")
def bring_in() -> Response:
    given, moment = orjson.loads(request.get_data()), now()
    for number, each in enumerate(given):
        if wrong := fault(each):
            return answer({"error": wrong, "row": number}, 422)
    run("BEGIN IMMEDIATE")
    local.database.executemany(INSERT, [[*(each[name] for name in FIELDS), moment, moment] for each in given])
    run("COMMIT")
    return answer({"created": len(given)})


@app.get("/admin/products")
def list_page() -> str:
    count = run("SELECT count(*) FROM product").fetchone()[0]
    rows = items(run(f"SELECT {SHOWN} FROM product ORDER BY id LIMIT 50"))
    return list_template.render(rows=rows, count=count)


@app.get("/admin/products/<int:number>")
def form_page(number: int) -> str:
    row = dict(run(f"SELECT {SHOWN} FROM product WHERE id = ?", (number,)).fetchone())
    return form_template.render(row=row, fields=FIELDS, token=secrets.token_urlsafe(16))


def now() -> str:
    return str(datetime.now(UTC).replace(tzinfo=None))


def prepare(name: str, password: str) -> None:
    """Who may sign in."""
    run("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT UNIQUE, password TEXT, active INTEGER)")
    run("CREATE TABLE token (hash TEXT PRIMARY KEY, person_id INTEGER REFERENCES person)")
    run("INSERT INTO person VALUES (1, ?, ?, 1)", (name, hasher.hash(password)))


if __name__ == "__main__":
    prepare(*sys.argv[1:])

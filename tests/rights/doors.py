"""Every door, knocked at with guesses of what lies behind."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

from tests.rights import pages
from tests.rights.knocking import CHESTS, KEYS, VAULTS, Knock, asked, hidden_values
from tests.rights.worlds import GUESSES, Secrets, World

HIDDEN = ("combination", "lock", "coins", "heir")


def knocks(world: World) -> Iterator[Knock]:
    """Everything an editor could ask, at every door, in an order in which real writes come last."""
    for part in (lists, items, paths, described, past, moved, tried, pages.shown, pages.forms, written):
        yield from part(world)


def filters(path: str, field: str, values: list[Any]) -> Iterator[Knock]:
    for value in values:
        for op in ("eq", "ne", "lt", "startswith", "re", "between"):
            text = f"{value},{value}" if op == "between" else str(value)
            yield Knock("filter", "GET", asked(path, **{f"filter[{field}][{op}]": text}))
        group = {"or": [{"field": field, "op": "eq", "value": str(value)}]}
        yield Knock("filter", "GET", asked(path, _where=json.dumps(group)))
    yield Knock("filter", "GET", asked(path, **{f"filter[{field}][null]": "true"}))
    for sign in ("", "-"):
        yield Knock("sort", "GET", asked(path, sort=f"{sign}{field}"))


def lists(_world: World) -> Iterator[Knock]:
    """Lists, views, searches, filters and sorts by what is hidden, always or in some rows."""
    yield Knock("list", "GET", CHESTS)
    yield Knock("list", "GET", f"{CHESTS}?page[count]=exact&page[limit]=1")
    yield Knock("views", "GET", f"{CHESTS}?_view=all")
    for name in HIDDEN:
        yield Knock("fields", "GET", asked(CHESTS, **{"fields[vault_chests]": f"name,{name}"}))
    texts = [guess.text(what) for guess in GUESSES for what in ("D", "A", "BURIED", "GONE")]
    yield from filters(CHESTS, "combination", texts[:2])
    yield from filters(CHESTS, "name", [guess.text("BURIED") for guess in GUESSES])
    yield from filters(CHESTS, "worth", [guess.worth + more for guess in GUESSES for more in (0, 1)])
    yield from filters(CHESTS, "lock.maker", [guess.text("MAKER") for guess in GUESSES])
    yield from filters(CHESTS, "lock.turns", [guess.worth for guess in GUESSES])
    yield from filters(CHESTS, "coins.stamp", [guess.text("COIN0") for guess in GUESSES])
    marks = [guess.mark for guess in GUESSES]
    for text in (*texts, *marks, "MAKER", "COIN", "INVENTORY", *(str(guess.worth) for guess in GUESSES)):
        for path in (CHESTS, KEYS, VAULTS):
            yield Knock("search", "GET", asked(path, _q=text))


def items(world: World) -> Iterator[Knock]:
    """Items, what is related to them, linkage and files."""
    for name in ("chest", "twin", "locked", "shut", "buried", "gone"):
        item = f"{CHESTS}/{world.ids[name]}"
        yield Knock("item", "GET", item)
        yield Knock("include", "GET", f"{item}?include=vault")
        yield Knock("include", "GET", f"{item}?include=heir")
        yield Knock("include", "GET", f"{item}?include=keys.chest.heir")
        for other in ("heir", "vault", "keys", "account", "nothing"):
            yield Knock("related", "GET", f"{item}/{other}")
            yield Knock("linkage", "GET", f"{item}/relationships/{other}")
        for field in ("inventory", "combination", "nothing"):
            yield Knock("file", "GET", f"{item}/{field}")
        yield Knock("file", "GET", f"{item}/inventory?thumbnail=200")
    yield Knock("item", "GET", f"{VAULTS}/{world.ids['sealed']}")
    yield Knock("item", "GET", f"{KEYS}/{world.ids['key of buried']}?include=chest")
    yield Knock("include", "GET", f"{KEYS}?include=chest,chest.heir,chest.vault")
    yield Knock("include", "GET", f"{KEYS}?include=chest&fields[vault_chests]=name,worth")


def paths(world: World) -> Iterator[Knock]:
    """The same from the other end of a reference."""
    for guess in GUESSES:
        for field, value in {
            "chest.combination": guess.text("D"), "chest.worth": guess.worth + 1, "chest.name": guess.text("BURIED"),
            "chest.heir.name": guess.text("VAULT"), "chest.vault.name": guess.text("VAULT"),
            "chest.lock.maker": guess.text("MAKER"), "chest.coins.stamp": guess.text("COIN0"),
        }.items():  # fmt: skip
            yield from filters(KEYS, field, [value])
        yield from filters(CHESTS, "vault.name", [guess.text("VAULT")])
    for path, name in ((CHESTS, "heir"), (CHESTS, "vault"), (KEYS, "chest")):
        for id_ in sorted({world.ids[each] for each in ("open", "sealed", "buried", "shut")}):
            yield Knock("filter", "GET", asked(path, **{f"filter[{name}]": id_}))
            yield Knock("filter", "GET", asked(path, **{f"filter[{name}.id]": id_}))
        yield Knock("filter", "GET", asked(path, **{f"filter[{name}][null]": "true"}))
        yield Knock("sort", "GET", asked(path, sort=name))
    yield Knock("selections", "GET", f"{CHESTS}/_selections/valuable")
    for guess in GUESSES:
        for field, value in (("combination", guess.text("D")), ("worth", guess.worth + 1), ("heir.name", guess.mark)):
            more = {f"filter[{field}]": value}
            yield Knock("selections", "GET", asked(f"{CHESTS}/_selections/valuable", **more))
            yield Knock("selections", "POST", f"{CHESTS}/_selections/valuable", more)


def described(world: World) -> Iterator[Knock]:
    """Structure, checks, reasons, OpenAPI."""
    for path in ("/_meta", f"{CHESTS}/_meta", "/openapi.json", "/docs"):
        yield Knock("meta", "GET", path)
    for guess in GUESSES:
        items: list[Any] = [{"combination": guess.text("D")}, {"lock": {"maker": guess.text("MAKER")}}]
        for item in (*items, {"worth": guess.worth}):
            yield Knock("meta", "POST", f"{CHESTS}/_meta", item)
            yield Knock("check", "POST", f"{CHESTS}/_check", {"item": item, "path": next(iter(item))})
    for name in ("chest", "locked", "shut", "buried"):
        yield Knock("meta", "POST", f"{CHESTS}/_meta", {"id": world.ids[name]})
        yield from checks({"id": world.ids[name]})
        yield from reasons(world.ids[name])


def checks(here: dict[str, str]) -> Iterator[Knock]:
    paths = ("combination", "worth", "name", "heir", "lock.maker", "coins.0.stamp", "inventory", "grade")
    items: list[Any] = [{}, here, here | {"grade": "gold"}, {"name": GUESSES[0].text("D"), "grade": "gold"}]
    for path, item in product(paths, items):
        yield Knock("check", "POST", f"{CHESTS}/_check", {"item": item | {"worth": 1}, "path": path})


def reasons(id_: str) -> Iterator[Knock]:
    for verb, field in product(("read", "update", "delete", "shut"), (None, "combination", "worth", "heir", "lock")):
        told = {"resource": "vault_chests", "verb": verb, "id": id_} | ({"field": field} if field else {})
        yield Knock("why", "GET", asked("/_why", **told))


def past(world: World) -> Iterator[Knock]:
    """History, change sets, undo, trash, and lists of a moment."""
    for name in ("chest", "twin", "locked", "shut", "buried", "gone"):
        yield Knock("history", "GET", f"{CHESTS}/{world.ids[name]}/_history")
    yield Knock("change sets", "GET", "/change_sets?page[limit]=100")
    for number in sorted(set(world.sets.values()), key=int):
        yield Knock("change sets", "GET", f"/change_sets/{number}")
        yield Knock("undo", "POST", f"/change_sets/{number}/_undo", {})
        yield Knock("undo", "POST", f"/change_sets/{number}/_undo", {"skip_conflicts": True})
    yield Knock("trash", "GET", f"{CHESTS}/_trash")
    yield Knock("trash", "POST", f"{CHESTS}/_trash/{world.ids['gone']}/_restore", {})
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    for more in ("", "&sort=worth", "&sort=combination", f"&filter[worth]={GUESSES[0].worth}", "&include=heir"):
        yield Knock("as_of", "GET", f"{CHESTS}?as_of={now}{more}")
    yield Knock("as_of", "GET", f"{CHESTS}/{world.ids['shut']}?as_of={now}")


def moved(_world: World) -> Iterator[Knock]:
    """Files out and in."""
    for form in ("csv", "json"):
        yield Knock("export", "GET", f"/_export{CHESTS}.{form}")
        yield Knock("export", "GET", f"/_export{KEYS}.{form}")
        yield Knock("export", "GET", asked(f"/_export{CHESTS}.{form}", sort="-worth"))
        for name in (*HIDDEN, "nothing"):
            yield Knock("export", "GET", asked(f"/_export{CHESTS}.{form}", **{"fields[vault_chests]": f"name,{name}"}))
        for guess in GUESSES:
            yield Knock("export", "GET", asked(f"/_export{CHESTS}.{form}", **{"filter[worth]": guess.worth + 1}))
    for guess in GUESSES:
        yield from sent(guess)


def sent(guess: Secrets) -> Iterator[Knock]:
    """Files with guesses in them, planned."""
    rows = (
        ("name,combination", f"Oaken,{guess.text('D')}"), ("name,heir", f"Oaken,{guess.text('VAULT')}"),
        ("name,worth", f"Iron,{guess.worth + 1}"), ("name,worth", "Iron,"), ("name,worth", f"Tin,{guess.worth + 1}"),
        ("name,worth", "Tin,"), ("name,vault", f"Oaken,{guess.text('VAULT')}"), ("name,vault", "Elm,"),
        ("name,state", "Iron,open"), ("worth,state", f"{guess.worth + 1},open"), ("combination,grade", "QANARY-D,x"),
        ("name,lock.maker", f"Oaken,{guess.text('MAKER')}"), ("name,coins", "Oaken,[]"),
    )  # fmt: skip
    for header, row in rows:
        path = f"/_import{CHESTS}?key={header.split(',')[0]}"
        yield Knock("import", "POST", path, f"{header}\n{row}\n", kind="text/csv")
    yield Knock("import", "POST", f"/_import{KEYS}", f"name,chest\nSmall,{guess.text('BURIED')}\n", kind="text/csv")


def tried(world: World) -> Iterator[Knock]:
    """Writes that are planned only, of every form: what is refused must be refused as if there were nothing."""
    for name in ("chest", "locked", "shut", "buried"):
        item = f"{CHESTS}/{world.ids[name]}"
        for guess in GUESSES:
            for values in hidden_values(world, guess):
                yield from changed(item, values)
            for inside, value in (("lock/maker", guess.text("MAKER")), ("coins/0/stamp", guess.text("COIN0"))):
                yield Knock("write", "PATCH", item, [{"op": "test", "path": f"/{inside}", "value": value}])
        yield Knock("write", "PATCH", item, {"name": "Elm"})
        yield Knock("write", "DELETE", item)
        for other, id_ in product(("heir", "vault"), (world.ids["sealed"], "999999")):
            link = {"data": {"type": "vaults", "id": id_}}
            yield Knock("linkage", "PATCH", f"{item}/relationships/{other}", link)
        yield from acts(world, name)
    for guess in GUESSES:
        for values in hidden_values(world, guess):
            yield Knock("write", "POST", CHESTS, {"name": "New"} | values)
            operation = {"op": "add", "data": {"type": "vault_chests", "attributes": {"name": "New"} | values}}
            yield Knock("operations", "POST", "/operations", {"atomic:operations": [operation]})


def changed(item: str, values: dict[str, Any]) -> Iterator[Knock]:
    for method in ("PATCH", "PUT"):
        yield Knock("write", method, item, values)
    yield Knock("stale", "PATCH", item, values)
    field, value = next(iter(values.items()))
    for op in ("test", "replace"):
        yield Knock("write", "PATCH", item, [{"op": op, "path": f"/{field}", "value": value}])
    for op in ("copy", "move"):
        yield Knock("write", "PATCH", item, [{"op": op, "from": f"/{field}", "path": "/grade"}])
        yield Knock("write", "PATCH", item, [{"op": op, "from": f"/{field}", "path": "/name"}])


def acts(world: World, name: str) -> Iterator[Knock]:
    for action in ("shut", "turn"):
        yield Knock("actions", "POST", f"{CHESTS}/_actions/{action}/{world.ids[name]}", {})
        yield Knock("actions", "POST", f"{CHESTS}/_actions/{action}", {"ids": [world.ids[name]]})
        for guess in GUESSES:
            for field, value in (("combination", guess.text("D")), ("worth", guess.worth + 1), ("heir.name", "x")):
                path = asked(f"{CHESTS}/_actions/{action}", **{f"filter[{field}]": value})
                yield Knock("actions", "POST", path, {})


def written(world: World) -> Iterator[Knock]:
    """What an editor really does, and what is told of it afterwards; the administrator's calls cannot be repeated."""
    chest = f"{CHESTS}/{world.ids['chest']}"
    yield Knock("real writes", "PATCH", chest, {"name": "Oaken and old"})
    yield Knock("real writes", "POST", f"{CHESTS}/_actions/turn/{world.ids['twin']}", {})
    yield Knock("real writes", "POST", f"{CHESTS}/_actions/shut/{world.ids['twin']}", {})
    yield Knock("history", "GET", f"{chest}/_history")
    yield Knock("history", "GET", f"{CHESTS}/{world.ids['twin']}/_history")
    yield Knock("pages", "GET", f"/admin{chest}", is_page=True)
    yield Knock("change sets", "GET", "/change_sets?page[limit]=100")
    yield Knock("real writes", "DELETE", f"{KEYS}/{world.ids['key']}")
    yield Knock("real writes", "DELETE", chest)
    yield Knock("trash", "GET", f"{CHESTS}/_trash")
    yield Knock("jobs", "GET", "/jobs")

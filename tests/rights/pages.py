"""The same guesses in the admin."""

from collections.abc import Iterator
from io import BytesIO
from itertools import product
from typing import Any

from tests.rights.knocking import CHESTS, KEYS, VAULTS, Knock, asked, hidden_values
from tests.rights.worlds import GUESSES, Secrets, World


def _page(path: str) -> Knock:
    return Knock("pages", "GET", f"/admin{path}", is_page=True)


def _form(path: str, values: dict[str, Any]) -> Knock:
    return Knock("forms", "POST", f"/admin{path}", values, is_page=True)


def shown(world: World) -> Iterator[Knock]:
    """The admin's pages."""
    yield from map(_page, ("/", f"{CHESTS}/", f"{KEYS}/", f"{VAULTS}/", "/change_sets/", "/jobs/", f"{CHESTS}/trash"))
    yield from map(_page, (f"{CHESTS}/new", f"{KEYS}/new", f"{CHESTS}/import", f"{CHESTS}/actions?_action=shut"))
    chests = [world.ids[name] for name in ("chest", "twin", "locked", "shut", "buried", "gone")]
    for id_, more in product(chests, ("", "/edit", "/delete", "/actions/turn", "/file/inventory")):
        yield _page(f"{CHESTS}/{id_}{more}")
    keys = [world.ids[name] for name in ("key", "key of shut", "key of buried")]
    yield from (_page(f"{KEYS}/{id_}{more}") for id_, more in product(keys, ("", "/edit")))
    yield from (_page(f"{VAULTS}/{world.ids[name]}") for name in ("open", "sealed"))
    yield _page(f"{CHESTS}/trash/{world.ids['gone']}/restore")
    for number in sorted(set(world.sets.values()), key=int):
        yield _page(f"/change_sets/{number}")
        yield _page(f"/change_sets/{number}/undo")
    yield from (_page(f"{CHESTS}/export.{form}") for form in ("csv", "json"))
    for guess in GUESSES:
        yield from listed(guess)
    for name in ("chest", "buried"):
        yield _page(f"/why/?resource=vault_chests&verb=read&id={world.ids[name]}")


def listed(guess: Secrets) -> Iterator[Knock]:
    for field, value in (("combination", guess.text("D")), ("worth", guess.worth + 1), ("heir.name", guess.mark)):
        yield _page(asked(f"{CHESTS}/", **{f"filter[{field}]": value}))
        yield _page(asked(f"{CHESTS}/", sort=field))
    yield _page(asked(f"{CHESTS}/", _q=guess.mark))
    yield _page(asked(f"{CHESTS}/", _selection="valuable"))


def forms(world: World) -> Iterator[Knock]:
    """The admin's forms, previewed or refused."""
    for guess in GUESSES:
        for name, values in product(("chest", "locked", "shut"), hidden_values(world, guess)):
            edit, flat = f"{CHESTS}/{world.ids[name]}", {key: str(value) for key, value in values.items()}
            base = {"name": "Oaken", "state": "open", "version": "1", "_do": "preview"}
            yield _form(f"{edit}/edit", base | flat)
            yield _form(f"{CHESTS}/new", base | flat)
            yield _form(f"{edit}/_check", base | flat | {"_field": next(iter(flat))})
        for text in (guess.text("BURIED"), f"#{world.ids['buried']}", world.ids["buried"]):
            yield _form(f"{KEYS}/new", {"name": "Third", "chest": text, "_do": "preview"})
        for text in (guess.text("VAULT"), f"#{world.ids['sealed']}", world.ids["sealed"]):
            yield _form(f"{CHESTS}/new", {"name": "Third", "vault": text, "state": "open", "_do": "preview"})
        file = f"name,combination,worth\nIron,{guess.text('D')},{guess.worth}\n".encode()
        yield _form(f"{CHESTS}/import", {"file": (BytesIO(file), "chests.csv")})

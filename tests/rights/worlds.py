"""Two worlds that differ only in what an editor may not see; whoever can tell them apart has learnt something."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from tests.callers import Caller, Keys, Visitor
from tests.work import forgetting


@dataclass(frozen=True)
class Secrets:
    """What only account administrators know: every text begins with `mark`."""

    mark: str
    worth: int
    coins: int
    heir: str

    def text(self, what: str) -> str:
        """A secret text of its own for each place."""
        return f"{self.mark}-{what}"


ONE = Secrets("QANARY", 770_123, 3, "sealed")
OTHER = Secrets("ZEBRA", 5, 1, "open")
# Both are asked for in both worlds.
GUESSES = (ONE, OTHER)


@dataclass
class World:
    """The application with one set of secrets, who calls there, and the ids of what stands in it."""

    app: Flask
    keys: dict[str, Keys]
    secrets: Secrets
    ids: dict[str, str] = field(default_factory=dict)
    sets: dict[str, str] = field(default_factory=dict)

    def caller(self, name: str) -> Caller:
        """Somebody at the API."""
        return Caller(self.app, self.keys[name].token)

    def visitor(self, name: str) -> Visitor:
        """Somebody in a browser."""
        return Visitor(self.app, self.keys[name].cookie)

    def make(self, what: str, resource: str, /, **values: Any) -> None:
        """A new item, made by the account's administrator, remembered by name."""
        answer = self.caller("ada").post(f"/{resource}", values)
        assert answer.status_code == 201, answer.text
        self.ids[what] = answer.get_json()["data"]["id"]
        self._remember(what)

    def change(self, which: str, what: str, /, **values: Any) -> None:
        """A change of a chest by the administrator, its change set remembered as `what`."""
        answer = self.caller("ada").patch(f"/vault_chests/{self.ids[which]}", values)
        assert answer.status_code == 200, answer.text
        self._remember(what)

    def delete(self, name: str) -> None:
        """A chest into the trash."""
        assert self.caller("ada").delete(f"/vault_chests/{self.ids[name]}").status_code == 200
        self._remember(f"{name} gone")

    def _remember(self, what: str) -> None:
        self.sets[what] = self.caller("ada").get("/change_sets?page[limit]=1").get_json()["data"][0]["id"]


@contextmanager
def world(app: Flask, keys: dict[str, Keys], secrets: Secrets) -> Iterator[World]:
    """A world that is forgotten afterwards, numbers and all, so that the next has the same ids."""
    with forgetting(app):
        made = World(app, keys, secrets)
        fill(made, secrets)
        yield made


def fill(made: World, secrets: Secrets) -> None:
    """Vaults, chests and keys, with a past."""
    made.make("open", "vaults", name="Cellar")
    made.make("sealed", "vaults", name=secrets.text("VAULT"), is_sealed=True)
    hidden = {
        "combination": secrets.text("A"),
        "lock": {"maker": secrets.text("MAKER"), "turns": secrets.worth},
        "coins": [{"stamp": secrets.text(f"COIN{number}")} for number in range(secrets.coins)],
        "heir": made.ids[secrets.heir],
    }
    made.make("chest", "vault_chests", name="Oak", worth=7, grade="wood", vault=made.ids["open"], **hidden)
    made.make("twin", "vault_chests", name="Elm", worth=8, vault=made.ids["sealed"], combination=secrets.text("B"))
    content = {"filename": f"{secrets.mark}.txt", "content": secrets.text("INVENTORY" * secrets.coins)}
    made.make("shut", "vault_chests", name="Iron", state="shut", worth=secrets.worth, inventory=content)
    made.make("locked", "vault_chests", name="Tin", state="locked", worth=secrets.worth, inventory=content)
    buried = {"state": "buried", "worth": secrets.worth, "vault": made.ids["open"]}
    made.make("buried", "vault_chests", name=secrets.text("BURIED"), **buried)
    # Where the combination of another is turned to.
    made.make("rival", "vault_chests", name="Yew", combination=secrets.text("B-T"))
    made.make("key", "vault_keys", name="Small", chest=made.ids["chest"])
    made.make("key of shut", "vault_keys", name="Big", chest=made.ids["shut"])
    made.make("key of buried", "vault_keys", name="Old", chest=made.ids["buried"])
    made.make("gone", "vault_chests", name="Ash", state="locked", combination=secrets.text("GONE"), worth=secrets.worth)
    made.delete("gone")
    made.change("chest", "secret", combination=secrets.text("C"), heir=None)
    made.change("chest", "mixed", name="Oaken", combination=secrets.text("D"), heir=made.ids[secrets.heir])
    made.change("shut", "worth", worth=secrets.worth + 1)
    made.change("locked", "worth of locked", worth=secrets.worth + 1)
    made.change("buried", "unseen", worth=1)
    made.change("twin", "moved", vault=made.ids["open"])
    made.change("twin", "back", vault=made.ids["sealed"])


MOVING = (
    (re.compile(r'"request_id":"[^"]*"|<code class="id">[0-9a-f-]+</code>'), "request"),
    # Numbers of changes and of sent files: all accounts share the one, the other is random.
    (re.compile(r'"type":"changes","id":"\d+"'), "change"),
    (re.compile(r"/import/[\w-]{20,}"), "file"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)?"), "moment"),
    (re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d"), "moment"),
    (re.compile(r">\d\d:\d\d</time>|(?:Today|Yesterday) \d\d:\d\d"), "moment"),
    (re.compile(r'name="(?:csrf_token|_mark|_once)"[^>]*value="[^"]+"'), "token"),
    (re.compile(r'nonce(="|-)[^"\']+'), "nonce"),
)


def plain(text: str) -> str:
    """An answer without what differs from one call to the next."""
    for pattern, word in MOVING:
        text = pattern.sub(word, text)
    return text

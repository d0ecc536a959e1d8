"""One call at a door, and what an editor may guess there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from tests.rights.worlds import Secrets, World

CHESTS, KEYS, VAULTS = "/vault_chests", "/vault_keys", "/vaults"


@dataclass(frozen=True)
class Knock:
    """One call, by the name of its door."""

    door: str
    method: str
    path: str
    body: Any = None
    is_page: bool = False
    kind: str = "application/json"

    @property
    def headers(self) -> dict[str, str]:
        """Nothing is written but at the end; a stale change names an old version."""
        found = {"Prefer": "dry-run"} if self.method != "GET" and self.door != "real writes" else {}
        found |= {"If-Match": '"1"'} if self.door == "stale" else {}
        return found | ({"Content-Type": self.kind} if isinstance(self.body, str) else {})

    def __str__(self) -> str:
        return f"{self.door}: {self.method} {self.path} {self.body or ''}"


def asked(path: str, **parameters: Any) -> str:
    return f"{path}?{urlencode(parameters, quote_via=quote)}"


def hidden_values(world: World, guess: Secrets) -> Iterator[dict[str, Any]]:
    yield {"combination": guess.text("D")}
    yield {"worth": guess.worth + 1}
    yield {"lock": {"maker": guess.text("MAKER"), "turns": guess.worth}}
    yield {"coins": [{"stamp": guess.text("COIN0")}]}
    yield {"heir": world.ids["open"]}
    yield {"heir": world.ids["sealed"]}
    yield {"vault": world.ids["sealed"]}
    yield {"nothing": 1}

"""The order of a list: by one column or by several, as links and in words."""

from flask import request

from backend.admin.addresses import Arguments, address, with_, without
from backend.admin.filters_shown import NUMBERS, TIMES, Part, label_of, path_of
from backend.core import query
from backend.core.entry import Entry
from backend.core.languages import _, later
from backend.core.query import MOST_KEYS
from backend.core.rights import Actor

SORT = "sort"
UP, DOWN, NONE = "ascending", "descending", "none"
HOW = {UP: later("%(field)s, A to Z"), DOWN: later("%(field)s, Z to A")}
OF_NUMBERS = {UP: later("%(field)s, lowest first"), DOWN: later("%(field)s, highest first")}
OF_TIME = {UP: later("%(field)s, oldest first"), DOWN: later("%(field)s, newest first")}


class Order:
    """What a list is sorted by, and the addresses that sort it otherwise."""

    def __init__(self, asked: query.Query, arguments: Arguments) -> None:
        self.arguments, self.path = arguments, request.path
        self.is_told = SORT in dict(arguments)
        keys = asked.keys[:-1] if len(asked.keys) > 1 else asked.keys
        self.keys = {key.name: DOWN if key.descending else UP for key in keys}

    def of(self, name: str) -> str:
        """In which order the column stands, as aria-sort says it."""
        return self.keys.get(name, NONE)

    def rank(self, name: str) -> int:
        """The column's place among several keys, 0 where it is alone or none."""
        return list(self.keys).index(name) + 1 if name in self.keys and len(self.keys) > 1 else 0

    def only(self, name: str) -> str:
        """Sorted by this alone; a second time the other way round."""
        return self._address({name: DOWN if self.of(name) == UP else UP}) if name else ""

    def then(self, name: str) -> str:
        """Sorted by this as well; nothing where nothing was asked for yet, or as much as there may be."""
        if not name or not self.is_told or (name not in self.keys and len(self.keys) >= MOST_KEYS - 1):
            return ""
        return self._address({**self.keys, name: DOWN if self.of(name) == UP else UP})

    def without(self, name: str) -> str:
        """No longer sorted by this."""
        left = {each: order for each, order in self.keys.items() if each != name}
        return self._address(left) if left else address(self.path, without(self.arguments, [SORT]))

    def _address(self, keys: dict[str, str]) -> str:
        text = ",".join(f"-{name}" if order == DOWN else name for name, order in keys.items())
        return address(self.path, with_(self.arguments, SORT, text))


def chips(entry: Entry, actor: Actor, asked: query.Query, arguments: Arguments) -> list[Part]:
    """What the address sorts by, in words: where each turns round, and where it goes."""
    order = Order(asked, arguments)
    found = []
    for name, way in order.keys.items() if order.is_told else ():
        path = path_of(entry, actor, name)
        kind = path.kind if path else ""
        how = (OF_NUMBERS if kind in NUMBERS or name == "id" else OF_TIME if kind in TIMES else HOW)[way]
        label = label_of(path) if path else _("Number")
        found.append(Part(_(how, field=label), order.then(name), order.without(name)))
    return found

"""Addresses of list states: the parameters of the API, kept, changed or left out."""

from collections.abc import Iterable
from urllib.parse import quote, urlencode

from backend.core.types import MAX_ID

# A number that a row can have; any other is a 404.
ROW = f"<int(min=1, max={MAX_ID}):id_>"
Arguments = list[tuple[str, str]]
# Words of these pages only, of which the query knows nothing.
SELECTION, SAVED, TICKED = "_selection", "_saved", "_ticked"
OWN = frozenset({SELECTION, SAVED, TICKED})
PLACES = frozenset({"page[after]", "page[before]", "page[offset]"})


def address(path: str, arguments: Iterable[tuple[str, str]]) -> str:
    """The path with its query, brackets left readable."""
    told = urlencode(list(arguments), quote_via=quote, safe="[],:")
    return f"{path}?{told}" if told else path


def without(arguments: Arguments, names: Iterable[str]) -> Arguments:
    """The parameters but those; a place in the list goes too, since it belongs to another list then."""
    gone = PLACES | set(names)
    return [(name, value) for name, value in arguments if name not in gone]


def with_(arguments: Arguments, name: str, value: str) -> Arguments:
    """The parameters with that one set, from the first page on."""
    return [*without(arguments, [name]), (name, value)]


def without_own(arguments: Arguments) -> Arguments:
    """What the query reads: the pages' own words left out."""
    return [(name, value) for name, value in arguments if name not in OWN]


def state_of(arguments: Arguments) -> Arguments:
    """What a list shows, whichever page of it, by whatever name."""
    return without(arguments, [SAVED, TICKED, "page[count]"])

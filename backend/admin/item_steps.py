"""From one item to the next, in the order of the list one came from; list and page travel in the item's address."""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from flask import request

from backend.admin import selections
from backend.admin.addresses import TICKED, Arguments, address, without, without_own
from backend.admin.filters_shown import ADDING
from backend.admin.navigation import address as of
from backend.admin.table import ROW_NAMED
from backend.core import past, query
from backend.core.entry import Entry
from backend.core.errors import Refusal
from backend.core.neighbours import Pair, neighbours
from backend.core.rights import Actor
from backend.core.values import to_text

PARAMETER = "in"
LONGEST = 8_000
RAW = -zlib.MAX_WBITS
# What a list shows of its rows changes nothing of their order.
OF_COLUMNS = ("_view", "page[limit]", "page[count]")


@dataclass(frozen=True)
class Steps:
    """The addresses of the items before and after, and of the list."""

    previous: str
    next: str
    list: str


def carried(arguments: Arguments) -> str:
    """What the address of an item carries of its list: its filters and order in a short form, and the moment."""
    told, kept = dict(arguments), _state(arguments)
    more = [(PARAMETER, _short(kept))] if kept else []
    more += [(past.PARAMETER, told[past.PARAMETER])] if past.PARAMETER in told else []
    return address("", more)


def steps(
    entry: Entry, actor: Actor, id_: int, values: Mapping[str, Any], told: Mapping[str, str], moment: datetime | None
) -> Steps:
    """Where one goes from here; nowhere where the list is none any more."""
    short = told.get(PARAMETER, "")
    then = [(past.PARAMETER, to_text(moment))] if moment else []
    try:
        found = _around(entry, actor, id_, values, [*_long(short), *then])
    except Refusal:
        return Steps("", "", address(of(entry), then))
    more = [*([(PARAMETER, short)] if short else []), *then]
    before, after = (address(of(entry, each), more) if each else "" for each in found)
    return Steps(before, after, _list(entry, id_, [*_long(short), *then]))


def following(entry: Entry, actor: Actor, id_: int, values: Mapping[str, Any]) -> int | None:
    """The item after this one, whose place the values tell, in the list one came from; none after the last."""
    try:
        return _around(entry, actor, id_, values, _long(request.args.get(PARAMETER, "")))[1]
    except Refusal:
        return None


def _around(entry: Entry, actor: Actor, id_: int, values: Mapping[str, Any], state: Arguments) -> Pair:
    asked = query.read(entry, actor, without_own(without(state, [*OF_COLUMNS, f"fields[{entry.key}]"])))
    extra = selections.criterion(entry, actor, dict(state).get(selections.PARAMETER))
    return neighbours(entry, actor, asked, id_, values, extra)


def page_of(entry: Entry, id_: int, *further: str) -> str:
    """The page of an item, or one about it, which still knows of the list one came from."""
    return address(of(entry, id_, *further), carried_on())


def carried_on() -> Arguments:
    """What the address of this page carries of a list, for the pages it leads to."""
    return [(PARAMETER, request.args[PARAMETER])] if PARAMETER in request.args else []


def list_of(entry: Entry, id_: int | None = None) -> str:
    """The list one came from to a page about the item, at the item where it is still there."""
    return _list(entry, id_, _long(request.args.get(PARAMETER, "")))


def list_state() -> Arguments:
    """What the list one came from shows, from its first page on."""
    return without(_long(request.args.get(PARAMETER, "")), [])


def _list(entry: Entry, id_: int | None, state: Arguments) -> str:
    """A browser brings the row in sight that an address names, and gives it the focus."""
    return address(of(entry), state) + (f"#{ROW_NAMED}{id_}" if id_ else "")


def _state(arguments: Arguments) -> Arguments:
    """Its page and its columns, too: one goes back to the very list one left."""
    gone = {*ADDING, "page[count]", past.PARAMETER, TICKED}
    return [(name, value) for name, value in arguments if name not in gone]


def _short(state: Arguments) -> str:
    packer = zlib.compressobj(9, wbits=RAW)
    packed = packer.compress(address("", state)[1:].encode()) + packer.flush()
    return urlsafe_b64encode(packed).decode().rstrip("=")


def _long(text: str) -> Arguments:
    """The list's parameters; none where the text is not one of ours."""
    try:
        packed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return parse_qsl(zlib.decompressobj(wbits=RAW).decompress(packed, LONGEST).decode(), keep_blank_values=True)
    except (ValueError, zlib.error):
        return []

"""Rows that are ticked one by one: the address of the list carries them from page to page, in whatever order."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from backend.admin.addresses import TICKED, Arguments, address, without
from backend.core.formats import number
from backend.core.languages import ngettext
from backend.core.shape import parse_id

# An address is no longer than every server between takes.
MOST = 300
# Of what an address may hold as it stands.
BETWEEN = "."


class Ticked(NamedTuple):
    """What a page of a list says of the ticked rows; nothing where all of them are on it."""

    here: Collection[int]
    elsewhere: str
    said: str
    beside: str
    none: str


def ticked(path: str, arguments: Arguments, shown: Collection[int]) -> Ticked:
    """The rows that the address carries, apart by whether they are among the ones shown."""
    found = dict.fromkeys(parse_id(each) for each in apart([dict(arguments).get(TICKED, "")]))
    ids = [id_ for id_ in found if id_ is not None]
    others = [id_ for id_ in ids if id_ not in shown]
    if not others:
        return Ticked(ids, "", "", "", "")
    return Ticked(
        ids,
        joined(others),
        ngettext("%(num)s chosen", "%(num)s chosen", len(ids), num=number(len(ids))),
        ngettext(
            "%(num)s of them not on this page", "%(num)s of them not on this page", len(others), num=number(len(others))
        ),
        address(path, without(arguments, [TICKED])),
    )


def apart(texts: Iterable[str]) -> list[str]:
    """The numbers of an address: several in one word, or one each, as boxes send them."""
    return [each for text in texts for each in text.split(BETWEEN) if each]


def joined(ids: Iterable[object]) -> str:
    """The same in one word."""
    return BETWEEN.join(map(str, ids))

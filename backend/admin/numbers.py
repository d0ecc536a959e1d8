"""Numbers as people type them: with their locale's decimal sign, and with its groups where those can mean nothing else.

What an input holds has the decimal sign and no groups. Read is also what programs write, such as 12.50 from the keys
beside the letters. One group and no more, as 1.234 in Dutch or 1,234 in English, may be meant either way: one is asked.
"""

import re
from functools import cache
from typing import NamedTuple

from backend.core.formats import writing
from backend.core.languages import spoken
from backend.core.numbers import FIRST_GROUP, PLAIN, SPACES, bare, either_way, joined

KINDS = frozenset({"decimal", "integer"})
AS_PROGRAMS = re.compile(r"[+-]?[0-9]+\.[0-9]+").fullmatch
EITHER_WAY = re.compile(r"[+-]?[0-9]+[.,][0-9]+").fullmatch


class Signs(NamedTuple):
    """How a locale writes a number: its decimal sign, and a pattern for those in groups and those without."""

    point: str
    group: str
    bare: re.Pattern[str]
    grouped: re.Pattern[str]


def read(text: str, kind: str) -> str:
    """What was typed, as programs write it; what is no number stays as it is, for whoever judges it. Raises Unclear."""
    signs, plain = _signs(spoken()), bare(text)
    if found := signs.bare.fullmatch(plain):
        return joined(*found.groups())
    if found := signs.grouped.fullmatch(plain):
        sign, whole, rest = found.groups()
        meant = joined(sign, whole.replace(signs.group, ""), rest)
        if kind == "decimal" and EITHER_WAY(plain):
            raise either_way(meant, plain.replace(signs.group, signs.point))
        return meant
    return plain if AS_PROGRAMS(plain) else text


@cache
def _signs(locale: str) -> Signs:
    way = writing(locale)
    point, group = way.point, SPACES.sub(" ", way.number(11111).translate(PLAIN))[2:-3]
    rest = rf"(?:{re.escape(point)}([0-9]+))?"
    apart = rf"{FIRST_GROUP}(?:{re.escape(group)}[0-9]{{2,3}})*{re.escape(group)}[0-9]{{3}}"
    return Signs(point, group, re.compile(rf"([+-]?)([0-9]+){rest}"), re.compile(rf"([+-]?)({apart}){rest}"))

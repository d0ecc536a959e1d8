"""Numbers as people type them: with their locale's decimal sign, and with its groups where those can mean nothing else.

What an input holds has the decimal sign and no groups. Read is also what programs write, such as 12.50 from the keys
beside the letters. One group and no more, as 1.234 in Dutch or 1,234 in English, may be meant either way: one is asked.
"""

import re
from functools import cache
from typing import NamedTuple

from backend.core.formats import writing
from backend.core.languages import _, spoken

KINDS = frozenset({"decimal", "integer"})
# What a locale may have between groups looks like this on a keyboard.
SPACES = re.compile(r"(?<=\d)[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}](?=\d)")
PLAIN = str.maketrans({"−": "-", "’": "'", "\N{LEFT-TO-RIGHT MARK}": None, "\N{RIGHT-TO-LEFT MARK}": None})
AS_PROGRAMS = re.compile(r"[+-]?[0-9]+\.[0-9]+").fullmatch
EITHER_WAY = re.compile(r"[+-]?[0-9]+[.,][0-9]+").fullmatch


class Unclear(ValueError):
    """What was typed can be meant in two ways, or in none; the text is the sentence to show."""


class Signs(NamedTuple):
    """How a locale writes a number: its decimal sign, and a pattern for those in groups and those without."""

    point: str
    group: str
    bare: re.Pattern[str]
    grouped: re.Pattern[str]


def read(text: str, kind: str) -> str:
    """What was typed, as programs write it; what is no number stays as it is, for whoever judges it. Raises Unclear."""
    signs, plain = _signs(spoken()), SPACES.sub(" ", text.strip().translate(PLAIN))
    if found := signs.bare.fullmatch(plain):
        return _joined(*found.groups())
    if found := signs.grouped.fullmatch(plain):
        sign, whole, rest = found.groups()
        meant = _joined(sign, whole.replace(signs.group, ""), rest)
        if kind == "decimal" and EITHER_WAY(plain):
            broken = plain.replace(signs.group, signs.point)
            raise Unclear(_("This can be read in two ways: write %(whole)s or %(broken)s.", whole=meant, broken=broken))
        return meant
    return plain if AS_PROGRAMS(plain) else text


def _joined(sign: str, whole: str, rest: str | None) -> str:
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


@cache
def _signs(locale: str) -> Signs:
    way = writing(locale)
    point, group = way.point, SPACES.sub(" ", way.number(11111).translate(PLAIN))[2:-3]
    rest = rf"(?:{re.escape(point)}([0-9]+))?"
    # A number that begins with 0 has no groups: 0,500 is a half wherever it was written.
    apart = rf"[1-9][0-9]{{0,2}}(?:{re.escape(group)}[0-9]{{2,3}})*{re.escape(group)}[0-9]{{3}}"
    return Signs(point, group, re.compile(rf"([+-]?)([0-9]+){rest}"), re.compile(rf"([+-]?)({apart}){rest}"))

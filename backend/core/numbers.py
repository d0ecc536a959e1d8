"""Numbers as people write them, read where they can mean but one thing, whatever the locale.

One group and no more, as in 1,234, may be meant either way: one is asked. What has a decimal point and nothing else is
read as programs write it.
"""

import re
from unicodedata import decimal

from backend.core.languages import _
from backend.core.values import Unreadable

# A number that begins with 0 has no groups: 0,500 is a half wherever it was written.
FIRST_GROUP = "[1-9][0-9]{0,2}"
# What may stand between groups looks like this on a keyboard.
SPACES = re.compile(r"(?<=\d)[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}](?=\d)")
PLAIN = str.maketrans(
    {
        "−": "-", "’": "'", "\N{ARABIC DECIMAL SEPARATOR}": ".", "\N{ARABIC THOUSANDS SEPARATOR}": ",",
        "\N{LEFT-TO-RIGHT MARK}": None, "\N{RIGHT-TO-LEFT MARK}": None,
    }
)  # fmt: skip
CURRENCY = re.compile(r"^(?P<before>[+-]?)\s*[$¢-¥₠-⃀]\s*|\s*[$¢-¥₠-⃀]$")
NO_CENTS = re.compile(r",[-–—]{1,2}$")
BARE = re.compile(r"([+-]?)([0-9]+)(?:[.,]([0-9]+))?").fullmatch
GROUPED = re.compile(
    rf"([+-]?)({FIRST_GROUP}(?P<group>[.,' ])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*)(?:(?!(?P=group))[.,]([0-9]+))?"
).fullmatch
EITHER_WAY = re.compile(rf"([+-]?{FIRST_GROUP}),([0-9]{{3}})").fullmatch


class Unclear(Unreadable):
    """What was written can be meant in two ways, or in none; the text is the sentence to show."""


def either_way(whole: str, broken: str) -> Unclear:
    """What is said of a number that may have groups or a decimal sign."""
    return Unclear(_("This can be read in two ways: write %(whole)s or %(broken)s.", whole=whole, broken=broken))


def bare(text: str) -> str:
    """The number without what stands around it, a sign of a currency, and with plain digits, signs and spaces."""
    plain = text.strip().translate(PLAIN)
    if not plain.isascii():
        plain = "".join(str(decimal(each, each)) for each in plain)
    return SPACES.sub(" ", NO_CENTS.sub("", CURRENCY.sub(r"\g<before>", plain)))


def joined(sign: str, whole: str, rest: str | None) -> str:
    """The number as programs write it."""
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def pointed(text: str, kind: str) -> str:
    """The number as programs write it; what is none stays as it is, for whoever judges it. Raises Unclear."""
    plain = bare(text)
    if kind == "decimal" and (found := EITHER_WAY(plain)):
        raise either_way("".join(found.groups()), ".".join(found.groups()))
    if found := BARE(plain):
        return joined(*found.groups())
    if found := GROUPED(plain):
        sign, whole, group, rest = found.groups()
        is_clear = rest or group in " '" or whole.count(group) > 1
        return joined(sign, whole.replace(group, ""), rest) if is_clear else text
    return text

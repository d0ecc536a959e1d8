"""What many sentences share: so many rows of something, a label and what it holds, a rule of the rights."""

import re

from backend.core import formats
from backend.core.entry import Entry
from backend.core.languages import _, ngettext
from backend.core.rights import SYSTEM

RULE = re.compile(r"(\w+)\('([^']*)'\)")


def called(entry: Entry, number: int) -> str:
    """What so many rows are called within a sentence: product, products."""
    return entry.one if number == 1 else entry.many


def counted(entry: Entry, number: int, *, more: bool = False) -> str:
    """So many rows: 1 product, 118 products, more than 10,000 products."""
    told = {"num": formats.number(number), "rows": called(entry, number)}
    if more:
        return ngettext("more than %(num)s %(rows)s", "more than %(num)s %(rows)s", number, **told)
    return ngettext("%(num)s %(rows)s", "%(num)s %(rows)s", number, **told)


def labelled(label: str, value: str) -> str:
    """A label and what it holds: `Price: 3.20`."""
    return _("%(label)s: %(value)s", label=label, value=value)


def author(login: str) -> str:
    """Who did something, as people call them."""
    return _("the system") if login.startswith(SYSTEM) else login


def ruled(text: str) -> str:
    """A sentence that names rules as programs write them, as people read them: permission “products:update”."""
    return RULE.sub(r"\1 “\2”", text)

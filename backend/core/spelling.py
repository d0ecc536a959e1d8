"""What somebody types to find a row: its words, and where in an ordered index names stand that begin so."""

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from backend.core.filters import escaped
from backend.core.shape import parse_id

LONGEST, MOST_WORDS = 100, 5
# Of more words, nobody means another order.
MOST_TURNED, MOST_LEADING = 3, 2
# Between these there are no characters.
LAST, GAP_BEGINS, GAP_ENDS = "\U0010ffff", 0xD800, 0xE000


class Stretch(NamedTuple):
    """Part of an index: from a text on, and up to where nothing begins so any more."""

    start: str
    end: str


@dataclass(frozen=True)
class Sought:
    """A text as it is looked for: without what no name holds, composed as columns hold it."""

    words: tuple[str, ...]
    number: int | None = None

    @property
    def text(self) -> str:
        """The words with one space between them."""
        return " ".join(self.words)

    @cached_property
    def beginnings(self) -> tuple[Stretch, ...]:
        """Where names stand that begin with all of it, in each usual writing."""
        return tuple(stretches(self.text))

    @cached_property
    def turned(self) -> tuple[Stretch, ...]:
        """The same with the words in another order."""
        places = range(1, len(self.words)) if len(self.words) <= MOST_TURNED else ()
        texts = [" ".join((*self.words[at:], *self.words[:at])) for at in places]
        return tuple(stretch for text in texts for stretch in stretches(text))

    @cached_property
    def leads(self) -> tuple[Stretch, ...]:
        """Where names stand that begin with one of several words: of the longest, which are the rarest."""
        if len(self.words) == 1:
            return ()
        longest = sorted(dict.fromkeys(self.words), key=len, reverse=True)[:MOST_LEADING]
        return tuple(stretch for word in longest for stretch in stretches(word))

    def values(self) -> dict[str, str]:
        """What the statements of `looking` are asked with, by the names they know it by."""
        found = {"begin": f"{escaped(self.text)}%"}
        for place, word in enumerate(self.words):
            found |= {f"word_{place}": f"%{escaped(word)}%", f"part_{place}": f"% {escaped(word)}%"}
        for name, told in (("begin", self.beginnings), ("turned", self.turned), ("lead", self.leads)):
            for place, (start, end) in enumerate(told):
                found |= {f"{name}_from_{place}": start, f"{name}_to_{place}": end}
        return found


def sought(typed: str) -> Sought:
    """What was typed, read: `#12` is a number, all else are words."""
    text = unicodedata.normalize("NFC", typed.replace("\0", "")).strip()
    if text.startswith("#") and (number := parse_id(text[1:])) is not None:
        return Sought((text,), number)
    return Sought(tuple(text[:LONGEST].split()[:MOST_WORDS]))


def stretches(text: str) -> list[Stretch]:
    """One for each usual way to write it: an index knows capitals apart."""
    ways = dict.fromkeys((text, text.lower(), text.capitalize(), text.title(), text.upper()))
    return [Stretch(way, end) for way in ways if (end := after(way))]


def after(start: str) -> str:
    """The first text after all that begin so, where texts go by their characters' numbers; none after the last."""
    start = start.rstrip(LAST)
    if not start:
        return ""
    following = ord(start[-1]) + 1
    return start[:-1] + chr(GAP_ENDS if following == GAP_BEGINS else following)

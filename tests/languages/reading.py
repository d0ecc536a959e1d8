"""Pages as a reader of another language sees them: every message in brackets, so that what has none stands out."""

import re
from gettext import NullTranslations
from html.parser import HTMLParser

SHOWN = ("title", "aria-label", "placeholder", "alt", "data-label", "data-close", "label")
# Their text is never shown, or is no text.
SILENT = frozenset({"script", "style", "code", "pre", "kbd", "svg", "template"})
VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})


class Bracketed(NullTranslations):
    """A language in which everything is said as in English, in brackets; `asked` is every message that was wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[tuple[str, str | None]] = set()

    def gettext(self, message: str) -> str:
        self.asked.add((message, None))
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.asked.add((msgid1, None))
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    def pgettext(self, context: str, message: str) -> str:
        self.asked.add((message, context))
        return f"⟦{message}⟧"


class Texts(HTMLParser):
    """What a page shows and says: its texts, and the attributes that are read out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._depth = 0
        self._open: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        silent = tag in SILENT or told.get("translate") == "no" or (bool(self._open) and self._open[-1][1])
        if not silent:
            self.found += [_outside(str(told[name]), 0)[0] for name in SHOWN if told.get(name)]
        if tag not in VOID:
            self._open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][1]):
            # A message may hold markup: what is inside its brackets goes on behind a tag.
            left, self._depth = _outside(data, self._depth)
            self.found.append(left)


def unmarked(page: str) -> list[str]:
    """What stands on the page outside every bracket: data, or words that no catalogue can translate."""
    return [" ".join(text.split()) for text in Texts(page).found if re.search(r"[A-Za-z]{2}", text)]


def _outside(text: str, depth: int) -> tuple[str, int]:
    """What stands outside the brackets, of which so many are open where the text begins, and at its end."""
    left = []
    for sign in text:
        depth += sign == "⟦"
        left.append(" " if depth else sign)
        depth -= sign == "⟧"
    return "".join(left), depth

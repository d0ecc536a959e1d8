"""What no line of the log may show: passwords, tokens, cookies, the values of our own settings, rows of a database."""

import logging
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

Record = logging.LogRecord
# Too short a value would hide ordinary words; cookies hold such, too.
SHORTEST_SECRET, SHORTEST_CARRIED = 6, 16
HIDDEN: Final = "[hidden]"

# What the name of a secret holds, whatever stands before it and after it.
SENSITIVE: Final = (
    r"(?:passw(?:or)?[dt]|pwd|kennwort|passphrase|secret|token|salt|credential|csrf"
    r"|(?:api|private|access)[_-]?key|session[_-]?id)[\w-]{0,64}"
)
# In double or single quotes, or in the escaped ones of JSON within a text.
QUOTED: Final = r"""(?:b?"(?:\\.|[^"\\])*"|b?'(?:\\.|[^'\\])*'|\\"(?:\\[^"]|[^"\\])*\\")"""
GROUPED: Final = r"""(?:\[[^\]\n]*\]|\{[^}\n]*\}|\([^)\n]*\))"""
BETWEEN: Final = r"""((?:\\?["']|%2[27])?[\])]?\s*(?:[:=]|%3[ad])\s*|["'],\s*)"""
# What is hidden already stays as it is: a text may come by twice.
NOT_YET: Final = r"(?!\s*\[hidden\])"
PATTERNS: Final = (
    # Whole headers, whose values hold blanks and semicolons.
    (
        re.compile(
            rf"""(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)(\\?["']?\s*[:=]\s*|["'],\s*){NOT_YET}(?:{QUOTED}|[^\n"']+)"""
        ),
        rf"\1\2{HIDDEN}",
    ),
    (
        re.compile(rf"""(?i)({SENSITIVE}){BETWEEN}{NOT_YET}(?:{QUOTED}|{GROUPED}|[^\s,;&)\]}}"']+)"""),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"(?i)\b(bearer)\s+[\w.~+/=-]+"), rf"\1 {HIDDEN}"),
    # Tokens of ours, and those of others.
    (re.compile(r"\bk[a-z]t_[\w-]{16,}"), HIDDEN),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), HIDDEN),
    (re.compile(r"(://[^\s:/@]*):[^\s/@]+@"), rf"\1:{HIDDEN}@"),
    (re.compile(r"\$(?:argon2|2[aby]|pbkdf2)[\w$,=+/.-]+"), HIDDEN),
    # Addresses that let in whoever knows them.
    (re.compile(r"(?i)(/(?:reset|recover|invitations?)/)[\w.~%-]+"), rf"\1{HIDDEN}"),
    # What databases tell of the rows they refuse.
    (re.compile(r"(Key \([^\n]*?\)=)\([^\n]*?\)(?= (?:already|is|conflicts)|$)"), rf"\1({HIDDEN})"),
    (re.compile(r"(Failing row contains )\([^\n]*\)"), rf"\1({HIDDEN})"),
    (re.compile(r"(Duplicate entry )'[^\n]*'(?= for key)"), rf"\1'{HIDDEN}'"),
)
# SQLAlchemy tells the rows it fetched at DEBUG, and nothing hides those.
ROWS: Final = "sqlalchemy.engine"
Carried = Callable[[], Iterable[str]]


class Redaction:
    """Hides secrets in whatever is logged: `hidden` are values of ours, `carried` those that this request brought."""

    def __init__(self, hidden: Iterable[str] = (), carried: Carried = tuple) -> None:
        self.known, self.carried = any_of(hidden), carried

    def redact(self, text: str) -> str:
        """The text without what must not be seen."""
        for known in (self.known, any_of(self.carried())):
            text = known.sub(HIDDEN, text) if known else text
        for pattern, replacement in PATTERNS:
            text = pattern.sub(replacement, text)
        return text

    def apply(self, record: Record) -> Record:
        """The record with message, exception and stack rewritten, for whatever handler it comes to."""
        if str(record.name).startswith(ROWS) and str(record.msg).startswith("Row"):
            record.msg, record.args = f"Row {HIDDEN}", None
        record.msg, record.args = self.redact(message_of(record)), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.redact(record.exc_text)
        if record.stack_info:
            record.stack_info = self.redact(record.stack_info)
        return record


def any_of(values: Iterable[str]) -> re.Pattern[str] | None:
    """What finds one of the values, the longest first."""
    long_ones = sorted({value for value in values if len(value) >= SHORTEST_SECRET}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, long_ones))) if long_ones else None


def message_of(record: Record) -> str:
    """The message with its arguments; a wrong call of the log must not end a request."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - whatever an argument's own text raises
        return str(record.msg)


def carried_by(environ: dict[str, Any] | None) -> list[str]:
    """The secrets that a request brings along: what it signs in with, and the values of its cookies."""
    if not environ:
        return []
    cookies = (part.partition("=")[2].strip().strip('"') for part in environ.get("HTTP_COOKIE", "").split(";"))
    told = (*environ.get("HTTP_AUTHORIZATION", "").split()[1:], *cookies)
    return [value for value in told if len(value) >= SHORTEST_CARRIED]

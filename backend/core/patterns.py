"""Regular expressions that end: a linear-time engine, also inside SQLite."""

from functools import lru_cache
from typing import Any

import re2

# Whoever types a pattern is told what is wrong with it; the log of the server is no place for that.
QUIET = re2.Options()
QUIET.log_errors = False


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """The compiled pattern. Raises ValueError where it is not one."""
    try:
        return re2.compile(pattern, QUIET)
    except re2.error as fault:
        raise ValueError(str(fault)) from None


def regexp(pattern: str, value: str | None) -> bool | None:
    """`value REGEXP pattern` for SQLite; NULL stays NULL."""
    return None if value is None else bool(compiled(pattern).search(value))


def fold(value: str | None) -> str | None:
    """Lower case beyond ASCII, which SQLite's own `lower` leaves alone."""
    return None if value is None else value.lower()


def teach(connection: Any) -> None:
    """Give a SQLite connection both functions."""
    connection.create_function("regexp", 2, regexp, deterministic=True)
    connection.create_function("fold", 1, fold, deterministic=True)

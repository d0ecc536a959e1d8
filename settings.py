"""What a value that was written for a setting must look like, and what it means.

Beside `config.py`, because nothing of `backend` may be imported before the settings are known.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

# What stands in .env.example; production refuses them.
PLACEHOLDERS: Final = ("change-me", "development-only")
# Where a database is meanwhile whose address was wrong.
NOWHERE: Final = make_url("sqlite://")
DRIVERS: Final = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mysql+pymysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "mariadb+pymysql": "mysql+pymysql",
}
EXAMPLE: Final = "https://kontor.example.com"
WEB_ADDRESS: Final = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?")
# What AUTHENTICATE calls our own sessions and tokens.
OWN_WAY: Final = "own"
CALLABLE: Final = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Settings:
    """Raw values by name, and the faults found while they are read."""

    def __init__(self, layers: list[Mapping[str, str | None]], root: Path) -> None:
        self.layers, self.root = layers, root
        self.faults: list[str] = []

    def fault(self, sentence: str) -> None:
        """Note a fault, once."""
        if sentence not in self.faults:
            self.faults.append(sentence)

    def raw(self, name: str) -> str:
        """The value as it was written, from the nearest layer that has it."""
        for layer in self.layers:
            value, file = layer.get(name), layer.get(f"{name}_FILE")
            if value and file:
                self.fault(f"{name} and {name}_FILE are both set: remove one of them.")
            if found := value or (file and self._read(name, Path(file))):
                return found.strip()
        return ""

    def _read(self, name: str, file: Path) -> str:
        try:
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            self.fault(f"{name}_FILE names {file}, which cannot be read: name a text file this user may read.")
            return ""

    def text(self, name: str) -> str:
        """A text, which must be given."""
        if not (value := self.raw(name)):
            self.fault(f"{name} is missing: set it in the environment, or name a file with it in {name}_FILE.")
        return value

    def optional(self, name: str) -> str | None:
        """A text, or nothing."""
        return self.raw(name) or None

    def words(self, name: str) -> tuple[str, ...]:
        """A list, separated by commas."""
        return tuple(word for word in (part.strip() for part in self.raw(name).split(",")) if word)

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number within bounds."""
        value = self.raw(name) or str(default)
        if value.isascii() and value.isdigit() and low <= int(value) <= high:
            return int(value)
        self.fault(f"{name} must be a whole number from {low} to {high}.")
        return default

    def switch(self, name: str) -> bool:
        """Yes or no; no unless told."""
        return self.choice(name, ("yes", "no"), "no") == "yes"

    def choice(self, name: str, options: tuple[str, ...], default: str) -> str:
        """One of the options, in any case."""
        value = self.raw(name) or default
        for option in options:
            if option.lower() == value.lower():
                return option
        self.fault(f"{name} must be one of {', '.join(options)}.")
        return default

    def levels(self, name: str) -> dict[str, str]:
        """Log levels by logger: `sql=INFO,http=DEBUG`."""
        found = {}
        for word in self.words(name):
            logger, _, level = (part.strip() for part in word.partition("="))
            if not logger or level.upper() not in LOG_LEVELS:
                self.fault(f"{name} must read like sql=INFO,http=DEBUG, with levels of {', '.join(LOG_LEVELS)}.")
            found[logger] = level.upper()
        return found

    def file(self, name: str) -> Path | None:
        """A file, or none."""
        value = self.raw(name)
        return self.root / value if value else None

    def named(self, _name: str, *names: str) -> tuple[tuple[str, str], ...]:
        """Those of several that are given, with their values."""
        return tuple((name, value) for name in names if (value := self.raw(name)))

    def callable(self, name: str) -> str:
        """The address of something callable, such as `package.module:name`, or nothing."""
        value = self.raw(name)
        if value and not CALLABLE.fullmatch(value):
            self.fault(f"{name} must read like package.module:name.")
        return value

    def ways(self, name: str) -> tuple[str, ...]:
        """Ways to sign in, in order: our own, or addresses of functions."""
        found = self.words(name) or (OWN_WAY,)
        if not all(word == OWN_WAY or CALLABLE.fullmatch(word) for word in found):
            self.fault(f"{name} must list {OWN_WAY} or functions like package.module:name, separated by commas.")
        return found

    def web_address(self, name: str) -> str | None:
        """Scheme and host of a web site, without a path."""
        return next(iter(self.web_addresses(name)), None)

    def web_addresses(self, name: str) -> tuple[str, ...]:
        """Several of them."""
        values = tuple(word.rstrip("/") for word in self.words(name))
        if not all(map(WEB_ADDRESS.fullmatch, values)):
            self.fault(f"{name} must be a web address without a path, such as {EXAMPLE}.")
        return values

    def storage(self, name: str) -> str | None:
        """A place for files: a folder, `file:///folder` or `s3://bucket/prefix`; or nothing."""
        value = self.raw(name)
        scheme, mark, rest = value.partition("://")
        if value in ("", "memory:"):
            return value or None
        if not mark:
            return (self.root / value).as_uri()
        if (scheme == "file" and rest.startswith("/")) or (scheme == "s3" and rest.strip("/")):
            return value
        self.fault(f"{name} must be a folder, file:///folder or s3://bucket/prefix.")
        return None

    def database(self, name: str) -> URL:
        """A database address, with the driver we bring."""
        try:
            url = make_url(self.raw(name))
        except (ArgumentError, ValueError):
            self.fault(f"{name} cannot be read: write it like postgresql://user:password@host/name.")
            return NOWHERE
        if url.drivername not in DRIVERS:
            self.fault(f"{name} must begin with sqlite, postgresql, mysql or mariadb.")
            return NOWHERE
        return with_driver(url, self.root)

    def strong(self, name: str, value: str) -> None:
        """Note a secret that could be guessed."""
        if value and (value in PLACEHOLDERS or len(value) < 32):
            self.fault(
                f"{name} is a default or shorter than 32 characters: make one with "
                '`python3 -c "import secrets; print(secrets.token_hex(32))"`.'
            )


def with_driver(url: URL, root: Path = Path()) -> URL:
    """The same database through the driver we bring, a relative file made absolute."""
    url = url.set(drivername=DRIVERS[url.drivername])
    if url.drivername == "mysql+pymysql":
        return url.update_query_dict({"charset": "utf8mb4"})
    file = file_of(url, root)
    return url.set(database=str(file)) if file else url


def file_of(url: URL, root: Path = Path()) -> Path | None:
    """The file of an SQLite database."""
    if url.drivername != "sqlite" or url.database in (None, "", ":memory:") or url.query.get("uri"):
        return None
    return root / str(url.database)

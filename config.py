"""Settings: read once from the environment and `.env`, checked all together, then frozen.

One file, though a long one: nothing of `backend` may be imported before the settings are known.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from click import ClickException
from dotenv import dotenv_values
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

ROOT: Final = Path(__file__).resolve().parent
FROM_COMMAND_LINE: Final = "FLASK_RUN_FROM_CLI"
# What stands in .env.example; production refuses them.
PLACEHOLDERS: Final = ("change-me", "development-only")
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
# What an S3 storage is told beside its address; without a key it asks the machine it runs on.
S3_SETTINGS: Final = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL", "AWS_VIRTUAL_HOSTED_STYLE_REQUEST",
)  # fmt: skip
EXAMPLE: Final = "https://kontor.example.com"
WEB_ADDRESS: Final = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?")
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
# What AUTHENTICATE calls our own sessions and tokens.
OWN_WAY: Final = "own"
CALLABLE: Final = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class ConfigError(ClickException):
    """Settings that are missing or wrong: one sentence each, all at once, shown by `flask` without a stack trace."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Database:
    """Where the data is."""

    url: URL
    pool_size: int

    @property
    def is_in_memory(self) -> bool:
        """Whether the database ends with the process."""
        return self.url.drivername == "sqlite" and self.url.database in (None, "", ":memory:")


@dataclass(frozen=True)
class Security:
    """Secrets and lifetimes."""

    secret_key: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(repr=False)
    password_salt: str = field(repr=False)
    seed_password: str | None = field(repr=False)
    access_token_minutes: int
    refresh_token_days: int
    session_days: int


@dataclass(frozen=True)
class People:
    """How a request becomes a user, and what `current_user` is."""

    authenticate: tuple[str, ...]
    current_user: str


@dataclass(frozen=True)
class Website:
    """How the outside world sees us."""

    name: str
    public_url: str | None
    trusted_hosts: tuple[str, ...]
    max_upload_mb: int


@dataclass(frozen=True)
class Files:
    """Where the contents of files lie; `options` are those of S3."""

    url: str
    permanent_url: str | None
    options: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True)
class Cors:
    """Which other sites may call the API from a browser."""

    origins: tuple[str, ...]


@dataclass(frozen=True)
class Logging:
    """What is logged, how and where to."""

    level: str
    format: str
    file: Path | None
    stream: bool
    levels: Mapping[str, str]


@dataclass(frozen=True)
class Bus:
    """Who does what was queued."""

    consumer: str


@dataclass(frozen=True)
class Server:
    """How `flask serve` listens."""

    port: int
    workers: int
    threads: int


@dataclass(frozen=True)
class Retention:
    """How long what was deleted can come back."""

    trash_days: int


class BaseConfig:
    """Every setting, as Flask's keys and as typed sections."""

    name: ClassVar[str]
    env_file: ClassVar[str | None] = None
    default_workers: ClassVar[int] = 1
    default_secret: ClassVar[str | None] = None
    default_database: ClassVar[str] = "sqlite:///instance/kontor.sqlite3"
    default_files: ClassVar[str] = "instance/files"

    TESTING = False
    SQLALCHEMY_TRACK_MODIFICATIONS = False
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SECURITY_PASSWORD_HASH = "argon2"
    SECURITY_REGISTER_BLUEPRINT = False
    # A form left open overnight still saves: the token lives as long as the session it is bound to.
    WTF_CSRF_TIME_LIMIT = None
    # The page that shows every part of the pages in every state.
    STYLE_PAGE = False

    def __init__(self, settings: "Settings") -> None:
        # Flask's own reading of it.
        self.DEBUG = settings.raw("FLASK_DEBUG").lower() not in ("", "0", "false", "no")
        self.security = self._security(settings)
        self.people = People(settings.ways("AUTHENTICATE"), settings.callable("CURRENT_USER"))
        self.website = self._website(settings)
        self.files = self._files(settings)
        self.cors = Cors(settings.web_addresses("CORS_ORIGINS"))
        self.logging = self._logging(settings)
        self.bus = Bus(settings.choice("BUS_CONSUMER", ("embedded", "external"), "embedded"))
        self.server = Server(
            port=settings.integer("PORT", 5000, 1, 65535),
            workers=settings.integer("WEB_WORKERS", self.default_workers, 1, 64),
            threads=settings.integer("WEB_THREADS", 4, 1, 256),
        )
        self.retention = Retention(settings.integer("TRASH_DAYS", 30, 0, 36500))
        self.database = Database(settings.database("DATABASE_URL", self.default_database), self.server.threads)
        self.check(settings)
        self._set_flask_keys()

    def check(self, settings: "Settings") -> None:
        """Note what this configuration does not accept."""

    def _security(self, settings: "Settings") -> Security:
        return Security(
            secret_key=settings.text("SECRET_KEY", self.default_secret),
            secret_key_fallbacks=settings.words("SECRET_KEY_FALLBACKS"),
            password_salt=settings.text("SECURITY_PASSWORD_SALT", self.default_secret),
            seed_password=settings.text("SEED_PASSWORD", "") or None,
            access_token_minutes=settings.integer("ACCESS_TOKEN_MINUTES", 60, 1, 1440),
            refresh_token_days=settings.integer("REFRESH_TOKEN_DAYS", 60, 1, 365),
            session_days=settings.integer("SESSION_DAYS", 14, 1, 365),
        )

    def _website(self, settings: "Settings") -> Website:
        return Website(
            name=settings.text("SITE_NAME", "Kontor"),
            public_url=settings.web_address("PUBLIC_URL"),
            trusted_hosts=settings.words("TRUSTED_HOSTS"),
            max_upload_mb=settings.integer("MAX_UPLOAD_MB", 16, 1, 1024),
        )

    def _files(self, settings: "Settings") -> Files:
        options = tuple((name, value) for name in S3_SETTINGS if (value := settings.raw(name)))
        url = settings.storage("FILES_URL", self.default_files)
        return Files(str(url), settings.storage("FILES_PERMANENT_URL", None), options)

    def _logging(self, settings: "Settings") -> Logging:
        file = settings.text("LOG_FILE", "")
        return Logging(
            level=settings.choice("LOG_LEVEL", LOG_LEVELS, "INFO"),
            format=settings.choice("LOG_FORMAT", ("text", "json"), "text"),
            file=ROOT / file if file else None,
            # One of both at least: a log that goes nowhere is nobody's wish.
            stream=not file or settings.choice("LOG_STREAM", ("yes", "no"), "no") == "yes",
            levels=settings.levels("LOG_LEVELS"),
        )

    def _set_flask_keys(self) -> None:
        self.SETTINGS = self
        self.SECRET_KEY = self.security.secret_key
        self.SECRET_KEY_FALLBACKS = list(self.security.secret_key_fallbacks)
        self.SECURITY_PASSWORD_SALT = self.security.password_salt
        self.SEED_PASSWORD = self.security.seed_password
        self.ACCESS_TOKEN_MINUTES = self.security.access_token_minutes
        self.REFRESH_TOKEN_DAYS = self.security.refresh_token_days
        self.SESSION_DAYS = self.security.session_days
        self.PERMANENT_SESSION_LIFETIME = timedelta(days=self.security.session_days)
        self.BUS_CONSUMER = self.bus.consumer
        self.AUTHENTICATE = self.people.authenticate
        self.CURRENT_USER = self.people.current_user
        self.SITE_NAME = self.website.name
        self.PUBLIC_URL = self.website.public_url
        self.TRUSTED_HOSTS = list(self.website.trusted_hosts) or None
        self.MAX_CONTENT_LENGTH = self.website.max_upload_mb * 1024 * 1024
        self.FILES_URL, self.FILES_PERMANENT_URL = self.files.url, self.files.permanent_url
        self.FILES_OPTIONS = self.files.options
        self.SESSION_COOKIE_SECURE = (self.website.public_url or "").startswith("https://")
        self.CORS_ORIGINS = self.cors.origins
        self.TRASH_DAYS = self.retention.trash_days
        self.SQLALCHEMY_DATABASE_URI = self.database.url
        self.SQLALCHEMY_ENGINE_OPTIONS = engine_options(self.database)


class DevConfig(BaseConfig):
    """On one's own machine."""

    name = "dev"
    env_file = ".env"
    default_secret = PLACEHOLDERS[1]
    STYLE_PAGE = True


class TestConfig(BaseConfig):
    """In tests: `.env` is not read, so that no test ever meets the data of `make run`."""

    name = "test"
    default_secret = PLACEHOLDERS[1]
    default_database = "sqlite://"
    default_files = "memory:"
    TESTING = True
    STYLE_PAGE = True


class ProdConfig(BaseConfig):
    """Where it counts: nothing is guessed that must be known."""

    name = "prod"
    env_file = ".env.production"
    default_workers = 2

    def check(self, settings: "Settings") -> None:
        """Note a debug mode, a weak secret and a missing public address."""
        if self.DEBUG:
            settings.fault("FLASK_DEBUG must be off in production: remove it.")
        settings.strong("SECRET_KEY", self.security.secret_key)
        settings.strong("SECURITY_PASSWORD_SALT", self.security.password_salt)
        for old in self.security.secret_key_fallbacks:
            settings.strong("SECRET_KEY_FALLBACKS", old)
        parts = urlsplit(self.website.public_url or "")
        if not self.website.public_url:
            settings.fault(f"PUBLIC_URL is missing: set it to the address users type, such as {EXAMPLE}.")
        elif parts.scheme == "http" and parts.hostname not in LOOPBACK:
            settings.fault("PUBLIC_URL must begin with https:// in production: sign-in cookies travel only there.")


class Settings:
    """Raw values by name, and the faults found while they are read."""

    def __init__(self, layers: list[Mapping[str, str | None]]) -> None:
        self.layers = layers
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
            if value:
                return value.strip()
            if file:
                return self._read(name, Path(file))
        return ""

    def _read(self, name: str, file: Path) -> str:
        try:
            return file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            self.fault(f"{name}_FILE names {file}, which cannot be read: name a text file this user may read.")
            return ""

    def text(self, name: str, default: str | None) -> str:
        """A text; without a default it must be given."""
        value = self.raw(name)
        if not value and default is None:
            self.fault(f"{name} is missing: set it in the environment, or name a file with it in {name}_FILE.")
        return value or default or ""

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

    def storage(self, name: str, default: str | None) -> str | None:
        """A place for files: a folder, `file:///folder` or `s3://bucket/prefix`; nothing where there is no default."""
        value = self.raw(name) or default
        scheme, mark, rest = (value or "").partition("://")
        if value is None or value == "memory:":
            return value
        if not mark:
            return (ROOT / value).as_uri()
        if (scheme == "file" and rest.startswith("/")) or (scheme == "s3" and rest.strip("/")):
            return value
        self.fault(f"{name} must be a folder, file:///folder or s3://bucket/prefix.")
        return default

    def database(self, name: str, default: str) -> URL:
        """A database address, with the driver we bring."""
        try:
            url = make_url(self.raw(name) or default)
        except (ArgumentError, ValueError):
            self.fault(f"{name} cannot be read: write it like postgresql://user:password@host/name.")
            return make_url(default)
        if url.drivername not in DRIVERS:
            self.fault(f"{name} must begin with sqlite, postgresql, mysql or mariadb.")
            return make_url(default)
        return with_driver(url)

    def strong(self, name: str, value: str) -> None:
        """Note a secret that could be guessed."""
        if value and (value in PLACEHOLDERS or len(value) < 32):
            self.fault(
                f"{name} is a default or shorter than 32 characters: make one with "
                '`python3 -c "import secrets; print(secrets.token_hex(32))"`.'
            )


def load(name: str | None = None, **given: str) -> BaseConfig:
    """Read and check the settings of the named configuration; raise ConfigError with every fault."""
    kinds = {kind.name: kind for kind in (DevConfig, TestConfig, ProdConfig)}
    chosen = name or os.environ.get("APP_CONFIG") or "dev"
    if chosen not in kinds:
        raise ConfigError([f"APP_CONFIG must be one of {', '.join(kinds)}."])
    kind = kinds[chosen]
    settings = Settings(
        [given, environment(kind.env_file), dotenv_values(ROOT / kind.env_file) if kind.env_file else {}]
    )
    config = kind(settings)
    if settings.faults:
        raise ConfigError(settings.faults)
    if file := file_of(config.database.url):
        file.parent.mkdir(parents=True, exist_ok=True)
    return config


def environment(env_file: str | None) -> Mapping[str, str]:
    """The environment, without what the `flask` command put there from a `.env` that is not ours to read."""
    return os.environ if env_file == ".env" else own_environment()


def own_environment() -> dict[str, str]:
    """The environment as it was before the `flask` command put its own mark and `.env` into it."""
    if FROM_COMMAND_LINE not in os.environ:
        return dict(os.environ)
    put = {**dotenv_values(ROOT / ".env"), FROM_COMMAND_LINE: os.environ[FROM_COMMAND_LINE]}
    return {name: value for name, value in os.environ.items() if put.get(name) != value}


def with_driver(url: URL) -> URL:
    """The same database through the driver we bring, a relative file made absolute."""
    url = url.set(drivername=DRIVERS[url.drivername])
    if url.drivername == "mysql+pymysql":
        return url.update_query_dict({"charset": "utf8mb4"})
    file = file_of(url)
    return url.set(database=str(file)) if file else url


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database."""
    if url.drivername != "sqlite" or url.database in (None, "", ":memory:") or url.query.get("uri"):
        return None
    return ROOT / str(url.database)


def engine_options(database: Database) -> dict[str, Any]:
    """What SQLAlchemy's engine needs for this database."""
    # Passwords and tokens travel as parameters: neither the log nor an error may show them.
    options: dict[str, Any] = {"hide_parameters": True}
    if database.is_in_memory:
        return options
    options |= {"pool_size": database.pool_size, "max_overflow": 4}
    if database.url.drivername == "sqlite":
        return options | {"connect_args": {"timeout": 30}}
    # A restarted server must cost nobody a request.
    options |= {"pool_pre_ping": True, "pool_recycle": 1800, "connect_args": {"connect_timeout": 5}}
    if database.url.drivername == "mysql+pymysql":
        options["isolation_level"] = "READ COMMITTED"
    return options

"""Settings: read once from the environment and `.env`, checked all together, then frozen."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar, cast
from urllib.parse import urlsplit

from click import ClickException
from dotenv import dotenv_values
from sqlalchemy.engine import URL

from settings import EXAMPLE, LOG_LEVELS, PLACEHOLDERS, Settings, file_of

ROOT: Final = Path(__file__).resolve().parent
FROM_COMMAND_LINE: Final = "FLASK_RUN_FROM_CLI"
DEVELOPMENT_ONLY: Final = dict.fromkeys(("SECRET_KEY", "SECURITY_PASSWORD_SALT"), PLACEHOLDERS[1])
# What an S3 storage is told beside its address; without a key it asks the machine it runs on.
S3_SETTINGS: Final = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL", "AWS_VIRTUAL_HOSTED_STYLE_REQUEST",
)  # fmt: skip
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class ConfigError(ClickException):
    """Settings that are missing or wrong: one sentence each, all at once, shown by `flask` without a stack trace."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


Section = TypeVar("Section")


def setting(name: str, read: Callable[..., Any], *details: Any, is_secret: bool = False) -> Any:
    """A setting of a section: its name, how it is read, what more that must know, and whether it is ever shown."""
    return field(repr=not is_secret, metadata={"name": name, "read": read, "details": details})


@dataclass(frozen=True)
class Database:
    """Where the data is."""

    url: URL = setting("DATABASE_URL", Settings.database)
    pool_size: int = setting("WEB_THREADS", Settings.integer, 4, 1, 256)

    @property
    def is_in_memory(self) -> bool:
        """Whether the database ends with the process."""
        return self.url.drivername == "sqlite" and self.url.database in (None, "", ":memory:")


@dataclass(frozen=True)
class Security:
    """Secrets and lifetimes."""

    secret_key: str = setting("SECRET_KEY", Settings.text, is_secret=True)
    secret_key_fallbacks: tuple[str, ...] = setting("SECRET_KEY_FALLBACKS", Settings.words, is_secret=True)
    password_salt: str = setting("SECURITY_PASSWORD_SALT", Settings.text, is_secret=True)
    seed_password: str | None = setting("SEED_PASSWORD", Settings.optional, is_secret=True)
    access_token_minutes: int = setting("ACCESS_TOKEN_MINUTES", Settings.integer, 60, 1, 1440)
    refresh_token_days: int = setting("REFRESH_TOKEN_DAYS", Settings.integer, 60, 1, 365)
    session_days: int = setting("SESSION_DAYS", Settings.integer, 14, 1, 365)


@dataclass(frozen=True)
class People:
    """How a request becomes a user, and what `current_user` is."""

    authenticate: tuple[str, ...] = setting("AUTHENTICATE", Settings.ways)
    current_user: str = setting("CURRENT_USER", Settings.callable)


@dataclass(frozen=True)
class Website:
    """How the outside world sees us."""

    name: str = setting("SITE_NAME", Settings.text)
    public_url: str | None = setting("PUBLIC_URL", Settings.web_address)
    trusted_hosts: tuple[str, ...] = setting("TRUSTED_HOSTS", Settings.words)
    max_upload_mb: int = setting("MAX_UPLOAD_MB", Settings.integer, 16, 1, 1024)


@dataclass(frozen=True)
class Files:
    """Where the contents of files lie; `options` are those of S3."""

    url: str = setting("FILES_URL", Settings.storage)
    permanent_url: str | None = setting("FILES_PERMANENT_URL", Settings.storage)
    options: tuple[tuple[str, str], ...] = setting("FILES_OPTIONS", Settings.named, *S3_SETTINGS, is_secret=True)


@dataclass(frozen=True)
class Cors:
    """Which other sites may call the API from a browser."""

    origins: tuple[str, ...] = setting("CORS_ORIGINS", Settings.web_addresses)


@dataclass(frozen=True)
class Logging:
    """What is logged, how and where to."""

    level: str = setting("LOG_LEVEL", Settings.choice, LOG_LEVELS, "INFO")
    format: str = setting("LOG_FORMAT", Settings.choice, ("text", "json"), "text")
    file: Path | None = setting("LOG_FILE", Settings.file)
    stream: bool = setting("LOG_STREAM", Settings.switch)
    levels: Mapping[str, str] = setting("LOG_LEVELS", Settings.levels)


@dataclass(frozen=True)
class Bus:
    """Who does what was queued."""

    consumer: str = setting("BUS_CONSUMER", Settings.choice, ("embedded", "external"), "embedded")


@dataclass(frozen=True)
class Server:
    """How `flask serve` listens."""

    port: int = setting("PORT", Settings.integer, 5000, 1, 65535)
    workers: int = setting("WEB_WORKERS", Settings.integer, 1, 1, 64)
    threads: int = setting("WEB_THREADS", Settings.integer, 4, 1, 256)


@dataclass(frozen=True)
class Retention:
    """How long what was deleted can come back."""

    trash_days: int = setting("TRASH_DAYS", Settings.integer, 30, 0, 36500)


class BaseConfig:
    """Every setting, in typed sections and under its own name, which is what Flask's configuration has it by."""

    name: ClassVar[str]
    env_file: ClassVar[str | None] = None
    # What holds where nobody says otherwise.
    defaults: ClassVar[Mapping[str, str]] = {
        "DATABASE_URL": "sqlite:///instance/kontor.sqlite3", "FILES_URL": "instance/files", "SITE_NAME": "Kontor",
    }  # fmt: skip

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

    def __init__(self, settings: Settings) -> None:
        self.SETTINGS = self
        # Flask's own reading of it.
        self.DEBUG = settings.raw("FLASK_DEBUG").lower() not in ("", "0", "false", "no")
        self.security, self.people = self._section(Security, settings), self._section(People, settings)
        self.website, self.cors = self._section(Website, settings), self._section(Cors, settings)
        self.files, self.retention = self._section(Files, settings), self._section(Retention, settings)
        self.logging, self.bus = self._section(Logging, settings), self._section(Bus, settings)
        self.server, self.database = self._section(Server, settings), self._section(Database, settings)
        self.check(settings)
        self._set_keys_of_others()

    def _section(self, kind: type[Section], settings: Settings) -> Section:
        values = {}
        for each in fields(cast("Any", kind)):
            told = each.metadata
            values[each.name] = told["read"](settings, told["name"], *told["details"])
            setattr(self, told["name"], values[each.name])
        return kind(**values)

    def check(self, settings: Settings) -> None:
        """Note what this configuration does not accept."""

    def _set_keys_of_others(self) -> None:
        """What extensions know by names of their own."""
        self.TRUSTED_HOSTS = list(self.website.trusted_hosts) or None
        self.PERMANENT_SESSION_LIFETIME = timedelta(days=self.security.session_days)
        self.MAX_CONTENT_LENGTH = self.website.max_upload_mb * 1024 * 1024
        self.SESSION_COOKIE_SECURE = (self.website.public_url or "").startswith("https://")
        self.SQLALCHEMY_DATABASE_URI = self.database.url
        self.SQLALCHEMY_ENGINE_OPTIONS = engine_options(self.database)


class DevConfig(BaseConfig):
    """On one's own machine."""

    name = "dev"
    env_file = ".env"
    defaults: ClassVar = {**BaseConfig.defaults, **DEVELOPMENT_ONLY}
    STYLE_PAGE = True


class TestConfig(BaseConfig):
    """In tests: `.env` is not read, so that no test ever meets the data of `make run`."""

    name = "test"
    defaults: ClassVar = {**DevConfig.defaults, "DATABASE_URL": "sqlite://", "FILES_URL": "memory:"}
    TESTING = True
    STYLE_PAGE = True


class ProdConfig(BaseConfig):
    """Where it counts: nothing is guessed that must be known."""

    name = "prod"
    env_file = ".env.production"
    defaults: ClassVar = {**BaseConfig.defaults, "WEB_WORKERS": "2"}

    def check(self, settings: Settings) -> None:
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


def load(name: str | None = None, **given: str) -> BaseConfig:
    """Read and check the settings of the named configuration; raise ConfigError with every fault."""
    kinds = {kind.name: kind for kind in (DevConfig, TestConfig, ProdConfig)}
    chosen = name or os.environ.get("APP_CONFIG") or "dev"
    if chosen not in kinds:
        raise ConfigError([f"APP_CONFIG must be one of {', '.join(kinds)}."])
    kind = kinds[chosen]
    from_file = dotenv_values(ROOT / kind.env_file) if kind.env_file else {}
    settings = Settings([given, environment(kind.env_file), from_file, kind.defaults], ROOT)
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

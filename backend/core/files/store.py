"""The storage of contents: a local folder or S3, by an address; a working copy and, where set, a permanent one."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from flask import current_app

from backend.core.errors import Problem, StorageAway, StorageFull
from backend.core.logs import logger

log = logger("backoffice")

PIECE = 256 * 1024
# So many pieces of 5 MB of one content are held in memory while it is sent.
AT_ONCE = 2
# What `flask check` leaves for a moment.
TRIAL = "trial"
# Waiting for a storage that is away must not hold a request for minutes.
PATIENCE: Any = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}
CLIENT: Any = {"allow_http": True, "connect_timeout": "5s", "timeout": "60s"}


@dataclass(frozen=True)
class Stores:
    """Where contents lie; `folder` is the working copy's where that is local."""

    work: Any
    permanent: Any = None
    folder: Path | None = None


def stores() -> Stores:
    """The storages of this application, opened at their first use."""
    settings = current_app.config
    return _open(settings["FILES_URL"], settings["FILES_PERMANENT_URL"], settings["FILES_OPTIONS"])


@lru_cache(maxsize=16)
def _open(url: str, permanent: str | None, options: tuple[tuple[str, str], ...]) -> Stores:
    folder = Path(unquote(urlsplit(url).path)) if url.startswith("file:") else None
    return Stores(_one(url, options), _one(permanent, options) if permanent else None, folder)


def _one(url: str, options: tuple[tuple[str, str], ...]) -> Any:
    # Where it is used: most processes never touch a file.
    from obstore.store import LocalStore, MemoryStore, S3Store

    if url.startswith("memory:"):
        return MemoryStore()
    if url.startswith("file:"):
        return LocalStore(unquote(urlsplit(url).path), mkdir=True)
    told: Any = dict(options)
    return S3Store.from_url(url, config=told, client_options=CLIENT, retry_config=PATIENCE)


def path_of(file_id: str, variant: str = "") -> str:
    """Where a content lies, or something made from it."""
    return f"{file_id[:2]}/{file_id}{'.' if variant else ''}{variant}"


def write(file_id: str, content: IO[bytes] | bytes, variant: str = "") -> None:
    """Store under a name that is there whole or not at all. Raises StorageFull, StorageAway."""
    import obstore

    if not isinstance(content, bytes):
        content.seek(0)
    try:
        obstore.put(stores().work, path_of(file_id, variant), content, max_concurrency=AT_ONCE)
    except Exception as fault:
        log.exception("The storage of files refused a content")
        raise _refusal(fault) from fault


def _refusal(fault: Exception) -> StorageFull | StorageAway:
    said = str(fault).lower()
    if "no space left" in said or "quota" in said or "os error 28" in said:
        return StorageFull(
            Problem("storage_full", "There is no room left for files: nothing was saved. Tell whoever runs this.")
        )
    return away(" Nothing was saved.")


def away(more: str = "") -> StorageAway:
    """The storage does not answer."""
    return StorageAway(Problem("storage_away", f"The storage of files cannot be reached just now.{more} Try again."))


def keep_permanently(file_id: str) -> bool:
    """Copy a content to the permanent storage, where there is one and it lacks it; whatever hinders is logged."""
    import obstore

    found = stores()
    if found.permanent is None:
        return False
    try:
        if _holds(found.permanent, path_of(file_id)):
            return False
        pieces = obstore.get(found.work, path_of(file_id)).stream(min_chunk_size=PIECE)
        obstore.put(found.permanent, path_of(file_id), (bytes(piece) for piece in pieces), max_concurrency=AT_ONCE)
    except Exception:
        log.exception("A file could not be copied to the permanent storage; `flask files sweep` tries again")
        return False
    return True


def _holds(where: Any, path: str) -> bool:
    import obstore

    try:
        obstore.head(where, path)
    except FileNotFoundError:
        return False
    return True


def read(file_id: str, start: int = 0, end: int | None = None, variant: str = "") -> Iterator[bytes]:
    """The content from `start` to before `end`, piece by piece; from the working copy, else from the permanent one.

    It is opened at once. Raises FileNotFoundError where neither has it, StorageAway.
    """
    if end is not None and end <= start:
        return iter(())
    options: Any = {} if end is None else {"range": (start, end)}
    try:
        opened = _opened(path_of(file_id, variant), options, also_permanent=not variant)
    except FileNotFoundError:
        raise
    except Exception as fault:
        log.exception("The storage of files does not give a content")
        raise away() from fault
    return (bytes(piece) for piece in opened.stream(min_chunk_size=PIECE))


def _opened(path: str, options: Any, *, also_permanent: bool) -> Any:
    import obstore

    found = stores()
    try:
        return obstore.get(found.work, path, options=options)
    except FileNotFoundError:
        if found.permanent is None or not also_permanent:
            raise
    return obstore.get(found.permanent, path, options=options)


def remove(paths: list[str], *, also_permanent: bool = False) -> None:
    """Remove what lies there, if it does; whatever hinders is logged."""
    import obstore

    found = stores()
    places: list[Any] = [found.work]
    if also_permanent and found.permanent is not None:
        places.append(found.permanent)
    for where in places:
        for path in paths:
            try:
                obstore.delete(where, path)
            except FileNotFoundError:
                continue
            except Exception:
                log.exception("A content could not be removed; `flask files sweep` tries again")


def everything(*, permanent: bool = False) -> Iterator[tuple[str, int, datetime]]:
    """Path, size and age of all that is stored."""
    import obstore

    found = stores()
    where = found.permanent if permanent else found.work
    if where is None:
        return
    for page in obstore.list(where):
        for each in page:
            yield each["path"], each["size"], each["last_modified"]


def remove_unfinished(before: datetime) -> None:
    """Remove what a process that was killed while it wrote left in the folder; S3 drops its own."""
    folder = stores().folder
    # The store writes to a name with `#` first, and never lists it.
    for path in folder.glob("*/*#*") if folder is not None and folder.is_dir() else ():
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)


def faults() -> list[str]:
    """What hinders the storages, each tried with a content of its own; every sentence says the way out."""
    settings, found = current_app.config, []
    for name in ("FILES_URL", "FILES_PERMANENT_URL"):
        if not settings[name]:
            continue
        try:
            _try(_one(settings[name], settings["FILES_OPTIONS"]))
        except Exception as fault:
            log.debug("The storage named by %s was tried", name, exc_info=fault)
            found.append(
                f"{name} ({settings[name]}) keeps no files ({type(fault).__name__}): correct it, "
                "or the key, the region and the rights that go with it."
            )
    return found


def _try(where: Any) -> None:
    import obstore

    path = f"{TRIAL}/{secrets.token_hex(16)}"
    obstore.put(where, path, TRIAL.encode())
    try:
        obstore.get(where, path).bytes()
    finally:
        obstore.delete(where, path)

"""The storage of contents: a local folder or S3, by an address; a working copy and, where set, a permanent one."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast
from urllib.parse import unquote, urlsplit

from flask import current_app

from backend.core.errors import Problem, StorageAway, StorageFull
from backend.core.languages import _
from backend.core.logs import logger

log = logger("backoffice")

PIECE = 256 * 1024
# So many pieces of 5 MB of one content are held in memory while it is sent.
AT_ONCE = 2
IN_MEMORY = 4 * 1024 * 1024
# A content as it lies there: path, size, age.
Stored = tuple[str, int, datetime]
# What `flask check` leaves for a moment.
TRIAL = "trial"
# Waiting for a storage that is away must not hold a request for minutes.
PATIENCE: Any = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}
CLIENT: Any = {"allow_http": True, "connect_timeout": "5s", "timeout": "60s"}


def work() -> Any:
    """The storage of the working copies, opened at its first use. Raises StorageAway."""
    return _open(current_app.config["FILES_URL"])


def permanent() -> Any:
    """The storage of the permanent copies, or None where there is none. Raises StorageAway."""
    url = current_app.config["FILES_PERMANENT_URL"]
    return _open(url) if url else None


def _open(url: str) -> Any:
    try:
        return _opened(url, current_app.config["FILES_OPTIONS"])
    except Exception as fault:
        log.exception("The storage of files cannot be opened")
        raise away() from fault


@lru_cache(maxsize=16)
def _opened(url: str, options: tuple[tuple[str, str], ...]) -> Any:
    # Where it is used: most processes never touch a file.
    from obstore.store import LocalStore, MemoryStore, S3Store

    if url.startswith("memory:"):
        return MemoryStore()
    if url.startswith("file:"):
        return LocalStore(_path_in(url), mkdir=True)
    told: Any = dict(options)
    return S3Store.from_url(url, config=told, client_options=CLIENT, retry_config=PATIENCE)


def _path_in(url: str) -> str:
    return unquote(urlsplit(url).path)


def path_of(file_id: str, variant: str = "") -> str:
    """Where a content lies, or something made from it."""
    return f"{file_id[:2]}/{file_id}{'.' if variant else ''}{variant}"


def write(file_id: str, content: IO[bytes] | bytes, variant: str = "") -> None:
    """Store under a name that is there whole or not at all. Raises StorageFull, StorageAway."""
    import obstore

    if not isinstance(content, bytes):
        content.seek(0)
    try:
        obstore.put(work(), path_of(file_id, variant), content, max_concurrency=AT_ONCE)
    except Exception as fault:
        log.exception("The storage of files refused a content")
        raise _refusal(fault) from fault


def _refusal(fault: Exception) -> StorageFull | StorageAway:
    said = str(fault).lower()
    if "no space left" in said or "quota" in said or "os error 28" in said:
        told = _("There is no room left for files: nothing was saved. Tell whoever runs this.")
        return StorageFull(Problem("storage_full", told))
    told = _("The storage of files cannot be reached just now. Nothing was saved. Try again.")
    return StorageAway(Problem("storage_away", told))


def away() -> StorageAway:
    """The storage does not answer."""
    told = _("The storage of files cannot be reached just now. Try again.")
    return StorageAway(Problem("storage_away", told))


def keep_permanently(file_id: str) -> bool:
    """Copy a content to the permanent storage, where there is one and it lacks it; whatever hinders is logged."""
    import obstore

    path = path_of(file_id)
    try:
        where = permanent()
        if where is None or _holds(where, path):
            return False
        # Not from one to the other directly: what reads and what writes share a thread there.
        with SpooledTemporaryFile(IN_MEMORY) as content:
            for piece in obstore.get(work(), path).stream(min_chunk_size=PIECE):
                content.write(piece)
            content.seek(0)
            obstore.put(where, path, cast("IO[bytes]", content), max_concurrency=AT_ONCE)
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
        found = _found(path_of(file_id, variant), options, also_permanent=not variant)
    except (FileNotFoundError, StorageAway):
        raise
    except Exception as fault:
        log.exception("The storage of files does not give a content")
        raise away() from fault
    return (bytes(piece) for piece in found.stream(min_chunk_size=PIECE))


def _found(path: str, options: Any, *, also_permanent: bool) -> Any:
    import obstore

    try:
        return obstore.get(work(), path, options=options)
    except FileNotFoundError:
        second = permanent() if also_permanent else None
        if second is None:
            raise
    return obstore.get(second, path, options=options)


def remove(paths: list[str], *, also_permanent: bool = False) -> None:
    """Remove what lies there, if it does; whatever hinders is logged."""
    for find in (work, permanent) if also_permanent else (work,):
        for path in paths:
            try:
                _remove(find(), path)
            except Exception:
                log.exception("A content could not be removed; `flask files sweep` tries again")


def _remove(where: Any, path: str) -> None:
    import obstore

    if where is None:
        return
    try:
        obstore.delete(where, path)
    except FileNotFoundError:
        return


def everything(where: Any) -> Iterator[Stored]:
    """Path, size and age of all that is stored there. Raises StorageAway."""
    import obstore

    try:
        for page in obstore.list(where):
            for each in page:
                yield each["path"], each["size"], each["last_modified"]
    except Exception as fault:
        log.exception("The storage of files does not tell what it holds")
        raise away() from fault


def remove_unfinished(before: datetime) -> None:
    """Remove what a process that was killed while it wrote left in the folder; S3 drops its own."""
    url = current_app.config["FILES_URL"]
    if not url.startswith("file:"):
        return
    # The store writes to a name with `#` first, and never lists it.
    for path in Path(_path_in(url)).glob("*/*#*"):
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)


def faults() -> list[str]:
    """What hinders the storages, each tried with a content of its own; every sentence says the way out."""
    settings, found = current_app.config, []
    for name in ("FILES_URL", "FILES_PERMANENT_URL"):
        if not settings[name]:
            continue
        try:
            _try(_opened(settings[name], settings["FILES_OPTIONS"]))
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

"""Idempotency-Key: a call that is sent twice is done once, and answered twice with the same bytes."""

import hashlib
import io
import re
from dataclasses import dataclass
from typing import Any

from flask import Response, g, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from backend.api.blueprint import blueprint
from backend.core import idempotency
from backend.core.errors import BadQuery, Problem, Refusal, SignInRequired
from backend.core.idempotency import HEADER
from backend.core.rights import Actor
from backend.core.transactions import begin_write
from backend.extensions import db

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# The header is a structured field: text in quotes; bare text is taken too.
KEY = re.compile(r'"?([!#-\[\]-~]{1,255})"?')
# Refusals of work that was begun. Others (400, 401, 413, 415, 429) say that nothing was tried, and 5xx are ours.
KEPT_REFUSALS = frozenset({403, 404, 409, 412, 422})
NOT_KEPT = frozenset({"Set-Cookie", "X-Request-Id"})
REPLAYED = "Idempotency-Replayed"
CALL, WATCHED = "repeats_call", "repeats_body"
CHUNK = 64 * 1024


class Hashed(io.RawIOBase):
    """A body that is hashed while it is read; the boundary of a form, made anew for each sending, left out."""

    def __init__(self, stream: Any, boundary: bytes = b"") -> None:
        self._stream, self._boundary, self._tail = stream, boundary, b""
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self._stream.read(len(buffer))
        self._take(found)
        buffer[: len(found)] = found
        return len(found)

    def readall(self) -> bytes:
        return b"".join(iter(lambda: self.read(CHUNK) or b"", b""))

    def digest(self) -> bytes:
        """The hash of the whole body, whoever has read how much of it."""
        while self.read(CHUNK):
            pass
        whole = self._hash.copy()
        whole.update(self._tail)
        return whole.digest()

    def _take(self, found: bytes) -> None:
        if not self._boundary:
            self._hash.update(found)
            return
        # A boundary may lie across two pieces: as much as could begin one waits for the next.
        *before, last = (self._tail + found).split(self._boundary)
        for piece in before:
            self._hash.update(piece)
        end = max(len(last) - len(self._boundary) + 1, 0)
        self._hash.update(last[:end])
        self._tail = last[end:]


@dataclass
class Call:
    """One call that came with a key."""

    user_id: int
    key: str
    account_id: int | None
    number: int | None = None

    def begin(self) -> Response | None:
        """The answer of an earlier call with the key, or None where this one is the first."""
        found = idempotency.claim(self.user_id, self.key)
        if isinstance(found, int):
            self.number = found
            return None
        status, headers, body = found.refuse_other(self.fingerprint())
        replayed: list[tuple[str, str]] = [(name, value) for name, value in headers]
        return Response(body, status, [*replayed, (REPLAYED, "true")])

    def keep(self, response: Response, *, secret: bool = False) -> None:
        """Keep the answer, in the transaction of the call; a secret's own words are never kept."""
        if self.number is None:
            return
        body = None if secret or response.is_streamed else response.get_data()
        headers = [[name, value] for name, value in response.headers if name not in NOT_KEPT]
        idempotency.keep(self.number, self.fingerprint(), response.status_code, headers, body)

    def keep_refusal(self, response: Response) -> None:
        """Keep a refusal: what was written is rolled back, the key with it, so it is taken anew."""
        if self.number is None or response.status_code not in KEPT_REFUSALS:
            return
        try:
            begin_write()
            found = idempotency.claim(self.user_id, self.key)
            self.number = found if isinstance(found, int) else None
            self.keep(response)
            db.session.commit()
        except (Refusal, HTTPException, DBAPIError):
            # The refusal stands without: the call may be sent again.
            db.session.rollback()

    def fingerprint(self) -> str:
        """What tells this call from others: method, address, account, kind and bytes of the body."""
        told = (request.method, request.full_path, str(self.account_id), request.mimetype)
        watched: Hashed | None = g.get(WATCHED)
        body = b"" if watched is None else watched.digest()
        return idempotency.fingerprint_of("\n".join(told).encode() + body)


@blueprint.url_value_preprocessor
def watch(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Hash the body of a call with a key from its first byte: a form is read before any view is asked."""
    if HEADER in request.headers and request.method not in SAFE:
        boundary = request.mimetype_params.get("boundary", "") if request.mimetype.startswith("multipart/") else ""
        watched = Hashed(request.stream, boundary.encode())
        setattr(g, WATCHED, watched)
        request.stream = watched  # type: ignore[assignment]  # it reads like one


def coming(actor: Actor) -> Call | None:
    """The call, where it came with a key. Raises BadQuery for an unfit key, SignInRequired for nobody's."""
    told = request.headers.get(HEADER)
    if told is None:
        return None
    found = KEY.fullmatch(told.strip())
    if found is None:
        said = f"{HEADER} is 1 to 255 visible ASCII characters without spaces or quotes, such as a UUID."
        raise BadQuery(Problem("bad_key", said, parameter=HEADER))
    if actor.user_id is None:
        said = f"An {HEADER} belongs to a user: sign in, or leave it out."
        raise SignInRequired(Problem("sign_in_required", said, parameter=HEADER))
    call = Call(actor.user_id, found[1], actor.account_id)
    setattr(g, CALL, call)
    return call


def keep_refusal(response: Response) -> None:
    """Keep a refusal of a call that came with a key, where work had begun."""
    call: Call | None = g.get(CALL)
    if call is not None:
        call.keep_refusal(response)

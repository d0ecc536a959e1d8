"""Refusals: what a reader is told, in words, with every fault at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from backend.core.languages import _


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that a problem speaks of: their resource, the first of them by id and title, the filter that finds all."""

    resource: str
    first: tuple[tuple[int, str], ...] = ()
    filter: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: a stable word, a sentence that says what to do, and where it is."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    rows: Rows | None = None

    @property
    def field(self) -> str:
        """The last step of the pointer: the field's own name, or an empty text."""
        return self.pointer.rsplit("/", 1)[-1] if self.pointer else ""


class Refusal(Exception):
    """An answer that is no: carries every problem; edges turn it into their own shape."""

    status: int = 400
    # In English, for programs: pages have headings of their own.
    title: str = "Bad request"
    # What an answer says beside its problems, such as the counts of an import.
    meta: dict[str, Any] | None = None
    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.detail for problem in problems))
        self.problems = problems

    @property
    def parts(self) -> tuple["Refusal", ...]:
        """The single refusals it is made of."""
        return (self,)


class BadQuery(Refusal):
    """The query string asks for something unknown or malformed (400)."""


class Malformed(Refusal):
    """The body cannot be read at all (400)."""


class SignInRequired(Refusal):
    """Nobody is signed in and the rule needs somebody (401)."""

    status, title = 401, "Not signed in"


class Forbidden(Refusal):
    """Known who asks, visible, not allowed (403)."""

    status, title = 403, "Not allowed"


class NotFound(Refusal):
    """Absent, or not visible to the actor: the same answer (404)."""

    status, title = 404, "Not found"


class NotOffered(Refusal):
    """No door does this with any row of the resource (405); `allowed` are the methods of this address."""

    status, title = 405, "Method not allowed"

    def __init__(self, problem: Problem, allowed: tuple[str, ...]) -> None:
        super().__init__(problem)
        self.headers = {"Allow": ", ".join(allowed)}


class Conflict(Refusal):
    """Something else stands in the way: a blocked delete, an undo over later changes (409)."""

    status, title = 409, "Conflict"


class Stale(Refusal):
    """The row was changed since the reader saw it (412)."""

    status, title = 412, "Changed meanwhile"


class WrongMediaType(Refusal):
    """The body's media type is not read here (415)."""

    status, title = 415, "Unsupported media type"


class NotAcceptable(Refusal):
    """None of the media types asked for can be answered (406)."""

    status, title = 406, "Not acceptable"


class StorageAway(Refusal):
    """The storage of files cannot be reached (503)."""

    status, title = 503, "Unavailable"


class StorageFull(Refusal):
    """The storage of files takes no more (507)."""

    status, title = 507, "No room left"


class Invalid(Refusal):
    """The values are not good (422)."""

    status, title = 422, "Invalid values"
    # Where several rows were given at once: what is wrong with which, by its place among them.
    by_place: dict[int, tuple[Problem, ...]] | None = None


class Several(Refusal):
    """Several refusals at once: their common status, or 400 where they differ (JSON:API 1.1)."""

    def __init__(self, *parts: Refusal) -> None:
        super().__init__(*(problem for part in parts for problem in part.problems))
        self._parts = parts
        if len({part.status for part in parts}) == 1:
            self.status, self.title = parts[0].status, parts[0].title

    @property
    def parts(self) -> tuple[Refusal, ...]:
        """The single refusals, in order."""
        return self._parts


class ValidationError(ValueError):
    """A model's own invariants do not hold: field name to sentences."""

    def __init__(self, faults: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(said)}" for name, said in faults.items()))
        self.faults = faults


def error_object(status: int, title: str, problem: Problem, request_id: str) -> dict[str, Any]:
    """A problem as JSON:API 1.1 writes an error."""
    error: dict[str, Any] = {"status": str(status), "code": problem.code, "title": title, "detail": problem.detail}
    if problem.pointer is not None:
        error["source"] = {"pointer": problem.pointer}
    elif problem.parameter is not None:
        error["source"] = {"parameter": problem.parameter}
    return {**error, "meta": {**problem.meta, "request_id": request_id}}


def not_found(label: str, id_: object) -> NotFound:
    """The one sentence for a row that is absent or not visible."""
    said = _("There is no %(label)s with the id %(id)s, or you may not see it.", label=label, id=id_)
    return NotFound(Problem("not_found", said))


def told_at(where: str, sentence: str) -> str:
    """A sentence that was said already, behind the name of the place it is about, which no language changes."""
    return f"{where}: {sentence}"


def invalid_field(name: str, detail: str, code: str = "invalid") -> Problem:
    """A problem at an attribute of the body."""
    return Problem(code, detail, pointer=f"/data/attributes/{name}")

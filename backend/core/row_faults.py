"""What is wrong with one of several rows, said with the row it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from backend.core.entry import Entry
from backend.core.errors import Problem
from backend.core.languages import _
from backend.core.rights import Actor
from backend.core.titles import titles


def named(entry: Entry, actor: Actor, problems: Sequence[Problem]) -> list[Problem]:
    """The problems, each that is about a row of the resource with what that is called; one query."""
    known = titles(entry, actor, {id_ for problem in problems if (id_ := _row(problem)) is not None})
    return [_named(problem, known) for problem in problems]


def about(id_: int, problems: Sequence[Problem]) -> list[Problem]:
    """The problems, each told to be about that row."""
    return [replace(problem, meta={**problem.meta, "id": str(id_)}) for problem in problems]


def _named(problem: Problem, known: Mapping[int, str]) -> Problem:
    title = known.get(_row(problem) or 0)
    if title is None or title in problem.detail:
        return problem
    return replace(problem, detail=_("%(label)s: %(value)s", label=title, value=problem.detail))


def _row(problem: Problem) -> int | None:
    # With a resource beside it, it is a row of another one, of which the sentence tells.
    return int(problem.meta["id"]) if "id" in problem.meta and "resource" not in problem.meta else None

"""What is wrong with one of several rows, said with the row it is about."""

from collections.abc import Sequence
from dataclasses import replace

from backend.admin.sentences import labelled
from backend.core.entry import Entry
from backend.core.errors import Problem
from backend.core.rights import Actor
from backend.core.titles import titles


def named(entry: Entry, actor: Actor, problems: Sequence[Problem]) -> list[Problem]:
    """The problems, each that names a row of the resource with what that is called; one query."""
    known = titles(entry, actor, {id_ for problem in problems if (id_ := _row(problem)) is not None})
    return [
        replace(problem, detail=labelled(known[id_], problem.detail))
        if (id_ := _row(problem)) is not None and id_ in known
        else problem
        for problem in problems
    ]


def _row(problem: Problem) -> int | None:
    # With a resource beside it, it is a row of another one, of which the sentence tells.
    return int(problem.meta["id"]) if "id" in problem.meta and "resource" not in problem.meta else None

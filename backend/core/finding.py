"""Rows by what they are called, for who may see them: the one engine behind every box in which a row is looked for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select

from backend.core import looking, tenancy
from backend.core.access import may
from backend.core.entry import Entry
from backend.core.looking import Subject
from backend.core.model import TENANT, Model, mapped_columns
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.spelling import Sought, sought
from backend.core.titles import title_of, titles
from backend.core.values import to_text
from backend.extensions import db

LONGEST_HINT = 80
# Who sees all accounts looks into the index of each of so many.
MOST_ACCOUNTS = 100


class Reach(NamedTuple):
    """How many rows of a resource are wanted, and how far they are looked for.

    Any part of a name is looked for among the `newest`; where each row must be asked, among the first of a `stretch` of
    an index, as also where a name is `led` by one of the words. Together some milliseconds, however large the table.
    """

    most: int
    newest: int
    stretch: int
    led: bool


ONE_RESOURCE, MANY_RESOURCES = Reach(10, 10_000, 1_000, led=True), Reach(6, 2_000, 300, led=False)


@dataclass(frozen=True)
class Candidate:
    """A row that may be meant: its id, what it is called, what tells namesakes apart, how well it fits."""

    id: int
    title: str
    hint: str
    rank: int = 0


@dataclass(frozen=True)
class Found:
    """The rows of one resource that may be meant, the best first.

    `is_cut` where there are more than were looked through, `by_index` where those were looked for by how they begin.
    """

    entry: Entry
    rows: Sequence[Candidate]
    is_cut: bool = False
    by_index: bool = False


def find(entry: Entry, actor: Actor, text: str, reach: Reach) -> Found:
    """The rows of a resource that may be meant by what was typed, only such as the actor may read."""
    return next(iter(find_in([entry], actor, text, reach)), Found(entry, ()))


def find_in(entries: Sequence[Entry], actor: Actor, text: str, reach: Reach) -> list[Found]:
    """The same in several resources, without those of which the actor may read nothing: one question each, and one."""
    told = sought(text)
    subjects = [looking.subject(entry, actor) for entry in entries if may(entry, actor, "read") is not False]
    ends = _ends(subjects, actor, reach) if told.number is None else dict.fromkeys(subjects)
    values: dict[str, Any] = {**told.values(), TENANT: actor.account_id or 0, "number": told.number}
    if any(ends.values()) and actor.sees_all:
        values["accounts"] = _accounts(subjects)
    return [_found(each, actor, told, reach, {**values, "end": ends[each]}) for each in subjects]


def _found(subject: Subject, actor: Actor, told: Sought, reach: Reach, values: Mapping[str, Any]) -> Found:
    end = values["end"]
    if told.words and told.number is None and not subject.names:
        return Found(subject.entry, ())
    shape = looking.shape(told, is_whole=end is None, most=reach.most, stretch=reach.stretch, led=reach.led)
    asked = looking.asked(subject, actor, shape)
    rows = {row[0]: row for row in tenancy.rows(asked.statement, alone=asked.is_alone, values=values)}
    names = _names_of_references(subject, actor, list(rows.values()))
    called = titles(subject.entry, actor, [*rows]) if subject.entry.title_parts else {}
    found = [_candidate(subject, row, told, names, called.get(row[0])) for row in rows.values()]
    # Of nothing typed, and too many rows to put them in order, the newest are shown.
    newest_first = not told.words and end is not None
    found.sort(key=lambda each: (each.rank, -each.id if newest_first else each.title.casefold(), each.id))
    is_cut = end is not None and bool(told.words) and len(found) < reach.most
    return Found(subject.entry, found[: reach.most], is_cut, bool(subject.begun))


def _candidate(
    subject: Subject, row: Sequence[Any], told: Sought, names: Mapping[str, Mapping[int, str]], called: str | None
) -> Candidate:
    values = dict(zip(subject.read, row[2:], strict=False))
    title = called or title_of(subject.entry, row[0], values.get(subject.title))
    hints = [names[name].get(row[place], "") for name, place in _places_of_references(subject) if name in names]
    hints += [to_text(values[name]).strip() for name in subject.told if name != subject.title]
    hint = " · ".join(filter(None, hints))
    rank = 0 if told.number or not told.words else _rank(told, [title, *(values[name] or "" for name in subject.names)])
    return Candidate(row[0], title, hint if len(hint) <= LONGEST_HINT else f"{hint[:LONGEST_HINT]}…", rank)


def _rank(told: Sought, texts: Sequence[str]) -> int:
    """How well names fit: the same, begun so, of words that begin so, or with it somewhere inside."""
    wanted, texts = told.text.casefold(), [text.casefold() for text in texts]
    if wanted in texts:
        return 0
    if any(text.startswith(wanted) for text in texts):
        return 1
    words = [re.compile(rf"(?<![^\W_]){re.escape(word.casefold())}") for word in told.words]
    return 2 if all(any(word.search(text) for text in texts) for word in words) else 3


def _places_of_references(subject: Subject) -> list[tuple[str, int]]:
    """The references among what tells rows apart, and where a selected row has them."""
    return [(name, 2 + len(subject.read) + place) for place, name in enumerate(subject.references)]


def _names_of_references(subject: Subject, actor: Actor, rows: Sequence[Any]) -> dict[str, Mapping[int, str]]:
    found: dict[str, Mapping[int, str]] = {}
    for name, place in _places_of_references(subject):
        if name in subject.entry.title_parts:
            continue
        target = registry.of(subject.entry.references[name].target)
        found[name] = titles(target, actor, {row[place] for row in rows} - {None}) if target else {}
    return found


def _ends(subjects: Sequence[Subject], actor: Actor, reach: Reach) -> dict[Subject, int | None]:
    """Of each, behind which row the newest begin; none where these are all: one question together."""
    if not subjects:
        return {}
    asked = _ends_statement(tuple((each.entry.model, each.is_own) for each in subjects))
    row = tenancy.rows(asked, alone=True, values={TENANT: actor.account_id or 0, "newest": reach.newest})[0]
    return dict(zip(subjects, row, strict=True))


@lru_cache(maxsize=256)
def _ends_statement(models: tuple[tuple[type[Model], bool], ...]) -> Select[Any]:
    parts = []
    for model, is_own in models:
        end: Any = select(model.id).order_by(model.id.desc()).offset(bindparam("newest")).limit(1)
        if is_own:
            end = end.where(model.account_id == bindparam(TENANT))  # type: ignore[attr-defined]  # it has one
        parts.append(end.scalar_subquery())
    return select(*parts)


def _accounts(subjects: Sequence[Subject]) -> list[int]:
    """The first accounts, for who sees all of them."""
    owned = next((each.entry.model for each in subjects if TENANT in mapped_columns(each.entry.model)), None)
    if owned is None:
        return []
    key: Any = next(iter(mapped_columns(owned)[TENANT].foreign_keys)).column
    return list(db.session.execute(select(key).order_by(key).limit(MOST_ACCOUNTS)).scalars())

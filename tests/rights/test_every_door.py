"""What one may not see is absent at every door: no answer tells it, none tells worlds apart that differ in it."""

from collections import Counter
from typing import Any

import pytest
from flask import Flask

from tests.callers import Keys
from tests.rights.doors import knocks
from tests.rights.knocking import Knock
from tests.rights.worlds import ONE, OTHER, Secrets, World, plain, world

Answered = list[tuple[Knock, int, str]]
# Doors behind which there is something to tell: whoever may see it is told.
TELLING = (
    "list item views fields filter sort search include related linkage file selections history undo trash as_of export "
    "import write pages forms actions check"
).split()


def answers(app: Flask, keys: dict[str, Keys], who: str, secrets: Secrets, most: int = 1000) -> Answered:
    """Every door of one world, asked by one person, so many times at most."""
    asked: Counter[str] = Counter()
    with world(app, keys, secrets) as made:
        found = []
        for knock in knocks(made):
            asked[knock.door] += 1
            if asked[knock.door] <= most:
                found.append((knock, *answer(made, who, knock)))
        return found


def answer(made: World, who: str, knock: Knock) -> tuple[int, str]:
    given: Any
    if knock.is_page:
        visitor = made.visitor(who)
        given = visitor.submit("/logout", knock.body, at=knock.path) if knock.body else visitor.get(knock.path)
    else:
        body = {"data": knock.body} if isinstance(knock.body, str) else {"body": knock.body}
        given = made.caller(who).send(knock.method, knock.path, headers=knock.headers, **body)
    return given.status_code, plain(given.get_data(as_text=True))


@pytest.fixture(scope="module")
def editors(seeded_app: Flask, keys: dict[str, Keys]) -> list[Answered]:
    """What an editor is answered in either world."""
    return [answers(seeded_app, keys, "eli", secrets) for secrets in (ONE, OTHER)]


@pytest.fixture(scope="module")
def administrators(seeded_app: Flask, keys: dict[str, Keys]) -> list[Answered]:
    """What the administrator is answered in either world."""
    return [answers(seeded_app, keys, "ada", secrets, most=32) for secrets in (ONE, OTHER)]


def test_no_door_tells_a_secret(editors: list[Answered]) -> None:
    told = [
        f"{knock} -> {status}"
        for secrets, answered in zip((ONE, OTHER), editors, strict=True)
        for knock, status, text in answered
        # What was asked may be said again.
        if secrets.mark in text and secrets.mark not in str(knock)
    ]
    assert told == []


def test_no_answer_depends_on_a_secret(editors: list[Answered]) -> None:
    apart = [
        f"{knock} -> {status} or {other}: {first_difference(text, others)}"
        for (knock, status, text), (_knock, other, others) in zip(*editors, strict=True)
        if (status, text) != (other, others)
    ]
    assert apart == []


def first_difference(one: str, other: str) -> str:
    """Where two answers part, and what stands there."""
    alike = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    place = max(alike - 60, 0)
    return f"…{one[place : place + 160]}… or …{other[place : place + 160]}…"


def test_no_guess_is_an_error_of_ours(editors: list[Answered], administrators: list[Answered]) -> None:
    everything = [each for answered in (*editors, *administrators) for each in answered]
    assert [str(knock) for knock, status, _text in everything if status >= 500] == []


def test_every_door_tells_who_may_see(administrators: list[Answered]) -> None:
    apart = Counter(
        knock.door
        for (knock, status, text), (_knock, other, others) in zip(*administrators, strict=True)
        if (status, text) != (other, others)
    )
    assert [door for door in TELLING if not apart[door]] == []

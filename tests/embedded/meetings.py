"""Meetings as callers write them, and the people they name."""

from copy import deepcopy
from typing import Any

from flask import Flask

from backend.core import writes
from backend.core.registry import registry
from backend.core.rights import system
from tests.callers import Caller
from tests.work import working_as

PATH = "/agenda_meetings"
FAIR: dict[str, Any] = {
    "name": "Spring fair",
    "event": {"start_date": "2026-03-01T09:00:00Z", "location": "Ghent"},
    "hall": {"name": "Great hall", "seats": 200},
    "contents": [
        {"locale": "nl", "title": "Lentebeurs", "summary": "Alles, en meer"},
        {"locale": "en", "title": "Spring fair"},
    ],
    "steps": [{"text": "Open the doors", "due": "2026-03-01"}, {"text": "Close them"}],
}


def people(app: Flask, *names: str, account_id: int = 1, is_shy: bool = False) -> list[str]:
    """The ids of new people of the account."""
    entry = registry.get("agenda_people")
    assert entry is not None
    with working_as(app, system("test", account_id)):
        return [
            str(writes.create(entry, system("test", account_id), {"name": name, "is_shy": is_shy}).id) for name in names
        ]


def fair(person: str, **other: Any) -> dict[str, Any]:
    """A whole meeting with one speaker."""
    return {**deepcopy(FAIR), "speakers": [{"person": person, "fee": "100.00"}], **other}


def create(caller: Caller, values: dict[str, Any]) -> Any:
    """The answer's item."""
    answer = caller.post(PATH, values)
    assert answer.status_code == 201, answer.text
    return answer.get_json()["data"]


def item(caller: Caller, id_: str) -> Any:
    """The attributes as they stand."""
    answer = caller.get(f"{PATH}/{id_}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()["data"]["attributes"]


def faults(answer: Any) -> dict[str, str]:
    """Place → sentence, of a refusal."""
    assert answer.status_code == 422, answer.text
    return {
        each["source"]["pointer"].removeprefix("/data/attributes/"): each["detail"]
        for each in answer.get_json()["errors"]
    }

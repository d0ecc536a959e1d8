"""Rows of the library, made through the API, and what is asked of them."""

from typing import Any

from werkzeug.test import TestResponse

from tests.callers import Caller


def make(caller: Caller, key: str, **values: Any) -> str:
    """A new row of `library_<key>`; its id."""
    answer = caller.post(f"/library_{key}", values)
    assert answer.status_code == 201, answer.json
    return str(answer.get_json()["data"]["id"])


def linked(caller: Caller, key: str, id_: str, name: str) -> Any:
    """What the reference of the row holds: an id, None, or ids."""
    data = caller.get(f"/library_{key}/{id_}").get_json()["data"]["relationships"][name]["data"]
    if isinstance(data, list):
        return [each["id"] for each in data]
    return data and data["id"]


def version(caller: Caller, key: str, id_: str) -> int:
    """The version of the row."""
    return int(caller.get(f"/library_{key}/{id_}").headers["ETag"].strip('"'))


def undo(caller: Caller, answer: TestResponse) -> TestResponse:
    """Take back what the answer told of."""
    return caller.post(f"/change_sets/{answer.get_json()['meta']['change_set']}/_undo")


def codes(answer: TestResponse) -> list[str]:
    """The codes of the answer's errors."""
    return [error["code"] for error in answer.get_json()["errors"]]

"""What the documents say is there: every path, command, make target and address they name."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask
from flask_migrate.cli import db
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from tests.house.sources import ROOT

DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("**/*.md")])
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^|\s)(?:\$ )?(?:\S*/)?flask (?:--app \S+ )?([a-z][a-z-]*(?: [a-z][a-z-]*)*)")
TARGET = re.compile(r"(?:^|\s)make ([a-z]+)")
PLACES = "api/v1|admin|login|logout|healthz|readyz"
ADDRESS = re.compile(rf"(?<![\w/.])(?:http://(?:127\.0\.0\.1|localhost):\d+)?(/(?:{PLACES})[\w/.<>{{}}-]*)")
# What a run makes under `instance` is named before it is there.
MADE = "instance"
ROOTS = tuple(f"{path.name}/" for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", MADE)))
PLACEHOLDERS = {
    "resource": "products",
    "type": "products",
    "key": "products",
    "id": "1",
    "action": "x",
    "selection": "x",
}


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.name)
def text(request: pytest.FixtureRequest) -> str:
    return Path(request.param).read_text(encoding="utf-8")


def code_in(text: str) -> Iterator[str]:
    """What stands in the type of a machine: between marks, and every line of a block."""
    blocks = FENCE.findall(text)
    yield from (line for block in blocks for line in block.splitlines())
    yield from CODE.findall(FENCE.sub("", text))


def test_every_path_named_exists(text: str) -> None:
    made_here = set(re.findall(r"^`([\w/.]+)`\n\n```", text, re.MULTILINE))
    named = {each.strip().split("#")[0] for each in code_in(text) if each.strip().startswith(ROOTS)}
    plain = {each for each in named if re.fullmatch(r"[\w/.-]+", each) and each not in made_here}
    assert {each for each in plain if not is_there(each, made_here)} == set()


def is_there(path: str, made_here: set[str]) -> bool:
    """In the project, or among what the document itself has the reader make."""
    folders = {str(Path(each).parent) for each in made_here}
    return (
        (ROOT / path).exists() or path.startswith(tuple(f"{each}/" for each in folders)) or path.rstrip("/") in folders
    )


def test_every_command_named_is_one(text: str, seeded_app: Flask) -> None:
    named = {match for each in code_in(text) for match in COMMAND.findall(each)}
    assert {each for each in named if not is_command(seeded_app.cli, each.split())} == set()


def is_command(group: click.Group, words: list[str]) -> bool:
    """Whether the first words lead to a command; what follows are its arguments."""
    if words[0] in ("run", "shell", "routes"):
        return True
    found = db if words[0] == "db" else group.get_command(click.Context(group), words[0])
    if isinstance(found, click.Group) and len(words) > 1:
        return is_command(found, words[1:])
    return found is not None


def test_every_make_target_named_is_one(text: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {match for each in code_in(text) for match in TARGET.findall(each)} <= targets


def test_every_address_named_is_answered(text: str, seeded_app: Flask) -> None:
    named = {match for each in code_in(text) for match in ADDRESS.findall(each) if not is_made_here(text, match)}
    assert {each for each in named if not is_routed(seeded_app, filled_in(each))} == set()


def is_made_here(text: str, address: str) -> bool:
    """An address of a resource that the reader is about to declare."""
    return any(f"/{key}" in address for key in re.findall(r'__tablename__ = "(\w+)"', text))


def filled_in(address: str) -> str:
    return re.sub(r"[<{](?:\w+:)?(\w+)[>}]", lambda name: PLACEHOLDERS.get(name[1], "1"), address)


def is_routed(app: Flask, address: str) -> bool:
    urls = app.url_map.bind("")
    try:
        urls.match(address)
    except (MethodNotAllowed, RequestRedirect):
        return True
    except NotFound:
        beginning = address.rstrip("/") + "/"
        return any(rule.rule.startswith(beginning) for rule in app.url_map.iter_rules())
    return True

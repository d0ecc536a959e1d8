"""The law of files: what goes out and comes back changes nothing – every resource, every format."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from backend.core import modules, writes
from backend.core.entry import Entry
from backend.core.errors import NotFound
from backend.core.links import lists_by_name
from backend.core.paths import entry_at
from backend.core.registry import registry
from backend.core.rights import Actor, system
from backend.core.transfer import FORMATS, Export, Import
from tests.contracts.samples import make
from tests.transfer.working import CLERK, out, run
from tests.work import forgetting, working_as

list(modules.parts("resources"))
ALL = sorted(registry.all(), key=lambda entry: entry.key)
IN_FILES = [entry for entry in ALL if not {"create", "update"} & entry.resource.without]
NOT_IN_FILES = [entry for entry in ALL if entry not in IN_FILES]


def actor_of(entry: Entry) -> Actor:
    return CLERK if "account_id" in entry.mapper.columns else system("test")


def fill(app: Flask, entry: Entry) -> None:
    """Three rows, whose lists of links hold one, two and three."""
    with working_as(app, CLERK):
        for number in range(1, 4):
            row = make(entry, 1)
            lists = {
                name: [make(entry_at(each), 1).id for _each in range(number)]
                for name, each in lists_by_name(entry).items()
                if not each.read_only and "update" not in entry.resource.without
            }
            if lists:
                writes.update(entry, CLERK, row, lists)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("entry", IN_FILES, ids=lambda entry: entry.key)
def test_what_goes_out_changes_nothing_when_it_comes_back(app: Flask, entry: Entry, format_: str) -> None:
    fill(app, entry)
    actor = actor_of(entry)
    data = out(app, entry.key, actor, format_)
    result = run(app, entry.key, data, actor, format_)
    assert ([fault.reason for fault in result.errors], result.created, result.changed) == ([], 0, 0)
    assert result.unchanged == result.rows >= 3
    assert out(app, entry.key, actor, format_) == data


@pytest.mark.parametrize("entry", NOT_IN_FILES, ids=lambda entry: entry.key)
def test_what_is_never_made_by_hand_goes_out_and_does_not_come_in(app: Flask, entry: Entry) -> None:
    fill(app, entry)
    data = out(app, entry.key, actor_of(entry))
    with pytest.raises(NotFound):
        run(app, entry.key, data, actor_of(entry))


@pytest.fixture(scope="module")
def filled(server_app: Flask) -> Iterator[Flask]:
    """On a database server, with a few rows of everything."""
    with forgetting(server_app):
        for entry in IN_FILES:
            fill(server_app, entry)
        yield server_app


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_on_servers(filled: Flask, format_: str) -> None:
    found: dict[str, Any] = {}
    for entry in IN_FILES:
        actor = actor_of(entry)
        with working_as(filled, actor, "import"):
            data = b"".join(Export(entry, actor).write(format_))
            result = Import(entry, actor).run(io.BytesIO(data), format_)
            found[entry.key] = result.created, result.changed, [fault.reason for fault in result.errors]
    assert found == dict.fromkeys(found, (0, 0, []))

"""Export, delete, restore, export: the same to the byte, on every database and for everything that can go along."""

from datetime import timedelta

import pytest
from flask import Flask

from backend.core import trash
from backend.core.changes import RowChange
from backend.core.rights import system
from backend.core.types import utc_now
from backend.extensions import db
from tests.files.pictures import in_json, picture
from tests.trash.conftest import World
from tests.work import working_as

GONE = ("Purged", "Gone for good", "Burnt")

# What is deleted, and how many rows come back and are set back.
DELETED = {
    "library_authors ada": (6, 2),
    "library_authors tom": (264, 0),
    "library_racks hall": (3, 264),
    "library_books one": (3, 1),
    "library_books many": (261, 0),
    "library_tags new": (1, 3),
    "library_covers cover": (1, 0),
    "agenda_meetings meeting": (1, 0),
    "artworks work": (1, 0),
}


@pytest.mark.parametrize("which", DELETED)
def test_what_is_deleted_and_restored_exports_the_same_to_the_byte(world: World, which: str) -> None:
    resource, name = which.split()
    before, path = world.exports(), f"/{resource}/{world.ids[name]}"
    answer = world.caller.delete(path)
    assert answer.status_code == 200, answer.text
    assert world.exports() != before
    answer = world.caller.post(f"/{resource}/_trash/{world.ids[name]}/_restore")
    assert answer.status_code == 200, answer.text
    created, changed = DELETED[which]
    assert answer.get_json()["meta"]["counts"] == {"deleted": 0, "changed": changed, "created": created}
    assert differing(world.exports(), before) == set()


def test_a_restore_is_undone_and_done_again(world: World) -> None:
    before, path = world.exports(), f"/library_authors/{world.ids['ada']}"
    world.caller.delete(path)
    without = world.exports()
    restored = world.caller.post(f"/library_authors/_trash/{world.ids['ada']}/_restore").get_json()
    undone = world.caller.post(f"/change_sets/{restored['meta']['change_set']}/_undo")
    assert undone.status_code == 200, undone.text
    assert differing(world.exports(), without) == set()
    again = world.caller.post(f"/change_sets/{undone.get_json()['data']['id']}/_undo")
    assert again.status_code == 200, again.text
    assert differing(world.exports(), before) == set()


def test_what_is_purged_is_gone_for_good(world: World, live_app: Flask) -> None:
    author = world.make("library_authors", name="Purged")
    book = world.make("library_books", title="Gone for good", author=author)
    work = world.make("artworks", name="Burnt", picture=in_json(picture()), caption="Ash")
    world.caller.delete(f"/library_authors/{author}")
    world.caller.delete(f"/artworks/{work}")
    before, soon = world.exports(), utc_now() + timedelta(seconds=5)
    with working_as(live_app, system("test")):
        due = trash.due(soon)
        batches = list(trash.purge(soon))
        assert (sum(batch.rows for batch in batches), trash.due(soon)) == (due, 0)
        held = db.session.query(RowChange.before).filter(
            RowChange.resource.like("library_%") | RowChange.resource.like("art%")
        )
        assert not [image for (image,) in held if image and image.get("title", image.get("name")) in GONE]
    assert due >= 3
    assert world.caller.post(f"/library_authors/_trash/{author}/_restore").status_code == 404
    told = world.caller.get(f"/library_books/{book}/_history").get_json()["data"][0]["attributes"]
    assert (told["verb"], told["erased"]) == ("delete", True)
    assert differing(world.exports(), before) == set()


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> set[str]:
    """Which of the exports are not the same."""
    return {name for name in {*one, *other} if one.get(name) != other.get(name)}

"""Export, delete, restore, export: the same to the byte, on every database and for everything that can go along."""

import pytest

from tests.trash.conftest import World

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


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> set[str]:
    """Which of the exports are not the same."""
    return {name for name in {*one, *other} if one.get(name) != other.get(name)}

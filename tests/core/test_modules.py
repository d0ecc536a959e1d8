"""The business is found folder by folder, and seeded in the order it needs."""

from types import ModuleType
from typing import Any

import pytest

from backend.core import modules


def named(**after: tuple[str, ...]) -> Any:
    """Stand-ins for the seeds of modules of those names, with what each waits for."""
    made = []
    for name, waits in after.items():
        module = ModuleType(f"backend.modules.{name}.seed")
        module.AFTER = waits  # type: ignore[attr-defined]  # as a seed says it
        made.append(module)
    return lambda _step: iter(made)


def order(monkeypatch: pytest.MonkeyPatch, **after: tuple[str, ...]) -> list[str]:
    monkeypatch.setattr(modules, "parts", named(**after))
    return [module.__name__.split(".")[2] for module in modules.in_order("seed")]


def test_folders_are_found_in_alphabetical_order() -> None:
    assert modules.names() == sorted(modules.names())
    assert {"backend.modules.catalogue", "backend.modules.identity"} <= set(modules.names())


def test_only_those_that_have_the_file_are_given() -> None:
    assert [module.__name__ for module in modules.parts("signals")] == [
        "backend.modules.catalogue.signals",
        "backend.modules.identity.signals",
    ]
    assert list(modules.parts("nothing")) == []


def test_people_come_before_what_belongs_to_their_accounts() -> None:
    names = [module.__name__ for module in modules.in_order("seed")]
    assert names.index("backend.modules.identity.seed") < names.index("backend.modules.catalogue.seed")


def test_each_comes_after_those_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert order(monkeypatch, a=("c",), b=("a",), c=(), d=()) == ["c", "d", "a", "b"]


def test_a_module_that_was_deleted_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert order(monkeypatch, a=("gone",), b=("a", "gone")) == ["a", "b"]


def test_those_that_wait_for_each_other_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError, match=r"a, b wait for each other in AFTER"):
        order(monkeypatch, a=("b",), b=("a",), c=())

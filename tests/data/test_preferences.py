"""What is remembered for one user: read in one question, replaced, forgotten, never another's."""

from typing import Any

import pytest

from backend.core import preferences
from backend.core.errors import Invalid, SignInRequired
from backend.core.rights import Actor, anonymous
from tests.work import statements

ADA, ELI = Actor("ada", user_id=2, account_id=1), Actor("eli", user_id=3, account_id=1)


@pytest.fixture(autouse=True)
def working(as_system: None) -> None:
    """Within a unit of work."""


@pytest.mark.parametrize("value", [["name", "price"], "dense", True, 7, {"sku": "Code"}, []])
def test_what_was_remembered_is_recalled_as_it_was(value: Any) -> None:
    preferences.remember(ADA, "list:products", value)
    assert preferences.recall(ADA, "list:products") == {"list:products": value}


def test_the_last_word_counts() -> None:
    for value in ("dense", "wide"):
        preferences.remember(ADA, "density", value)
    assert preferences.recall(ADA, "density") == {"density": "wide"}


def test_several_are_one_question_and_what_never_was_is_absent() -> None:
    preferences.remember(ADA, "a", 1)
    preferences.remember(ADA, "b", 2)
    with statements() as sent:
        assert preferences.recall(ADA, "a", "b", "c") == {"a": 1, "b": 2}
    assert len(sent) == 1


def test_nobody_recalls_another_s() -> None:
    preferences.remember(ADA, "a", 1)
    assert preferences.recall(ELI, "a") == {}
    preferences.forget(ELI, "a")
    assert preferences.recall(ADA, "a") == {"a": 1}
    preferences.forget(ADA, "a")
    assert preferences.recall(ADA, "a") == {}


def test_for_nobody_nothing_is_remembered() -> None:
    assert preferences.recall(anonymous(1), "a") == {}
    with pytest.raises(SignInRequired):
        preferences.remember(anonymous(1), "a", 1)


def test_too_much_is_refused() -> None:
    with pytest.raises(Invalid, match="too much"):
        preferences.remember(ADA, "a", "x" * 10_000)

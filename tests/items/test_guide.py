"""The examples of the page on Python, run one after the other as a reader types them."""

import doctest
import re
from collections.abc import Iterator

import pytest
from flask import Flask

from backend.core import CurrentUser, current_user_is
from backend.core.items import Item, Items
from tests.house.sources import ROOT

GUIDE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```pycon\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
METHODS = {"new", "set", "create", "load", "reload", "save", "delete", "select"}


@pytest.fixture
def shell(app: Flask) -> Iterator[None]:
    """What a shell gives: the application, nobody asking yet."""
    with app.app_context():
        yield
    current_user_is(CurrentUser)


@pytest.mark.usefixtures("shell")
def test_every_example_of_the_guide_says_the_truth() -> None:
    examples = doctest.DocTestParser().get_doctest("\n".join(BLOCKS), {}, "docs/python.md", "docs/python.md", 0)
    assert len(examples.examples) >= 25
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF | doctest.ELLIPSIS)
    runner.run(examples, out=told.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(told)


def test_the_guide_names_every_method_and_refusal() -> None:
    assert {name for name in METHODS if f".{name}(" not in GUIDE} == set()
    assert all(hasattr(Item, name) or hasattr(Items, name) for name in METHODS)

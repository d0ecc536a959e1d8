"""The page that names the words of a declaration names all of them, and none that is gone."""

import dataclasses
import re

import pytest

import backend.core as vocabulary
from backend.core import resource
from backend.core.resource import EVENTS
from tests.house.sources import ROOT

PAGE = (ROOT / "docs" / "declarations.md").read_text(encoding="utf-8")
CODE = re.findall(r"```.*?```|`[^`\n]+`", PAGE, re.DOTALL)
NAMED = set(re.findall(r"\w+", " ".join(CODE)))
DECLARED = ("Resource", "Field", "Choices", "Input", "Reference", "Group", "Children", "Action", "Selection", "View")
# Told where they are used, by their docstrings.
ELSEWHERE = {"AccountConfined", "FileValue", "work_as"}


@pytest.mark.parametrize("name", DECLARED)
def test_every_word_of_a_declaration_is_explained(name: str) -> None:
    words = {each.name for each in dataclasses.fields(getattr(resource, name)) if not each.name.startswith("_")}
    assert words - NAMED == set()


def test_the_public_vocabulary_is_explained() -> None:
    assert set(vocabulary.__all__) - NAMED - ELSEWHERE == set()


def test_every_event_is_named() -> None:
    assert set(EVENTS) <= NAMED

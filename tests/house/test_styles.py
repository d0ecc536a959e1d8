"""Style sheets: they know where a line begins and ends, not left and right, so that pages mirror by themselves."""

import re

import pytest

from tests.house.sources import ROOT

SHEETS = sorted((ROOT / "backend/admin/static/css").glob("*.css"))
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# A property of one side, a keyword for one, and four values of which the second and the fourth differ.
SIDE = re.compile(r"(?<![-\w])(?:[a-z]+-)*(?:left|right)(?:-[a-z]+)*\s*:|:\s*(?:left|right)\b")
FOUR = re.compile(r"(?:^|[{;\s])((?:padding|margin|inset|border-(?:width|color|style|radius)):[^;}]*)")
VALUE = re.compile(r"(?:[^\s()]|\([^)]*\))+")


def sides(style: str) -> list[str]:
    """What in a style sheet says left or right."""
    bare = COMMENT.sub("", style)
    return [found[0].strip() for found in SIDE.finditer(bare)] + [each for each in FOUR.findall(bare) if _differ(each)]


def _differ(declaration: str) -> bool:
    """Whether the two sides of what has four values are not the same."""
    name, _, told = declaration.partition(":")
    values = VALUE.findall(told)
    if len(values) != 4:
        return False
    # Corners go round from the first, so that two beside each other lie on either side; edges lie two apart.
    return values[0] != values[1] or values[2] != values[3] if name == "border-radius" else values[1] != values[3]


def test_no_style_sheet_says_left_or_right() -> None:
    assert len(SHEETS) > 5
    assert {sheet.name: found for sheet in SHEETS if (found := sides(sheet.read_text()))} == {}


@pytest.mark.parametrize(
    "style",
    [
        "a { margin-left: 1rem }", "a { left: 0 }", "a { text-align: right }", "a { float: left }",
        "a { border-right: 0; color: red }", "a { padding: 1px 2px 3px 4px }", "a { border-radius: 0 2px 2px 0 }",
        "a { border-top-left-radius: 2px }",
    ],
)  # fmt: skip
def test_what_says_left_or_right_is_found(style: str) -> None:
    assert sides(style)


def test_what_is_the_same_on_both_sides_is_none_of_it() -> None:
    assert not sides(
        "a { margin-inline: 0 1rem; padding: 1px var(--s2) 3px var(--s2); text-align: start } /* left: 0 */"
    )

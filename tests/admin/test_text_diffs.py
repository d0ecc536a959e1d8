"""Long texts in the history: only what differs, in both."""

import pytest

from backend.admin.text_diffs import differing

WORDS = "Solid oak, oiled twice by hand and delivered in three boxes; assembled on request. "


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("short", "shorter", ("short", "shorter")),
        ("", WORDS, ("", WORDS)),
        (WORDS, "", (WORDS, "")),
        (f"{WORDS * 3}24", f"{WORDS * 3}25", ("…assembled on request. 24", "…assembled on request. 25")),
        (f"One {WORDS * 3}", f"Two {WORDS * 3}", ("One Solid oak, oiled twice…", "Two Solid oak, oiled twice…")),
        (
            f"{WORDS}Red.{WORDS}",
            f"{WORDS}{WORDS}",
            ("…assembled on request. Red.Solid oak, oiled twice…", "…assembled on request. Solid oak, oiled twice…"),
        ),
        ("a" * 100, "a" * 101, (f"…{'a' * 24}", f"…{'a' * 25}")),
    ],
)
def test_what_is_alike_is_left_out(before: str, after: str, told: tuple[str, str]) -> None:
    assert differing(before, after) == told


def test_words_that_repeat_are_not_counted_twice() -> None:
    before, after = differing("na " * 40, "na " * 41)
    assert after.count("na") - before.count("na") == 1

"""An organisation as it was in two months, made up: units in a tree, people, and who belonged where."""

import csv
import io
from collections.abc import Sequence

PEOPLE, UNITS = 90, 30
Rows = list[list[str]]


def units() -> bytes:
    """A forest, each unit told before the one it is part of."""
    rows = [
        [f"U{number}", f"Unit {number}, übrig", "house", f"U{number // 3}" if number else "",
         "(202) 225-0000" if number % 4 else "", "=1 Long Street; Room 2", "https://example.org/" if number % 5 else ""]
        for number in range(UNITS)
    ]  # fmt: skip
    return table(["code", "name", "kind", "parent", "phone", "address", "url"], rows[::-1])


def staff() -> bytes:
    """People, some without a name."""
    rows = [[f"P{number:04}", f"Person {number} Ö" if number % 7 else ""] for number in range(PEOPLE)]
    return table(["employee_id", "full_name"], rows)


def march() -> Rows:
    """Who belongs where, on which side, in which place."""
    return [
        [f"U{(number * unit) % UNITS}", f"P{number:04}", "majority" if number % 2 else "minority", str(number % 9 + 1),
         "Chair" if number % 9 == 0 else ""]
        for number in range(PEOPLE)
        for unit in (1, 7)
        if unit == 1 or (number * 7) % UNITS != number % UNITS
    ]  # fmt: skip


def april() -> Rows:
    """A month later: five left, seven came, eleven have another place."""
    rows = [list(row) for row in march()[5:]]
    for row in rows[:11]:
        row[3] = str(int(row[3]) + 10)
    held = {tuple(row[:2]) for row in march()}
    free = [[f"U{unit}", f"P{person:04}"] for unit in range(UNITS) for person in range(9)]
    return rows + [[*pair, "majority", "99", "New"] for pair in free if tuple(pair) not in held][:7]


def memberships(rows: Rows) -> bytes:
    """Memberships as a file."""
    return table(["unit", "person", "side", "rank", "title"], rows)


def table(header: Sequence[str], rows: Rows) -> bytes:
    """A file in CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()

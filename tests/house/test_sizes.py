"""Files and functions stay small enough to be read in one go."""

from pathlib import Path
from statistics import quantiles

from tests.house.sources import ROOT, files, functions

LONGEST_FILE, LONGEST_FUNCTION = 400, 50


def lengths_of_files() -> dict[str, int]:
    others = (path.relative_to(ROOT) for folder in ("tests", "bench") for path in (ROOT / folder).rglob("*.py"))
    ours = [*files(), Path("config.py"), Path("settings.py"), *others]
    return {str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in ours}


def lengths_of_functions() -> dict[str, int]:
    return {
        f"{path}:{each.lineno} {each.name}": (each.end_lineno or 0) - each.lineno + 1
        for path, tree in files().items()
        for each in functions(tree)
    }


def test_no_file_is_too_long() -> None:
    assert {path: number for path, number in lengths_of_files().items() if number > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    assert {name: number for name, number in lengths_of_functions().items() if number > LONGEST_FUNCTION} == {}


def test_most_files_and_functions_are_short() -> None:
    assert quantiles(lengths_of_files().values(), n=10)[8] <= 250
    assert quantiles(lengths_of_functions().values(), n=10)[8] <= 25

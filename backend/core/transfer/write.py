"""Rows into files: which formats there are, and who writes them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from backend.core.transfer.formats import csv_files, json_files

FORMATS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "yaml": "application/yaml",
}
# Formats that hold objects and lists as such; in the others an object is several columns.
NESTED = frozenset({"json", "yaml"})
Row = Sequence[Any]


def _spreadsheet(names: Sequence[str], kinds: Sequence[str], chunks: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    from backend.core.transfer.formats import xlsx_files

    return xlsx_files.write(names, kinds, chunks)


def _yaml(names: Sequence[str], kinds: Sequence[str], chunks: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    from backend.core.transfer.formats import yaml_files

    return yaml_files.write(names, kinds, chunks)


WRITERS: dict[str, Callable[[Sequence[str], Sequence[str], Iterable[Sequence[Row]]], Iterator[bytes]]] = {
    "csv": csv_files.write, "xlsx": _spreadsheet, "json": json_files.write, "yaml": _yaml,
}  # fmt: skip

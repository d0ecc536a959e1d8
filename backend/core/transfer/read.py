"""Files into tables: what format a file is in, and who reads it."""

from collections.abc import Callable
from typing import IO

from backend.core.errors import Malformed, Problem
from backend.core.languages import _
from backend.core.transfer.formats import json_files
from backend.core.transfer.formats.csv_files import CsvTable
from backend.core.transfer.formats.tables import Table

CSV, XLSX, JSON, YAML = "csv", "xlsx", "json", "yaml"
ENDINGS = {".csv": CSV, ".xlsx": XLSX, ".json": JSON, ".yaml": YAML, ".yml": YAML}
TYPES = {"csv": CSV, "vnd.openxmlformats-officedocument.spreadsheetml.sheet": XLSX, "json": JSON,
         "yaml": YAML, "x-yaml": YAML}  # fmt: skip
PIECE = 1 << 16


def _yaml(stream: IO[bytes]) -> Table:
    from backend.core.transfer.formats import yaml_files

    return yaml_files.read(stream)


_READERS: dict[str, Callable[[IO[bytes]], Table]] = {CSV: CsvTable, JSON: json_files.read, YAML: _yaml}


def table(stream: IO[bytes], format_: str, sheet: str = "") -> Table:
    """The file as a table, to be closed; `stream` can be read again from its beginning. Raises Malformed.

    Of a spreadsheet one sheet may be named; other formats have none.
    """
    stream.seek(0)
    while not (piece := stream.read(PIECE)).strip():
        if not piece:
            said = _("The file is empty: it needs a row of column names, or a list of objects.")
            raise Malformed(Problem("empty_file", said))
    stream.seek(0)
    if format_ == XLSX:
        return _spreadsheet(stream, sheet)
    if sheet:
        raise Malformed(Problem("no_sheet", _("Only a spreadsheet (.xlsx) has sheets: name none.")))
    return _READERS[format_](stream)


def sheets(stream: IO[bytes], format_: str) -> list[str]:
    """The sheets of a spreadsheet that people see, also where the one that is asked for cannot be read."""
    if format_ != XLSX:
        return []
    from backend.core.transfer.formats.xlsx_tables import sheet_names

    return sheet_names(stream)


def _spreadsheet(stream: IO[bytes], sheet: str) -> Table:
    from backend.core.transfer.formats.xlsx_tables import XlsxTable

    return XlsxTable(stream, sheet)


def format_of(name: str, media_type: str, beginning: bytes) -> str:
    """`csv`, `xlsx`, `json` or `yaml`: by the file's name, its media type, or how it begins."""
    for ending, known in ENDINGS.items():
        if name.lower().endswith(ending):
            return known
    for type_, known in TYPES.items():
        if media_type.endswith(f"/{type_}"):
            return known
    if beginning.startswith(b"PK\x03\x04"):
        return XLSX
    begun = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if begun[:1] == b"[":
        return JSON
    return YAML if begun.startswith((b"- ", b"-\n", b"---", b"%YAML")) else CSV

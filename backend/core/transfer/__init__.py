"""Files in and out: CSV, XLSX, JSON and YAML, rows told apart by their natural key, every bad row and column named."""

from backend.core.transfer.columns import Options, guess_columns
from backend.core.transfer.export import Export
from backend.core.transfer.formats.tables import Fault
from backend.core.transfer.imports import Import, Rejected, Result
from backend.core.transfer.read import format_of
from backend.core.transfer.rejects import Rejects
from backend.core.transfer.write import FORMATS

__all__ = [
    "FORMATS",
    "Export",
    "Fault",
    "Import",
    "Options",
    "Rejected",
    "Rejects",
    "Result",
    "format_of",
    "guess_columns",
]

"""Files in and out: CSV and JSON, rows told apart by their natural key, every bad row and column named."""

from backend.core.transfer.columns import Options, guess_columns
from backend.core.transfer.export import FORMATS, Export
from backend.core.transfer.imports import Import, Rejected, Result
from backend.core.transfer.read import Fault, format_of

__all__ = ["FORMATS", "Export", "Fault", "Import", "Options", "Rejected", "Result", "format_of", "guess_columns"]

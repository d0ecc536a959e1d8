"""A file among what an action takes."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from backend.core.files.reading import file_of
from backend.core.files.types import fault_of
from backend.core.files.value import FileValue


class FileInput(fields.Field[FileValue]):
    """A field of an action's schema that holds a file: `FileInput(required=True, mime_types=("image/png",))`."""

    def __init__(self, *, mime_types: tuple[str, ...] = (), max_size: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.mime_types, self.max_size = mime_types, max_size

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_options: Any) -> FileValue:
        try:
            found = file_of(value)
        except ValueError as fault:
            raise ValidationError(str(fault)) from None
        if sentence := fault_of(found, self.mime_types, self.max_size):
            raise ValidationError(sentence)
        return found

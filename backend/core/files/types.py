"""The column types of files."""

from typing import Any

from sqlalchemy.engine import Dialect

from backend.core.files.value import NOT_HERE, FileValue, StandingFile
from backend.core.formats import KILO, size
from backend.core.languages import _
from backend.core.types import Json


class FileColumn(Json):
    """What both kinds of file share: the types they take, by content, and the largest size in bytes."""

    cache_ok = True
    inline = False

    def __init__(self, mime_types: tuple[str, ...] = (), max_size: int | None = None, permanent: bool = False) -> None:
        super().__init__()
        self.mime_types, self.max_size, self.permanent = tuple(mime_types), max_size, permanent

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The metadata as JSON; what is no file yet is refused before this."""
        return value.image(inline=self.inline) if isinstance(value, FileValue) else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The file a row holds."""
        return None if value is None else FileValue.of_image(value)

    def fault(self, value: Any) -> str | None:
        """Why this column does not take the file, or None."""
        # What stands was judged when it came.
        return None if isinstance(value, StandingFile) else fault_of(value, self.mime_types, self.max_size)


class File(FileColumn):
    """A file whose content lies at the storage; with `permanent`, a second copy at the permanent one."""

    cache_ok = True


class BlobFile(FileColumn):
    """A small file kept in the row itself."""

    cache_ok = True
    inline = True

    def __init__(self, mime_types: tuple[str, ...] = (), max_size: int = 8 * KILO) -> None:
        super().__init__(mime_types, max_size)


FileValue.associate_with(FileColumn)


def fault_of(value: Any, mime_types: tuple[str, ...], max_size: int | None) -> str | None:
    """Why the file is not taken where these are the limits, or None."""
    if not isinstance(value, FileValue):
        return _("This must be a file.")
    if isinstance(value, StandingFile):
        return _(NOT_HERE)
    if max_size is not None and value.size > max_size:
        told, most = size(value.size), size(max_size)
        return _("This file has %(size)s; at most %(most)s are taken here.", size=told, most=most)
    if mime_types and not any(_fits(value.content_type, each) for each in mime_types):
        told, allowed = value.content_type, ", ".join(mime_types)
        return _("By its content this is %(told)s; allowed here: %(allowed)s.", told=told, allowed=allowed)
    return value.fault


def _fits(content_type: str, allowed: str) -> bool:
    return content_type == allowed or (allowed.endswith("/*") and content_type.startswith(allowed[:-1]))

"""A file out of what a caller sends: text as it is, `base64:…`, an object with a name, or a part of a form."""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from backend.core.files.value import FileValue, StandingFile, Upload
from backend.core.languages import _, later

MARK = "base64:"
# What an item tells of a file it has: sent back, it stays.
TOLD = frozenset({"filename", "content_type", "size", "href"})
FORMS = later('A file is text, "base64:…", or {"filename": "…", "content": "base64:…"}.')


def file_of(given: Any) -> FileValue:
    """The file, judged. Raises ValueError with the sentence to show."""
    if isinstance(given, FileValue):
        return given
    if isinstance(given, bytes):
        return FileValue(given)
    if isinstance(given, Upload):
        return FileValue.of_upload(given)
    if isinstance(given, str):
        return FileValue(_content(given))
    if isinstance(given, Mapping) and given.keys() <= TOLD and isinstance(given.get("href"), str):
        return StandingFile(given["href"])
    if not isinstance(given, Mapping) or not given.keys() <= {"filename", "content"}:
        raise ValueError(_(FORMS))
    name, content = given.get("filename", ""), given.get("content")
    if not isinstance(name, str) or not isinstance(content, str):
        raise ValueError(_(FORMS))  # noqa: TRY004 - one fault for every form that is none
    return FileValue(_content(content), name)


def _content(text: str) -> bytes:
    if not text.startswith(MARK):
        return text.encode("utf-8", "replace")
    try:
        return b64decode("".join(text[len(MARK) :].split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(_("What follows base64: is not base64.")) from None


def portable(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON can hold them: what was sent as a part of a form, as it would stand in a document."""
    return {
        name: _told(file_of(each)) if isinstance(each, (Upload, FileValue)) else each for name, each in values.items()
    }


def _told(value: FileValue) -> dict[str, str]:
    return {"filename": value.filename, "content": MARK + b64encode(value.get_content()).decode()}

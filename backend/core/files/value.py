"""The value of a file column: what is known of a file, and its content when it is asked for."""

import hashlib
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from sqlalchemy.ext.mutable import Mutable
from sqlalchemy.orm.attributes import flag_modified

from backend.core.files import store
from backend.core.files.judging import CHUNK, ending_of, judge
from backend.core.files.names import clean
from backend.core.languages import _, later


@dataclass(frozen=True)
class Upload:
    """Content on its way in: a stream, in memory or spooled to disk, and the name its sender gives it."""

    stream: IO[bytes]
    filename: str = ""


class FileValue(Mutable):
    """A file: `filename content_type size file_id`. Its content never changes: a new one is a new `file_id`."""

    def __init__(self, content: bytes | None = None, filename: str = "") -> None:
        self._filename = clean(filename)
        self.file_id = self.content_type = self.sha256 = ""
        self.size = 0
        self.upload: Upload | None = None
        # The content itself, of a file that is kept in its row.
        self.inline: bytes | None = None
        # Why it is refused everywhere, if it is.
        self.fault: str | None = None
        # Where in its item it was read, where that is inside of what is embedded: `event.picture`.
        self.place = ""
        if content is not None:
            self._take(Upload(BytesIO(content), filename))

    def __repr__(self) -> str:
        return f"<FileValue {self.filename!r} {self.content_type} {self.size}>"

    def __eq__(self, other: object) -> bool:
        # The same content under the same name is no change.
        return isinstance(other, FileValue) and self._same() == other._same()

    def __hash__(self) -> int:
        return hash(self._same())

    def _same(self) -> tuple[str, str, str]:
        return self.filename, self.content_type, self.sha256

    @classmethod
    def coerce(cls, key: str, value: Any) -> "FileValue | None":
        """What a column takes: a file, bytes, or None. Raises ValueError for anything else."""
        if isinstance(value, StandingFile):
            raise ValueError(f"{key}: {_(NOT_HERE)}")  # noqa: TRY004 - a fault of the value, told at its field
        if value is None or isinstance(value, FileValue):
            return value
        if isinstance(value, (bytes, bytearray)):
            return cls(bytes(value))
        raise ValueError(f"{key}: A file is set as bytes or as a FileValue.")

    @classmethod
    def of_upload(cls, upload: Upload) -> "FileValue":
        """A file of what was sent, judged."""
        made = cls(None, upload.filename)
        made._take(upload)
        return made

    @classmethod
    def of_image(cls, image: Mapping[str, Any]) -> "FileValue":
        """A file as a row or the history holds it."""
        made = cls()
        made._filename = image["filename"]
        made.file_id, made.content_type = image["file_id"], image["content_type"]
        made.size, made.sha256 = image["size"], image["sha256"]
        made.inline = b64decode(image["content"]) if "content" in image else None
        return made

    @property
    def filename(self) -> str:
        """What it is called; a file sent without a name is called after its type."""
        return self._filename or f"file.{ending_of(self.content_type)}"

    @filename.setter
    def filename(self, name: str) -> None:
        before = self.copy()
        self._filename = clean(name)
        self._tell(before)

    def set_content(self, content: bytes) -> None:
        """Hold another content; the file in the storage is not touched, this becomes a new one."""
        before = self.copy()
        self._take(Upload(BytesIO(content), self._filename))
        self._tell(before)

    set = set_content

    def get_content(self) -> bytes:
        """The whole content. Raises FileNotFoundError where the storage has lost it."""
        if self.inline is not None:
            return self.inline
        if self.upload is not None:
            self.upload.stream.seek(0)
            return self.upload.stream.read()
        return b"".join(store.read(self.file_id))

    def image(self, *, inline: bool | None = None) -> dict[str, Any]:
        """As a row and the history hold it; the content is part of it where the column keeps it in the row."""
        if inline and self.inline is None:
            self.inline = self.get_content()
        found = {"file_id": self.file_id, **self.shown(), "sha256": self.sha256}
        if self.inline is not None and inline is not False:
            found["content"] = b64encode(self.inline).decode()
        return found

    def shown(self) -> dict[str, Any]:
        """As readers are told of it."""
        return {"filename": self.filename, "content_type": self.content_type, "size": self.size}

    def _take(self, upload: Upload) -> None:
        digest, size = hashlib.sha256(), 0
        upload.stream.seek(0)
        while chunk := upload.stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
        judged = judge(upload.stream, self._filename)
        self.file_id, self.upload, self.inline = secrets.token_hex(16), upload, None
        self.size, self.sha256 = size, digest.hexdigest()
        self.content_type, self.fault = judged.content_type, judged.fault

    def copy(self) -> "FileValue":
        """The same file, held by no row."""
        made = FileValue()
        made.__dict__.update({name: value for name, value in self.__dict__.items() if name != "_parents"})
        return made

    def _tell(self, before: "FileValue") -> None:
        """Let the rows that hold it know, and what they held: the history is told by that."""
        for state, key in list(self._parents.items()):
            row = state.obj()
            if row is not None:
                known = key in state.committed_state
                kept = state.committed_state.get(key)
                flag_modified(row, key)
                state.committed_state[key] = kept if known else before


NOT_HERE = later("This is told as a file the item has, but it has no such file here: send the content.")


class StandingFile(FileValue):
    """A file that is not sent but stays: named as the item told it, or left out of an entry of a list.

    Which one that is, is found where the row is known; until then no row holds it.
    """

    def __init__(self, href: str = "") -> None:
        super().__init__()
        self.href = href


def shown(image: Any) -> Any:
    """A file of the history as readers are told of it: neither its content nor where it lies."""
    if not isinstance(image, Mapping):
        return image
    return {name: image.get(name) for name in ("filename", "content_type", "size")}

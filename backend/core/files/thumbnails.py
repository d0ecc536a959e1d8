"""Pictures made small: once, kept beside the content, without anything but the picture."""

from io import BytesIO
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import IO

from backend.core.errors import NotFound, Problem, StorageAway, StorageFull
from backend.core.files import store
from backend.core.files.judging import PICTURES, open_picture
from backend.core.files.value import FileValue
from backend.core.languages import _

SIZES = (48, 96, 200, 400)
TYPE, KIND = "image/webp", "webp"
IN_MEMORY = 4 * 1024 * 1024
# What can be made small as it is.
SMOOTH = ("L", "LA", "RGB", "RGBA", "CMYK")
UNPACKING = Lock()


def has_thumbnail(content_type: str) -> bool:
    """Whether it is a picture we can read."""
    return content_type in PICTURES


def thumbnail(value: FileValue, size: int) -> bytes:
    """The picture within a square of that many pixels, as WebP. Raises NotFound for what is no picture."""
    if not has_thumbnail(value.content_type):
        said = _("%(name)s is no picture of which a small one can be made.", name=value.filename)
        raise NotFound(Problem("not_found", said))
    variant = f"{size}.{KIND}"
    if value.inline is None:
        try:
            return b"".join(store.read(value.file_id, variant=variant))
        except FileNotFoundError:
            pass
    made = _made(value, size)
    if value.inline is None:
        _keep(value.file_id, made, variant)
    return made


def _keep(file_id: str, made: bytes, variant: str) -> None:
    try:
        store.write(file_id, made, variant)
    except (StorageFull, StorageAway):
        # It is made again the next time; the storage has logged what hinders.
        return


def _made(value: FileValue, size: int) -> bytes:
    # Where it is used: it loads codecs.
    from PIL import ImageOps

    # A picture takes hundreds of megabytes while it is unpacked: one of them at a time.
    with SpooledTemporaryFile(IN_MEMORY) as content, UNPACKING:
        _fill(content, value)
        picture = open_picture(content, PICTURES[value.content_type])
        try:
            picture.draft("RGB", (size, size))
            # Made small first: everything after it is cheap.
            picture = picture if picture.mode in SMOOTH else picture.convert("RGBA")
            picture.thumbnail((size, size))
            small = ImageOps.exif_transpose(picture)
            small = small.convert("RGBA" if small.has_transparency_data else "RGB")
        except (AttributeError, OSError, SyntaxError, ValueError):
            said = _("%(name)s is damaged: no small picture can be made of it.", name=value.filename)
            raise NotFound(Problem("not_found", said)) from None
    # What was written into the picture beside itself stays behind.
    small.info.clear()
    made = BytesIO()
    small.save(made, KIND, quality=80)
    return made.getvalue()


def _fill(content: IO[bytes], value: FileValue) -> None:
    pieces = [value.inline] if value.inline is not None else store.read(value.file_id)
    for piece in pieces:
        content.write(piece)
    content.seek(0)

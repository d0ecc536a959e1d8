"""Style sheets and the like: kept in memory, addressed by their content, cached for ever.

The sheets below `css/` are served as one, in order of their names; every script below `js/` is on every page.
"""

from functools import lru_cache
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path

from flask import Flask, Response, abort

FOLDER = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
SHOWN_DIGITS = 12
SHEET = "kontor.css"


def install(app: Flask) -> None:
    """Serve the files."""
    app.add_url_rule("/static/<digest>/<name>", "static_files", serve)
    if app.debug:
        # Whoever works on a style sheet sees the change with the next load.
        app.before_request(_files.cache_clear)


def address(name: str) -> str:
    """Where the file is, its content's hash in the path: a new content is a new address."""
    return f"/static/{_files()[name][0]}/{name}"


def scripts() -> list[str]:
    """Where the scripts are; each asks first whether the page needs it."""
    return [address(name) for name in _files() if name.endswith(".js")]


def serve(digest: str, name: str) -> Response:
    """One file; a hash of another content is a 404, so that no cache keeps the wrong one."""
    found = _files().get(name)
    if found is None or found[0] != digest:
        abort(404)
    mimetype = guess_type(name)[0] or "application/octet-stream"
    response = Response(found[1], mimetype=mimetype)
    response.headers.update({"Cache-Control": FOR_EVER, "X-Content-Type-Options": "nosniff"})
    return response


@lru_cache(maxsize=1)
def _files() -> dict[str, tuple[str, bytes]]:
    contents = {path.name: path.read_bytes() for path in sorted((*FOLDER.glob("*.*"), *FOLDER.glob("js/*.js")))}
    contents[SHEET] = b"".join(path.read_bytes() for path in sorted(FOLDER.glob("css/*.css")))
    return {name: (sha256(content).hexdigest()[:SHOWN_DIGITS], content) for name, content in contents.items()}

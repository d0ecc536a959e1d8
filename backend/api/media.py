"""Media types: which bodies are read, which answers may be given."""

from collections.abc import Mapping
from typing import Any
from urllib.request import parse_http_list

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header

from backend.core.errors import Malformed, NotAcceptable, Problem, WrongMediaType
from backend.core.json import loads

JSON_API, JSON = "application/vnd.api+json", "application/json"
MERGE_PATCH, JSON_PATCH = "application/merge-patch+json", "application/json-patch+json"
ATOMIC = "https://jsonapi.org/ext/atomic"
ATOMIC_MEDIA = f'{JSON_API}; ext="{ATOMIC}"'
# The content of a file: it is what it is, whatever the caller would rather have.
ANYTHING: tuple[str, ...] = ()
NONE: frozenset[str] = frozenset()
# JSON is read in memory, parts of a form go to the disk: MAX_UPLOAD_MB may say more for them.
MOST_JSON = 64 * 1024 * 1024


def refuse_too_large() -> None:
    """Raise RequestEntityTooLarge where the body says that it is, before anything else is said of it."""
    most = request.max_content_length
    if most is not None and (request.content_length or 0) > most:
        raise RequestEntityTooLarge


def refuse_unacceptable(offered: tuple[str, ...], extensions: frozenset[str] = NONE) -> None:
    """Raise NotAcceptable where the caller takes none of our media types."""
    accept = request.headers.get("Accept")
    if (
        offered is ANYTHING
        or not accept
        or "*/*" in accept
        or accept in (JSON_API, JSON)
        or accept.startswith("text/html")
    ):
        return
    if any(_takes(*parse_options_header(part), (*offered, JSON), extensions) for part in parse_http_list(accept)):
        return
    raise NotAcceptable(Problem("not_acceptable", f"This address answers {offered[0]}.", parameter="Accept"))


def _takes(media: str, options: Mapping[str, str], offered: tuple[str, ...], extensions: frozenset[str]) -> bool:
    """Whether one instance of the header takes one of the media types; JSON:API 1.1 says what its parameters may be."""
    if options.get("q", "1").strip("0.") == "":
        return False
    if media.lower() == JSON_API:
        return JSON_API in offered and _is_known(options, extensions)
    return any(media.lower() in (offer, f"{offer.split('/')[0]}/*") for offer in offered)


def _is_known(options: Mapping[str, str], extensions: frozenset[str]) -> bool:
    strange = options.keys() - {"ext", "profile", "q"}
    return not strange and extensions.issuperset(options.get("ext", "").split())


def body_type(*accepted: str, extensions: frozenset[str] = NONE) -> str:
    """The media type of the body. Raises WrongMediaType where it is none of `accepted`."""
    told = request.mimetype
    if told in accepted and (told != JSON_API or _is_known(request.mimetype_params, extensions)):
        return told
    said = f"{told or 'A body without a media type'} is not read here: send {' or '.join(accepted)}."
    if told == JSON_API and told in accepted:
        known = " or ".join(f'ext="{each}"' for each in sorted(extensions)) or "no `ext`"
        said = f"{JSON_API} takes {known} and no other parameter than `profile` here."
    raise WrongMediaType(Problem("wrong_media_type", said))


def json_body() -> Any:
    """The body as JSON. Raises Malformed, and RequestEntityTooLarge for what only parts of a form may be."""
    most = request.max_content_length
    request.max_content_length = MOST_JSON if most is None else min(most, MOST_JSON)
    return loads(request.get_data(cache=False))


def json_object() -> dict[str, Any]:
    """The body as one JSON object. Raises Malformed."""
    found = json_body()
    if not isinstance(found, dict):
        raise Malformed(Problem("malformed", "The body must be a JSON object."))
    return found

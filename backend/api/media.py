"""Media types: which bodies are read, which answers may be given."""

from typing import Any

from flask import request

from backend.core.errors import Malformed, NotAcceptable, Problem, WrongMediaType
from backend.core.json import loads

JSON_API, JSON = "application/vnd.api+json", "application/json"
MERGE_PATCH, JSON_PATCH = "application/merge-patch+json", "application/json-patch+json"


def refuse_unacceptable(offered: tuple[str, ...]) -> None:
    """Raise NotAcceptable where the caller takes none of our media types."""
    accept = request.headers.get("Accept")
    if not accept or "*/*" in accept or accept in (JSON_API, JSON) or accept.startswith("text/html"):
        return
    types = request.accept_mimetypes
    if any(types[offer] for offer in (*offered, JSON)) and not _only_with_parameters(accept):
        return
    raise NotAcceptable(Problem("not_acceptable", f"This address answers {offered[0]}.", parameter="Accept"))


def _only_with_parameters(accept: str) -> bool:
    """JSON:API 1.1: 406 where every instance of the media type has parameters other than ext and profile."""
    instances = [part for part in accept.split(",") if JSON_API in part]
    others = [part for part in accept.split(",") if JSON_API not in part]
    return bool(instances) and not others and all(_strange(part) for part in instances)


def _strange(part: str) -> bool:
    names = {piece.split("=")[0].strip() for piece in part.split(";")[1:]}
    return bool(names - {"profile", "q"})


def body_type(*accepted: str) -> str:
    """The media type of the body. Raises WrongMediaType where it is none of `accepted`."""
    told = request.mimetype
    if told in accepted and not (told == JSON_API and "ext" in request.mimetype_params):
        return told
    said = f"{told or 'A body without a media type'} is not read here: send {' or '.join(accepted)}."
    raise WrongMediaType(Problem("wrong_media_type", said))


def json_body() -> Any:
    """The body as JSON. Raises Malformed."""
    return loads(request.get_data(cache=False))


def json_object() -> dict[str, Any]:
    """The body as one JSON object. Raises Malformed."""
    found = json_body()
    if not isinstance(found, dict):
        raise Malformed(Problem("malformed", "The body must be a JSON object."))
    return found

"""Which other sites a browser may call the API from: the listed ones, with a token and never with our cookie."""

from flask import Flask, Response, current_app, request

from backend.api.blueprint import PREFIX

METHODS = "GET, POST, PATCH, PUT, DELETE"
HEADERS = "Authorization, Content-Type, If-Match, Idempotency-Key, Kontor-Account, Prefer"
EXPOSED = "ETag, Idempotency-Replayed, Location, Preference-Applied, Retry-After, X-Request-Id"
DAY = "86400"


def install(app: Flask) -> None:
    """Answer the listed origins; without any there is nothing to do on a request."""
    if app.config["CORS_ORIGINS"]:
        app.before_request(_preflight)
        app.after_request(_allow)


def _listed() -> str | None:
    origin = request.headers.get("Origin")
    return origin if request.path.startswith(PREFIX) and origin in current_app.config["CORS_ORIGINS"] else None


def _preflight() -> Response | None:
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers or _listed() is None:
        return None
    allowed = {"Access-Control-Allow-Methods": METHODS, "Access-Control-Allow-Headers": HEADERS}
    return Response(status=204, headers={**allowed, "Access-Control-Max-Age": DAY})


def _allow(response: Response) -> Response:
    if not request.path.startswith(PREFIX):
        return response
    response.vary.add("Origin")
    if origin := _listed():
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
    return response

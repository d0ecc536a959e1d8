"""What every page says to the browser: nothing from elsewhere, nothing kept, nothing framed."""

import secrets

from flask import Flask, Response, g, request

from backend.admin.navigation import PREFIX

# Pictures only from here: one from elsewhere would tell its host who looks at which row. They are shown as links.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
PAGE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def install(app: Flask) -> None:
    """Give every page its headers; what a view set itself stays."""
    app.after_request(protect)
    app.jinja_env.globals["csp_nonce"] = nonce


def nonce() -> str:
    """The word that lets this page's own scripts run, new with every answer."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def protect(response: Response) -> Response:
    """Add the headers of a page to whatever is one, or answers one: below the prefix all is somebody's own."""
    if response.mimetype == "text/html" or request.path.startswith(f"{PREFIX}/"):
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce()))
        for name, value in PAGE.items():
            headers.setdefault(name, value)
    return response

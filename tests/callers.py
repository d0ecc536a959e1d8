"""Those who call in tests: programs with a token, people with a session."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

API = "/api/v1"
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Keys:
    """What opens the doors to one person."""

    token: str
    cookie: tuple[str, str]


class Caller:
    """A program that calls the API with a bearer token, or without."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self.client = app.test_client(use_cookies=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        """One call; `path` is below /api/v1, a `body` goes as JSON unless `data` is given."""
        headers = {**self.headers, **options.pop("headers", {})}
        if body is not None:
            options["json"] = body
        # What is streamed is read and closed here, not by whoever collects what a test has forgotten.
        options.setdefault("buffered", True)
        return self.client.open(f"{API}{path}", method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        """Read."""
        return self.send("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        """Create, or do."""
        return self.send("POST", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        """Change."""
        return self.send("PATCH", path, body, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        """Delete."""
        return self.send("DELETE", path, **options)


class Visitor:
    """A person with a browser's session cookie; forms are sent as the page has them."""

    def __init__(self, app: Flask, cookie: tuple[str, str] | None) -> None:
        self.client = app.test_client()
        if cookie:
            self.client.set_cookie(*cookie)

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, **options)

    def submit(self, path: str, values: dict[str, Any], at: str | None = None, **options: Any) -> TestResponse:
        """Fill in the form of the page `path` and send it to `at`, the page itself unless told."""
        found = CSRF.search(self.client.get(path).text)
        token = {"csrf_token": found[1]} if found else {}
        return self.client.post(at or path, data={**token, **values}, **options)


def sign_in(app: Flask, email: str, password: str) -> Keys:
    """A token by the API and a session by the sign-in page."""
    answer = app.test_client().post(f"{API}/auth/login", data={"username": email, "password": password})
    browser = Visitor(app, None)
    browser.submit("/login", {"username": email, "password": password})
    cookies: Any = browser.client._cookies  # noqa: SLF001 - the only way to all of them
    cookie = next(iter(cookies.values()))
    return Keys(answer.get_json()["access_token"], (cookie.key, cookie.value))

"""A walk through every page somebody can reach by links and by the forms that ask."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from werkzeug.test import TestResponse

from backend.core import modules
from backend.core.registry import registry
from tests.callers import Visitor

# Pages that differ only in a number or in what they are told are alike: some of each are walked.
ALIKE = 1
# A page told more than this is looked at, but nothing behind it.
MOST_TOLD = 1
# Files take their time and have tests of their own.
SKIPPED = re.compile(r"/static/|/logout|.*/export\.|/api/").match
list(modules.parts("resources"))
OF_THE_TESTS = tuple(
    f"/admin/{entry.key}/" for entry in registry.all() if not entry.model.__module__.startswith("backend.")
)


class Ways(HTMLParser):
    """Where a page leads: its links, and its forms that ask, filled in as they are."""

    def __init__(self, here: str) -> None:
        super().__init__()
        self.here = here
        self.found: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self.is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in ("a", "link", "img") and (told.get("href") or told.get("src")):
            self.found.append(urljoin(self.here, told.get("href") or told["src"]))
        elif tag == "form":
            self.forms.append(
                {
                    "method": told.get("method", "get"),
                    "action": told.get("action", self.here),
                    "with": {},
                    "buttons": [],
                }
            )
            self.select, self.is_inside = "", True
        elif self.is_inside:
            self._fill(tag, told)

    def handle_endtag(self, tag: str) -> None:
        self.is_inside = self.is_inside and tag != "form"

    def _fill(self, tag: str, told: dict[str, str]) -> None:
        values, name = self.forms[-1]["with"], told.get("name", "")
        if tag == "input" and name and (told.get("type") not in ("checkbox", "radio") or "checked" in told):
            values[name] = told.get("value", "")
        elif tag == "button" and name:
            self.forms[-1]["buttons"].append({name: told.get("value", "")})
        elif tag == "select":
            self.select = name
        elif tag == "option" and (self.select not in values or "selected" in told):
            values[self.select] = told.get("value", "")

    def all(self) -> Iterator[str]:
        """Every address, without its place on the page."""
        for form in self.forms:
            if form["method"].lower() == "get":
                action = urlsplit(urljoin(self.here, form["action"]))
                # A form with named buttons is never sent without one of them.
                for pressed in form["buttons"] or [{}]:
                    yield f"{action.path}?{urlencode({**form['with'], **pressed})}"
        for address in self.found:
            parts = urlsplit(address)
            if not parts.netloc and not parts.scheme:
                yield parts.path + (f"?{parts.query}" if parts.query else "")


def kind(address: str) -> str:
    """What addresses that are alike have in common."""
    parts = urlsplit(address)
    names = sorted(re.sub(r"\[.*", "", name) for name, _value in parse_qsl(parts.query, keep_blank_values=True))
    return re.sub(r"\d+", "N", parts.path) + "?" + "&".join(dict.fromkeys(names))


def walk(visitor: Visitor) -> Iterator[tuple[str, str, TestResponse]]:
    """Where each address was found, the address, and what it answered; some of those that are alike."""
    waiting, walked = [("/admin/", "")], {"/admin/"}
    alike: dict[str, int] = {}
    while waiting:
        address, source = waiting.pop()
        answer = visitor.get(address, buffered=True)
        yield source, address, answer
        for each in _behind(address, answer):
            same = kind(each)
            if each in walked or SKIPPED(each) or each.startswith(OF_THE_TESTS) or alike.get(same, 0) >= ALIKE:
                continue
            walked.add(each)
            alike[same] = alike.get(same, 0) + 1
            waiting.append((each, address))


def _behind(address: str, answer: TestResponse) -> Iterator[str]:
    if answer.status_code in (301, 302, 303):
        yield urlsplit(urljoin(address, answer.headers["Location"])).geturl()
    elif answer.mimetype == "text/html" and len(parse_qsl(urlsplit(address).query)) <= MOST_TOLD:
        ways = Ways(address)
        ways.feed(answer.text)
        yield from ways.all()

"""Pages as a reader sees them: their rows, their links, their words."""

import re
from html import unescape

TAG = re.compile(r"<[^>]*>")
ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
LINK = re.compile(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
TOAST = re.compile(r'class="toast".*?<form method="post" action="([^"]+)"')
MAIN = re.compile(r"<main.*</main>", re.DOTALL)


def rows(page: str) -> list[list[str]]:
    """The cells of every row of the page's tables, as text."""
    found = [[words(cell) for cell in CELL.findall(row)] for row in ROW.findall(page)]
    return [row for row in found if row]


def words(html: str) -> str:
    """The text of a piece of a page."""
    return " ".join(unescape(TAG.sub(" ", html)).split())


def main(page: str) -> str:
    """The text of the page without what surrounds it."""
    found = MAIN.search(page)
    assert found
    return words(found[0])


def links(page: str) -> dict[str, str]:
    """Where the page's links lead, by their words; the first of several wins."""
    return {words(text): unescape(href) for href, text in reversed(LINK.findall(page))}


def undo_at(page: str) -> str:
    """Where the page's last notice takes back what was done, by one click."""
    found = TOAST.search(page)
    assert found
    return unescape(found[1])

"""`make screenshots`: every page in light and dark at three widths, and one sheet that shows them all."""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import click
from PIL import Image
from playwright.sync_api import Browser, Error

from tests.browser.pages import Place, every_place
from tests.browser.site import Site, furnish, serving
from tests.browser.tabs import launched, tabs, visit

WIDTHS, THEMES, HEIGHT = (360, 768, 1280), ("light", "dark"), 900
# What the README shows: the page, and in which theme.
PICTURES = (("list-filtered", "light"), ("item-changed", "light"), ("import-plan", "light"), ("home", "dark"))
LARGEST, QUALITIES = 80_000, (85, 70, 55, 40)
TALLEST = 12_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures; how many pages could not be taken."""
    told = _told(arguments)
    told.to.mkdir(parents=True, exist_ok=True)
    begun, failed = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as site, launched() as browser:
        places = [place for place in every_place(furnish(site.app)) if told.only in place.name]
        if told.readme:
            _pictures(browser, site, places, told.to)
        else:
            failed = _all(browser, site, places, told.to)
            (told.to / "index.html").write_text(_sheet(places))
    click.echo(
        f"{len(places)} pages in {time.monotonic() - begun:.0f} s: {told.to}/{'' if told.readme else 'index.html'}"
    )
    return failed


def _told(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Take pictures of every page.")
    parser.add_argument("--to", type=Path, default=Path("instance/screenshots"), help="the folder they go to")
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--readme", action="store_true", help="take the few pictures of the README, small")
    return parser.parse_args(arguments)


def _all(browser: Browser, site: Site, places: Sequence[Place], to: Path) -> int:
    failed = 0
    for tab, theirs in tabs(browser, site, places):
        for place in theirs:
            try:
                visit(tab, place)
                _take(tab, to, place)
            except Error as fault:
                failed += 1
                click.echo(f"{place.name} ({place.address}): {fault.message.splitlines()[0]}", err=True)
    return failed


def _take(tab: Any, to: Path, place: Place) -> None:
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": HEIGHT})
        tall = min(tab.evaluate("document.documentElement.scrollHeight"), TALLEST)
        area = {"x": 0, "y": 0, "width": width, "height": max(tall, HEIGHT)}
        for theme in THEMES:
            tab.emulate_media(color_scheme=theme)
            tab.screenshot(path=to / _name(place, theme, width), full_page=True, clip=area)


def _name(place: Place, theme: str, width: int) -> str:
    return f"{place.name}-{theme}-{width}.png"


def _pictures(browser: Browser, site: Site, places: Sequence[Place], to: Path) -> None:
    by_name = {place.name: place for place in places}
    wanted = [(by_name[name], theme) for name, theme in PICTURES if name in by_name]
    for tab, theirs in tabs(
        browser, site, [place for place, _theme in wanted], viewport={"width": 1280, "height": 800}
    ):
        for place in theirs:
            tab.emulate_media(color_scheme=next(theme for each, theme in wanted if each is place))
            visit(tab, place)
            (to / f"{place.name}.webp").write_bytes(_small(tab.screenshot()))


def _small(taken: bytes) -> bytes:
    """The picture as WebP, as good as fits."""
    picture = Image.open(BytesIO(taken))
    for quality in QUALITIES:
        kept = BytesIO()
        picture.save(kept, "WEBP", quality=quality, method=6)
        if len(kept.getvalue()) <= LARGEST:
            break
    return kept.getvalue()


def _sheet(places: Sequence[Place]) -> str:
    """One page with every picture, small, each a link to itself."""
    links = " ".join(f'<a href="#{place.name}">{escape(place.name)}</a>' for place in places)
    return f"{SHEET}<h1>Every page</h1><nav>{links}</nav>{''.join(map(_section, places))}"


def _section(place: Place) -> str:
    names = [(_name(place, theme, width), theme, width) for theme in THEMES for width in WIDTHS]
    pictures = "".join(
        f'<a href="{name}"><img src="{name}" alt="{theme}, {width} px" loading="lazy" width="{width // 4}"></a>'
        for name, theme, width in names
    )
    who = place.who or "nobody"
    return f'<h2 id="{place.name}">{escape(place.name)}</h2><p>{escape(place.address)} · {who}</p><div>{pictures}</div>'


SHEET = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title>
<style>body { font: 14px system-ui; margin: 1.5rem; background: #ddd; color: #111 }
div { display: flex; gap: .5rem; align-items: start; flex-wrap: wrap }
img { height: auto; border: 1px solid #999 }
nav { columns: 10rem }
nav a { display: block }
h2 { margin: 2rem 0 0 }</style>"""

if __name__ == "__main__":
    sys.exit(main())

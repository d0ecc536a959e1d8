"""`languages`: the catalogues of other languages, as complete as the sources."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from backend.core.languages import ENDING, NATIVE, offered
from backend.core.messages import folders, open_messages, template, updated, written


@click.group("languages")
def languages() -> None:
    """The catalogues `languages/<language>.po` of the application and of every module."""


@languages.command("update")
@click.argument("codes", nargs=-1, metavar="[LANGUAGE]…")
@with_appcontext
def update(codes: tuple[str, ...]) -> None:
    """Write all catalogues, or these, anew from the sources and declarations; what is translated stays.

    A language named here that has none yet is begun.
    """
    for path, waiting in _renewed(codes or tuple(each for each in offered() if each != NATIVE)):
        click.echo(f"{path}: {len(waiting)} to be translated." if waiting else f"{path}: complete.")


def _renewed(codes: tuple[str, ...]) -> list[tuple[Path, list[str]]]:
    found = []
    for sources, place in folders().items():
        wanted = template(sources)
        for code in codes if len(wanted) else ():
            path = place / f"{code}{ENDING}"
            catalogue = updated(path, wanted)
            place.mkdir(exist_ok=True)
            path.write_bytes(written(catalogue))
            found.append((path, open_messages(catalogue)))
    return found

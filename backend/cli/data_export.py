"""`data export`: rows into files."""

from pathlib import Path
from typing import IO

import click
from flask.cli import with_appcontext

from backend.cli.arguments import ResourceName
from backend.cli.deeds import acting, refusals_told
from backend.core.entry import Entry
from backend.core.transfer import FORMATS, Export

PAIR = "NAME=VALUE"


@click.command("export")
@click.argument("entry", metavar="RESOURCE", type=ResourceName())
@click.option("--format", "format_", type=click.Choice(sorted(FORMATS)), help="As the output's name ends, or CSV.")
@click.option(
    "--output", "-o", type=click.File("wb", lazy=True), default="-", help="The file; the terminal unless told."
)
@click.option("--account", metavar="NAME", help="The account whose rows are wanted; all of them unless told.")
@click.option("--fields", metavar="NAMES", help="Only these columns, in this order, separated by commas.")
@click.option("--filter", "filters", metavar=PAIR, multiple=True, help="Only such rows: price[lt]=5; may be repeated.")
@click.option("--sort", metavar="NAMES", help="The order; that of the natural key unless told.")
@click.option("--as-of", metavar="MOMENT", help="The rows as they were then.")
@with_appcontext
def export(
    entry: Entry,
    format_: str | None,
    output: IO[bytes],
    account: str | None,
    fields: str | None,
    filters: tuple[str, ...],
    sort: str | None,
    as_of: str | None,
) -> None:
    """Write rows as CSV, XLSX, JSON or YAML, in order of the natural key."""
    actor = acting(None, account, "data export")
    named = {f"fields[{entry.key}]": fields, "sort": sort, "as_of": as_of}
    asked = [(name, value) for name, value in named.items() if value is not None]
    asked += [_filter(text) for text in filters]
    known = format_ or _format_of(str(output.name))
    with refusals_told():
        pieces = Export(entry, actor, asked).write(known)
    for piece in pieces:
        output.write(piece)


def _filter(text: str) -> tuple[str, str]:
    """`price[lt]=5` as a list's own parameter."""
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(
            "Write a field, an operator if need be, and a value: price[lt]=5.", param_hint="--filter"
        )
    field, bracket, operator = name.partition("[")
    return f"filter[{field}]{bracket}{operator}", value


def _format_of(name: str) -> str:
    ending = Path(name).suffix.lstrip(".").lower()
    return {"yml": "yaml"}.get(ending, ending if ending in FORMATS else "csv")

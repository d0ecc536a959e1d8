"""`selections`: the named lists of a resource, and the rows of one."""

import csv
import sys

import click
from flask.cli import with_appcontext

from backend.cli.arguments import ResourceName, filter_of
from backend.cli.deeds import acting, refusals_told
from backend.core import selections as lists
from backend.core.entry import Entry
from backend.core.json import dumps_text
from backend.core.model import json_safe


@click.command("selections")
@click.argument("entry", metavar="RESOURCE", type=ResourceName())
@click.argument("name", metavar="[SELECTION]", required=False)
@click.option("--set", "parameters", multiple=True, metavar="NAME=VALUE", help="What the selection takes.")
@click.option("--filter", "filters", multiple=True, metavar="FIELD=VALUE", help="Only what matches: 'price[lt]=5'.")
@click.option("--limit", type=click.IntRange(1, 100), default=100, show_default=True)
@click.option("--offset", type=click.IntRange(min=0), default=0)
@click.option("--as", "login", metavar="LOGIN", help="As that user sees it; as the machine unless told.")
@click.option("--account", metavar="NAME", help="In that account; in all of them unless told.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_appcontext
def selections(
    entry: Entry, name: str | None, parameters: tuple[str, ...], filters: tuple[str, ...], limit: int, offset: int,
    login: str | None, account: str | None, *, as_json: bool,
) -> None:  # fmt: skip
    """List the selections of a resource, or the rows of one as CSV, each beginning with its id."""
    if name is None:
        _list(entry, as_json=as_json)
        return
    arguments = dict(map(filter_of, filters)) | dict(map(_parameter, parameters))
    arguments |= {"page[limit]": str(limit), "page[offset]": str(offset)}
    with refusals_told():
        actor = acting(login, account, "selections")
        found = lists.run(entry, actor, name, arguments)
    if as_json:
        click.echo(dumps_text({"result": found.rows, "meta": {"count": found.count, "limit": limit, "offset": offset}}))
        return
    out = csv.writer(sys.stdout)
    out.writerow(["id", *lists.columns_of(entry, actor, lists.find(entry, name))])
    out.writerows([json_safe(each) for each in row] for row in found.rows)


def _parameter(typed: str) -> tuple[str, str]:
    name, _sign, value = typed.partition("=")
    return name, value


def _list(entry: Entry, *, as_json: bool) -> None:
    told = {name: list(lists.names_of(each)) for name, each in entry.resource.selections.items()}
    if as_json:
        click.echo(dumps_text(told))
        return
    for name, parameters in told.items():
        click.echo(f"{name}: {', '.join(parameters) or 'takes nothing'}")
    if not told:
        click.echo(f"{entry.label} have no selections.")

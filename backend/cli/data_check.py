"""`data check`: stored items that the declaration would refuse, or would if it demanded more."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import click
from flask.cli import with_appcontext

from backend.cli.arguments import ResourceName
from backend.core.data_check import Checked, WhatIf, what_if
from backend.core.data_check import check as checked
from backend.core.entry import Entry
from backend.core.errors import Malformed
from backend.core.json import dumps_text
from backend.core.registry import registry
from backend.core.rights import system
from backend.core.tenancy import act_as


@click.command("check")
@click.argument("entry", metavar="[RESOURCE]", type=ResourceName(), required=False)
@click.option("--id", "ids", type=click.IntRange(min=1), multiple=True, help="Only this item; may be given again.")
@click.option(
    "--what-if", "demands", multiple=True, metavar="DEMAND",
    help="Which items would be refused if: 'image_url required', 'quantity max=100'; also min, min_length, max_length, "
    "pattern.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
@with_appcontext
def check(
    context: click.Context, entry: Entry | None, ids: tuple[int, ...], demands: tuple[str, ...], *, as_json: bool
) -> None:
    """List stored items that their declaration would refuse, with every fault; exit with 1 where there are some."""
    if entry is None and (ids or demands):
        raise click.UsageError("--id and --what-if are about one resource: name it.")
    act_as(system("data check"))
    entries = [entry] if entry else list(registry.all())
    what_ifs = [_demand(entry, text) for text in demands] if entry else []
    tell = _as_json if as_json else _as_text
    context.exit(1 if tell((each, checked(each, ids or None, what_ifs)) for each in entries) else 0)


def _demand(entry: Entry, text: str) -> WhatIf:
    try:
        return what_if(entry, text)
    except Malformed as fault:
        raise click.BadParameter(str(fault), param_hint="--what-if") from None


Found = Iterator[tuple[Entry, Iterator[Checked]]]


def _as_text(found: Found) -> int:
    """Tell each faulty item as it is found; answers how many there were."""
    faulty = number = 0
    for entry, items in found:
        for item in items:
            number += 1
            faulty += bool(item.faults)
            for fault in item.faults:
                click.echo(f"{entry.key} {item.id}{', ' if fault.field else ''}{fault.field}: {fault.sentence}")
    click.echo(f"{number} items checked, {faulty} would be refused.")
    return faulty


def _as_json(found: Found) -> int:
    """The same as one JSON object, written as it is found, however many there are."""
    faulty = number = 0
    click.echo('{"faulty":[', nl=False)
    for entry, items in found:
        for item in items:
            number += 1
            if item.faults:
                click.echo(f"{',' if faulty else ''}{dumps_text(_told(entry, item))}", nl=False)
                faulty += 1
    click.echo(f'],"checked":{number},"refused":{faulty}}}')
    return faulty


def _told(entry: Entry, item: Checked) -> dict[str, Any]:
    faults: Sequence[dict[str, Any]] = [asdict(fault) for fault in item.faults]
    return {"resource": entry.key, "id": item.id, "faults": faults}

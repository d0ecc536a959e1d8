"""`resources`: what is declared, as one may know who sees everything."""

from typing import Any

import click
from flask.cli import with_appcontext

from backend.core.describe.meta import structure
from backend.core.json import dumps_text
from backend.core.registry import registry
from backend.core.rights import system
from backend.core.tenancy import act_as


@click.command("resources")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_appcontext
def resources(name: str | None, *, as_json: bool) -> None:
    """List the resources, or tell one of them in full."""
    actor = system("resources")
    act_as(actor)
    told = [structure(entry, actor) for entry in registry.all() if name in (None, entry.key)]
    if not told:
        keys = ", ".join(entry.key for entry in registry.all())
        raise click.BadParameter(f"There is no resource {name!r}: use one of {keys}.", param_hint="NAME")
    if as_json:
        click.echo(dumps_text(told if name is None else told[0]))
    elif name is None:
        _list(told)
    else:
        _tell(told[0])


def _list(told: list[dict[str, Any]]) -> None:
    width = max(len(each["key"]) for each in told)
    for each in sorted(told, key=lambda each: (each["group"], each["key"])):
        click.echo(f"{each['key']:<{width}}  {each['group']}: {each['description'] or each['label']}")


def _tell(told: dict[str, Any]) -> None:
    click.echo(f"{told['key']}: {told['description'] or told['label']}")
    for name, element in told["item"]["sub_scheme"].items():
        words = [element["type"], *([f"→ {element['target']}"] if "target" in element else [])]
        words += [word for word in ("required", "read_only") if element[word]]
        click.echo(f"  {name:<20} {', '.join(words)}")
    click.echo(f"natural key: {', '.join(told['natural_key']) or 'none'}")
    for kind in ("actions", "selections", "views"):
        click.echo(f"{kind}: {', '.join(told[kind]) or 'none'}")
    verbs = [verb for verb, answer in told["rights"].items() if answer is not False]
    click.echo(f"verbs: {', '.join(verbs)}")

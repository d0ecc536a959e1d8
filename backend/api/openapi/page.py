"""The document as a page people read: sections, calls, parameters and bodies; no script, nothing from elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from backend.api.blueprint import PREFIX
from backend.api.openapi.shared import Parts
from backend.core.describe.schemas import JsonSchema

HERE = Path(__file__).parent
templates = Environment(loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True)
STYLE = (HERE / "page.css").read_text("utf-8")


def coded(words: str | None) -> Markup:
    """Words in which `this` stands for code."""
    parts = str(escape(words or "")).split("`")
    return Markup("".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts)))  # noqa: S704 - escaped above


templates.filters["coded"] = coded


def page(document: Parts) -> str:
    """The page of a document."""
    return templates.get_template("page.html").render(
        document=document, sections=list(_sections(document)), prefix=PREFIX
    )


def _sections(document: Parts) -> Iterator[Parts]:
    calls: dict[str, list[Parts]] = {}
    for address, operations in sorted(document["paths"].items(), key=_place):
        for method, operation in operations.items():
            calls.setdefault(operation["tags"][0], []).append(_call(document, address, method, operation))
    said = {tag["name"]: tag["description"] for tag in document["tags"]}
    for name in sorted(calls, key=lambda name: (name not in said, name)):
        yield {"name": name, "description": said.get(name), "calls": calls[name]}


def _place(path: tuple[str, Parts]) -> tuple[bool, str]:
    """Rows and a row come first, files in and out last."""
    address, _operations = path
    return address.startswith("/_"), address.replace("/{", "/ ")


def _call(document: Parts, address: str, method: str, operation: Parts) -> Parts:
    told = [_resolved(document, each) for each in operation.get("parameters", ())]
    # Each filter names its other comparisons: one line of them is enough to read.
    parameters = [each for each in told if not each["name"].startswith("filter[") or each["name"].count("[") == 1]
    content = operation.get("requestBody", {}).get("content", {})
    media = next(iter(content), "")
    return {
        "address": address,
        "method": method.upper(),
        "operation": operation,
        "parameters": [each | {"kind": kind(document, each["schema"])} for each in parameters],
        "media": list(content),
        "body": list(_members(document, content[media]["schema"], "")) if media else [],
    }


def _resolved(document: Parts, part: Parts) -> Parts:
    found: Any = document
    for step in part.get("$ref", "").removeprefix("#/").split("/"):
        found = found[step] if step else part
    return {**found, **{name: value for name, value in part.items() if name != "$ref"}}


def _members(document: Parts, schema: JsonSchema, prefix: str) -> Iterator[Parts]:
    schema = _resolved(document, schema)
    for name, member in schema.get("properties", {}).items():
        member = _resolved(document, member)  # noqa: PLW2901 - the same member, followed
        if member.get("properties") and name in ("data", "attributes", "relationships"):
            yield from _members(document, member, f"{prefix}{name}.")
            continue
        words = member.get("description") or member.get("title", "")
        needed = name in schema.get("required", ())
        yield {"name": prefix + name, "kind": kind(document, member), "description": words, "required": needed}


def kind(document: Parts, schema: JsonSchema) -> str:
    """A schema in a few words."""
    schema = _resolved(document, schema)
    for joined in ("oneOf", "anyOf"):
        if joined in schema:
            return " or ".join(dict.fromkeys(kind(document, each) for each in schema[joined]))
    if "const" in schema:
        return repr(schema["const"])
    if "items" in schema:
        return f"list of {kind(document, schema['items'])}"
    types = schema.get("type", "anything")
    words = " or ".join(types) if isinstance(types, list) else str(types)
    if "enum" in schema:
        return f"{words}: {', '.join(map(str, schema['enum']))}"
    bounds = [f"{BOUNDS[name]} {schema[name]}" for name in BOUNDS if name in schema]
    return ", ".join([f"{words} ({schema['format']})" if "format" in schema else words, *bounds])


BOUNDS = {
    "minimum": "at least",
    "maximum": "at most",
    "maxLength": "at most this long:",
    "minLength": "at least this long:",
}

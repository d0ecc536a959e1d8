"""The messages of the sources and declarations, by the folder whose catalogue translates them."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from marshmallow import Schema, fields

from backend.core import modules
from backend.core.describe.schemas import choices_of, rules_of
from backend.core.entry import KEPT, Entry, words
from backend.core.languages import FOLDER, OF_APPLICATION
from backend.core.limits import NO_LIMITS
from backend.core.model import Model, mapped_columns
from backend.core.registry import registry
from backend.core.rights import Rule, Simple
from backend.extensions import Base

# What marks a message: which arguments are its texts, and which its context. `{% trans %}` is a call of gettext.
KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "later": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
JINJA = "jinja2.ext:babel_extract"
OPTIONS = {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}
WIDTH = 118


def folders() -> dict[Path, Path]:
    """The folders of sources that have catalogues of their own, each with the folder of those."""
    found = {OF_APPLICATION.parent: OF_APPLICATION}
    for name in modules.names():
        folder = Path(next(iter(import_module(name).__path__)))
        found[folder] = folder / FOLDER
    return found


def template(sources: Path) -> Catalog:
    """Every message of the sources in that folder and of what its resources declare, untranslated.

    What the application itself says is not said again in the catalogue of a module.
    """
    known = Catalog()
    if sources == OF_APPLICATION.parent:
        _take_sources(known, sources, [path for path in folders() if path != sources])
        _take(known, _of_everybody())
        return known
    _take_sources(known, sources, [])
    for model in _models(sources):
        entry = registry.of(model)
        _take(known, _of_pointers(model, entry))
        _take(known, declared(entry) if entry else iter(()))
    for message in list(known):
        if (message.id, message.context) in _of_application():
            known.delete(message.id, message.context)
    return known


@cache
def _of_application() -> frozenset[tuple[Any, str | None]]:
    """What the application itself says; gathered once, for its sources are most of all."""
    return frozenset((message.id, message.context) for message in template(OF_APPLICATION.parent) if message.id)


def updated(path: Path, wanted: Catalog) -> Catalog:
    """The catalogue in that file, with exactly the wanted messages; what it translates stays translated."""
    language = path.stem
    found = Catalog(locale=language)
    if path.is_file():
        with path.open("rb") as file:
            found = read_po(file, locale=language, charset="utf-8")
    found.update(wanted, no_fuzzy_matching=True)
    return found


def written(catalogue: Catalog) -> bytes:
    """The catalogue as its file holds it: by message, with the files that say it, without dates."""
    told = BytesIO()
    write_po(
        told, catalogue, width=WIDTH, omit_header=True, sort_output=True, ignore_obsolete=True, include_lineno=False
    )
    return told.getvalue()


def open_messages(catalogue: Catalog) -> list[str]:
    """The messages that wait for their translation, or for somebody to look at the one that is proposed."""
    told = [message for message in catalogue if message.id]
    return [_one(message.id) for message in told if message.fuzzy or not all(_texts(message.string))]


def declared(entry: Entry) -> Iterator[str]:
    """What a resource's declaration says to people: labels, descriptions, sections, choices, rules, its inputs."""
    told = entry.resource
    yield from (entry.label, entry.label_one, told.group, told.description, *told.sections)
    named: tuple[Any, ...] = (*entry.fields.values(), *entry.inputs.values(), *entry.references.values())
    for field in named:
        if field.name not in KEPT:
            yield from _of_field(field)
    yield from _of_rules(told.rights.values())
    for parts in (told.actions, told.selections, told.views):
        for name, part in parts.items():
            yield from (part.label or words(name), getattr(part, "description", ""))
            yield from _of_schema(getattr(part, "schema", None) or getattr(part, "parameters", None))
            yield from _of_rules((getattr(part, "can_execute", None), getattr(part, "can_read", None)))


def _of_field(field: Any) -> Iterator[str]:
    told, limits = field.declared, getattr(field, "limits", NO_LIMITS)
    yield from (field.label, told.description, limits.pattern_hint)
    if choices := getattr(told, "choices", None):
        yield choices.otherwise
    yield from filter(_has_letters, (getattr(told, "unit", ""), *map(str, limits.choices)))
    yield from _of_rules((told.read, told.write))
    if (part := getattr(field, "part", None)) is not None:
        for member in (*part.fields.values(), *part.references.values()):
            yield from _of_field(member)


def _models(sources: Path) -> Iterator[type[Model]]:
    """The models that the folder declares, in the order of their names."""
    mapped = sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda each: each.__name__)
    for each in mapped:
        if issubclass(each, Model) and Path(import_module(each.__module__).__file__ or "").is_relative_to(sources):
            yield each


def _of_pointers(model: type[Model], entry: Entry | None) -> Iterator[str]:
    """What foreign keys are called that no reference declares: a delete tells of them."""
    named = {reference.column_name for reference in entry.references.values()} if entry else set()
    for name, column in mapped_columns(model).items():
        if column.foreign_keys and name not in named:
            yield words(name.removesuffix("_id"))


def _of_rules(rules: Iterable[Rule | None]) -> Iterator[str]:
    for rule in rules:
        yield from (leaf.text for leaf in rule.leaves() if isinstance(leaf, Simple)) if rule else ()


def _of_schema(schema: type[Schema] | None, above: tuple[type[Schema], ...] = ()) -> Iterator[str]:
    for name, field in (schema() if schema else Schema()).fields.items():
        told = field.metadata
        yield from (str(told.get("label") or words(name)), str(told.get("description") or ""))
        yield from filter(_has_letters, (str(told.get("unit") or ""), *(label for _sent, label in choices_of(field))))
        for each in (field, field.inner) if isinstance(field, fields.List) else (field,):
            inner = type(each.schema) if isinstance(each, fields.Nested) else None
            # One may hold others like itself.
            if inner is not None and inner not in above:
                yield from _of_schema(inner, (*above, inner))
            yield from _own_sentences(each)


def _own_sentences(field: fields.Field[Any]) -> Iterator[str]:
    """What a schema says in its own words where it refuses.

    One with a place of the library's is not among them: filled, no catalogue knows it.
    """
    usual = [getattr(kind, "default_error_messages", {}) for kind in type(field).__mro__]
    told: list[Any] = [
        said for name, said in field.error_messages.items() if not any(each.get(name) == said for each in usual)
    ]
    told += [getattr(rule, name, None) for rule in rules_of(field) for name in ("error", "otherwise")]
    yield from (said for said in told if isinstance(said, str) and "{" not in said)


def _has_letters(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


def _of_everybody() -> Iterator[str]:
    """The labels of what every row has."""
    for entry in registry.all():
        kept = set(KEPT) & set(mapped_columns(entry.model))
        yield from (entry.fields[name].label for name in KEPT if name in kept and name in entry.fields)


def _take_sources(known: Catalog, sources: Path, but: list[Path]) -> None:
    for path in sorted((*sources.rglob("*.py"), *sources.rglob("*.html"))):
        if any(path.is_relative_to(each) for each in but):
            continue
        where = [(path.relative_to(sources.parent).as_posix(), 1)]
        for text, context in _of_template(path) if path.suffix == ".html" else _of_python(path):
            known.add(text, None, locations=where, context=context)


def _of_template(path: Path) -> Iterator[tuple[Any, str | None]]:
    with path.open("rb") as file:
        for _line, text, _comments, context in extract(JINJA, file, KEYWORDS, (), OPTIONS):
            yield text, context


def _of_python(path: Path) -> Iterator[tuple[Any, str | None]]:
    # Read as Python does: Babel's own reader takes every literal inside the brackets for a part of the message.
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            number = len(KEYWORDS[node.func.id] or ("the text",))
            told = [str(each.value) for each in node.args[:number] if isinstance(each, ast.Constant)]
            if len(told) == number:
                context = told.pop(0) if node.func.id == "pgettext" else None
                yield told[0] if len(told) == 1 else tuple(told), context


def _take(known: Catalog, words: Iterator[str]) -> None:
    for each in words:
        if each:
            known.add(each)


def _one(text: Any) -> str:
    return text if isinstance(text, str) else str(text[0])


def _texts(text: Any) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)

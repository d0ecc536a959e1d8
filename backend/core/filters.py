"""Filters of a list: from the query string or from a group in JSON to one SQL criterion."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from csv import Error as CsvError
from csv import reader as csv_reader
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, String, and_, collate, func, literal, not_, or_

from backend.core.access import readable_fields
from backend.core.entry import Entry
from backend.core.errors import BadQuery, Malformed, Problem, told_at
from backend.core.json import loads
from backend.core.languages import _, ngettext
from backend.core.limits import NO_NUL, type_sentence
from backend.core.paths import Path, condition, resolve
from backend.core.patterns import compiled
from backend.core.rights import Actor, Criterion
from backend.core.shape import parse_id
from backend.core.values import Unreadable, from_text
from backend.extensions import db

FILTER = re.compile(r"filter\[([a-z][a-z0-9_.]*)\](?:\[([a-z]+)\])?").fullmatch
OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "startswith", "endswith", "re", "null", "between")
TEXT_ONLY = frozenset({"contains", "startswith", "endswith", "re"})
LISTED = frozenset({"in", "between"})
ORDERED = frozenset({"lt", "le", "gt", "ge", "between"})
UNORDERED_KINDS = frozenset({"boolean", "json", "id"})
# Of these one may only ask whether they are there.
OPAQUE_KINDS = frozenset({"file"})
MOST_TERMS, DEEPEST_GROUP, LONGEST_PATTERN, MOST_VALUES, MOST_WORDS = 50, 5, 100, 1000, 10


def from_parameter(entry: Entry, actor: Actor, name: str, value: str, row: Any) -> Criterion:
    """One `filter[path][op]=value`. Raises BadQuery naming the parameter."""
    found = FILTER(name)
    if found is None:
        detail = _("%(name)s is not a filter: write filter[field]=value or filter[field][operator]=value.", name=name)
        raise BadQuery(Problem("bad_filter", detail, parameter=name))
    return term(entry, actor, found[1], found[2] or "eq", value, name, row)


def from_groups(entry: Entry, actor: Actor, text: str, row: Any) -> Criterion:
    """`_where`: AND / OR / NOT groups of terms as JSON. Raises BadQuery."""
    try:
        tree = loads(text)
    except Malformed as fault:
        raise BadQuery(Problem("bad_filter", told_at("_where", str(fault)), parameter="_where")) from None
    budget = [MOST_TERMS]
    return _group(entry, actor, tree, row, 0, budget)


def _group(entry: Entry, actor: Actor, tree: Any, row: Any, depth: int, budget: list[int]) -> Criterion:
    if depth > DEEPEST_GROUP or not isinstance(tree, dict):
        raise _bad_group(_("groups nest at most %(most)s deep and are objects", most=DEEPEST_GROUP))
    if set(tree) <= {"and", "or"} and len(tree) == 1:
        word, parts = next(iter(tree.items()))
        if not isinstance(parts, list) or not parts:
            raise _bad_group(_('"%(word)s" holds a list of at least one term', word=word))
        made = [_group(entry, actor, part, row, depth + 1, budget) for part in parts]
        return and_(*made) if word == "and" else or_(*made)
    if set(tree) == {"not"}:
        return not_(_group(entry, actor, tree["not"], row, depth + 1, budget))
    return _leaf(entry, actor, tree, row, budget)


def _leaf(entry: Entry, actor: Actor, tree: dict[str, Any], row: Any, budget: list[int]) -> Criterion:
    budget[0] -= 1
    if budget[0] < 0:
        raise _bad_group(ngettext("at most %(num)s term is allowed", "at most %(num)s terms are allowed", MOST_TERMS))
    field, op, value = tree.get("field"), tree.get("op", "eq"), tree.get("value")
    if set(tree) - {"field", "op", "value"} or not isinstance(field, str) or not isinstance(op, str):
        raise _bad_group(_('a term is {"field": "price", "op": "lt", "value": "3"}'))
    if isinstance(value, list):
        if op not in LISTED or not value:
            raise _bad_group(_("a list of values goes with in or between, and holds at least one"))
        texts: Sequence[str] = [_as_text(each) for each in value]
        return _term(entry, actor, field, op, texts, "_where", row)
    return term(entry, actor, field, op, _as_text(value), "_where", row)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, (dict, list)):
        raise _bad_group(_("a value is text, a number, true or false, or a list of those"))
    return str(value)


def _bad_group(reason: str) -> BadQuery:
    said = _("_where is not understood: %(reason)s.", reason=reason)
    return BadQuery(Problem("bad_filter", said, parameter="_where"))


def term(entry: Entry, actor: Actor, dotted: str, op: str, value: str, parameter: str, row: Any) -> Criterion:
    """One comparison; `in` and `between` split on commas, quoted as in CSV."""
    texts = split(value) if op in LISTED else [value]
    return _term(entry, actor, dotted, op, texts, parameter, row)


def split(value: str) -> list[str]:
    """Comma-separated values, quoted as in CSV."""
    try:
        return next(iter(csv_reader([value])), [""])
    except CsvError:
        # A line's end outside of quotes, which CSV does not know.
        return value.split(",")


def _term(
    entry: Entry, actor: Actor, dotted: str, op: str, texts: Sequence[str], parameter: str, row: Any
) -> Criterion:
    path = resolve(entry, actor, dotted, parameter)
    _check_operator(path, op, parameter)
    if op == "null":
        return _null(entry, actor, path, texts[0], parameter, row)
    read = _plain_text if op in TEXT_ONLY else partial(_value, path)
    values = [read(text, parameter) for text in texts]
    if op == "between" and len(values) != 2:
        raise BadQuery(Problem("bad_value", _("between takes two values: from,to."), parameter=parameter))
    if len(values) > MOST_VALUES:
        said = ngettext("At most %(num)s value at once.", "At most %(num)s values at once.", MOST_VALUES)
        raise BadQuery(Problem("too_many", said, parameter=parameter))
    if op == "re":
        _check_pattern(str(values[0]), parameter)
    compare = COMPARE[op]
    return condition(entry, actor, path, row, lambda column: compare(column, values))


def _check_operator(path: Path, op: str, parameter: str) -> None:
    if op not in OPERATORS:
        said = _("There is no operator %(op)r: use one of %(known)s.", op=op, known=", ".join(OPERATORS))
        raise BadQuery(Problem("unknown_operator", said, parameter=parameter))
    if path.is_list and op != "null":
        said = _("%(op)s does not fit a list: name one of its members, or ask with null whether it is empty.", op=op)
        raise BadQuery(Problem("bad_operator", said, parameter=parameter))
    is_text = path.field is not None and path.field.is_text
    if path.kind in OPAQUE_KINDS and op != "null":
        said = _("Of a %(kind)s one may only ask filter[…][null]=true or false.", kind=path.kind)
        raise BadQuery(Problem("bad_operator", said, parameter=parameter))
    if (op in TEXT_ONLY and not is_text) or (op in ORDERED and path.kind in UNORDERED_KINDS):
        said = _("%(op)s does not fit a field of kind %(kind)s.", op=op, kind=path.kind)
        raise BadQuery(Problem("bad_operator", said, parameter=parameter))


def _value(path: Path, text: str, parameter: str) -> Any:
    if path.field is None:
        number = parse_id(text)
        if number is None:
            raise BadQuery(Problem("bad_value", _("%(text)r is not an id.", text=text[:40]), parameter=parameter))
        return number
    try:
        value = from_text(path.field.kind, text)
    except Unreadable as fault:
        raise BadQuery(Problem("bad_value", str(fault), parameter=parameter)) from None
    if path.field.is_text:
        return _plain_text(text, parameter)
    # Only what the column can hold is compared; its other bounds do not matter to a question.
    if sentence := type_sentence(path.field.column, value):
        raise BadQuery(Problem("bad_value", sentence, parameter=parameter))
    return value


def _plain_text(text: str, parameter: str) -> str:
    if "\0" in text:
        raise BadQuery(Problem("bad_value", _(NO_NUL), parameter=parameter))
    return text


def _null(entry: Entry, actor: Actor, path: Path, text: str, parameter: str, row: Any) -> Criterion:
    try:
        wanted = from_text("boolean", text)
    except Unreadable as fault:
        raise BadQuery(Problem("bad_value", str(fault), parameter=parameter)) from None
    filled = condition(entry, actor, path, row, lambda column: column.is_not(None))
    return not_(filled) if wanted else filled


def _check_pattern(pattern: str, parameter: str) -> None:
    if len(pattern) > LONGEST_PATTERN:
        said = ngettext(
            "A pattern may be at most %(num)s character long.",
            "A pattern may be at most %(num)s characters long.",
            LONGEST_PATTERN,
        )
        raise BadQuery(Problem("bad_value", said, parameter=parameter))
    try:
        compiled(pattern)
    except ValueError:
        raise BadQuery(Problem("bad_value", _("This is not a regular expression."), parameter=parameter)) from None


def like(column: ColumnElement[Any], text: str, before: str, after: str) -> Criterion:
    """The text in a column whatever its case, with what may stand before and after it."""
    pattern = literal(f"{before}{escaped(text)}{after}", String())
    return matching(column, pattern, is_ascii=text.isascii())


def escaped(text: str) -> str:
    """The text as a pattern that means its letters alone, composed as columns hold them."""
    text = unicodedata.normalize("NFC", text)
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def matching(column: ColumnElement[Any], pattern: ColumnElement[str], *, is_ascii: bool) -> Criterion:
    """The pattern in a column whatever its case; `is_ascii` says that its letters are."""
    if db.engine.dialect.name == "sqlite":
        # Its own LIKE folds these, and takes no detour through Python.
        column, pattern = (column, pattern) if is_ascii else (func.fold(column), func.fold(pattern))
        return column.like(pattern, escape="\\")
    return func.lower(in_letters(column)).like(func.lower(in_letters(pattern)), escape="\\")


def in_letters(text: ColumnElement[Any]) -> ColumnElement[Any]:
    """A text whose letters have cases and kinds: on PostgreSQL columns are of numbers, where only ASCII's have."""
    return collate(text, "default") if db.engine.dialect.name == "postgresql" else text


Compare = Callable[[ColumnElement[Any], Sequence[Any]], Criterion]
COMPARE: dict[str, Compare] = {
    "eq": lambda column, values: column == values[0],
    "ne": lambda column, values: column != values[0],
    "lt": lambda column, values: column < values[0],
    "le": lambda column, values: column <= values[0],
    "gt": lambda column, values: column > values[0],
    "ge": lambda column, values: column >= values[0],
    "in": lambda column, values: column.in_(values),
    "between": lambda column, values: column.between(values[0], values[1]),
    "contains": lambda column, values: like(column, values[0], "%", "%"),
    "startswith": lambda column, values: like(column, values[0], "", "%"),
    "endswith": lambda column, values: like(column, values[0], "%", ""),
    "re": lambda column, values: in_letters(column).regexp_match(values[0]),
}


def search(entry: Entry, actor: Actor, text: str, row: Any) -> Criterion:
    """Every word of `_q` in one of the searched fields the actor may read."""
    readable = readable_fields(entry, actor)
    names = [name for name in entry.resource.search if name.partition(".")[0] in readable]
    words = _plain_text(text, "_q").split()
    if len(words) > MOST_WORDS:
        said = ngettext("At most %(num)s word at once.", "At most %(num)s words at once.", MOST_WORDS)
        raise BadQuery(Problem("bad_value", said, parameter="_q"))
    if not names:
        said = _("%(label)s cannot be searched by text.", label=entry.label)
        raise BadQuery(Problem("not_searchable", said, parameter="_q"))
    return and_(
        *(
            or_(*(term(entry, actor, name, "contains", word, "_q", row) for name in names))
            for word in words
        )
    )  # fmt: skip

"""YAML: one list of objects; a value without quotes means what its column makes of it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

import yaml

from backend.core.errors import Malformed, Problem
from backend.core.json import dumps, dumps_text
from backend.core.languages import _, later
from backend.core.transfer.formats.lists import ListTable
from backend.core.transfer.formats.tables import MISSING, WORDS, YAML_TEXT, Plain, resolved

NO_LIST = later("The file must hold one list of objects, each begun by a dash.")
DEEPEST = 50
# What YAML does not take as it is between quotes, though JSON does.
UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
Row = Sequence[Any]


def read(stream: IO[bytes]) -> ListTable:
    """The file as a table. Raises Malformed for what is no list of objects, or no YAML."""
    return ListTable(_items(stream), YAML_TEXT, _raw)


def write(names: Sequence[str], _kinds: Sequence[str], chunks: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    """The file, a chunk of rows at a time: every value in quotes but numbers, yes and no, and nothing."""
    keys = [f"{_key(name)}: " for name in names]
    is_empty = True
    for some in chunks:
        if some:
            is_empty = False
            yield "".join(_object(keys, row) for row in some).encode()
    if is_empty:
        yield b"[]\n"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_][\w.]*", name, re.ASCII) and name not in WORDS else _scalar(name)


def _object(keys: Sequence[str], row: Row) -> str:
    told = [key + _scalar(value) for key, value in zip(keys, row, strict=True) if value is not MISSING]
    return "- " + "\n  ".join(told or ["{}"]) + "\n"


def _scalar(value: Any) -> str:
    if isinstance(value, Plain):
        return str(value)
    text = dumps_text(value)
    if text.isascii() and "\x7f" not in text:
        return text
    return UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _raw(waiting: Any) -> Any:
    """A cell as it waited: text says by its first letter whether it was in quotes."""
    if not isinstance(waiting, str):
        return waiting
    text = waiting[1:]
    if waiting[0] == '"':
        return text
    return None if WORDS.get(text, text) is None else Plain(text)


def _items(stream: IO[bytes]) -> Iterator[tuple[bytes, Any]]:
    """Every item of the list, on one line of JSON and as it will wait."""
    stream.seek(0)
    events = yaml.parse(stream, Loader=yaml.CSafeLoader)
    try:
        for wanted in (yaml.StreamStartEvent, yaml.DocumentStartEvent, yaml.SequenceStartEvent):
            if not isinstance(next(events), wanted):
                raise Malformed(Problem("malformed", _(NO_LIST)))
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            item = _top(event, events)
            yield dumps(item), item
        next(events)
        if not isinstance(next(events), yaml.StreamEndEvent):
            said = _("A second document begins here. The file must hold one list of objects, each begun by a dash.")
            raise Malformed(Problem("malformed", said))
    except (yaml.YAMLError, UnicodeDecodeError, TypeError) as fault:
        said = _("The file is not YAML: %(what)s.", what=_told(fault))
        raise Malformed(Problem("malformed_yaml", said)) from None
    except StopIteration:
        raise Malformed(Problem("malformed", _(NO_LIST))) from None


def _told(fault: Exception) -> str:
    mark = getattr(fault, "problem_mark", None)
    if not mark:
        return _("it cannot be read")
    return _("see line %(line)s, column %(column)s", line=mark.line + 1, column=mark.column + 1)


def _top(event: Any, events: Iterator[Any]) -> Any:
    """An object whose texts say whether they were in quotes; whatever else stands there."""
    if not isinstance(event, yaml.MappingStartEvent):
        return _value(event, events, 1)
    return {name: _marked(each) for name, each in _pairs(event, events, 1)}


def _marked(value: Any) -> Any:
    if isinstance(value, Plain):
        return f"={value}"
    return f'"{value}' if isinstance(value, str) else value


def _pairs(event: Any, events: Iterator[Any], depth: int) -> Iterator[tuple[str, Any]]:
    _refuse(event, depth)
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        if not isinstance(key, yaml.ScalarEvent) or key.value == "<<":
            raise _at(key, _("A name is expected here"))
        _refuse(key, depth)
        value = _value(next(events), events, depth + 1)
        yield key.value, value if depth == 1 else resolved(value)


def _value(event: Any, events: Iterator[Any], depth: int) -> Any:
    _refuse(event, depth)
    if isinstance(event, yaml.ScalarEvent):
        return event.value if event.style else Plain(event.value)
    if isinstance(event, yaml.MappingStartEvent):
        return dict(_pairs(event, events, depth + 1))
    found = []
    while not isinstance(part := next(events), yaml.SequenceEndEvent):
        found.append(resolved(_value(part, events, depth + 1)))
    return found


def _refuse(event: Any, depth: int) -> None:
    """Raise Malformed for what could make a small file a large one, or a text a program."""
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _at(event, _("Anchors and aliases (& and *) are not read: write every value out"))
    if getattr(event, "tag", None):
        raise _at(event, _("Tags (!) are not read: the columns say what a value is"))
    if depth > DEEPEST:
        raise _at(event, _("This is nested too deeply"))


def _at(event: Any, said: str) -> Malformed:
    placed = _("%(said)s, line %(line)s.", said=said, line=event.start_mark.line + 1)
    return Malformed(Problem("malformed_yaml", placed))

"""What an item lives through: its handlers and listeners, called inside the write before, and after the commit."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from backend.core import events
from backend.core.errors import Conflict, Invalid, Problem, ValidationError, invalid_field
from backend.core.registry import registry

EVENTS = {
    "loaded": events.loaded,
    "before_save": events.before_save,
    "saved": events.saved,
    "before_delete": events.before_delete,
    "deleted": events.deleted,
    "created": events.created,
}


def is_heard(model: type[Any], *names: str) -> bool:
    """Whether anybody declared a handler for one of the events of the model's rows, or listens to its signal.

    Whoever writes rows without a session asks this first: those who listen are given each row.
    """
    return any(_handlers(model, name) or EVENTS[name].has_receivers_for(model) for name in names)


def before_save(model: type[Any], row: Any) -> None:
    """Let the handlers look at a row that is about to be checked and written; they may change it.

    Raises Invalid where one refuses by ValueError or ValidationError.
    """
    for call in _calls("before_save", model, row):
        _ask_before_save(call)


def tried(model: type[Any], row: Any) -> Iterator[Problem]:
    """What the handlers say of a row that is only tried on; one that needs what is not known yet says nothing."""
    for call in _calls("before_save", model, row):
        try:
            _ask_before_save(call)
        except Invalid as refusal:
            yield from refusal.problems
        except (AttributeError, LookupError, TypeError):
            continue


def _ask_before_save(call: Callable[[], Any]) -> None:
    try:
        call()
    except ValidationError as fault:
        told = [(name, said) for name, all_said in fault.faults.items() for said in all_said]
        raise Invalid(*(invalid_field(name, said, "refused") for name, said in told)) from None
    except ValueError as fault:
        raise Invalid(Problem("refused", str(fault), "/data")) from None


def before_delete(session: Session) -> None:
    """Ask the handlers of every row that this flush is about to delete, whatever led to it.

    Raises Conflict where one refuses by ValueError.
    """
    asked: set[int] = set()
    # A handler may delete further rows, whose handlers are asked in turn.
    while new := [row for row in session.deleted if id(row) not in asked]:
        asked.update(map(id, new))
        for row in new:
            _ask_before_delete(row)


def _ask_before_delete(row: Any) -> None:
    try:
        for call in _calls("before_delete", type(row), row):
            call()
    except ValueError as fault:
        entry = registry.of(type(row))
        meta = {"resource": entry.key if entry else str(type(row).__tablename__), "id": str(row.id)}
        raise Conflict(Problem("refused", str(fault), meta=meta)) from None


def tell(session: Session, row: Any, *names: str) -> None:
    """Tell of a row once it is committed; of several events of one kind it is told once."""
    model = type(row)
    for name in names:
        if is_heard(model, name):
            events.after_commit(session, name, partial(_calls, name, model, row), (name, id(row)))


def tell_loaded(model: type[Any], item: Any) -> None:
    """Tell at once that an item of the Python API was read."""
    for call in _calls("loaded", model, item):
        call()


def _calls(name: str, model: type[Any], item: Any) -> Iterator[Callable[[], Any]]:
    """The declared handlers in their order, then whoever listens to the signal."""
    for handler in _handlers(model, name):
        yield partial(handler, name, item, item)
    for listener in EVENTS[name].receivers_for(model):
        yield partial(listener, model, event=name, root=item, item=item)


def _handlers(model: type[Any], name: str) -> Iterable[Callable[..., None]]:
    entry = registry.of(model)
    if entry is None or name not in entry.resource.on:
        return ()
    given = entry.resource.on[name]
    return (given,) if callable(given) else given

"""Sentences that are stored and said again in the language of each reader: what they were made of, as JSON.

Inside `languages.tracing` a sentence knows its message and what fills it. Beside its English, which programs read, a
row keeps that; what people typed has nothing of the kind and stays as it was typed, as does what stood there before.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from backend.core import formats
from backend.core.languages import NATIVE, InSentence, Traced, _, in_sentence, ngettext, pgettext, speaking, tracing

Told = Mapping[str, Any]
SIMPLE = (bool, int, float)


def made_of(text: str | None) -> Told | None:
    """What is needed to say the sentence again; None where people wrote it."""
    return _made_of(text) if isinstance(text, Traced) else None


def in_english(text: str) -> str:
    """The sentence as programs read it; what people wrote as it is."""
    with speaking(NATIVE):
        return retold(made_of(text), text)


def retold(told: Told | None, text: str) -> str:
    """A stored sentence for whoever reads; the text that was stored where nothing more is known of it."""
    return str(_said(told)) if told else text


def to_be_stored_again(told: Told | None, text: str) -> str:
    """A stored sentence that goes into another row, too."""
    with tracing():
        said: str = _said(told) if told else text
    return said


def one_after_another(texts: Iterable[str]) -> str:
    """Several sentences as one, each once."""
    first, *others = dict.fromkeys(texts)
    with tracing():
        for other in others:
            first = _("%(one)s %(other)s", one=first, other=other)
    return first


def _made_of(value: object) -> Any:
    if isinstance(value, Traced):
        of = {name: _made_of(each) for name, each in value.values.items()}
        further = {"context": value.context, "number": value.number}
        return {"say": value.messages, "of": of} | {name: each for name, each in further.items() if each is not None}
    if isinstance(value, InSentence):
        return {"label": _made_of(value.label)}
    if isinstance(value, formats.Written):
        return {"written": str(value.value)}
    return value if isinstance(value, SIMPLE) else str(value)


def _said(told: Any) -> Any:
    if not isinstance(told, Mapping):
        return told
    if "label" in told:
        return in_sentence(_said(told["label"]))
    if "written" in told:
        return formats.number(Decimal(told["written"]))
    messages, of = told["say"], {name: _said(each) for name, each in told["of"].items()}
    if "number" in told:
        return ngettext(messages[0], messages[1], told["number"], **of)
    return pgettext(told["context"], messages[0], **of) if "context" in told else _(messages[0], **of)

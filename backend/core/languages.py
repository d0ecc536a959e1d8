"""Words for people in their own language: English stands in the code, every other language in a catalogue.

`_("%(title)s is saved.", title=title)` is a sentence in the language of whoever asks; `ngettext` one that counts, and
`pgettext` one whose English has two meanings. A message is a literal, whole sentence with named places: never an
f-string, never glued of parts. What a declaration says (labels, descriptions) is translated where it is read: see
`in_words`. Catalogues are `languages/<language>.po` of the application and of every module; `flask languages update`
writes them anew. Programs are told English: the API, the command line and the logs never change the language.
"""

import gettext as standard
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, reduce
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, Self, TypeVar

from babel import Locale, UnknownLocaleError

from backend.core import modules

NATIVE = "en"
FOLDER, ENDING = "languages", ".po"
OF_APPLICATION = Path(__file__).parents[1] / FOLDER
# What a catalogue says instead of "small" where labels keep their capitals within a sentence.
AS_IT_IS = "as it is"
# How a locale ends whose sentences know what they were made of; to whoever reads it, private use.
TRACED = "-x-traced"
Worded = TypeVar("Worded")
_locale: ContextVar[str] = ContextVar("locale", default=NATIVE)


def _(message: str, /, **values: object) -> str:
    """The message in the language of whoever asks, its `%(places)s` filled."""
    locale = _locale.get()
    # To a catalogue an empty message means the catalogue itself.
    said = message if locale == NATIVE or not message else catalogue(locale).gettext(message)
    said = filled(said, values) if values else said
    return Traced(said, (message,), values) if locale.endswith(TRACED) else said


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """The message for that number, which stands in it as `%(num)s` unless told otherwise."""
    locale, values = _locale.get(), {"num": number, **values}
    said = filled(catalogue(locale).ngettext(one, many, number), values)
    return Traced(said, (one, many), values, number=number) if locale.endswith(TRACED) else said


def pgettext(context: str, message: str, /, **values: object) -> str:
    """The message where its English alone would be ambiguous: `pgettext("verb", "Open")`."""
    locale = _locale.get()
    said = catalogue(locale).pgettext(context, message)
    said = filled(said, values) if values else said
    return Traced(said, (message,), values, context=context) if locale.endswith(TRACED) else said


def filled(said: str, values: Mapping[str, object]) -> str:
    """What is said with its places filled; a label that begins it keeps its capital."""
    if said.startswith("%("):
        first = said[2 : said.index(")")]
        value = values[first]
        if isinstance(value, InSentence):
            values = {**values, first: value.label}
    return said % values


class Traced(str):
    """A sentence with what it was made of: see `tracing`."""

    __slots__ = ("context", "messages", "number", "values")

    context: str | None
    messages: tuple[str, ...]
    number: int | None
    values: Mapping[str, object]

    def __new__(
        cls, said: str, messages: tuple[str, ...], values: Mapping[str, object],
        *, context: str | None = None, number: int | None = None,
    ) -> Self:  # fmt: skip
        """The sentence, its message for one and many, what fills its places, by which number it was chosen."""
        made = super().__new__(cls, said)
        made.messages, made.values, made.context, made.number = messages, values, context, number
        return made

    @property
    def english(self) -> str:
        """The message, where it is the word of a declaration."""
        return self.messages[0]


class InSentence(str):  # noqa: SLOT000  # a text with variable length cannot have them
    """A label as it stands within a sentence."""

    label: str


def in_sentence(label: str) -> InSentence:
    """A label as it stands within a sentence: "product", but "SKU", and "Produkt" where nouns have capitals."""
    first = label.partition(" ")[0]
    is_kept = any(letter.isupper() for letter in first[1:]) or _written() == AS_IT_IS
    told = InSentence(label if is_kept else label[:1].lower() + label[1:])
    told.label = label
    return told


def _written() -> str:
    return pgettext("how a label is written within a sentence: small, or as it is", "small")


def either(texts: Iterable[str]) -> str:
    """The texts of which one would do: "one, this or that"."""
    others, last = _last_apart(texts)
    return _("%(one)s or %(other)s", one=others, other=last) if others else last


def together(texts: Iterable[str]) -> str:
    """The texts that are wanted at once: "one, this and that"."""
    others, last = _last_apart(texts)
    return _("%(one)s and %(other)s", one=others, other=last) if others else last


def _last_apart(texts: Iterable[str]) -> tuple[str, str]:
    *others, last = texts
    return reduce(lambda one, other: _("%(one)s, %(other)s", one=one, other=other), others) if others else "", last


def later(message: str) -> str:
    """The message, marked: for tables of sentences that are translated by `_` where they are read."""
    return message


class Said(str):  # noqa: SLOT000  # a text with variable length cannot have them
    """What was said in another language, with its English: whoever keeps it in an attribute of words keeps that."""

    english: str

    def of(self, english: str) -> "Said":
        """This, with its English."""
        self.english = english
        return self


def english(text: str) -> str:
    """What the text is in English, where it was read from a declaration; else itself."""
    return str(getattr(text, "english", text))


def in_words(*names: str) -> Callable[[type[Worded]], type[Worded]]:
    """Attributes, of a class or above `@dataclass`, that are kept in English and read in the language of who asks."""

    def described(owner: type[Worded]) -> type[Worded]:
        for name in names:
            setattr(owner, name, _Words(name))
        return owner

    return described


class _Words:
    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, _owner: type) -> Any:
        if instance is None:
            return self
        kept: str = instance.__dict__[self._name]
        if not kept or _locale.get() == NATIVE:
            return kept
        said = _(kept)
        return said if isinstance(said, Traced) else Said(said).of(kept)

    def __set__(self, instance: Any, told: str) -> None:
        instance.__dict__[self._name] = english(told)


def speak(locale: str) -> None:
    """Say everything from now on, in this thread or task, as that locale wants it: `nl`, `nl-BE`."""
    _locale.set(locale)


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Say everything inside as that locale wants it."""
    token = _locale.set(locale)
    try:
        yield
    finally:
        _locale.reset(token)


@contextmanager
def tracing() -> Iterator[None]:
    """Say everything inside in the same language, such that it can be stored and said again in another."""
    with speaking(f"{plain(_locale.get())}{TRACED}"):
        yield


def plain(locale: str) -> str:
    """The locale, whether its sentences are traced or not."""
    return locale.removesuffix(TRACED)


def spoken() -> str:
    """The locale of whoever asks."""
    return _locale.get()


@cache
def language_of(locale: str) -> str:
    """The offered language of a locale; English where there is none."""
    language = locale.replace("-", "_").partition("_")[0]
    return language if language in offered() else NATIVE


def preferred(wanted: Iterable[str]) -> str:
    """The first of these locales' languages that is offered; English where none is."""
    return next((code for code in (each.partition("-")[0].lower() for each in wanted) if code in offered()), NATIVE)


@cache
def direction_of(language: str) -> str:
    """How the language is written: `ltr` or `rtl`."""
    try:
        return str(Locale.parse(language).text_direction)
    except (ValueError, UnknownLocaleError):
        return "ltr"


@cache
def offered() -> dict[str, str]:
    """The languages that have a catalogue, and English: each by its code with the name it gives itself."""
    found = {NATIVE, *(path.stem for folder in folders() for path in folder.glob(f"*{ENDING}"))}
    named = {code: Locale.parse(code).get_display_name(code) or code for code in found}
    return {code: named[code][:1].upper() + named[code][1:] for code in sorted(named, key=lambda code: named[code])}


def folders() -> list[Path]:
    """Where catalogues lie: the application's own, then each module's."""
    found = [OF_APPLICATION]
    for name in modules.names():
        spec = find_spec(name)
        places = spec.submodule_search_locations if spec else None
        found += [Path(place) / FOLDER for place in places or ()]
    return found


@cache
def catalogue(locale: str) -> standard.NullTranslations:
    """What the catalogues of a locale's language say, read once a process; a module's own word wins."""
    language = language_of(locale)
    if language == NATIVE:
        return standard.NullTranslations()
    if locale != language:
        return catalogue(language)
    merged: standard.NullTranslations = standard.NullTranslations()
    for folder in folders():
        path = folder / f"{language}{ENDING}"
        if path.is_file():
            own = _read(path, language)
            own.add_fallback(merged)
            merged = own
    return merged


def _read(path: Path, language: str) -> standard.GNUTranslations:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language, charset="utf-8"))
    compiled.seek(0)
    return standard.GNUTranslations(compiled)

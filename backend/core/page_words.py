"""The words of pages: what their templates say, what their scripts say of numbers, which way they run."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from babel import Locale
from flask import Flask
from markupsafe import Markup

from backend.core.formats import number
from backend.core.languages import catalogue, direction_of, either, filled, language_of, spoken, together

# Whatever a language's words for numbers depend on shows among so many.
TRIED = 200


class Language(NamedTuple):
    """What the frame of a page says of its language."""

    code: str
    direction: str


def install(app: Flask) -> None:
    """Let every template say `_("…")`, `{% trans %}…{% endtrans %}` and, of itself, `language()`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.newstyle_gettext = True  # type: ignore[attr-defined]  # the extension's
    # Not the extension's own, which ask the template's context three times a word: a page says a hundred.
    app.jinja_env.globals |= {"_": _gettext, "gettext": _gettext, "ngettext": _ngettext, "pgettext": _pgettext}
    app.jinja_env.globals["language"] = language
    app.jinja_env.filters.update(either=either, together=together, number=number)


def _gettext(message: str, /, **values: Any) -> Markup:
    return _filled(message, catalogue(spoken()).gettext(message), values)


def _ngettext(one: str, many: str, count: int, /, **values: Any) -> Markup:
    return _filled(one, catalogue(spoken()).ngettext(one, many, count), {"num": count, **values})


def _pgettext(context: str, message: str, /, **values: Any) -> Markup:
    return _filled(message, catalogue(spoken()).pgettext(context, message), values)


def _filled(english: str, said: str, values: dict[str, Any]) -> Markup:
    """The words are ours, what is put into their places is escaped; a sign for percent is doubled in all of them.

    Where the English has no markup its translation has none either, and no quote in it ends an attribute.
    """
    if said is not english and "<" not in english:
        said = said.replace("<", "&lt;").replace('"', "&#34;")
    told = Markup(said)  # noqa: S704 - as told
    return Markup(filled(told, values)) if "%" in said else told  # noqa: S704 - filled as Markup


def language() -> Language:
    """The language of this page."""
    code = language_of(spoken())
    return Language(code, direction_of(code))


def by_number(said: Callable[[int], str]) -> dict[str, str]:
    """What is said of a number, for a script: by the names that the browser's `Intl.PluralRules` gives to numbers."""
    return {name: said(example) for name, example in _one_of_each(language_of(spoken())).items()}


@cache
def _one_of_each(language: str) -> dict[str, int]:
    """A number of every kind that the language counts in another way."""
    kind = Locale.parse(language).plural_form
    return {kind(each): each for each in reversed(range(TRIED))}

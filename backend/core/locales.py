"""Locales by name, as CLDR knows them – `nl`, and `nl-BE` for the way of a region: which there are, and in words."""

from collections.abc import Mapping
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.localedata import locale_identifiers

from backend.core.languages import NATIVE, offered, plain, spoken

# English alone is written as in Britain, which most of the world reads without a mistake.
PLAIN_ENGLISH = "en_GB"
# BE, or 419 for Latin America; what is longer is a script.
LONGEST_REGION = 3


def may_be_chosen(name: str) -> bool:
    """Whether CLDR knows exactly this locale, and there are words in its language."""
    return tagged(name) in _names() and language_in(name) in offered()


@cache
def regions(language: str) -> dict[str, str]:
    """The locales of a language that belong to a region, by the region's code: `nl-BE` by `BE`."""
    found = (name.split("-") for name in _names())
    two = (parts for parts in sorted(found) if len(parts) == 2 and parts[0] == language)
    return {parts[1]: "-".join(parts) for parts in two if len(parts[1]) <= LONGEST_REGION}


def region_in(name: str) -> str:
    """The region's code in a locale; an empty text where it has none."""
    return known(name).territory or "" if "-" in tagged(name) else ""


def language_in(name: str) -> str:
    """The code of the language in a locale."""
    return tagged(name).partition("-")[0]


def region_called(code: str) -> str:
    """A region in the words of whoever asks: Belgium."""
    return str(known(spoken()).territories.get(code, code))


def language_called(code: str) -> str:
    """A language as it calls itself: Nederlands."""
    said = str(known(code).languages.get(code, code))
    return said[:1].upper() + said[1:]


def choices() -> Mapping[str, str]:
    """Every locale that may be chosen, with its words: Nederlands (België)."""
    return _choices(spoken())


@cache
def _choices(locale: str) -> Mapping[str, str]:
    named = (name for language in offered() for name in (language, *regions(language).values()))
    there = {name: Locale.parse(name, sep="-") for name in named}
    said = {name: str(each.get_display_name(known(locale)) or name) for name, each in there.items()}
    written = {name: words[:1].upper() + words[1:] for name, words in said.items()}
    return dict(sorted(written.items(), key=lambda each: each[1].casefold()))


@cache
def known(name: str) -> Locale:
    """What CLDR knows of a locale: of its language alone, or of English, where it knows no more."""
    for each in (tagged(plain(name)), language_in(name), NATIVE):
        try:
            return Locale.parse(PLAIN_ENGLISH if each == NATIVE else each, sep="_" if each == NATIVE else "-")
        except (ValueError, UnknownLocaleError):
            continue
    raise AssertionError


def tagged(name: str) -> str:
    """The locale's name as pages write it: nl-BE for nl_BE."""
    return name.replace("_", "-")


@cache
def _names() -> frozenset[str]:
    return frozenset(tagged(name) for name in locale_identifiers())

"""File names: cleaned of everything that is more than a name, and told to browsers so that none misreads them."""

import unicodedata
from urllib.parse import quote

LONGEST = 150
# What no name on any system holds; a path ends in a name, whichever slash it is written with.
STRANGE = frozenset('<>:"|?*')
UNSAID = ("", ".", "..")


def clean(name: str) -> str:
    """The last step of a path, without control characters and marks of any shell; empty where nothing is left."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in last if letter not in STRANGE and unicodedata.category(letter)[0] != "C")
    kept = " ".join(kept.split()).strip(". ") if kept.strip(". ") == "" else " ".join(kept.split())
    return "" if kept in UNSAID else _shortened(kept)


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        return name[:LONGEST]
    return f"{stem[: LONGEST - len(ending) - 1]}.{ending}"


def disposition(kind: str, name: str) -> str:
    """`Content-Disposition` by RFC 6266: an ASCII name for old readers, the real one beside it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join(letter for letter in plain if letter not in '"\\%;') or "file"
    told = f'{kind}; filename="{plain}"'
    return told if plain == name else f"{told}; filename*=UTF-8''{quote(name, safe='')}"

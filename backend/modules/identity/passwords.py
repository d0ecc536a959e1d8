"""What a password must be, and how it is compared; hashed with argon2id by Flask-Security's context."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from flask_security.utils import hash_password, verify_password

from backend.core.languages import _
from backend.extensions import security

SHORTEST, LONGEST = 8, 128
# How a kept password begins: everything else was never hashed.
HASHED = "$argon2id$"


def normal(plain: str) -> str:
    """The password as it is compared: however a keyboard composes its letters, it is the same one."""
    return unicodedata.normalize("NFKC", plain)


def password_fault(plain: object, known: Iterable[str | None] = ()) -> str | None:
    """What is wrong with a new password, as a sentence; `known` are words anybody could guess."""
    if not isinstance(plain, str):
        return _("A password is text.")
    chosen = normal(plain)
    if not SHORTEST <= len(chosen) <= LONGEST:
        return _(
            "A password has %(least)s to %(most)s characters; a sentence of a few words is a good one.",
            least=SHORTEST,
            most=LONGEST,
        )
    if chosen.casefold() in {word.casefold() for word in known if word}:
        return _("The password must not be the user's name or address.")
    if len(set(chosen)) == 1:
        return _("A password of one repeated character is too easily guessed.")
    return None


def hashed(plain: str) -> str:
    """The hash that is kept."""
    return str(hash_password(normal(plain)))


def matches(plain: str, kept: str) -> bool:
    """Whether the password is the one whose hash is kept."""
    return bool(verify_password(normal(plain), kept))


def needs_new_hash(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return bool(_context().needs_update(kept))


def unknown_hash() -> str:
    """A hash that nothing matches, as dear to compare as a real one: for users that do not exist."""
    made = _context().handler("argon2")
    cost = f"m={made.memory_cost},t={made.default_rounds},p={made.parallelism}"
    return f"{HASHED}v=19${cost}${'A' * 22}${'A' * 43}"


def _context() -> Any:
    return security.pwd_context

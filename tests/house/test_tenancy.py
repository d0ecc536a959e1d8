"""Nothing escapes the account it belongs to: what the session cannot confine stays inside core, or gives its reason."""

import ast
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Mapper

from backend.core.model import AccountConfined
from backend.extensions import DeclarativeModel
from tests.house.sources import files, room_of

# What the session's criterion does not reach.
ESCAPES = frozenset(
    {
        "__table__", "from_statement", "bulk_insert_mappings", "bulk_update_mappings", "bulk_save_objects",
        "column_property", "exec_driver_sql", "refresh", "tables", "as_system",
    }
)  # fmt: skip
FROM_SQLALCHEMY = frozenset({"text", "insert", "update", "delete", "column_property"})

# Each file that escapes, what by, and why that is right.
ALLOWED = {
    ("backend/auth/__init__.py", "as_system"): "the user who is asking, by the id in the actor",
    ("backend/auth/arrival.py", "as_system"): "the account a superuser chooses, before there is an actor",
    ("backend/auth/tokens.py", "as_system"): "the user's own data, by the id in the actor",
    ("backend/auth/pages.py", "delete"): "sessions that are over, and the one that signs out, by its own id",
    ("backend/auth/token_pairs.py", "delete"): "tokens of a family that is over",
    ("backend/auth/token_pairs.py", "update"): "one UPDATE and its row count decide a race of renewals",
    ("backend/modules/catalogue/seed.py", "tables"): "accounts by name, without importing their module; as the system",
    ("backend/modules/organisation/seed.py", "tables"): "accounts by name, as the catalogue's",
}

# Rows of no account, and why.
EXEMPT = {
    "AccessToken": "of a user; found by its secret's hash only, and shown by no resource",
    "RefreshToken": "of a user; found by its secret's hash only, and shown by no resource",
    "IdempotencyKey": "of a user; found by the user's id and the key, and shown by no resource",
    "SavedView": "of a user, by whose id or account it is found, by core's own statements only",
    "Session": "of a user, who may be nobody yet; its resource's rule asks for the user's account",
    "AccountRole": "the same words in every account, written by superusers",
    "Permission": "the same words in every account, written by superusers",
    "Role": "the same words in every account, written by superusers",
    "PermissionsRoles": "between two of no account",
    "RolesAccounts": "a link: reached from its account",
    "GroupsPermissions": "a link: reached from its group",
    "GroupsUsers": "a link: reached from its group or its user",
    "RolesUsers": "a link: reached from its user",
    "UsersPermissions": "a link: reached from its user",
    "Job": "of a user, by whose id it is found; a superuser's question names the account",
    "Preference": "of a user, by whose id it is found, and shown by no resource",
    "ChangeSet": "seen through its row changes, which are confined",
}


def test_only_core_uses_what_escapes_the_account() -> None:
    found = {
        (str(path), name): line
        for path, tree in files().items()
        if room_of(path) != "core"
        for name, line in escapes(tree)
    }
    unexplained = {f"{path}:{line} {name}" for (path, name), line in found.items() if (path, name) not in ALLOWED}
    assert unexplained == set()
    assert set(ALLOWED) - set(found) == set()


def escapes(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ESCAPES:
            yield node.attr, node.lineno
        elif isinstance(node, ast.Constant) and node.value == "as_system":
            yield "as_system", node.lineno
        elif isinstance(node, ast.keyword) and node.arg == "as_system":
            yield "as_system", node.value.lineno
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            yield from ((name.name, node.lineno) for name in node.names if name.name in FROM_SQLALCHEMY)


def test_every_mapped_class_belongs_to_an_account_or_says_why_not(seeded_app: Flask) -> None:
    assert seeded_app
    mapped = {mapper.class_ for mapper in mappers() if mapper.class_.__module__.startswith("backend.")}
    loose = {each.__name__ for each in mapped if not issubclass(each, AccountConfined)}
    assert loose == set(EXEMPT)


def mappers() -> Iterator[Mapper[object]]:
    return iter(DeclarativeModel.registry.mappers)


def test_the_list_of_reasons_names_files_that_exist() -> None:
    root = Path(__file__).parents[2]
    assert [path for path, _name in ALLOWED if not (root / path).exists()] == []

"""Rows found by what they are called, on every database: what begins so by an index, other words among the newest."""

import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select

from backend.core import finding, writes
from backend.core.entry import Entry
from backend.core.finding import Found, Reach
from backend.core.registry import registry
from backend.core.rights import Actor, system
from backend.core.spelling import LAST, after
from backend.core.tenancy import act_as
from backend.extensions import db
from tests.work import statements, working_as

DEMO, EVERYWHERE = system("test", 1), system("test")
EDITOR = Actor("editor", user_id=3, account_id=1, permissions=frozenset({"vault_chests:read", "vaults:read"}))
# The newest row alone is looked through: what is found besides is found by an index.
BY_INDEX = Reach(80, 1, 80, led=False)
WHOLE = Reach(80, 1000, 80, led=True)
NAMES = [
    "Émile Zola", "émile", "Emile", "ÉMILE", "Zoë", "Łukasz", "ŁUKASZ", "łuk", "Žofia", "Иван", "ИВАН", "иван",
    "Ελλάδα", "ΕΛΛΆΔΑ", "花子", "花", "محمد", "ﬁn", "Straße", "STRASSE", "strasse", "ss", "smith", "Smith", "SMITH",
    "sMITH", "Smithson", "a", f"a{LAST}", f"a{LAST}b", "a\ud7ff", "a\ud7ffz", "a\ue000", "a😀", "b", "B", "O'Neill",
    "o'neill", "o neill", "100%", "100 per cent", "under_score", "underXscore", "tail ", "tail",
]  # fmt: skip
TYPED = [
    "é", "É", "e", "éM", "zo", "zoë", "łuk", "Ł", "ž", "иВ", "ива", "ελλά", "花", "花子", "م", "ﬁ", "straß", "strass",
    "s", "ss", "smi", "SMITHS", "a", f"a{LAST}", "a\ud7ff", LAST, "b", "o'n", "100%", "under_", "tail", "e\u0301",
    "nobody",
]  # fmt: skip


def entry_of(key: str) -> Entry:
    entry = registry.get(key)
    assert entry is not None
    return entry


def make(app: Flask, key: str, *values: dict[str, Any], actor: Actor = DEMO) -> None:
    with working_as(app, actor):
        writes.create_many(entry_of(key), actor, list(values))


def hire(app: Flask, *names: str, actor: Actor = DEMO) -> None:
    """People called so, and a newer one who is not."""
    told = [{"employee_id": f"F-{place:03}", "full_name": name} for place, name in enumerate((*names, "?"))]
    make(app, "staff", *told, actor=actor)


def find(app: Flask, text: str, reach: Reach, *, key: str = "staff", actor: Actor = DEMO) -> Found:
    with app.app_context():
        act_as(actor)
        return finding.find(entry_of(key), actor, text, reach)


def titles(found: Found) -> list[str]:
    return [row.title for row in found.rows]


def everybody(app: Flask) -> list[str]:
    with app.app_context():
        act_as(DEMO)
        person: Any = entry_of("staff").model
        names = db.session.scalars(select(person.full_name))
        return [name for name in names if name is not None]


@pytest.fixture
def people(app: Flask) -> list[str]:
    """Everybody's name, in many scripts, but the newest row's."""
    hire(app, *NAMES)
    return [name for name in everybody(app) if name != "?"]


def test_an_index_finds_exactly_what_begins_so_in_every_script(app: Flask, people: list[str]) -> None:
    for typed in TYPED:
        text = unicodedata.normalize("NFC", typed)
        ways = {text, text.lower(), text.capitalize(), text.title(), text.upper()}
        # What comes after the last character of all is nothing's beginning.
        begun = {name for name in people for way in ways if name.startswith(way) and way.strip(LAST)}
        assert set(titles(find(app, typed, BY_INDEX))) == begun, typed


def test_any_part_of_a_name_is_found_whatever_its_case(app: Flask, people: list[str]) -> None:
    for typed in [*TYPED, "MITH", "ила", "ΛΆΔ", "0%", "r_s", "子"]:
        text = unicodedata.normalize("NFC", typed).lower()
        found = find(app, typed, WHOLE)
        assert {name for name in people if text in name.lower()} == set(titles(found)), typed
        assert not found.is_cut


@pytest.mark.parametrize("typed", ["Smith", "émile", "100%"])
def test_the_same_name_comes_first_then_what_begins_so(app: Flask, people: list[str], typed: str) -> None:
    found = titles(find(app, typed, WHOLE))
    same = [name for name in people if name.lower() == typed.lower()]
    assert sorted(found[: len(same)]) == sorted(same)
    begins = [name.lower().startswith(typed.lower()) for name in found]
    assert begins == sorted(begins, reverse=True)


def test_words_are_found_in_any_order_by_how_each_begins(app: Flask) -> None:
    hire(app, "Jo Smith", "John Smithson", "Smith-Jones, Maria", "Joanne Blacksmith", "Jo Underhill", "Smith")
    led = Reach(10, 1, 80, led=True)
    assert titles(find(app, "smith jo", led)) == ["Jo Smith", "John Smithson", "Smith-Jones, Maria"]
    # Without being led by a word, an index knows the names as they stand.
    assert titles(find(app, "smith jo", BY_INDEX)) == ["Jo Smith"]
    # Of the newest, each part of a name, and those that begin so before.
    assert titles(find(app, "smith jo", WHOLE)) == [
        "Jo Smith", "John Smithson", "Smith-Jones, Maria", "Joanne Blacksmith",
    ]  # fmt: skip


def test_words_may_stand_in_several_columns(app: Flask) -> None:
    make(app, "products", {"name": "Zweikorn desk", "sku": "ZK-77", "price": Decimal(1)})
    for typed in ("zk-77", "desk zk", "korn 77"):
        assert titles(find(app, typed, Reach(5, 10_000, 10, led=True), key="products")) == ["Zweikorn desk"]


def test_only_the_newest_are_looked_through_and_it_is_said(app: Flask) -> None:
    hire(app, "Blacksmith", "Underhill")
    for newest, rows, is_cut in ((1, [], True), (3, ["Blacksmith"], True), (1000, ["Blacksmith"], False)):
        found = find(app, "acksmi", Reach(10, newest, 10, led=True))
        assert (titles(found), found.is_cut, found.by_index) == (rows, is_cut, True)


def test_a_rule_of_the_row_is_asked_of_the_first_that_begin_so(app: Flask) -> None:
    chests = [{"name": f"Chest {place}", "state": "open" if place == 5 else "buried"} for place in range(8)]
    make(app, "vault_chests", *chests, {"name": "?", "state": "open"})
    seen: Any = {"key": "vault_chests", "actor": EDITOR}
    assert titles(find(app, "chest", Reach(5, 1, 10, led=True), **seen)) == ["Chest 5"]
    assert titles(find(app, "chest", Reach(5, 1, 3, led=True), **seen)) == []
    assert titles(find(app, "5 che", Reach(5, 1, 10, led=True), **seen)) == ["Chest 5"]
    assert titles(find(app, "hest 5", Reach(5, 100, 3, led=True), **seen)) == ["Chest 5"]
    assert titles(find(app, "hest 4", Reach(5, 100, 3, led=True), **seen)) == []


def test_what_one_may_not_read_of_a_row_finds_nothing(app: Flask) -> None:
    make(app, "vault_chests", {"name": "Chest", "combination": "SESAME-1"}, {"name": "?"})
    for reach in (BY_INDEX, WHOLE):
        assert titles(find(app, "sesame", reach, key="vault_chests")) == ["Chest"]
        assert titles(find(app, "sesame", reach, key="vault_chests", actor=EDITOR)) == []


def test_accounts_stay_apart_and_who_sees_all_finds_in_each(app: Flask) -> None:
    hire(app, "Zweikorn of ours")
    hire(app, "Zweikorn of theirs", actor=system("test", 2))
    for reach in (BY_INDEX, WHOLE):
        assert titles(find(app, "zweikorn", reach)) == ["Zweikorn of ours"]
        assert titles(find(app, "zweikorn", reach, actor=EVERYWHERE)) == ["Zweikorn of ours", "Zweikorn of theirs"]


@pytest.mark.parametrize("text", ["smith", "nobody at all", "smith nobody", "#1", ""])
def test_a_search_asks_a_handful_of_questions(app: Flask, people: list[str], text: str) -> None:
    assert people
    for actor in (DEMO, EVERYWHERE):
        with statements() as sent:
            find(app, text, BY_INDEX, actor=actor)
        assert len(sent) <= 3


def test_beginnings_are_read_from_the_index(app: Flask, people: list[str]) -> None:
    assert people
    asked: list[Any] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if "UNION" in statement:
            asked[:] = [statement, values]

    event.listen(Engine, "before_cursor_execute", note)
    try:
        find(app, "smith", BY_INDEX)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    with app.app_context(), db.session.begin_nested():
        act_as(DEMO)
        connection = db.session.connection()
        how = "EXPLAIN"
        if connection.dialect.name == "sqlite":
            how = "EXPLAIN QUERY PLAN"
        elif connection.dialect.name == "postgresql":
            # So few rows are read faster without.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = str(connection.exec_driver_sql(f"{how} {asked[0]}", asked[1]).all())
    assert "ix_staff_account_id_full_name" in plan
    assert "uq_staff_account_id_employee_id" in plan or "sqlite_autoindex_staff" in plan


def test_nothing_stands_between_what_begins_so_and_what_comes_after() -> None:
    assert after("Smith") == "Smiti"
    assert after("a\ud7ff") == "a\ue000"
    assert after(f"ab{LAST}{LAST}") == "ac"
    assert after(LAST) == ""

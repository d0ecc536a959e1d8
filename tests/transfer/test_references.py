"""References in files: named by the target's own key, those to rows of the same file too.

No resource of the application refers to another in a way a file can tell, so the test brings its own module, in a
copy of the project.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MODELS = """
from typing import Optional
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from backend.core.limits import limits
from backend.core.model import AccountOwned, Model
from backend.core.types import Text

class Unit(AccountOwned, Model):
    __tablename__ = "units"
    code: Mapped[str] = mapped_column(Text(20), info=limits(min_length=1))
    name: Mapped[str] = mapped_column(Text(80))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    parent: Mapped[Optional["Unit"]] = relationship(remote_side="Unit.id", viewonly=True)
    __table_args__ = (UniqueConstraint("account_id", "code"),)

class Desk(AccountOwned, Model):
    __tablename__ = "desks"
    number: Mapped[str] = mapped_column(Text(20))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    unit: Mapped[Unit] = relationship(viewonly=True)
    __table_args__ = (UniqueConstraint("unit_id", "number"),)
"""
RESOURCES = """
from backend.core.registry import registry
from backend.core.resource import Resource
from backend.core.rights import signed_in
from backend.modules.places.models import Desk, Unit

ALL = dict.fromkeys(("read", "create", "update", "delete"), signed_in)
registry.register(Resource(model=Unit, natural_key=("code",), rights=ALL))
registry.register(Resource(model=Desk, natural_key=("unit", "number"), rights=ALL))
"""
SCRIPT = """
import io, json, sys
sys.path.append(sys.argv[1])
from tests.work import make_seeded, statements, working_as
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.transfer import Export, Import
from backend.extensions import db

app = make_seeded(f"sqlite:///{sys.argv[2]}")
told = []
for key, account, text in json.loads(sys.stdin.read()):
    actor = Actor("tester", user_id=1, account_id=account)
    with working_as(app, actor), statements() as sent:
        result = Import(registry.get(key), actor).run(io.BytesIO(text.encode()), "csv")
        reads = sum(each.startswith("SELECT") for each in sent)
        if result.is_refused:
            db.session.rollback()
        out = b"".join(Export(registry.get(key), actor).write("csv")).decode()
        told.append({**result.meta(), "reads": reads, "export": out})
print(json.dumps(told))
"""
TREE = "code,name,parent\nA1,Left,A\nA,Top,\nA11,Leaf,A1\n"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What each import answered, one after the other in one database."""
    copy = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "backend", copy / "backend", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "config.py", copy)
    module = copy / "backend" / "modules" / "places"
    module.mkdir()
    for name, text in (("__init__", ""), ("models", MODELS), ("resources", RESOURCES)):
        (module / f"{name}.py").write_text(text, encoding="utf-8")
    steps = [
        ("units", 1, TREE),
        ("units", 1, TREE),
        ("units", 1, "code,parent\nA11,A\n"),
        ("units", 1, "code,name,parent\nB,Ring,C\nC,Ring,B\nD,Lost,Z\n"),
        ("units", 2, "code,name,parent\nX,Theirs,A\n"),
        ("desks", 1, "unit,number\n" + "".join(f"A1,{number}\n" for number in range(300)) + "A,0\n"),
        ("desks", 1, "unit,number\nA1,7\nA,0\n,1\nQ,1\n"),
    ]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(ROOT), str(copy / "own.sqlite3")],
        cwd=copy,
        input=json.dumps(steps),
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_parents_may_come_later_in_the_file(told: list[dict[str, Any]]) -> None:
    assert (told[0]["created"], told[0]["errors"]) == (3, [])
    assert told[0]["export"] == "code,name,parent\r\nA,Top,\r\nA1,Left,A\r\nA11,Leaf,A1\r\n"


def test_the_same_file_again_changes_nothing(told: list[dict[str, Any]]) -> None:
    assert (told[1]["unchanged"], told[1]["changed"]) == (3, 0)


def test_a_row_moves_to_another_parent(told: list[dict[str, Any]]) -> None:
    assert told[2]["changed"] == 1
    assert "A11,Leaf,A\r\n" in told[2]["export"]


def test_circles_and_rows_that_are_not_there_are_named(told: list[dict[str, Any]]) -> None:
    assert [(each["row"], each["column"]) for each in told[3]["errors"]] == [
        (2, "parent"),
        (3, "parent"),
        (4, "parent"),
    ]
    assert "refers back" in told[3]["errors"][0]["reason"]
    assert told[3]["errors"][2]["reason"] == "No unit has the code 'Z'."


def test_rows_of_another_account_are_as_absent(told: list[dict[str, Any]]) -> None:
    assert told[4]["errors"][0]["reason"] == "No unit has the code 'A'."


def test_a_reference_may_be_part_of_the_key_and_costs_no_query_a_row(told: list[dict[str, Any]]) -> None:
    assert (told[5]["created"], told[5]["errors"]) == (301, [])
    assert told[5]["reads"] < 12
    assert [each["column"] for each in told[6]["errors"]] == ["unit", "unit"]
    assert told[6]["unchanged"] == 2

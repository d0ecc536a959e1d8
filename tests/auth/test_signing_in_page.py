"""The page on signing in another way is true: its code is what signs in here."""

import re
import sys
from types import ModuleType
from typing import Any

import pytest

from backend import create_app
from backend.core import CurrentUser, current_user, current_user_is
from backend.core.work import work_as
from backend.extensions import db
from config import load
from tests.house.sources import ROOT
from tests.work import PASSWORD, make_seeded

BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The modules `company.gate` and `company.people` with what the page says."""
    gate, people = BLOCK.findall((ROOT / "docs" / "signing-in.md").read_text(encoding="utf-8"))
    monkeypatch.setitem(sys.modules, "company", ModuleType("company"))
    for name, source in (("gate", gate), ("people", people)):
        module = ModuleType(f"company.{name}")
        exec(source, module.__dict__)  # noqa: S102 - our own page
        monkeypatch.setitem(sys.modules, f"company.{name}", module)
    yield
    current_user_is(CurrentUser)


@pytest.mark.usefixtures("company")
def test_what_the_page_shows_signs_in(database_file: str) -> None:
    make_seeded(database_file)
    named = {"AUTHENTICATE": "company.gate:by_badge", "CURRENT_USER": "company.people:Colleague"}
    app = create_app(load("test", DATABASE_URL=database_file, SEED_PASSWORD=PASSWORD, **named))
    asked = app.test_client().get("/api/v1/auth/user", headers={"X-Badge": "eli@demo.example"})
    assert (asked.status_code, asked.get_json()["email"]) == (200, "eli@demo.example")
    assert app.test_client().get("/admin/", headers={"X-Badge": "eli@demo.example"}).status_code == 200
    assert app.test_client().get("/api/v1/auth/user", headers={"X-Badge": "stranger"}).status_code == 401
    assert app.test_client().get("/api/v1/auth/user").status_code == 401
    with app.app_context(), work_as("eli@demo.example"):
        user: Any = current_user
        assert user.greeting() == "Hello eli@demo.example"
        db.engine.dispose()

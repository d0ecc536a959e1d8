"""Embedded objects and lists from Python: dictionaries and lists of them, all in one change set."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from backend.core.errors import Invalid
from backend.core.items import items
from backend.core.work import work_as
from tests.embedded.meetings import people

meetings = items("agenda_meetings")
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def ann(app: Flask) -> int:
    return int(people(app, "Ann")[0])


def test_they_are_made_read_changed_and_selected(app: Flask, ann: int) -> None:
    with app.app_context():
        with work_as("ada@demo.example"):
            fair = meetings.create(
                name="Fair",
                event={"start_date": START, "location": "Ghent"},
                contents=[{"locale": "en", "title": "Fair"}],
                speakers=[{"person": ann, "fee": Decimal(100)}],
            )
            assert (fair.event["location"], fair.event["start_date"], fair.hall) == ("Ghent", START, None)
            assert fair.speakers[0]["fee"] == Decimal(100)
        with work_as("ada@demo.example"):
            assert fair.id is not None
            again = meetings.new().load(fair.id)
            again.set(event={"location": "Bruges"}, contents=[*again.contents, {"locale": "fr", "title": "Foire"}])
            again.save()
        with work_as("ada@demo.example"):
            found = meetings.select({"contents.title": "Foire", "event.location": "Bruges"})
            assert [each.name for each in found] == ["Fair"]
            [same] = found
            assert [each["locale"] for each in same.contents] == ["en", "fr"]
            assert same.event["start_date"] == START


@pytest.mark.parametrize(
    ("event", "contents", "places"),
    [
        ({"start_date": START}, [{"locale": "xx"}], {"contents/0/locale", "contents/0/title"}),
        ({"location": "Ghent"}, [], {"event/start_date"}),
    ],
)
def test_what_is_wrong_inside_is_told_at_its_place(
    app: Flask, ann: int, event: dict[str, Any], contents: list[dict[str, Any]], places: set[str]
) -> None:
    with app.app_context(), pytest.raises(Invalid) as refused, work_as("ada@demo.example"):
        meetings.create(name="Fair", event=event, contents=contents, speakers=[{"person": ann}])
    assert {str(each.pointer).removeprefix("/data/attributes/") for each in refused.value.problems} == places

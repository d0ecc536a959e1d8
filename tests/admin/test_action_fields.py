"""Forms of actions: every kind of field a marshmallow schema may have is shown, filled in, read and described."""

import enum
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address
from typing import Any
from uuid import UUID

import pytest
from marshmallow import Schema, fields, validate
from werkzeug.datastructures import MultiDict

from backend.admin.action_form import ActionForm
from backend.core import inputs
from backend.core.describe.schemas import of_marshmallow
from backend.core.resource import Action
from backend.core.rights import system


class Colour(enum.Enum):
    """What there is to choose from."""

    RED = 1
    BLUE = 2


class Inner(Schema):
    """What stands inside another."""

    a = fields.Integer(strict=True)


NUMBER = "12345678-1234-5678-1234-567812345678"
WHOLE = validate.OneOf([1, 2])
EVERY: list[tuple[Any, Any, Any, str]] = [
    (fields.String(), "0", "0", "text"),
    (fields.String(validate=validate.And(validate.OneOf(["x"]), validate.Length(max=3))), "x", "x", "select"),
    (fields.String(metadata={"format": "long"}), "a\nb", "a\nb", "area"),
    (fields.Email(), "a@b.example", "a@b.example", "text"),
    (fields.Url(), "https://b.example", "https://b.example", "text"),
    (fields.UUID(), NUMBER, UUID(NUMBER), "text"),
    (fields.IP(), "10.0.0.1", IPv4Address("10.0.0.1"), "text"),
    (fields.Integer(strict=True), "-7", -7, "text"),
    (fields.Integer(strict=True, validate=WHOLE), "2", 2, "select"),
    (fields.Integer(allow_none=True, load_default=3), "", None, "text"),
    (fields.Decimal(places=2), "1.50", Decimal("1.50"), "text"),
    (fields.Float(), "0.5", 0.5, "text"),
    (fields.TimeDelta(), "90", timedelta(seconds=90), "text"),
    (fields.Boolean(), "true", True, "check"),
    (fields.Boolean(allow_none=True), "false", False, "select"),
    (fields.Date(), "2026-01-02", date(2026, 1, 2), "date"),
    (fields.Time(), "03:04", time(3, 4), "text"),
    (fields.DateTime(), "2026-01-02T03:04", datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "moment"),
    (fields.AwareDateTime(), "2026-01-02T03:04", datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "moment"),
    (fields.NaiveDateTime(), "2026-01-02T03:04", datetime(2026, 1, 2, 3, 4), "moment"),  # noqa: DTZ001 - what is tried
    (fields.Enum(Colour), "RED", Colour.RED, "select"),
    (fields.Enum(Colour, by_value=True, load_default=Colour.BLUE), "1", Colour.RED, "select"),
    (fields.List(fields.Enum(Colour)), ["RED", "BLUE"], [Colour.RED, Colour.BLUE], "checks"),
    (fields.List(fields.Integer(strict=True, validate=WHOLE)), ["1", "2"], [1, 2], "checks"),
    (fields.List(fields.String(), validate=validate.ContainsOnly(["a", "b"])), ["b"], ["b"], "checks"),
    (fields.List(fields.Integer(strict=True)), "1\n\n 2 ", [1, 2], "area"),
    (fields.List(fields.Date()), "2026-01-02", [date(2026, 1, 2)], "area"),
    (fields.List(fields.Boolean()), "true\nfalse", [True, False], "area"),
    (fields.List(fields.Nested(Inner)), '{"a": 1}\n{"a": 2}', [{"a": 1}, {"a": 2}], "area"),
    (fields.Nested(Inner), '{"a": 1}', {"a": 1}, "area"),
    (fields.Nested(Inner, many=True), '[{"a": 1}]', [{"a": 1}], "area"),
    (fields.Pluck(Inner, "a"), "3", {"a": 3}, "text"),
    (fields.Tuple((fields.Integer(), fields.String())), '[1, "x"]', (1, "x"), "area"),
    (fields.Dict(fields.String(), fields.Integer(), load_default={"b": 2}), '{"a": 1}', {"a": 1}, "area"),
    (fields.Constant(3), "3", 3, "text"),
    (fields.Raw(), "x", "x", "text"),
]
NAMES = [f"{type(field).__name__} {value!r}"[:50] for field, _sent, value, _widget in EVERY]


def form_of(field: Any, sent: Any = None) -> ActionForm:
    action = Action(run=lambda _item, **_values: None, schema=taking(field))
    values = [("given", each) for each in (sent if isinstance(sent, list) else [sent])]
    return ActionForm(action, system("test"), None if sent is None else MultiDict(values))


def taking(field: Any) -> type[Schema]:
    found = Schema.from_dict({"given": field})
    assert issubclass(found, Schema)
    return found


@pytest.mark.parametrize(("field", "sent", "value", "widget"), EVERY, ids=NAMES)
def test_each_is_read_as_the_schema_wants_it(field: Any, sent: Any, value: Any, widget: str) -> None:
    form = form_of(field, sent)
    values, problems = inputs.load(taking(field), form.given())
    assert (values, problems) == ({"given": value}, [])
    assert form.all[0].spec.widget == widget


@pytest.mark.parametrize(("field", "sent", "value", "widget"), EVERY, ids=NAMES)
def test_what_was_sent_stands_in_it_again(field: Any, sent: Any, value: Any, widget: str) -> None:  # noqa: ARG001
    shown = form_of(field, sent).all[0]
    assert (list(shown.values) if widget == "checks" else shown.value) == sent


@pytest.mark.parametrize("field", [each[0] for each in EVERY], ids=NAMES)
def test_a_default_stands_in_it_and_is_read_back(field: Any) -> None:
    form = form_of(field)
    sent = form.all[0].value
    again = form_of(field, list(form.all[0].values) if form.all[0].spec.widget == "checks" else sent)
    left_to_the_schema, _faults = inputs.load(taking(field), {})
    if left_to_the_schema:
        assert inputs.load(taking(field), again.given())[0] == left_to_the_schema


@pytest.mark.parametrize("field", [each[0] for each in EVERY if not isinstance(each[0], fields.Raw)], ids=str)
def test_each_is_described(field: Any) -> None:
    told = of_marshmallow(taking(field))["properties"]["given"]
    assert {"type", "enum", "const"} & told.keys(), told


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        (fields.Integer(strict=True), "seven"),
        (fields.Integer(strict=True), "9" * 400),
        (fields.Integer(strict=True), "三"),
        (fields.Decimal(), "NaN"),
        (fields.DateTime(), "yesterday"),
        (fields.DateTime(), "0001-01-01T00:00+14:00"),
        (fields.List(fields.Integer(strict=True)), "1\nx"),
        (fields.Nested(Inner), "{"),
        (fields.Nested(Inner), '{"a": "x"}'),
        (fields.Nested(Inner), '{"b": 1}'),
        (fields.Tuple((fields.Integer(),)), "[1, 2]"),
        (fields.Enum(Colour), "GREEN"),
        (fields.Enum(Colour, by_value=True), "3"),
        (fields.List(fields.String(), validate=validate.ContainsOnly(["a"])), ["a", "z"]),
        (fields.Dict(), "[" * 5000),
        (fields.String(), "a\0b"),
    ],
)
def test_what_will_not_do_is_told_at_its_field(field: Any, sent: Any) -> None:
    form = form_of(field, sent)
    _values, problems = inputs.load(taking(field), form.given())
    form.tell(problems)
    assert form.all[0].errors
    assert not form.general

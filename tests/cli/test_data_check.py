"""`data check`: stored items the declaration would refuse, and those a stricter one would."""

import json
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.test_data_migrate import change
from tests.work import statements


@pytest.fixture
def spoilt(seeded: Run, database_file: str) -> Run:
    """Two products that no door would take."""
    change(database_file, "UPDATE products SET name = '', sku = ' ' WHERE id = 2")
    change(database_file, "UPDATE products SET image_url = printf('%.600c', 'x') WHERE id = 24")
    return seeded


def test_a_good_database_is_found_good(seeded: Run) -> None:
    told = seeded("data", "check")
    assert told.exit_code == 0, told.output
    number, *rest = told.output.split()
    assert int(number) > 50
    assert rest == ["items", "checked,", "0", "would", "be", "refused."]


def test_every_fault_of_every_item_is_told_with_field_and_sentence(spoilt: Run) -> None:
    told = spoilt("data", "check", "products")
    assert told.exit_code == 1
    assert told.output.splitlines() == [
        "products 2, name: This must not be empty.",
        "products 2, sku: This must not be empty.",
        "products 24, image_url: This may be at most 500 characters long; it is 600.",
        "27 items checked, 2 would be refused.",
    ]
    assert spoilt("data", "check").output.splitlines()[:3] == told.output.splitlines()[:3]


def test_programs_get_one_object(spoilt: Run) -> None:
    found = json.loads(spoilt("data", "check", "products", "--json").output)
    assert (found["checked"], found["refused"]) == (27, 2)
    assert [each["id"] for each in found["faulty"]] == [2, 24]
    assert found["faulty"][0]["faults"][0] == {"field": "name", "sentence": "This must not be empty."}
    assert json.loads(spoilt("data", "check", "users", "--json").output)["faulty"] == []


def test_one_item_or_several(spoilt: Run) -> None:
    assert spoilt("data", "check", "products", "--id", "1", "--id", "3").exit_code == 0
    told = spoilt("data", "check", "products", "--id", "2", "--id", "1", "--id", "2")
    assert told.output.splitlines()[-1] == "2 items checked, 1 would be refused."


def ids(run: Run, *demands: str) -> Any:
    words = [word for demand in demands for word in ("--what-if", demand)]
    found = json.loads(run("data", "check", "products", *words, "--json").output)
    return {each["id"]: {fault["field"] for fault in each["faults"]} for each in found["faulty"]}


def test_what_would_be_refused_if(seeded: Run, database_file: str) -> None:
    change(database_file, "UPDATE products SET quantity = 5, price = 500, name = 'Middle', image_url = '/a'")
    change(database_file, "UPDATE products SET quantity = 101 WHERE id = 3")
    change(database_file, "UPDATE products SET quantity = 0, image_url = NULL WHERE id = 4")
    change(database_file, "UPDATE products SET price = 501, name = 'Long one' WHERE id = 5")
    change(database_file, "UPDATE products SET price = 499, name = 'S' WHERE id = 6")
    assert ids(seeded, "image_url required") == {4: {"image_url"}}
    assert ids(seeded, "quantity max=100") == {3: {"quantity"}}
    assert ids(seeded, "quantity min=1") == {4: {"quantity"}}
    assert ids(seeded, "price max=5.00") == {5: {"price"}}
    assert ids(seeded, "price min=5") == {6: {"price"}}
    assert ids(seeded, "name max_length=6") == {5: {"name"}}
    assert ids(seeded, "name min_length=2") == {6: {"name"}}
    assert ids(seeded, "name pattern=M.*|Long one") == {6: {"name"}}
    assert ids(seeded, "quantity max=100", "image_url required", "quantity min=1") == {
        3: {"quantity"},
        4: {"quantity", "image_url"},
    }
    assert ids(seeded, "account required", "quantity max=200") == {}


@pytest.mark.parametrize(
    ("demand", "said"),
    [
        ("colour required", "no field 'colour'"),
        ("quantity", "is no demand"),
        ("quantity much=1", "is no demand"),
        ("quantity max=", "is no demand"),
        ("quantity max=many", "whole number"),
        ("quantity pattern=1", "says nothing about quantity"),
        ("name max=3", "says nothing about name"),
        ("name pattern=(", "pattern=("),
        ("account max=1", "is no demand"),
    ],
)
def test_a_demand_that_means_nothing_is_said(seeded: Run, demand: str, said: str) -> None:
    told = seeded("data", "check", "products", "--what-if", demand)
    assert told.exit_code == 2
    assert said in " ".join(told.output.split())


def test_a_demand_is_about_one_resource(seeded: Run) -> None:
    assert seeded("data", "check", "--what-if", "name required").exit_code == 2
    assert seeded("data", "check", "--id", "1").exit_code == 2


def test_batches_cost_a_few_questions_each_whatever_they_hold(seeded: Run) -> None:
    with statements() as few:
        seeded("data", "check", "products", "--id", "1")
    with statements() as many:
        seeded("data", "check", "products")
    assert len(many) <= len(few) + 1

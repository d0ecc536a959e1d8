"""Filters of lists: inputs by kind, sentences, AND and OR, changed and removed; several columns to sort by."""

import json
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from tests.admin.reading import links, main, rows
from tests.work import statements

PRODUCTS = "/admin/products/"
EITHER = '{"or": [{"field": "category", "value": "Lighting"}, {"field": "category", "value": "Paper"}]}'


def told(answer: Any) -> dict[str, str]:
    assert answer.status_code == 303
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


@pytest.mark.parametrize(
    ("field", "inside"),
    [
        ("price", ['inputmode="decimal"', ">is below<", ">is between<"]),
        ("updated_at", ['type="datetime-local"', ">is before<", ">is after<"]),
        ("name", [">contains<", ">begins with<", ">matches the pattern<"]),
        ("picture", [">is empty<", ">is not empty<"]),
    ],
)
def test_the_inputs_fit_the_kind_of_field(ada_in_browser: Any, field: str, inside: list[str]) -> None:
    for path in (f"{PRODUCTS}?_field={field}", f"{PRODUCTS}filter?_field={field}"):
        page = ada_in_browser.get(path).text
        assert all(part in page for part in inside)
    assert (">contains<" in page) == (field == "name")


@pytest.mark.parametrize("page", ["columns", "?_field="])
def test_people_are_offered_who_made_it_and_not_their_numbers(ada_in_browser: Any, page: str) -> None:
    text = ada_in_browser.get(f"{PRODUCTS}{page}").text
    assert 'value="created_by"' in text
    assert "created_by_id" not in text
    # Where somebody has such a column, it stays.
    chosen = ada_in_browser.get(f"{PRODUCTS}columns?state=fields[products]%3Dname,created_by_id").text
    assert 'value="created_by_id" checked' in chosen


def test_yes_or_no_and_references_are_chosen_by_their_words(admin_in_browser: Any) -> None:
    page = admin_in_browser.get("/admin/users/filter?_field=account").text
    assert ">demo</option>" in page
    answer = admin_in_browser.get("/admin/users/?_field=account&_op=eq&_value=1")
    shown = admin_in_browser.get(answer.headers["Location"]).text
    assert "Account is demo" in main(shown)
    assert ">Yes</option>" in admin_in_browser.get("/admin/users/filter?_field=is_superuser").text
    assert "is yes" in main(admin_in_browser.get("/admin/users/?filter[is_superuser]=true").text)


@pytest.mark.parametrize("value", ['R&D, "50%" #1', "100%_", "a+b=c?", "😀 שלום", "<i>'&amp;"])
def test_a_value_of_any_letters_is_found_told_and_asked_again(eli: Any, ada_in_browser: Any, value: str) -> None:
    eli.patch("/products/9", {"category": value})
    for asked in (
        {"_op": "eq", "_value": value},
        {"_op": "in", "_value": f'"{value.replace(chr(34), chr(34) * 2)}",x'},
    ):
        made = ada_in_browser.get(PRODUCTS, query_string={"_field": "category", **asked})
        page = ada_in_browser.get(made.headers["Location"]).text
        assert [row[2] for row in rows(page)] == [value]
        sentence = next(said for said in links(page) if said.startswith("Category is "))
        assert value in sentence
        again = ada_in_browser.get(links(page)[sentence]).text
        assert unescape(again.split('id="f-value"')[1].split('value="')[1].split('"')[0]) == asked["_value"]
        # The list is the same wherever its address is opened.
        export = ada_in_browser.get(links(page)["As JSON, for programs"]).get_json()
        assert [row["category"] for row in export] == [value]


def test_a_moment_is_asked_in_the_zone_of_the_user_and_kept_in_utc(ada_in_browser: Any) -> None:
    where = told(ada_in_browser.get(f"{PRODUCTS}?_field=updated_at&_op=gt&_value=2026-01-31T10:30"))
    (value,) = where.values()
    assert value.endswith("Z")
    edit = ada_in_browser.get(f"{PRODUCTS}?filter[updated_at][gt]={value}&_field=updated_at&_at=0.0").text
    assert 'value="2026-01-31T10:30:00"' in edit


def test_between_takes_two_inputs(ada_in_browser: Any) -> None:
    where = told(ada_in_browser.get(f"{PRODUCTS}?_field=price&_op=between&_value=2&_to=5"))
    assert where == {"filter[price][between]": "2,5"}
    page = ada_in_browser.get(f"{PRODUCTS}?filter[price][between]=2,5").text
    assert "Price is between 2 and 5" in main(page)


def test_another_term_makes_an_alternative_and_it_reads_as_a_sentence(ada_in_browser: Any) -> None:
    first = f"{PRODUCTS}?filter[category]=Lighting&filter[price][lt]=50"
    page = ada_in_browser.get(first).text
    assert "Category is Lighting × or… and Price is below 50" in main(page)
    form = unquote(links(page)["or…"])
    assert form.endswith("&_field=category&_at=0.")
    where = told(ada_in_browser.get(f"{first}&_field=category&_op=eq&_value=Paper&_at=0."))
    assert where["filter[price][lt]"] == "50"
    assert [each["value"] for each in json.loads(where["_where"])["or"]] == ["Lighting", "Paper"]
    page = ada_in_browser.get(PRODUCTS, query_string=where).text
    assert "Category is Lighting × or Category is Paper" in main(page)
    assert {row[2] for row in rows(page)} == {"Lighting", "Paper"}
    assert all(float(row[3]) < 50 for row in rows(page))


def test_a_term_of_a_group_is_changed_and_removed(ada_in_browser: Any) -> None:
    base = {"_where": EITHER}
    changed = told(
        ada_in_browser.get(
            PRODUCTS, query_string={**base, "_field": "category", "_op": "eq", "_value": "Writing", "_at": "1.0"}
        )
    )
    assert [each["value"] for each in json.loads(changed["_where"])["or"]] == ["Lighting", "Writing"]
    page = ada_in_browser.get(PRODUCTS, query_string=base).text
    removed = [href for href in links_all(page) if "filter[category]=Paper" in href]
    assert removed
    assert {row[2] for row in rows(ada_in_browser.get(removed[0]).text)} == {"Paper"}


def links_all(page: str) -> list[str]:
    return [unquote(part.partition('"')[0]).replace("&amp;", "&") for part in page.split('href="')[1:]]


def test_a_tree_of_somebody_s_own_is_told_and_kept(ada_in_browser: Any) -> None:
    tree = '{"not": {"field": "category", "value": "Paper"}}'
    page = ada_in_browser.get(PRODUCTS, query_string={"_where": tree}).text
    assert "not (Category is Paper)" in main(page)
    where = told(
        ada_in_browser.get(PRODUCTS, query_string={"_where": tree, "_field": "price", "_op": "lt", "_value": "5"})
    )
    assert json.loads(where["_where"]) == json.loads(tree)
    assert where["filter[price][lt]"] == "5"


def test_how_many_rows_it_would_leave_is_told_before(ada_in_browser: Any) -> None:
    asked = f"{PRODUCTS}count?filter[category]=Paper&_field=price&_op=lt&_value=6"
    number = ada_in_browser.get(asked).get_json()["count"]
    shown = ada_in_browser.get(f"{PRODUCTS}?filter[category]=Paper&filter[price][lt]=6").text
    assert number == len(rows(shown)) == 2
    assert ada_in_browser.get(asked).get_json()["text"] == "Show 2 products"
    assert ada_in_browser.get(f"{PRODUCTS}count?_field=price&_op=lt&_value=x").get_json()["fault"]
    assert not ada_in_browser.get(f"{PRODUCTS}count?_field=price&_op=lt&_value=").get_json()["fault"]


def test_nobody_is_told_of_what_they_may_not_read(vera_in_browser: Any, sam_in_browser: Any) -> None:
    assert sam_in_browser.get(f"{PRODUCTS}count?_field=sku&_op=eq&_value=KIT-022").get_json()["count"] == 0
    assert vera_in_browser.get("/admin/users/count?_field=password&_op=contains&_value=a").get_json()["fault"]


def test_a_list_is_sorted_by_several_columns(ada_in_browser: Any) -> None:
    page = ada_in_browser.get(f"{PRODUCTS}?sort=category").text
    then = [href for href in links_all(page) if "sort=category,price" in href]
    page = ada_in_browser.get(then[0]).text
    keys = [(row[2], float(row[3])) for row in rows(page) if row[2] != "–"]
    assert keys == sorted(keys)
    assert "Sorted by Category, A to Z × then by Price, lowest first" in main(page)
    assert [href for href in links_all(page) if "sort=category,-price" in href]


def test_filters_by_reference_cost_one_question_a_reference(admin_in_browser: Any) -> None:
    with statements() as sent:
        admin_in_browser.get("/admin/users/?filter[account][in]=1,2")
    assert len(sent) <= 12


def test_a_pattern_that_is_none_is_told_to_whoever_typed_it_and_not_to_the_log(
    ada_in_browser: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = ada_in_browser.get(f"{PRODUCTS}?_field=name&_op=re&_value=[a-")
    assert answer.status_code == 400
    assert "This is not a regular expression." in main(answer.text)
    assert "re2" not in capfd.readouterr().err

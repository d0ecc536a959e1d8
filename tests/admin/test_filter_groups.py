"""Filters in groups, of which all hold or any: said, found, counted; a deeper tree stays a sentence."""

import json
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from backend.admin.filter_terms import OTHERS, Filters, Group, Term, read, written
from tests.admin.reading import links, main, rows
from tests.work import statements

PRODUCTS = "/admin/products/"
A, B, C, D, NEW = (Term(name, "eq", "1") for name in "abcde")


def group(*terms: Term) -> Group:
    return Group(terms)


SHAPES = [
    Filters(),
    Filters((group(A),)),
    Filters((group(A), group(B))),
    Filters((group(A, B), group(C))),
    Filters((group(A, B), group(C, D))),
    Filters((group(A), group(B)), is_any=True),
    Filters((group(A, B), group(C)), is_any=True),
    Filters((group(A, B), group(C, D)), is_any=True),
    Filters((group(A), Group(tree={"not": {"or": [{"field": "b", "value": "1"}, {"field": "c", "value": "1"}]}}))),
]


def holds(tree: Any, true: set[str]) -> bool:
    """What a tree says of a row of which these fields are 1."""
    if "field" in tree:
        return tree["field"] in true
    ((word, inner),) = tree.items()
    if word == "not":
        return not holds(inner, true)
    return (all if word == "and" else any)(holds(each, true) for each in inner)


def found(filters: Filters) -> list[bool]:
    """What the address of these filters finds among all rows there can be, read as the query reads it."""
    trees = []
    for name, value in written([], filters):
        trees.append(json.loads(value) if name == "_where" else {"field": name[7:-1]})
    choices = [{name for name, is_in in zip("abcde", row, strict=True) if is_in} for row in product((0, 1), repeat=5)]
    return [holds({"and": trees}, true) for true in choices]


NEW_ALONE = found(Filters((group(NEW),)))


@pytest.mark.parametrize("filters", SHAPES, ids=repr)
def test_what_an_address_says_is_read_and_written_alike(filters: Filters) -> None:
    again = read(written([], filters))
    assert found(again) == found(filters)
    assert again == filters or not filters.is_any
    assert written([], again) == written([], filters)


@pytest.mark.parametrize("filters", SHAPES, ids=repr)
def test_a_filter_more_leaves_fewer_rows_and_other_rows_come_to_all_of_them(filters: Filters) -> None:
    narrower, wider = found(filters.put(NEW, "")), found(filters.put(NEW, OTHERS))
    assert narrower == [one and other for one, other in zip(found(filters), NEW_ALONE, strict=True)]
    if filters.groups:
        assert wider == [one or other for one, other in zip(found(filters), NEW_ALONE, strict=True)]


def test_the_choice_is_there_where_there_is_something_to_join() -> None:
    assert [each.may_turn for each in SHAPES] == [False, False, True, True, True, True, True, True, False]
    assert [each.may_widen for each in SHAPES] == [False, False, True, False, False, True, True, True, False]
    for each in SHAPES:
        assert not each.may_turn or found(each.turned()) != found(each)
        assert each.turned().turned() == each


@pytest.mark.parametrize(
    "tree",
    [
        {"or": [{"field": "a", "value": "1"}, {"and": [{"or": [{"field": "b", "value": "1"}]}]}]},
        {"or": [{"not": {"field": "a", "value": "1"}}, {"field": "b", "value": "1"}]},
        {"and": [{"and": [{"field": "a", "value": "1"}, {"field": "b", "value": "1"}]}, {"field": "c", "value": "1"}]},
    ],
)
def test_a_tree_of_another_shape_stays_as_it_is(tree: Any) -> None:
    filters = read([("_where", json.dumps(tree))])
    assert any(each.tree for each in filters.groups)
    ((_name, value),) = [each for each in written([], filters) if each[0] == "_where"]
    assert json.loads(value) in (tree, tree.get("and", [None])[0])


def leaf(field: str, value: str, op: str = "eq") -> dict[str, str]:
    return {"field": field, "op": op, "value": value}


CHEAP_LAMPS = {"and": [leaf("category", "Lighting"), leaf("price", "50", "lt")]}
EITHER = json.dumps({"or": [CHEAP_LAMPS, {"and": [leaf("category", "Paper"), leaf("price", "6", "gt")]}]})


def go(visitor: Any, address: str) -> str:
    """The page one is led to."""
    answer = visitor.get(address)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def test_groups_of_which_any_will_do_are_told_and_found(ada_in_browser: Any) -> None:
    page = ada_in_browser.get(PRODUCTS, query_string={"_where": EITHER}).text
    first = "Category is Lighting × and Price is below 50 × and…"
    assert f"{first} or Category is Paper × and Price is above 6 × and… or other rows…" in main(page)
    assert 'role="group" aria-label="Category is Paper and Price is above 6"' in page
    assert [row[1] for row in rows(page)] == ["LIG-008", "PAP-009", "PAP-011"]


def test_a_comparison_of_them_is_changed_added_and_removed_where_it_stands(ada_in_browser: Any) -> None:
    told = {"_where": EITHER, "_field": "price", "_op": "lt"}
    changed = dict(parse_qsl(urlsplit(go_with(ada_in_browser, {**told, "_value": "70", "_at": "0.1"})).query))
    assert json.loads(changed["_where"])["or"][0]["and"][1] == leaf("price", "70", "lt")
    more = dict(parse_qsl(urlsplit(go_with(ada_in_browser, {**told, "_value": "9", "_at": "1."})).query))
    assert json.loads(more["_where"])["or"][1]["and"][2] == leaf("price", "9", "lt")
    page = ada_in_browser.get(PRODUCTS, query_string={"_where": EITHER}).text
    gone = go_without(page, "Price is below 50")
    assert {row[2] for row in rows(ada_in_browser.get(gone).text)} == {"Lighting", "Paper"}
    assert len(rows(ada_in_browser.get(gone).text)) == 5
    # Of one group that is left each comparison is a filter of its own again.
    alone = {"_where": json.dumps({"or": [CHEAP_LAMPS]})}
    assert "Category is Lighting × or… and Price is below 50" in main(
        ada_in_browser.get(PRODUCTS, query_string=alone).text
    )


def go_with(visitor: Any, told: dict[str, str]) -> str:
    answer = visitor.get(PRODUCTS, query_string=told)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def go_without(page: str, filter_: str) -> str:
    """Where the cross beside a filter leads."""
    before = page.partition(f'aria-label="Remove the filter {filter_}"')[0]
    return before.rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")


def test_turning_it_over_is_told_and_counted_before_and_is_taken_back_by_the_same(ada_in_browser: Any) -> None:
    both = "filter[category]=Lighting&filter[price][lt]=50"
    page = main(ada_in_browser.get(f"{PRODUCTS}?{both}").text)
    assert "All of these : how the filters are joined" in page
    assert "All of these Category is Lighting and Price is below 50" in page
    assert "Any of these Category is Lighting or Price is below 50" in page
    told = ada_in_browser.get(f"{PRODUCTS}count?{both}&_join=any").get_json()
    assert told == {"text": "Show 14 products", "rows": "14 products", "count": 14, "more": False, "fault": ""}
    where = go(ada_in_browser, f"{PRODUCTS}?{both}&_join=any")
    assert len(rows(ada_in_browser.get(where).text)) == 14
    assert "Any of these : how the filters" in main(ada_in_browser.get(where).text)
    assert unquote(urlsplit(go(ada_in_browser, f"{where}&_join=all")).query) == both
    assert go(ada_in_browser, f"{where}&_join=any") == where


def test_other_rows_are_added_to_all_of_these_and_the_form_says_so(ada_in_browser: Any) -> None:
    both = "filter[category]=Lighting&filter[price][lt]=50"
    others = links(ada_in_browser.get(f"{PRODUCTS}?{both}").text)["or other rows…"]
    page = ada_in_browser.get(others).text
    assert "This adds other rows: those that match this filter." in main(page)
    where = go(ada_in_browser, f"{PRODUCTS}?{both}&_at=or&_field=category&_op=eq&_value=Paper")
    page = ada_in_browser.get(where).text
    assert "Category is Lighting × and Price is below 50 × and… or Category is Paper" in main(page)
    beside = ada_in_browser.get(f"{where}&_field=&_at=1.").text
    assert "A row must match this filter as well as “Category is Paper”." in main(beside)
    assert "This leaves only rows" in main(ada_in_browser.get(f"{where}&_field=price").text)
    only = go(ada_in_browser, f"{where}&_field=price&_op=lt&_value=3")
    assert [row[1] for row in rows(ada_in_browser.get(only).text)] == ["PAP-012"]


def test_a_search_and_a_named_list_hold_whatever_groups_do(ada_in_browser: Any) -> None:
    where = {"_where": EITHER, "_q": "envelopes", "_selection": "low_stock"}
    page = ada_in_browser.get(PRODUCTS, query_string=where).text
    assert "Contains “envelopes” × Low stock × and Any of these" in main(page)
    assert [row[1] for row in rows(page)] == ["PAP-011"]


def test_a_view_keeps_the_groups(ada_in_browser: Any) -> None:
    sent = {"_do": "save", "name": "Bright or written on", "state": f"_where={EITHER}"}
    where = ada_in_browser.submit(f"{PRODUCTS}?_saved=0", sent, f"{PRODUCTS}views").headers["Location"]
    page = ada_in_browser.get(where).text
    assert len(rows(page)) == 3
    assert "Price is above 6 × and…" in main(page)


def test_groups_cost_no_question_more(ada_in_browser: Any) -> None:
    ada_in_browser.get(f"{PRODUCTS}?filter[category]=Paper")
    with statements() as plain:
        ada_in_browser.get(f"{PRODUCTS}?filter[category]=Paper")
    with statements() as grouped:
        ada_in_browser.get(PRODUCTS, query_string={"_where": EITHER})
    assert len(grouped) == len(plain)

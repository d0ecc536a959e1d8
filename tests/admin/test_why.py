"""The page that says why: oneself, others, one row, one field – in the words of the rules."""

from typing import Any

from tests.admin.reading import main
from tests.callers import Visitor


def asked(visitor: Visitor, more: str) -> Any:
    return visitor.get(f"/admin/why/?{more}")


def test_somebody_learns_what_decided_and_which_grant_would_do(vera_in_browser: Visitor) -> None:
    page = asked(vera_in_browser, "resource=products&verb=delete")
    assert page.status_code == 200
    assert ">No</span>" in page.text
    assert "The smallest grant that would do: permission “products:delete”" in main(page.text)
    assert "products:delete" in page.text


def test_a_yes_names_the_rule_too(eli_in_browser: Visitor) -> None:
    assert ">Yes</span>" in asked(eli_in_browser, "resource=products&verb=update&id=1&field=price").text


def test_who_looks_after_the_rights_asks_about_others_of_the_account(ada_in_browser: Visitor) -> None:
    assert (
        ">No</span> vera@demo.example"
        in asked(ada_in_browser, "resource=products&verb=create&actor=vera@demo.example").text
    )
    stranger = asked(ada_in_browser, "resource=products&verb=create&actor=sam@other.example")
    assert stranger.status_code == 422
    assert "nobody called" in stranger.text


def test_others_are_asked_about_by_nobody_else(vera_in_browser: Visitor) -> None:
    assert 'name="actor"' not in asked(vera_in_browser, "").text
    assert asked(vera_in_browser, "resource=products&verb=read&actor=eli@demo.example").status_code == 403


def test_nobody_signs_in_first(vera_in_browser: Visitor) -> None:
    stranger = Visitor(vera_in_browser.client.application, None)
    assert asked(stranger, "resource=products").headers["Location"].startswith("/login?next=%2Fadmin%2Fwhy%2F")


def test_an_action_is_refused_by_what_its_button_is_called(vera_in_browser: Visitor) -> None:
    for where in ("/admin/products/1/actions/apply_discount", "/admin/products/actions/apply_discount?ids=1"):
        page = vera_in_browser.get(where)
        assert page.status_code == 403
        assert "You may not run “Apply a discount” on products" in main(page.text)
        assert "apply_discount" not in main(page.text)
    vera_in_browser.submit("/admin/_me", {"language": "nl", "region": "", "time_zone": "UTC"})
    dutch = main(vera_in_browser.get("/admin/products/1/actions/apply_discount").text)
    assert "Je mag “Korting geven” niet uitvoeren op producten" in dutch


def test_a_row_that_is_none_is_told_at_the_form(eli_in_browser: Visitor) -> None:
    assert asked(eli_in_browser, "resource=products&verb=read&id=x").status_code == 422
    assert asked(eli_in_browser, "resource=products&verb=read&id=999999").status_code == 422


def test_nothing_is_answered_about_something_else_than_was_asked(eli_in_browser: Visitor) -> None:
    page = asked(eli_in_browser, "resource=nothing&verb=read")
    assert page.status_code == 422
    assert "There is nothing called 'nothing' here" in page.text.replace("&#39;", "'")
    assert "Decided by" not in page.text


def test_a_verb_of_another_resource_only_changes_the_lists(eli_in_browser: Visitor) -> None:
    page = asked(eli_in_browser, "resource=units&verb=apply_discount")
    assert page.status_code == 200
    assert "Decided by" not in page.text

"""Find or do: what one may see, and nothing else, by a few letters; what one saw last."""

import re
from typing import Any

import pytest
from flask import Flask

from backend.core import finding
from tests.admin.reading import links, main
from tests.callers import Visitor
from tests.work import statements

OPTION = re.compile(r'<a role="option".*?</a>', re.DOTALL)


def found(visitor: Any, text: str) -> dict[str, str]:
    answer = visitor.get("/admin/_find", query_string={"q": text})
    assert answer.status_code == 200
    told = links(answer.text[answer.text.index('aria-label="Found"') :])
    return dict(reversed(told.items()))


def make(visitor: Any, name: str, sku: str) -> str:
    answer = visitor.submit("/admin/products/new", {"name": name, "sku": sku, "price": "1"})
    assert answer.status_code == 303
    return str(answer.headers["Location"])


@pytest.mark.parametrize(
    "text", ["Zweikornpapier", "zweik", "ZWEIK", "Zweikornpapier fein", "kornpap", "fein zwei", "zk-77"]
)
def test_a_record_is_found_by_its_title_or_its_key(ada_in_browser: Any, text: str) -> None:
    href = make(ada_in_browser, "Zweikornpapier fein", "ZK-77")
    assert href in found(ada_in_browser, text).values()


def test_a_beginning_is_found_however_old_the_row(ada_in_browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    old = make(ada_in_browser, "Zweikornpapier", "ZK-77")
    make(ada_in_browser, "Newer", "ZK-78")
    monkeypatch.setattr(finding, "MANY_RESOURCES", finding.MANY_RESOURCES._replace(newest=1))
    assert old in found(ada_in_browser, "zweikorn").values()
    assert old not in found(ada_in_browser, "kornpapier").values()
    assert "by other words only the newest 1." in ada_in_browser.get("/admin/_find?q=kornpapier").text
    assert "by other words only the newest 1." in ada_in_browser.get("/admin/_find/options?q=kornpapier").text


def test_what_one_may_not_see_is_not_found(ada_in_browser: Any, sam_in_browser: Any, vera_in_browser: Any) -> None:
    make(ada_in_browser, "Zweikornpapier", "ZK-77")
    assert not any("products/" in href and "_q" not in href for href in found(sam_in_browser, "zweikorn").values())
    assert "New product Action" in found(ada_in_browser, "new prod")
    assert "New product" not in str(found(vera_in_browser, "new prod"))
    assert any(re.fullmatch(r"/admin/users/\d+", href) for href in found(ada_in_browser, "vera@").values())
    assert not any(re.fullmatch(r"/admin/users/\d+", href) for href in found(sam_in_browser, "vera@").values())


def test_the_better_name_comes_first(ada_in_browser: Any) -> None:
    inside = make(ada_in_browser, "Papier, Zweikorn", "ZA-1")
    longer = make(ada_in_browser, "Zweikorn und mehr", "ZA-2")
    whole = make(ada_in_browser, "Zweikorn", "ZA-3")
    records = [
        href for href in found(ada_in_browser, "zweikorn").values() if re.fullmatch(r"/admin/products/\d+", href)
    ]
    assert records == [whole, longer, inside]


def test_pages_and_lists_are_found_and_whole_searches_offered(ada_in_browser: Any) -> None:
    assert found(ada_in_browser, "hist")["History System Page"] == "/admin/change_sets/"
    assert found(ada_in_browser, "settings")["Settings Page"] == "/admin/_me"
    offered = found(ada_in_browser, "qqqq")
    assert offered["All products with “qqqq” Search"] == "/admin/products/?_q=qqqq"


@pytest.mark.parametrize(
    "text", ["", " ", "x", "%", "_", "\\", "a" * 500, "ä", "' or 1=1 --", "a b c d e f g h", "\U0010ffff"]
)
def test_any_text_is_an_answer(ada_in_browser: Any, text: str) -> None:
    assert ada_in_browser.get("/admin/_find", query_string={"q": text}).status_code == 200
    assert ada_in_browser.get("/admin/_find/options", query_string={"q": text}).status_code == 200


def test_marks_of_patterns_are_letters(ada_in_browser: Any) -> None:
    href = make(ada_in_browser, "Zwei 100%_korn", "ZK-77")
    assert href in found(ada_in_browser, "0%_ko").values()
    assert href not in found(ada_in_browser, "0%x").values()
    assert href not in found(ada_in_browser, "1__").values()


def test_nul_and_strange_parameters_are_told(ada_in_browser: Any) -> None:
    assert ada_in_browser.get("/admin/_find?q=%00%00%00").status_code == 200
    assert ada_in_browser.get("/admin/_find?x=1").status_code == 400


def test_a_resource_costs_one_question_and_all_of_them_one_more(ada_in_browser: Any) -> None:
    ada_in_browser.get("/admin/_find")
    with statements() as sent:
        ada_in_browser.get("/admin/_find/options?q=zweikorn")
    asked = [each for each in sent if "LIKE" in each]
    assert 10 < len(asked) <= 24
    # Who is asking, and where the newest rows begin.
    assert len(sent) == len(asked) + 2


def test_options_are_a_piece_of_a_page_for_people_signed_in(app: Flask, ada_in_browser: Any) -> None:
    answer = ada_in_browser.get("/admin/_find/options?q=prod")
    assert OPTION.findall(answer.text)
    assert "<html" not in answer.text
    assert Visitor(app, None).get("/admin/_find/options?q=prod").status_code == 302


def test_what_was_seen_last_comes_first_and_only_while_it_may_be_seen(
    ada_in_browser: Any, vera_in_browser: Any
) -> None:
    first, second = make(ada_in_browser, "First seen", "ZK-1"), make(ada_in_browser, "Second seen", "ZK-2")
    for href in (first, second, first):
        ada_in_browser.get(href)
    assert list(found(ada_in_browser, "").values())[:2] == [first, second]
    ada_in_browser.submit(f"{first}/delete", {})
    assert next(iter(found(ada_in_browser, "").values())) == second
    # Whoever signs in next in the same browser has seen nothing.
    cookie = next(each for each in ada_in_browser.client._cookies.values() if each.key == "kontor_visits")  # noqa: SLF001
    vera_in_browser.client.set_cookie(cookie.key, cookie.value, path="/admin")
    assert second not in found(vera_in_browser, "").values()
    vera_in_browser.client.set_cookie(cookie.key, f"{cookie.value}x", path="/admin")
    assert vera_in_browser.get("/admin/_find").status_code == 200


def test_a_visit_writes_nothing(ada_in_browser: Any) -> None:
    ada_in_browser.get("/admin/products/1")
    with statements() as sent:
        ada_in_browser.get("/admin/products/1")
    assert not any(each.startswith(("INSERT", "UPDATE", "DELETE")) for each in sent)


def test_the_shortcuts_have_a_page(ada_in_browser: Any) -> None:
    page = main(ada_in_browser.get("/admin/_keys").text)
    assert "Next row" in page
    assert "g p Products" in page
    ada_in_browser.submit("/admin/_me", {"shortcuts": "off"})
    assert "turned the single keys off" in main(ada_in_browser.get("/admin/_keys").text)

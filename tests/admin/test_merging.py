"""Two who change one item: what does not overlap is put together, what does is asked once."""

from io import BytesIO
from typing import Any

from tests.admin.reading import links, main
from tests.admin.test_forms import address_of, filled
from tests.callers import Visitor

UNITS = "/admin/units/"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def opened(visitor: Visitor, address: str) -> dict[str, Any]:
    """The form of an item, as it is sent without its links: they are named where they matter."""
    form = filled(visitor.get(f"{address}/edit").text)
    return {name: value for name, value in form.items() if name not in ("roles", "is_superuser")}


def save(visitor: Visitor, address: str, values: dict[str, Any]) -> Any:
    return visitor.submit(f"{address}/edit", values)


def test_what_does_not_overlap_is_saved_at_once(ada_in_browser: Visitor, eli_in_browser: Visitor) -> None:
    address = address_of(eli_in_browser, "Floor lamp")
    mine, theirs = opened(eli_in_browser, address), opened(ada_in_browser, address)
    assert save(ada_in_browser, address, {**theirs, "price": "80.00"}).status_code == 303
    assert save(eli_in_browser, address, {**mine, "name": "Tall lamp"}).status_code == 303
    page = main(eli_in_browser.get(address).text)
    assert "Product saved. What ada@demo.example" in page
    assert "Price 80.00" in page
    assert "Name Floor lamp → Tall lamp" in page


def test_what_would_be_saved_can_be_seen_before(ada_in_browser: Visitor, eli_in_browser: Visitor) -> None:
    address = address_of(eli_in_browser, "Floor lamp")
    mine, theirs = opened(eli_in_browser, address), opened(ada_in_browser, address)
    save(ada_in_browser, address, {**theirs, "price": "80.00"})
    answer = save(eli_in_browser, address, {**mine, "name": "Tall lamp", "_do": "preview"})
    page = main(answer.text)
    assert "Changed meanwhile by ada@demo.example" in page
    assert "Name Floor lamp → Tall lamp" in page
    assert "Price 119.00" not in page


def test_a_reference_that_only_they_changed_stays(ada_in_browser: Visitor, eli_in_browser: Visitor) -> None:
    units = links(eli_in_browser.get(UNITS).text)
    shop, board, office = (units[name].partition("?")[0] for name in ("Shop", "Board", "Office"))
    mine, theirs = opened(eli_in_browser, shop), opened(ada_in_browser, shop)
    assert save(ada_in_browser, shop, {**theirs, "parent": f"#{office.rpartition('/')[2]}"}).status_code == 303
    assert save(eli_in_browser, shop, {**mine, "phone": "12"}).status_code == 303
    assert links(eli_in_browser.get(shop).text)["Office"] == office
    # Where both chose another, one is asked, and may leave it as it is by now.
    mine = opened(eli_in_browser, shop)
    assert save(ada_in_browser, shop, {**opened(ada_in_browser, shop), "parent": ""}).status_code == 303
    answer = save(eli_in_browser, shop, {**mine, "parent": f"#{board.rpartition('/')[2]}"})
    assert answer.status_code == 412
    assert "Take theirs: empty" in main(answer.text)
    assert "Before both: Office" in main(answer.text)
    again = filled(answer.text)
    assert again["parent"] == f"#{board.rpartition('/')[2]}"
    assert save(eli_in_browser, shop, {**again, "_take.parent": "theirs"}).status_code == 303
    assert "Part of" in main(eli_in_browser.get(shop).text).partition("Not filled in:")[2]


def test_files_of_two_are_called_by_their_names(ada_in_browser: Visitor, eli_in_browser: Visitor) -> None:
    address = address_of(eli_in_browser, "Floor lamp")
    pages = [(visitor, opened(visitor, address)) for visitor in (ada_in_browser, eli_in_browser)]
    answers = [
        save(visitor, address, {**form, "picture": (BytesIO(PNG), f"{name}.png")})
        for (visitor, form), name in zip(pages, ("theirs", "mine"), strict=True)
    ]
    assert [answer.status_code for answer in answers] == [303, 412]
    page = main(answers[1].text)
    assert "Take theirs: theirs.png, 67 bytes" in page
    assert "Before both: empty" in page
    assert "Chosen: mine.png" in page
    assert page.index("theirs.png") < page.index("Chosen: mine.png")
    again = filled(answers[1].text)
    assert save(eli_in_browser, address, {**again, "_take.picture": "mine"}).status_code == 303
    assert "Picture theirs.png, 67 bytes → mine.png, 67 bytes" in main(eli_in_browser.get(address).text)


def test_links_of_two_are_put_together(admin_in_browser: Visitor) -> None:
    vera = links(admin_in_browser.get("/admin/users/").text)["vera@demo.example"].partition("?")[0]
    roles = {name: f"#{href.rpartition('/')[2]}" for name, href in roles_of(admin_in_browser).items()}
    page = {**opened(admin_in_browser, vera), "active": "true"}
    added = {**page, "roles": [roles["viewer"], roles["editor"]]}
    assert save(admin_in_browser, vera, added).status_code == 303
    assert save(admin_in_browser, vera, {**page, "roles": []}).status_code == 303
    assert "Roles editor" in main(admin_in_browser.get(vera).text)
    assert "viewer" not in main(admin_in_browser.get(f"{vera}").text).partition("History")[0]


def roles_of(visitor: Visitor) -> dict[str, str]:
    found = links(visitor.get("/admin/roles/").text)
    return {name: found[name].partition("?")[0] for name in ("viewer", "editor")}


def test_a_choice_holds_though_a_third_one_saves(
    ada_in_browser: Visitor, eli_in_browser: Visitor, admin_in_browser: Visitor
) -> None:
    address = address_of(eli_in_browser, "Floor lamp")
    mine, theirs = opened(eli_in_browser, address), opened(ada_in_browser, address)
    save(ada_in_browser, address, {**theirs, "price": "80.00"})
    again = filled(save(eli_in_browser, address, {**mine, "price": "90.00", "name": "Tall lamp"}).text)
    third = opened(admin_in_browser, address)
    assert save(admin_in_browser, address, {**third, "category": "Lamps"}).status_code == 303
    assert save(eli_in_browser, address, {**again, "_take.price": "theirs"}).status_code == 303
    page = main(eli_in_browser.get(address).text)
    assert "Price 80.00" in page
    assert "Lamps" in page
    assert "Tall lamp" in page

"""Whatever somebody writes stays text on every page: names, reasons, views, files, from the list to the trash."""

from io import BytesIO
from typing import Any

from flask import Flask

from tests.admin.walking import walk
from tests.callers import Caller, Visitor

TAG = "<img src=x onerror=alert(1)>"
HOSTILE = f"\"'>{TAG}</title></textarea>{{{{7*7}}}}%(x)s %s &amp;"
# How a page would look that took any of it for markup, a template or a pattern.
TAKEN = (TAG, "</title></textarea>{{", ">49%", "&amp;amp;amp;")


def test_no_page_takes_what_was_written_for_markup(app: Flask, ada: Caller, ada_in_browser: Visitor) -> None:
    product = {"name": HOSTILE, "category": HOSTILE, "description": f"{HOSTILE}\n\n[a](javascript:alert(1))"}
    made = [ada.post("/products", {**product, "sku": f"{number}{TAG}", "price": "1"}) for number in range(2)]
    gone, kept = (answer.get_json()["data"]["id"] for answer in made)
    unit = {"code": "<i>", "name": HOSTILE, "address": HOSTILE}
    assert ada.post("/units", unit).status_code == 201
    assert ada.post("/staff", {"employee_id": TAG, "full_name": HOSTILE}).status_code == 201
    products = "/admin/products/"
    ada_in_browser.submit(f"{products}{gone}/delete", {"_message": HOSTILE})
    view = {"_do": "save", "name": f"{TAG} & 100%", "state": f"filter[name][contains]={TAG}"}
    assert ada_in_browser.submit(f"{products}?_saved=0", view, f"{products}views").status_code == 303
    file = {"file": (BytesIO(f"sku,{TAG},price\n1,{TAG},x\n".encode()), f"{TAG}.csv")}
    upload = ada_in_browser.submit(f"{products}import", file, content_type="multipart/form-data").headers["Location"]
    beginnings = [
        "/admin/", upload, f"{products}{kept}", f"{products}{kept}/menu", f"{products}{kept}/cell/name",
        f"{products}{kept}/edit", f"{products}trash", f"{products}views", f"{products}?_q={TAG}",
        f"{products}?filter[name][contains]={TAG}", f"{products}?filter[{TAG}]=1", f"/admin/why/?resource={TAG}",
        f"/admin/_find/options?q={TAG}", "/admin/_find/options?q=",
    ]  # fmt: skip
    looked_at = 0
    for address, answer in _answers(ada_in_browser, beginnings):
        looked_at += 1
        assert not [each for each in TAKEN if each in answer], address
    assert looked_at > 60
    assert app


def _answers(visitor: Visitor, beginnings: list[str]) -> Any:
    for address in beginnings:
        answer = visitor.get(address)
        assert answer.status_code < 500
        yield address, answer.text
    for _source, address, answer in walk(visitor):
        yield address, answer.text

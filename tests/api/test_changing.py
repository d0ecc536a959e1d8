"""The examples of docs/changing.md, sent as they stand there."""

import re
from pathlib import Path

from tests.callers import Caller
from tests.house.sources import ROOT

EXAMPLE = re.compile(r"```http\n(\w+) (\S+)\n(.*?)\n\n(.*?)```", re.DOTALL)


def test_the_examples_of_changing_do_what_is_said(eli: Caller) -> None:
    told = (Path(ROOT) / "docs" / "changing.md").read_text("utf-8")
    examples = EXAMPLE.findall(told)
    assert len(examples) == told.count("```http")
    for method, path, lines, body in examples:
        headers = dict(line.split(": ", 1) for line in lines.splitlines())
        answer = eli.send(method, path, data=body.encode(), headers=headers)
        assert answer.status_code in (200, 201), (body, answer.text)
        assert answer.get_json()["meta"]["change_set"]
    after = eli.get("/products/1").get_json()["data"]["attributes"]
    assert (after["price"], after["category"]) == ("6.00", None)
    assert eli.get("/products?filter[sku]=LMP-9").get_json()["data"][0]["attributes"]["quantity"] == 3
    assert eli.get("/products/2").status_code == 404

"""Fields that are drawn once look exactly as their macro draws them, whatever they hold."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.ctx import AppContext

from backend.admin import drawn_fields
from backend.admin.fields import Conflict, FormField, specs
from backend.admin.forms import Form
from backend.core.entry import Entry
from backend.core.languages import speaking
from backend.core.rights import system
from tests.callers import Visitor
from tests.contracts.samples import entries
from tests.work import working_as

TEXTS = ["", "Lamp", "<b>\"&'</b>", "one\ntwo", "%s {} {{ x }}", "żółć"]


def macro(app: Flask, field: FormField, form: Form) -> str:
    return str(app.jinja_env.get_template("kontor/parts.html").module.written_field(field, form))  # type: ignore[attr-defined]


def drawn_here(form: Form) -> dict[str, FormField]:
    return {name: field for name, field in form.fields.items() if drawn_fields.drawn(field, form) is not None}


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("entry", entries(), ids=lambda each: each.key)
def test_every_declared_field_looks_as_its_macro_draws_it(app: Flask, entry: Entry, language: str) -> None:
    with working_as(app, system("test", 1)), app.test_request_context(), speaking(language):
        form = Form(entry, system("test", 1), None)
        for field in drawn_here(form).values():
            for text in TEXTS:
                held = replace(field, value=text)
                assert drawn_fields.drawn(held, form) == macro(app, held, form)


@pytest.mark.usefixtures("in_app")
def test_what_is_more_than_its_text_is_left_to_the_macro(products: Form) -> None:
    plain = products.fields["name"]
    assert drawn_fields.drawn(plain, products) is not None
    for more in (
        {"errors": ["Too long."]},
        {"conflict": Conflict("a", "b", "c")},
        {"makes": "product"},
        {"within": "Line 1"},
        {"spec": replace(plain.spec, name="another")},
    ):
        assert drawn_fields.drawn(replace(plain, **more), products) is None
    assert drawn_fields.drawn(plain, None) is None


def test_a_second_form_draws_no_field_anew(ada_in_browser: Visitor) -> None:
    ada_in_browser.get("/admin/products/1/edit")
    before = drawn_fields._around.cache_info()  # noqa: SLF001 - how often is what this is about
    page = ada_in_browser.get("/admin/products/2/edit").text
    after = drawn_fields._around.cache_info()  # noqa: SLF001
    assert after.misses == before.misses
    assert after.hits >= before.hits + 5
    assert drawn_fields.PLACE not in page


@pytest.fixture
def in_app(app: Flask) -> Any:
    """Words and templates are an application's."""
    with app.test_request_context() as context:
        yield context


@pytest.fixture
def products(in_app: AppContext) -> Form:  # noqa: ARG001 - forms are made in it
    """A form of a new product."""
    entry = next(each for each in entries() if each.key == "products")
    assert "name" in specs(entry)
    return Form(entry, system("test", 1), None)

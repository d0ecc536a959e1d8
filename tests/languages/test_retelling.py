"""Sentences that are stored: said again in any language, from what they were made of."""

from decimal import Decimal

import pytest

from backend.core.formats import number
from backend.core.json import dumps_text, loads
from backend.core.languages import _, in_sentence, ngettext, pgettext, spoken, tracing
from backend.core.languages import speaking as reading
from backend.core.retelling import in_english, made_of, one_after_another, retold, to_be_stored_again


def kept(text: str) -> str:
    """The sentence in Dutch, from what is stored of it."""
    told = made_of(text)
    with reading("nl"):
        return retold(told and loads(dumps_text(told)), "as stored")


@pytest.mark.parametrize("writer", ["en", "nl", "de"])
def test_a_sentence_is_said_again_with_all_that_stands_in_it(writer: str) -> None:
    with reading(writer), tracing():
        inner = _("%(label)s needs one at least.", label="SKU")
        texts = [
            _("Nothing was done."),
            _("Delete %(label)s", label=in_sentence("Product")),
            _("Back to %(label)s", label=in_sentence(_("Trash"))),
            _("_where is not understood: %(reason)s.", reason=inner),
            ngettext("%(num)s day", "%(num)s days", 1),
            ngettext("%(num)s more", "%(num)s more", 1234, num=number(1234)),
            _("This must be at least %(smallest)s.", smallest=number(Decimal("1234.50"))),
            pgettext("verb", "Open"),
            _("%(text)r is not an id.", text="a'b"),
            _("%(name)s is a whole number from %(least)s to %(most)s.", name="n", least=1, most=9),
        ]
    assert [kept(text) for text in texts] == [
        "Er is niets gedaan.", "Product verwijderen", "Terug naar prullenbak",
        "_where wordt niet begrepen: SKU: minstens één is nodig..", "1 dag", "nog 1.234",
        "Dit moet minstens 1.234,50 zijn.",
        "Openen", '"a\'b" is geen id.', "n is een geheel getal van 1 tot 9.",
    ]  # fmt: skip
    assert in_english(texts[5]) == "1,234 more"
    assert in_english(texts[1]) == "Delete product"


def test_inside_tracing_sentences_read_as_ever() -> None:
    for locale in ("en", "nl", "nl-BE"):
        with reading(locale):
            plainly = (_("Save"), number(1234567), ngettext("%(num)s day", "%(num)s days", 2))
            with tracing(), tracing():
                traced = (_("Save"), number(1234567), ngettext("%(num)s day", "%(num)s days", 2))
            assert traced == plainly
            assert spoken() == locale


def test_what_people_typed_has_nothing_to_be_said_again() -> None:
    assert made_of("Nothing was done.") is None
    assert made_of(None) is None
    with reading("nl"):
        assert in_english("Er is niets gedaan.") == "Er is niets gedaan."
        assert retold(None, "As typed") == "As typed"


def test_several_sentences_are_one_and_each_is_said_once() -> None:
    with tracing():
        told = one_after_another([_("Nothing was done."), _("Nothing was saved."), _("Nothing was done.")])
    assert told == "Nothing was done. Nothing was saved."
    assert kept(told) == "Er is niets gedaan. Er is niets opgeslagen."
    assert one_after_another(["as typed"]) == "as typed"


def test_a_stored_sentence_can_be_stored_elsewhere() -> None:
    with reading("nl"), tracing():
        told = made_of(_("Nothing was done."))
    assert made_of(to_be_stored_again(told, "")) == told
    assert made_of(to_be_stored_again(None, "as typed")) is None

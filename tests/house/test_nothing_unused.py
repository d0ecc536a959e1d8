"""Nothing lies about: every template is shown, every macro called, every class both written and looked for."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from backend.admin.style_page import COLOURS
from tests.house.sources import ROOT

COMMENT = re.compile(r"/\*.*?\*/|\{#.*?#\}", re.DOTALL)
# What a style sheet selects stands before a brace; a class in it begins with a point.
SELECTOR = re.compile(r"([^{};]+)\{")
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
ATTRIBUTE = re.compile(r'class(?:Name)?(?:="|: "| = ")((?:\{\{.*?\}\}|\{%.*?%\}|\$?\{.*?\}|[^"{])*)"', re.DOTALL)
ADDED = re.compile(r'(?:classList\.\w+\(|className = [^;]*?: )"([\w -]+)"')
# Of an expression, the texts that it may become: not those it compares with, nor the keys of a table.
EXPRESSION = re.compile(r"\{\{(.*?)\}\}")
ASKED = re.compile(r"""[=!]= ?(["'])[^"']*\1|(["'])[^"']*\2(?=:)""")
TEXT = re.compile(r"""["']([\w -]*)["']""")
# What only the page for those who work on the look needs; a part that stands there alone is shown to nobody.
STYLE_PAGE = {"h1", "still", "swatches"}
# Classes that are values when they are written, and where they come from.
VALUES = {f"c-{colour}": "the swatches of the style page" for colour in COLOURS} | {
    "key": "facts of one kind, by macro",
    "none": "a cell that holds nothing",
}
DATA_WRITTEN, DATA_ASKED = (
    re.compile(r"(?<![\[(])\bdata-([a-z-]+)"),
    re.compile(r"\[data-([a-z-]+)|attr\(data-([a-z-]+)\)"),
)
DATASET = re.compile(r"\bdataset\.(\w+)")


@cache
def texts(*endings: str) -> dict[Path, str]:
    """The files of the application with such an ending, without their comments."""
    found = (path for ending in endings for path in sorted((ROOT / "backend").rglob(f"*{ending}")))
    return {path.relative_to(ROOT): COMMENT.sub("", path.read_text(encoding="utf-8")) for path in found}


def together(*endings: str) -> str:
    return "\n".join(texts(*endings).values())


def selected() -> set[str]:
    """The classes that style sheets select."""
    rules = (each for text in texts(".css").values() for each in SELECTOR.findall(re.sub(r'"[^"]*"', '""', text)))
    return {name for rule in rules if not rule.strip().startswith("@") for name in CLASS.findall(rule)}


def written() -> set[str]:
    """The classes that templates, cells and scripts write."""
    pages = [text for path, text in texts(".html", ".py", ".js").items() if path.name != "style.html"]
    told = [each for text in pages for each in ATTRIBUTE.findall(text)]
    return {name for each in [*told, *ADDED.findall(together(".js"))] for name in names(each)} | VALUES.keys()


def names(attribute: str) -> Iterable[str]:
    """The classes of one attribute, whatever its expressions become."""
    told = EXPRESSION.sub(lambda found: " ".join(TEXT.findall(ASKED.sub("", found[1]))), attribute)
    return re.findall(r"(?<![\w-])[a-zA-Z][\w-]*(?<!-)", re.sub(r"\{.*?\}", " ", told))


def looked_for() -> set[str]:
    """The classes that scripts and tests look for."""
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    return set(CLASS.findall(together(".js"))) | set(CLASS.findall(tests))


def test_every_template_is_shown() -> None:
    sources = together(".html", ".py")
    unused = [path for path in texts(".html") if not re.search(rf'[/"]{path.name}"', sources)]
    assert unused == []
    assert len(texts(".html")) > 40


def test_every_macro_is_called() -> None:
    told = together(".html")
    macros = re.findall(r"\{% macro (\w+)\(", told)
    assert [name for name in macros if len(re.findall(rf"\b{name}\(", told)) < 2] == []
    assert len(macros) > 20


def test_every_class_that_is_selected_is_written() -> None:
    assert selected() - written() == STYLE_PAGE
    assert len(selected()) > 100


def test_every_class_that_is_written_is_selected_or_looked_for() -> None:
    assert written() - selected() - looked_for() == set()
    assert VALUES.keys() <= selected()


def test_every_mark_for_scripts_is_written_and_read() -> None:
    marks = set(DATA_WRITTEN.findall(together(".html", ".py", ".js")))
    read = {name for pair in DATA_ASKED.findall(together(".js", ".css")) for name in pair if name}
    read |= {re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name) for name in DATASET.findall(together(".js"))}
    assert marks - read == set()
    assert read - marks == set()


def test_what_is_unused_is_found() -> None:
    assert set(names("btn{{ ' bad' if name == 'delete' }}{% if kind in ('date',) %} short{% endif %}")) == {
        "btn", "bad", "short"
    }  # fmt: skip
    assert set(names("tag {{ {'create': 'good'}.get(row.deed, 'info') }}")) == {"tag", "good", "info"}

"""Dutch says `je` and has one word for a thing, in the catalogues of the application and of every module."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from backend.core.messages import folders

# English, and the Dutch that stands for it wherever it is said.
GLOSSARY = {
    r"trash": r"prullenbak",
    r"permissions?": r"machtiging",
    r"change set": r"wijziging",
    r"superusers?": r"supergebruiker",
    r"spreadsheets?": r"spreadsheet",
    r"undone?|taken? back": r"ongedaan|terug te nemen",
    r"restored?": r"terugzetten|teruggezet|terug te zetten",
    r"sign(ed)? in": r"(aan|af)(ge)?meld|meldt? .*aan",
    r"jobs?": r"ta(ak|ken)\b",
    r"views?": r"weergave|bekijken",
    r"accounts?": r"account",
    r"columns?": r"kolom",
    r"import(ed)?": r"import|geïmporteerd",
}
# What another word stands for, or what is said to strangers.
AVOIDED = r"u|uw|uzelf|rekenblad\w*|superusers?|streek|streken|toestand|record\w*|huurders?"


def said() -> Iterator[tuple[str, str]]:
    for path in (folder / "nl.po" for folder in folders().values()):
        if not path.is_file():
            continue
        with path.open("rb") as file:
            for message in read_po(file, locale="nl", charset="utf-8"):
                english = told(message.id)
                dutch = told(message.string)
                yield from ((plain(english[0]), plain(text)) for text in dutch if english[0])


def told(text: object) -> tuple[str, ...]:
    """What a message says: one text, or one for each number."""
    return tuple(map(str, text)) if isinstance(text, (list, tuple)) else (str(text or ""),)


def plain(text: str) -> str:
    """The words alone, without places, marks and addresses."""
    return re.sub(r"%\(\w+\)[srd]|<[^>]*>|filter\[\S+|page\[\S+", "", text)


@pytest.mark.parametrize("english", GLOSSARY)
def test_one_word_for_a_thing(english: str) -> None:
    found = [pair for pair in said() if re.search(rf"\b({english})\b", pair[0], re.IGNORECASE)]
    assert found
    assert not [pair for pair in found if not re.search(GLOSSARY[english], pair[1], re.IGNORECASE)]


def test_no_word_is_used_that_another_stands_for() -> None:
    assert not [dutch for _english, dutch in said() if re.search(rf"(?<!\w)({AVOIDED})(?!\w)", dutch, re.IGNORECASE)]

"""Files in Python: what a file knows of itself, and rows that hear of a new content."""

import pytest
from flask import Flask

from backend.core.errors import Invalid
from backend.core.files.value import FileValue
from backend.core.items import items
from backend.core.rights import system
from backend.extensions import db
from tests.files.pictures import picture
from tests.modules.gallery.models import Artwork
from tests.work import working_as

SYSTEM = system("test", account_id=1)


def test_a_file_knows_name_type_size_and_an_id_of_its_own() -> None:
    file = FileValue(b"Hello word")
    file.filename = "my_hello.txt"
    assert (file.filename, file.content_type, file.size) == ("my_hello.txt", "text/plain", 10)
    assert (len(file.file_id), file.get_content()) == (32, b"Hello word")
    assert FileValue(b"Hello word").file_id != file.file_id


@pytest.mark.parametrize("word", ["set", "set_content"])
def test_another_content_is_another_file_under_the_same_name(word: str) -> None:
    file = FileValue(b"Hello", "hello.txt")
    former = file.file_id
    getattr(file, word)(picture())
    assert (file.filename, file.content_type, file.size) == ("hello.txt", "image/png", len(picture()))
    assert (file.get_content(), file.file_id == former) == (picture(), False)


def test_the_same_content_under_the_same_name_is_no_change() -> None:
    assert FileValue(b"x", "a.txt") == FileValue(b"x", "a.txt") != FileValue(b"x", "b.txt")
    assert FileValue(b"x", "a.txt") != FileValue(b"y", "a.txt")


def test_a_row_takes_bytes_and_hears_of_another_content(app: Flask) -> None:
    with working_as(app, SYSTEM):
        work = Artwork(name="In Python", picture=picture())
        db.session.add(work)
        db.session.flush()
        id_, first = work.id, work.picture.file_id
        assert work.picture.filename == "file.png"
    with working_as(app, SYSTEM):
        work = db.session.get_one(Artwork, id_)
        work.picture.set_content(picture("GIF"))
        work.picture.filename = "later.gif"
    with working_as(app, SYSTEM):
        work = db.session.get_one(Artwork, id_)
        assert (work.picture.filename, work.picture.content_type) == ("later.gif", "image/gif")
        assert (work.picture.get_content(), work.picture.file_id == first) == (picture("GIF"), False)
        assert work.version == 2


@pytest.mark.parametrize("value", ["text", 5, {"filename": "x"}])
def test_a_row_takes_nothing_but_a_file(app: Flask, value: object) -> None:
    with app.app_context(), pytest.raises(ValueError, match="A file is set as bytes or as a FileValue"):
        Artwork(name="No", picture=value)


def test_an_item_takes_files_as_bytes_and_as_files(app: Flask) -> None:
    with working_as(app, SYSTEM):
        work = items(Artwork).create(name="Door", picture=picture(), papers=FileValue(b"A deed.", "deed.txt"))
        assert (work.picture.content_type, work.papers.filename) == ("image/png", "deed.txt")
    with working_as(app, SYSTEM):
        assert items(Artwork).load(work.id or 0).papers.get_content() == b"A deed."
        with pytest.raises(Invalid, match="By its content this is text/plain"):
            work.picture = b"text"


def test_an_item_notices_what_happens_to_its_files(app: Flask) -> None:
    with working_as(app, SYSTEM):
        id_ = items(Artwork).create(name="Door", picture=picture(), papers=b"A deed.").id or 0
    with working_as(app, SYSTEM):
        work = items(Artwork).load(id_)
        assert (work.state, work.version) == ("SAVED", 1)
        work.papers.set(b"Another deed.")
        work.picture.filename = "renamed.png"
        assert work.state == "UNSAVED"
        assert (work.save().state, work.version) == ("SAVED", 2)
    with working_as(app, SYSTEM):
        work = items(Artwork).load(id_)
        assert (work.papers.get_content(), work.picture.filename) == (b"Another deed.", "renamed.png")
        assert work.picture.get_content() == picture()


def test_a_new_content_that_does_not_fit_is_refused_when_it_is_saved(app: Flask) -> None:
    with working_as(app, SYSTEM):
        work = items(Artwork).create(name="Door", picture=picture())
        work.picture.set_content(b"text")
        with pytest.raises(Invalid, match="By its content this is text/plain"):
            work.save()

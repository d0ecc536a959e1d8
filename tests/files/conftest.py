"""Storages of a test's own, so that it can count what is stored."""

from pathlib import Path

import pytest
from flask import Flask


class Folder:
    """A local storage: which contents lie there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def names(self) -> set[str]:
        """The contents by id, and what was made from them; also what was left unfinished."""
        return {each.name for each in self.path.rglob("*") if each.is_file()}

    def read(self, file_id: str) -> bytes:
        """One of them."""
        return (self.path / file_id[:2] / file_id).read_bytes()


def folder_at(app: Flask, monkeypatch: pytest.MonkeyPatch, setting: str, path: Path) -> Folder:
    """Let that setting of the application name the folder."""
    monkeypatch.setitem(app.config, setting, path.as_uri())
    return Folder(path)


@pytest.fixture
def folder(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Folder:
    """The working storage of this test."""
    return folder_at(app, monkeypatch, "FILES_URL", tmp_path / "work")


@pytest.fixture
def permanent(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Folder:
    """The permanent storage of this test."""
    return folder_at(app, monkeypatch, "FILES_PERMANENT_URL", tmp_path / "permanent")

"""The developer's guide is followed step by step in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "add-a-resource.md").read_text(encoding="utf-8")
FILES = re.findall(r"^`(backend/[\w/.]+)`\n\n```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^\$ (flask .+)$", GUIDE, re.MULTILINE)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project without data, tests and tools."""
    for name in ("backend", "migrations"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "config.py", tmp_path)
    return tmp_path


def run(folder: Path, command: str) -> str:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/guide.sqlite3",
        "SEED_PASSWORD": "guide-Password-1",
        "APP_CONFIG": "dev",
    }
    done = subprocess.run(  # noqa: S602 - the guide's own lines, as a reader types them
        f"{sys.executable} -m {command}",
        cwd=folder,
        env=environment,
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_every_step_of_the_guide_works(copy: Path) -> None:
    assert len(FILES) >= 3
    run(copy, "flask --app backend db upgrade")
    run(copy, "flask --app backend seed-db")
    for path, text in FILES:
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text(text, encoding="utf-8")
    told = {command: run(copy, command) for command in COMMANDS}
    assert "isbn" in next(text for command, text in told.items() if "resources" in command)
    assert "title" in next(text for command, text in told.items() if "export" in command)

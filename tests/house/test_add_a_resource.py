"""The developer's guide is followed step by step in a copy of the project."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "add-a-resource.md").read_text(encoding="utf-8")
FILES = re.findall(r"^`(backend/[\w/.]+)`\n\n```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^\$ (flask .+)$", GUIDE, re.MULTILINE)

# Runs commands as `flask` does, and tells what each wrote.
RUN = """
import contextlib, io, json, sys
from flask.cli import cli
told = {}
for command, words in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), write_through=True)) as written:
        code = cli.main(words, prog_name="flask", standalone_mode=False)
    told[command] = written.buffer.getvalue().decode()
    if code:
        sys.exit(f"{command}: {code}, {told[command]}")
print(json.dumps(told))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project without data, tests and tools; what is compiled of it goes along."""
    for name in ("backend", "migrations"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("config.py", "settings.py"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def run(folder: Path, *commands: str) -> dict[str, str]:
    """What each of the commands says; one process does them all."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/guide.sqlite3",
        "SEED_PASSWORD": "guide-Password-1",
        "APP_CONFIG": "dev",
    }
    words = json.dumps([[command, shlex.split(command)[1:]] for command in commands])
    done = subprocess.run(
        [sys.executable, "-c", RUN, words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return dict(json.loads(done.stdout))


def test_every_step_of_the_guide_works(copy: Path) -> None:
    assert len(FILES) >= 3
    run(copy, "flask --app backend db upgrade", "flask --app backend seed-db")
    for path, text in FILES:
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text(text, encoding="utf-8")
    told = run(copy, *COMMANDS)
    assert told.keys() == {*COMMANDS}
    assert "isbn" in next(text for command, text in told.items() if "resources" in command)
    assert "title" in next(text for command, text in told.items() if "export" in command)

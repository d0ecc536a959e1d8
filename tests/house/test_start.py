"""What a server loads before its first answer: nothing that only some requests need."""

import json
import os
import subprocess
import sys

from tests.house.sources import ROOT

# Each serves a part of the requests only, and takes a hundredth of the start or of the memory.
LATE = {"babel.messages.pofile", "markdown_it", "openpyxl", "yaml", "alembic", "psycopg", "pymysql"}
LOADED = """
import json, sys
from backend.cli.worker import create_worker
create_worker()
print(json.dumps([*sys.modules]))
"""


def test_what_few_requests_need_is_loaded_when_they_need_it() -> None:
    environment = {**os.environ, "APP_CONFIG": "test", "DATABASE_URL": "sqlite://"}
    told = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, env=environment, check=True, capture_output=True)
    assert LATE & set(json.loads(told.stdout.splitlines()[-1])) == set()

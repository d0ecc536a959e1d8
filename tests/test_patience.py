"""Who waits for ever is ended, and it is told where they waited; the memory of a test process stays small."""

import gc
import os
import subprocess
import sys

from config import ROOT

WAITING = """
import sys, time
from greenlet import getcurrent, greenlet
from tests.patience import Watch

main = getcurrent()

def in_the_browser():
    main.switch()

watch = Watch(sys.stderr)
watch.start()
with watch.over("one that is done"):
    time.sleep(0.1)
time.sleep(1)
beside = greenlet(in_the_browser)
beside.switch()
with watch.over("one that waits"):
    time.sleep(60)
"""


def test_a_test_that_never_ends_is_ended_and_says_who_waits_where() -> None:
    environment = {**os.environ, "TEST_PATIENCE": "0.5"}
    command = [sys.executable, "-c", WAITING]
    ended = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=50)
    assert ended.returncode == 70, ended.stderr
    assert "one that waits hangs: it has taken 0.5 seconds." in ended.stderr
    assert "in_the_browser" in ended.stderr


def test_no_import_switches_the_collector_off() -> None:
    # Everything was imported to find this test; without the collector its process would grow by gigabytes.
    assert gc.isenabled()

"""No test waits for ever: one that takes minutes is ended with its process, and all who wait say where.

This is no limit of speed: the slowest test takes a fraction of it on a busy machine. Pytest's own limit ends with the
first failure of a test, and it does not know who waits for a browser.
"""

import faulthandler
import gc
import os
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TextIO

from greenlet import greenlet

LONGEST = float(os.environ.get("TEST_PATIENCE", "inf" if "FUZZ" in os.environ else "300"))
ENDED = 70


class Watch(Thread):
    """Looks at the clock while a test is set up, called and taken down."""

    def __init__(self, told: TextIO) -> None:
        super().__init__(name="patience", daemon=True)
        self.told = told
        self.what, self.until = "", float("inf")

    @contextmanager
    def over(self, what: str) -> Iterator[None]:
        """A part of a test, which may take so long and no longer."""
        self.what, self.until = what, time.monotonic() + LONGEST
        try:
            yield
        finally:
            self.until = float("inf")

    def run(self) -> None:
        while time.monotonic() < self.until:
            time.sleep(0.5)
        self._tell()
        os._exit(ENDED)

    def _tell(self) -> None:
        print(f"\n{self.what} hangs: it has taken {LONGEST:g} seconds.", file=self.told, flush=True)
        faulthandler.dump_traceback(self.told)
        # Whoever waits for a browser waits in a stack beside that of its thread.
        for each in gc.get_objects():
            if isinstance(each, greenlet) and each.gr_frame:
                print("Waiting:", *traceback.format_stack(each.gr_frame), sep="\n", file=self.told, flush=True)

"""Many requests at once for a few seconds: by wrk where it is installed, else by processes of our own."""

import itertools
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

SCRIPT = Path(__file__).with_name("load.lua")
CLOSE_EVERY = 20
PATIENCE = 30
_numbers = itertools.count(int(time.time()) % 10**8 * 10**6, 10**6)


@dataclass(frozen=True)
class Load:
    """What to send, over and over; `@N@` in a body becomes a number of its own."""

    method: str
    paths: tuple[str, ...]
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True)
class Result:
    """What came of it."""

    requests: int
    seconds: float
    failed: int
    median_ms: float
    p99_ms: float


def numbers() -> int:
    """The first of a million numbers nobody has used."""
    return next(_numbers)


def generator() -> str:
    return "wrk" if shutil.which("wrk") else "http.client, one process a connection"


def send(port: int, load: Load, seconds: float, connections: int) -> Result:
    """Send for so many seconds over so many connections."""
    return (
        by_wrk(port, load, seconds, connections) if shutil.which("wrk") else by_hand(port, load, seconds, connections)
    )


def by_wrk(port: int, load: Load, seconds: float, connections: int) -> Result:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as told:
        head = [load.method, *(f"{name}: {value}" for name, value in load.headers.items()), ""]
        told.write("\n".join([*head, *(f"{path}\t{load.body}" for path in load.paths)]) + "\n")
        told.flush()
        options = f"-t1 -c{connections} -d{seconds:.0f}s --timeout={PATIENCE}s --latency -s".split()
        said = subprocess.run(  # noqa: S603 - our own command
            ["wrk", *options, str(SCRIPT), f"http://127.0.0.1:{port}"],  # noqa: S607 - where the user has it
            env={**os.environ, "KONTOR_LOAD": told.name, "KONTOR_BASE": str(numbers())},
            capture_output=True, text=True, check=True, timeout=seconds + 2 * PATIENCE,
        ).stdout  # fmt: skip
    found = re.search(r"^RESULT (\d+) (\S+) (\d+) (\S+) (\S+)$", said, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"wrk said something else: {said}")
    return Result(int(found[1]), float(found[2]), int(found[3]), float(found[4]), float(found[5]))


def by_hand(port: int, load: Load, seconds: float, connections: int) -> Result:
    begin = time.time() + 1
    with ProcessPoolExecutor(connections) as pool:
        jobs = [
            pool.submit(drive, port, load, place, numbers(), begin, begin + seconds) for place in range(connections)
        ]
        found = [job.result() for job in jobs]
    took = sorted(itertools.chain.from_iterable(times for times, _failed in found))
    failed = sum(failed for _times, failed in found)
    if not took:
        return Result(0, seconds, failed, 0, 0)
    return Result(len(took), seconds, failed, statistics.median(took), took[int(len(took) * 0.99)])


def drive(port: int, load: Load, place: int, number: int, begin: float, end: float) -> tuple[list[float], int]:
    """One connection's part: milliseconds of each answer, and how many were no success."""
    took, failed, connection = [], 0, HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    time.sleep(max(0, begin - time.time()))
    for sent in itertools.count(1):
        if time.time() >= end:
            break
        path = load.paths[(sent * 7 + place * 61) % len(load.paths)]
        body = load.body.replace("@N@", str(number + sent))
        start = time.perf_counter()
        try:
            connection.request(load.method, path, body or None, load.headers)
            answer = connection.getresponse()
            answer.read()
            failed += answer.status >= 400
        except (OSError, HTTPException):
            failed += 1
            connection.close()
        took.append((time.perf_counter() - start) * 1000)
        if sent % CLOSE_EVERY == 0:
            connection.close()
    connection.close()
    return took, failed


def bodies(load: Load, count: int) -> Iterator[str]:
    """The load's body so many times, each with its own number."""
    first = numbers()
    return (load.body.replace("@N@", str(first + place)) for place in range(count))

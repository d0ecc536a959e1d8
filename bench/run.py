"""`make bench`: Kontor beside the floor, on the same rows, in turns."""

import argparse
import random
import re
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

from bench import data
from bench.load import Load, Result, bodies, generator, send
from bench.server import Client, Server
from bench.sides import FLOOR, KONTOR, ROOT, THREADS, WORKERS, Side, Work
from bench.table import IMPORTED, LABELS, Figure, Figures, table

SKU = re.compile(rb"[KN]-\d{6,}")


class Bench:
    """One side, prepared and running."""

    def __init__(self, side: Side, folder: Path, rows: Path) -> None:
        self.side, self.database = side, folder / f"{side.name}.sqlite3"
        copy(rows, self.database)
        settings = side.settings(self.database)
        self.server = Server(side.serve, settings, ROOT, folder / f"{side.name}.log")
        subprocess.run(side.prepare, cwd=ROOT, env=self.server.environment, check=True)  # noqa: S603 - our own command
        self.headers: dict[str, dict[str, str]] = {"nobody": {}, "api": {}, "browser": {}}

    def sign_in(self) -> None:
        """Start for the first time, and keep what the later requests show."""
        self.server.start("/", {})
        self.headers["api"] = self.side.sign_in(Client(self.server.port))
        self.headers["browser"] = self.side.sign_in_browser(Client(self.server.port))

    def start(self) -> Figures:
        """Restart; how long it takes until a product is answered, and the memory of all processes then."""
        self.server.stop()
        took = self.server.start(path_of(self.side.works["one"], 1), self.headers["api"])
        for number in range(1, 41):
            self.ask("one", number)
        time.sleep(1)  # the second process may still be coming up
        return {"start": Figure(took), "memory": Figure(self.server.memory())}

    def ask(self, name: str, number: int) -> bytes:
        """One request; raises where the answer does not show what it should."""
        work = self.side.works[name]
        body = next(bodies(self.load(work), 1))
        status, found = Client(self.server.port).send(work.method, path_of(work, number), body, self.headers_of(work))
        shown = len(set(SKU.findall(found)))
        if status not in (200, 201) or (work.skus is not None and shown != work.skus):
            raise RuntimeError(f"{self.side.name}, {name}: {status}, {shown} products shown: {found[:500]!r}")
        return found

    def load(self, work: Work) -> Load:
        dice = random.Random(work.path)
        numbers = [dice.randint(1, data.ROWS) for _ in range(500 if "{id}" in work.path else 1)]
        paths = tuple(path_of(work, number) for number in numbers)
        return Load(work.method, paths, self.headers_of(work), work.body)

    def headers_of(self, work: Work) -> dict[str, str]:
        return {**self.headers[work.who], **({"Content-Type": work.media} if work.body else {})}

    def measure(self, name: str, seconds: float, connections: int) -> Figure:
        """Requests a second, and what one costs."""
        load = self.load(self.side.works[name])
        send(self.server.port, load, 1, connections)
        self.server.settle()
        before = self.server.cpu()
        result: Result = send(self.server.port, load, seconds, connections)
        self.server.settle()
        cpu = 1000 * (self.server.cpu() - before) / max(result.requests, 1)
        if result.failed:
            print(f"{self.side.name}, {name}: {result.failed} of {result.requests} failed", file=sys.stderr)
        return Figure(result.requests / result.seconds, cpu, result.p99_ms, result.failed)

    def bring_in(self) -> Figure:
        """Rows a second of one import."""
        work = self.side.works["import"]
        body = f"[{','.join(bodies(self.load(work), IMPORTED))}]"
        before, begin = self.server.cpu(), time.perf_counter()
        status, found = Client(self.server.port).send(work.method, work.path, body, self.headers_of(work))
        took = time.perf_counter() - begin
        if status not in (200, 201):
            raise RuntimeError(f"{self.side.name}, import: {status} {found[:500]!r}")
        return Figure(IMPORTED / took, 1000 * (self.server.cpu() - before))


def main() -> None:
    """Measure and print the table."""
    options = parse()
    with TemporaryDirectory(prefix="kontor-bench-") as folder:
        print(f"Making {data.ROWS} products …", file=sys.stderr)
        rows = Path(folder) / "products.sqlite3"
        data.write(rows)
        sides = [Bench(side, Path(folder), rows) for side in (FLOOR, KONTOR)]
        try:
            for each in sides:
                each.sign_in()
            # Who comes first takes turns too.
            runs = [measure_all(sides[::-1] if turn % 2 else sides, options) for turn in range(options.rounds)]
        finally:
            for each in sides:
                each.server.stop()
    print(f"{WORKERS} processes of {THREADS} threads each, {options.connections} connections, load by {generator()}.\n")
    print(table(runs))


def measure_all(sides: list[Bench], options: argparse.Namespace) -> dict[str, Figures]:
    """One round: every kind of work on one side, then on the other, so that drift meets both."""
    found: dict[str, Figures] = defaultdict(dict)
    for each in sides:
        found[each.side.name] |= each.start()
    for name in options.works:
        for each in sides:
            figure = measure_one(each, name, options)
            found[each.side.name][name] = figure
            print(f"{LABELS[name]}: {each.side.name} {figure.value:.1f}", file=sys.stderr)
    return found


def measure_one(bench: Bench, name: str, options: argparse.Namespace) -> Figure:
    if name == "import":
        figure = bench.bring_in()
    else:
        answer = bench.ask(name, 1)
        if name == "page" and str(data.matching()).encode() not in answer:
            raise RuntimeError(f"{bench.side.name} does not tell the right count.")
        figure = bench.measure(name, options.seconds, options.connections)
    if name in ("create", "import"):
        data.remove_created(bench.database)
    return figure


def path_of(work: Work, number: int) -> str:
    return work.path.replace("{id}", str(number))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--works", type=lambda text: text.split(","), default=list(FLOOR.works), metavar="one,page,…")
    options = parser.parse_args()
    if strange := set(options.works) - set(FLOOR.works):
        parser.error(f"no such work: {', '.join(strange)}; there are {', '.join(FLOOR.works)}")
    return options

"""A server process with its workers: started, asked, measured and ended; and a small client."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

PATIENCE = 60
FORM = "application/x-www-form-urlencoded"


@dataclass
class Client:
    """One request a connection; keeps cookies, follows no redirect."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body of the answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request(method, path, body or None, {**self.cookie_header(), **(headers or {})})
        answer = connection.getresponse()
        found = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        connection.close()
        return answer.status, found

    def form(self, path: str, fields: dict[str, str]) -> bytes:
        """Post a form, with the CSRF token of its page if it has one."""
        page = self.send("GET", path)[1].decode()
        if tag := re.search(r'<input[^>]*name="csrf_token"[^>]*>', page):
            found = re.search(r'value="([^"]*)"', tag[0])
            fields = {**fields, "csrf_token": found[1] if found else ""}
        return self.post(path, fields)

    def post(self, path: str, fields: dict[str, str]) -> bytes:
        """Post fields; raises where the answer is no success."""
        status, found = self.send("POST", path, urlencode(fields), {"Content-Type": FORM})
        if status >= 400:
            raise RuntimeError(f"{path} answered {status}: {found[:300]!r}")
        return found

    def token(self, path: str, fields: dict[str, str]) -> dict[str, str]:
        """Headers that carry an access token."""
        answer: dict[str, Any] = json.loads(self.post(path, fields))
        return {"Authorization": f"Bearer {answer['access_token']}"}

    def cookie_header(self) -> dict[str, str]:
        """What a browser would send."""
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}


class Server:
    """A command that listens on a port of its own, and every process it starts."""

    def __init__(self, command: list[str], settings: dict[str, str], folder: Path, log: Path) -> None:
        self.port = free_port()
        self.command = [part.replace("{port}", str(self.port)) for part in command]
        self.environment, self.folder, self.log = os.environ | settings, folder, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, path: str, headers: dict[str, str]) -> float:
        """Milliseconds until it answers; a fault of the server is not taken for an answer."""
        begin = time.perf_counter()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                self.command, env=self.environment, cwd=self.folder, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        while time.perf_counter() - begin < PATIENCE and self.process.poll() is None:
            try:
                if Client(self.port).send("GET", path, headers=headers)[0] < 500:
                    return (time.perf_counter() - begin) * 1000
            except OSError:
                time.sleep(0.004)
        self.stop()
        raise RuntimeError(f"The server did not start: {self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        """End it and wait for that."""
        if self.process is None or self.process.poll() is not None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def processes(self) -> list[tuple[int, int]]:
        """Id and resident kibibytes of each process."""
        if self.process is None:
            return []
        listed = subprocess.run(["ps", "-A", "-o", "pid=,pgid=,rss="], capture_output=True, text=True, check=True)  # noqa: S607
        rows = (map(int, line.split()) for line in listed.stdout.splitlines())
        return [(pid, rss) for pid, group, rss in rows if group == self.process.pid]

    def memory(self) -> float:
        """Resident MiB of all processes; pages they share count in each."""
        return sum(rss for _pid, rss in self.processes()) / 1024

    def cpu(self) -> float:
        """Seconds of CPU used so far; 0 where the system does not tell as Linux does."""
        ticks = 0
        for pid, _rss in self.processes():
            try:
                told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            ticks += int(told[11]) + int(told[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def settle(self) -> None:
        """Wait until it works on nothing that the load gave up on."""
        for _ in range(PATIENCE):
            before = self.cpu()
            time.sleep(0.1)
            if self.cpu() - before < 0.02:
                return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

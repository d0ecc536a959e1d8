"""The server as a user starts it: from a copy of the files, on a free port, until SIGTERM."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from config import ROOT

PATIENCE = 60
PARTS = ("backend", "migrations", "config.py", "settings.py", ".env.example")
Server = subprocess.Popen[str]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a fresh clone, with a .env whose port is free."""
    folder = tmp_path_factory.mktemp("clone")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    (folder / ".env").write_text(f"PORT={free_port()}\nSEED_PASSWORD=a-password-for-tests\n")
    return folder


@pytest.fixture
def start(copy: Path) -> Iterator[Callable[..., Server]]:
    """Starts `flask serve` in the copy; what still runs at the end is killed."""
    started: list[Server] = []

    def run(*options: str, **settings: str) -> Server:
        # A plain environment: nothing of the test run's own settings reaches the server.
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | settings
        command = [sys.executable, "-m", "flask", "--app", "backend", "serve", *options]
        server = subprocess.Popen(
            command, cwd=copy, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        started.append(server)
        return server

    yield run
    for server in started:
        if server.poll() is None:
            server.kill()
        server.communicate()


def test_the_server_starts_says_how_to_get_in_and_ends_with_success(copy: Path, start: Callable[..., Server]) -> None:
    server = start("--prepare")
    wait_until_alive(copy, server)
    assert get(copy, "/readyz") == 200
    server.send_signal(signal.SIGTERM)
    output, _ = server.communicate(timeout=PATIENCE)
    assert server.returncode == 0, output
    assert f"http://127.0.0.1:{port_of(copy)}" in output
    assert "admin@example.com with the password a-password-for-tests" in output
    assert "Serving on" in output
    assert "Stopped" in output


def test_an_open_connection_does_not_delay_the_end(copy: Path, start: Callable[..., Server]) -> None:
    server = start("--prepare")
    wait_until_alive(copy, server)
    with socket.create_connection(("127.0.0.1", port_of(copy))) as idle:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.recv(100).startswith(b"HTTP/1.1 200")
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=5) == 0


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="Only Linux says which process is whose child.")
def test_a_worker_that_is_killed_comes_back_each_time(copy: Path, start: Callable[..., Server]) -> None:
    server = start("--prepare", WEB_WORKERS="1")
    for _ in range(3):
        wait_until_alive(copy, server)
        os.kill(worker_of(server), signal.SIGKILL)
        time.sleep(0.2)
    wait_until_alive(copy, server)
    server.send_signal(signal.SIGTERM)
    output, _ = server.communicate(timeout=PATIENCE)
    assert server.returncode == 0, output


def test_a_port_in_use_is_one_sentence(start: Callable[..., Server]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = start("--port", str(taken.getsockname()[1]))
        output, _ = server.communicate(timeout=PATIENCE)
    assert server.returncode == 1
    assert "cannot be listened on" in output
    assert "Traceback" not in output


def test_a_wrong_setting_stops_the_start_with_its_sentence(start: Callable[..., Server]) -> None:
    server = start(APP_CONFIG="prod", SECRET_KEY="geheim", PORT="many")
    output, _ = server.communicate(timeout=PATIENCE)
    assert server.returncode == 1
    assert "SECRET_KEY is a default or shorter" in output
    assert "SECURITY_PASSWORD_SALT is missing" in output
    assert "PUBLIC_URL is missing" in output
    assert "PORT must be a whole number" in output
    assert "geheim" not in output
    assert "Traceback" not in output


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def port_of(copy: Path) -> int:
    return int((copy / ".env").read_text().split()[0].removeprefix("PORT="))


def get(copy: Path, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port_of(copy), timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def wait_until_alive(copy: Path, server: Server) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if server.poll() is not None:
            pytest.fail(f"The server ended with {server.returncode}: {server.communicate()[0]}")
        try:
            if get(copy, "/healthz") == 200:
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail("The server does not answer.")


def worker_of(server: Server) -> int:
    return int(Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()[0])

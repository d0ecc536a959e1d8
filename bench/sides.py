"""The two sides of the comparison: how each is prepared, served, signed in to and asked."""

import os
import secrets
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bench.data import CATEGORY, DEEP, TERM
from bench.server import FORM, Client

ROOT = Path(__file__).parents[1]
USER, PASSWORD = "bench", secrets.token_urlsafe(16)
PEOPLE = {"username": USER, "password": PASSWORD}
# What both sides are given: as many processes, and threads in each.
WORKERS, THREADS = 2, 4
JSON = "application/json"
NEW = (
    '{"sku": "N-@N@", "name": "Raw Elm Stool @N@", "description": "turned by hand", "category": "Workshop 12",'
    ' "price": "49.50", "quantity": 3, "image_url": "https://images.example.com/new.webp"}'
)
# Never what is there already: a change of nothing costs next to nothing.
CHANGE = '{"description": "turned by hand, look @N@"}'


@dataclass(frozen=True)
class Work:
    """One kind of request; `{id}` in a path is a product's number, `skus` how many products the answer shows."""

    path: str
    method: str = "GET"
    body: str = ""
    who: str = "api"
    media: str = JSON
    skus: int | None = None


@dataclass(frozen=True)
class Side:
    """What is measured."""

    name: str
    prepare: list[str]
    serve: list[str]
    settings: Callable[[Path], dict[str, str]]
    works: dict[str, Work]
    sign_in: Callable[[Client], dict[str, str]]
    sign_in_browser: Callable[[Client], dict[str, str]]


def sign_in_form(path: str) -> Work:
    return Work(path, "POST", f"username={USER}&password={quote(PASSWORD)}", who="nobody", media=FORM)


def floor_browser(client: Client) -> dict[str, str]:
    return {"Cookie": "token=" + client.token("/login", PEOPLE)["Authorization"].removeprefix("Bearer ")}


FLOOR = Side(
    name="floor",
    prepare=[sys.executable, "-m", "bench.floor", USER, PASSWORD],
    serve=[
        sys.executable, "-m", "granian", "--interface=wsgi", "--http=1", "--port={port}", "--log-level=warning",
        f"--workers={WORKERS}", f"--blocking-threads={THREADS}", "bench.floor:app",
    ],
    settings=lambda path: {"FLOOR_DB": str(path)},
    sign_in=lambda client: client.token("/login", PEOPLE),
    sign_in_browser=floor_browser,
    works={
        "one": Work("/products/{id}", skus=1),
        "page": Work(f"/products?category={quote(CATEGORY)}&name={TERM}&sort=price&limit=50", skus=50),
        "deep": Work(f"/products?limit=50&offset={DEEP}", skus=50),
        "create": Work("/products", "POST", NEW),
        "change": Work("/products/{id}", "PATCH", CHANGE, skus=1),
        "list": Work("/admin/products", who="browser", skus=50),
        "form": Work("/admin/products/{id}", who="browser", skus=1),
        "sign_in": sign_in_form("/login"),
        "import": Work("/import", "POST", NEW),
    },
)  # fmt: skip


def kontor_settings(path: Path) -> dict[str, str]:
    """Production, on a database of its own, without its log and without the limit on sign-ins."""
    return {
        "APP_CONFIG": "prod",
        "BENCH_DB": f"sqlite:///{path}",
        "BENCH_USER": USER,
        "BENCH_PASSWORD": PASSWORD,
        "DATABASE_URL": f"sqlite:///{path}",
        "LOG_LEVEL": "WARNING",
        "PUBLIC_URL": "http://127.0.0.1",
        "RATELIMIT_ENABLED": "0",
        "SECRET_KEY": SECRET,
        "SECURITY_PASSWORD_SALT": SECRET,
        "WEB_WORKERS": str(WORKERS),
        "WEB_THREADS": str(THREADS),
    }


def kontor_browser(client: Client) -> dict[str, str]:
    client.form("/login", PEOPLE)
    return client.cookie_header()


def after(number: int) -> str:
    """The cursor of the list by id behind this product."""
    return urlsafe_b64encode(f'["products",["id"],["{number}"]]'.encode()).decode().rstrip("=")


SECRET = os.environ.get("SECRET_KEY") or secrets.token_hex(32)
PRODUCTS = "/api/v1/products"
KONTOR = Side(
    name="Kontor",
    prepare=[sys.executable, "-m", "bench.prepare"],
    # What `flask serve` becomes, without loading the application twice.
    serve=[
        sys.executable,
        "-P",
        "backend/cli/web_server.py",
        "--folder=.",
        "--host=127.0.0.1",
        "--port={port}",
        f"--workers={WORKERS}",
        f"--threads={THREADS}",
        "--level=WARNING",
        "--format=text",
        "--file=",
    ],
    settings=kontor_settings,
    sign_in=lambda client: client.token("/api/v1/auth/login", PEOPLE),
    sign_in_browser=kontor_browser,
    works={
        "one": Work(PRODUCTS + "/{id}", skus=1),
        "page": Work(
            f"{PRODUCTS}?filter%5Bcategory%5D={quote(CATEGORY)}&filter%5Bname%5D%5Bcontains%5D={TERM}"
            "&sort=price&page%5Blimit%5D=50",
            skus=50,
        ),
        "deep": Work(f"{PRODUCTS}?page%5Blimit%5D=50&page%5Bafter%5D={after(DEEP)}", skus=50),
        "create": Work(PRODUCTS, "POST", NEW),
        "change": Work(PRODUCTS + "/{id}", "PATCH", CHANGE, skus=1),
        "list": Work("/admin/products/?page%5Blimit%5D=50", who="browser", skus=50),
        "form": Work("/admin/products/{id}/edit", who="browser", skus=1),
        "sign_in": sign_in_form("/api/v1/auth/login"),
        "import": Work("/api/v1/_import/products", "POST", NEW),
    },
)

"""Kontor as a target of the back-office harness that compares it with other systems (its module `core` is imported).

The harness's own `product` table is copied over by `bench/prepare.py`; see there.
"""

# mypy: ignore-errors
import json
import os
from base64 import urlsafe_b64encode
from pathlib import Path
from urllib.parse import urlencode

from core import PASSWORD, USER, Client, Req, Target
from targets import PRODUCT

ROOT = Path(__file__).resolve().parents[1]
PRODUCTS = "/api/v1/products"
PEOPLE = {"username": USER, "password": PASSWORD}
ROWS = 100_000


def after(number: int) -> str:
    """The cursor of the list by id behind this row."""
    return urlsafe_b64encode(json.dumps(["products", ["id"], [str(number)]]).encode()).decode().rstrip("=")


def sign_in(client: Client) -> dict[str, str]:
    """The headers of an API call."""
    return {"Authorization": "Bearer " + client.json("POST", "/api/v1/auth/login", urlencode(PEOPLE))["access_token"]}


TARGET = Target(
    name="kontor",
    title="Kontor",
    venv=os.environ.get("KONTOR_VENV") or str(ROOT / ".venv"),
    app="",
    cwd=ROOT,
    env={
        "APP_CONFIG": "prod",
        "LOG_LEVEL": "WARNING",
        "PUBLIC_URL": "http://127.0.0.1",
        "RATELIMIT_ENABLED": "0",
        "SECRET_KEY": "only-for-the-benchmark-" + "x" * 32,
        "SECURITY_PASSWORD_SALT": "only-for-the-benchmark-" + "y" * 32,
        "WEB_WORKERS": "2",
        "WEB_THREADS": "4",
    },
    prepare=["sh -c 'DATABASE_URL=$BENCH_DB exec {venv}/bin/python -m bench.prepare'"],
    # What `flask serve` becomes: the README names it as the way to start where no command is wanted round it.
    serve="sh -c 'DATABASE_URL=$BENCH_DB exec {venv}/bin/python -P backend/cli/web_server.py --folder=. "
    "--host=127.0.0.1 --port={port} --workers=2 --threads=4 --level=WARNING --format=text --file='",
    api_login=sign_in,
    admin_login=lambda client: client.form("/login", PEOPLE, csrf="csrf_token"),
    requests={
        "W1": Req(PRODUCTS + "/{id}"),
        "W2": Req(
            PRODUCTS + "?filter%5Bcategory%5D={category}&filter%5Bname%5D%5Bcontains%5D={term}"
            "&sort=price&page%5Blimit%5D=50"
        ),
        "W3": Req(f"{PRODUCTS}?page%5Blimit%5D=50&page%5Bafter%5D={after(ROWS * 9 // 10)}"),
        "W4": Req(PRODUCTS, "POST", PRODUCT),
        "W5": Req(PRODUCTS + "/{id}", "PATCH", {"quantity": 7}),
        "W6": Req("/admin/products/?page%5Blimit%5D=50", auth="admin"),
        "W7": Req("/admin/products/{id}/edit", auth="admin"),
        "W8": Req("/api/v1/auth/login", "POST", urlencode(PEOPLE), auth="none"),
        "W9": Req("/api/v1/_import/products", "POST", [PRODUCT]),
    },
    notes="argon2id; access token from the database; W3 by cursor; W4, W5, W9 with their change set",
)

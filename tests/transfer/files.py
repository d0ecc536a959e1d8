"""Files as people send them."""

import csv
import io
import json
from typing import Any

from openpyxl import Workbook
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.callers import Caller

PLAN = {"Prefer": "dry-run"}


def send(
    who: Caller, content: bytes | str, *, plan: bool = False, to: str = "products", name: str = "rows.csv", **form: Any
) -> TestResponse:
    """One upload, as the page and programs do it; a dict in the form goes as JSON."""
    data = content.encode() if isinstance(content, str) else content
    told = {key: json.dumps(value) if isinstance(value, dict) else value for key, value in form.items()}
    # Encoded here: the client's own form leaves a temporary file open where the upload is large.
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(data), name), **told})
    type_ = f"multipart/form-data; boundary={boundary}"
    return who.post(f"/_import/{to}", data=body, content_type=type_, headers=PLAN if plan else {})


def book(*rows: list[Any], **more: list[list[Any]]) -> bytes:
    """A workbook as Excel saves it: its texts are shared, its sheets have names."""
    made, stream = Workbook(), io.BytesIO()
    sheet = made.active
    for row in rows:
        sheet.append(row)
    for name, others in more.items():
        sheet = made.create_sheet(name)
        for row in others:
            sheet.append(row)
    made.save(stream)
    return stream.getvalue()


def counts(answer: TestResponse) -> dict[str, int]:
    """What the answer counts, noughts left out."""
    meta = answer.get_json()["meta"]
    names = ("created", "changed", "unchanged", "removed", "rejected")
    return {name: meta[name] for name in names if meta[name]}


def errors(answer: TestResponse) -> list[tuple[int | None, str | None]]:
    """Row and column of every error, in order."""
    return [(each["row"], each["column"]) for each in answer.get_json()["meta"]["errors"]]


def reasons(answer: TestResponse) -> list[str]:
    """The sentences of every error, in order."""
    return [each["reason"] for each in answer.get_json()["meta"]["errors"]]


def export(who: Caller, of: str = "products", query: str = "", format_: str = "csv") -> bytes:
    """The file one gets."""
    answer = who.get(f"/_export/{of}.{format_}{query}")
    assert answer.status_code == 200, answer.text
    return answer.data


def rows_of(data: bytes) -> list[dict[str, str]]:
    """A CSV file's rows by column."""
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))

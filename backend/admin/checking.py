"""One field of a form that is still being filled in: the sentence a save would give for it."""

from typing import Any

from flask import jsonify, request
from werkzeug.wrappers import Response

from backend.admin.forms import Form
from backend.admin.item import fetch
from backend.admin.list_fields import ListField
from backend.core import check
from backend.core.entry import Entry, GroupEntry
from backend.core.errors import Malformed, Problem
from backend.core.files.value import FileValue, StandingFile
from backend.core.languages import _
from backend.core.model import json_safe
from backend.core.nested import member_of
from backend.core.rights import Actor


def judge(entry: Entry, actor: Actor, id_: int | None = None) -> Response:
    """`{"error": sentence or null}` for the field named by `_field`. Raises Malformed for one that is not there."""
    form = Form(entry, actor, None if id_ is None else fetch(entry, actor, id_).values, id_)
    form.fill(request.form)
    path = _path(form, request.form.get("_field", ""))
    return jsonify(error=None if path is None else _fault(form, path, id_))


def _path(form: Form, name: str) -> str | None:
    """Where the input's value goes; nowhere, for one of an entry that shall not be in its list."""
    if name in form.fields and name not in form.lists:
        return name
    whole = name.partition(".")[0]
    for field in (form.fields[whole],) if whole in form.lists else ():
        assert isinstance(field, ListField)
        for entry in field.entries:
            for member, each in entry.fields.items():
                if each.spec.name == name:
                    return f"{whole}.{field.told.index(entry)}.{member}" if entry.is_told else None
    raise Malformed(Problem("unknown_path", _("This form has no field %(name)s.", name=repr(name))))


def _fault(form: Form, path: str, id_: int | None) -> str | None:
    values, problems = form.values()
    # As far as a save would come: what cannot be read is told before it is judged.
    told = [problem for problem in problems if _place(problem) == path]
    name, field = path.partition(".")[0], form.field_of(path)
    found = [*(field.errors if field else ()), *(problem.detail for problem in told)]
    if found or name not in values:
        return next(iter(found), None)
    item = {each: _as_json(form.entry, each, value) for each, value in values.items()}
    item = {each: value for each, value in item.items() if not isinstance(value, FileValue)}
    return check.judge(form.entry, form.actor, item if id_ is None else {**item, "id": str(id_)}, path)


def _place(problem: Problem) -> str:
    return ".".join((problem.pointer or "").strip("/").split("/")[2:])


def _as_json(entry: Entry, name: str, value: Any) -> Any:
    """A typed value as a body tells it."""
    field = entry.embedded.get(name)
    if field is None or value is None:
        return value if isinstance(value, FileValue) else json_safe(value)
    items = [
        {
            # What was chosen now is not judged again.
            member_of(field.part, each): {"href": inner.href} if isinstance(inner, StandingFile) else json_safe(inner)
            for each, inner in item.items()
            if isinstance(inner, StandingFile) or not isinstance(inner, FileValue)
        }
        for item in ([value] if isinstance(field, GroupEntry) else value)
    ]
    return items[0] if isinstance(field, GroupEntry) else items

"""One field of a form that is still being filled in: the sentence a save would give for it."""

from flask import jsonify, request
from werkzeug.wrappers import Response

from backend.admin.forms import Form
from backend.admin.item import fetch
from backend.core import check
from backend.core.entry import Entry
from backend.core.errors import Malformed, Problem
from backend.core.files.value import FileValue
from backend.core.model import json_safe
from backend.core.rights import Actor


def judge(entry: Entry, actor: Actor, id_: int | None = None) -> Response:
    """`{"error": sentence or null}` for the field named by `_field`. Raises Malformed for one that is not there."""
    form = Form(entry, actor, None if id_ is None else fetch(entry, actor, id_).values, id_)
    name = request.form.get("_field", "")
    if name not in form.fields:
        raise Malformed(Problem("unknown_path", f"This form has no field {name!r}."))
    form.fill(request.form)
    return jsonify(error=_fault(form, name, id_))


def _fault(form: Form, name: str, id_: int | None) -> str | None:
    values, problems = form.values()
    # As far as a save would come: what cannot be read is told before it is judged.
    form.tell(problem for problem in problems if problem.field == name)
    if form.fields[name].errors or name not in values:
        return next(iter(form.fields[name].errors), None)
    item = {each: json_safe(value) for each, value in values.items() if not isinstance(value, FileValue)}
    return check.judge(form.entry, form.actor, item if id_ is None else {**item, "id": str(id_)}, name)

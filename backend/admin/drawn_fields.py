"""Fields of a form that are drawn once, with a place for what they hold: most of them look the same on every page."""

from functools import lru_cache

from flask import current_app
from markupsafe import Markup

from backend.admin.fields import FormField, Spec, specs
from backend.admin.forms import Form
from backend.core.escaping import escaped
from backend.core.languages import spoken

# Inputs that hold their text and nothing else depends on it.
PLAIN = frozenset({"text", "area", "date", "moment"})
# No text of anybody's has it.
PLACE = "\0"


def drawn(field: FormField, form: Form | None) -> Markup | None:
    """The field as its macro draws it; None where there is more to it than what was declared and the text it holds."""
    spec = field.spec
    if form is None or not _is_plain(field) or specs(form.entry).get(spec.name) is not spec:
        return None
    before, after = _around(spec, field.zone, spoken())
    return Markup(f"{before}{escaped(field.value)}{after}")  # noqa: S704 - escaped, between what a template drew


def _is_plain(field: FormField) -> bool:
    spec = field.spec
    if spec.widget not in PLAIN or spec.is_markdown or spec.when:
        return False
    return field == FormField(spec, field.value, zone=field.zone)


@lru_cache(maxsize=2048)
def _around(spec: Spec, zone: str, _language: str) -> tuple[str, str]:
    """What stands before and behind the text."""
    macros = current_app.jinja_env.get_template("kontor/parts.html").module
    before, after = str(macros.written_field(FormField(spec, PLACE, zone=zone))).split(PLACE)  # type: ignore[attr-defined]
    return before, after

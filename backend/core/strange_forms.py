"""What is wrong with what a declaration says of forms, in sentences that say the fix."""

from collections.abc import Iterator

from backend.core.entry import Entry
from backend.core.resource import Field, Reference


def strange_forms(entry: Entry) -> Iterator[str]:
    """Sections and conditions that name what no form has."""
    known = {*entry.fields, *entry.references, *entry.inputs}
    owners: dict[str, str] = {}
    for title, names in entry.resource.sections.items():
        for name in names:
            if name not in known:
                yield f"the section {title!r} names {name!r}, which is neither attribute, relationship nor input."
            elif (other := owners.setdefault(name, title)) != title:
                yield f"the section {title!r} names {name!r}, which stands in {other!r} already: leave one of them out."
    asked: dict[str, Field | Reference] = {**entry.resource.fields, **entry.resource.references}
    for name, declared in asked.items():
        for other in declared.show_when:
            if other not in entry.members or other == name:
                yield f"{name!r} is shown when {other!r} says so, which is no other attribute: name one of the form."

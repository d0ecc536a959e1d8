"""The library as everybody sees it; what editors may not do is change and delete loans, and see series."""

from backend.core import Reference, Resource, permission, role, where
from backend.core.registry import registry
from backend.core.resource import VERBS
from backend.core.rights import Rule
from tests.modules.library.models import Author, Book, Club, Copy, Cover, Loan, Member, Publisher, Rack, Series, Tag

GROUP = "Library"
ADMINS = role("account-admin")
MACHINERY = Reference(hidden=True)


def rights(key: str, **other: Rule) -> dict[str, Rule]:
    """By permission, as every resource has; where told, by another rule."""
    return {verb: permission(f"{key}:{verb}") for verb in VERBS} | other


registry.register(
    Resource(
        model=Publisher, group=GROUP, references={"books": Reference(fill=False)}, rights=rights("library_publishers")
    )
)
registry.register(
    Resource(model=Author, group=GROUP, natural_key=("name",), search=("name",), rights=rights("library_authors"))
)
registry.register(Resource(model=Rack, group=GROUP, label_one="Rack", rights=rights("library_racks")))
registry.register(
    Resource(
        model=Book,
        group=GROUP,
        title="title",
        natural_key=("author", "title"),
        references={"tags": Reference(through="tag_links"), "tag_links": MACHINERY},
        rights=rights("library_books"),
    )
)
registry.register(Resource(model=Cover, group=GROUP, title="painter", rights=rights("library_covers")))
registry.register(
    Resource(
        model=Tag,
        group=GROUP,
        rights=rights(
            "library_tags",
            read=permission("library_tags:read") & (ADMINS | where(lambda _actor, tag: tag.is_secret.is_(False))),
        ),
    )
)
registry.register(
    Resource(model=Club, group=GROUP, references={"members": Reference(required=True)}, rights=rights("library_clubs"))
)
registry.register(Resource(model=Member, group=GROUP, rights=rights("library_members")))
registry.register(
    Resource(
        model=Copy, group=GROUP, label_one="Copy", title="code", natural_key=("book", "code"),
        references={"loans": Reference(read_only=True)},
        rights=rights("library_copies"),
    )
)  # fmt: skip
registry.register(
    Resource(
        model=Loan,
        group=GROUP,
        title="reader",
        references={"clerk": Reference(required=True)},
        rights=rights("library_loans", update=ADMINS, delete=ADMINS),
    )
)
registry.register(
    Resource(
        model=Series,
        group=GROUP,
        label_one="Series",
        references={
            "tags": Reference(through="tag_links", required=True),
            "books": Reference(through="book_links"),
            "tag_links": MACHINERY,
            "book_links": MACHINERY,
        },
        rights=rights("library_series", read=ADMINS),
    )
)

"""The first page: what one may see and how much of it, what needs attention, what happened lately."""

from dataclasses import dataclass

from flask_admin import AdminIndexView, expose

from backend.admin import changes_asked, edge, me, palette, selections, visits
from backend.admin.changes import all_told, by_day
from backend.admin.edge import Answer, Page
from backend.admin.keys import keys_page
from backend.admin.navigation import PREFIX, readable, small_counts
from backend.admin.navigation import address as of
from backend.admin.style_page import style_of_fault, style_page
from backend.admin.trends import picture
from backend.core import formats, history, query, trends
from backend.core.rights import Actor
from backend.core.tenancy import current_actor

RECENT = 8


@dataclass(frozen=True)
class Figure:
    """A number that leads to its list."""

    label: str
    number: str
    href: str
    group: str = ""
    trend: str = ""


class HomeView(edge.SignedIn, AdminIndexView):
    """The index of the admin room."""

    def __init__(self) -> None:
        super().__init__(name="Home", endpoint="admin", url=PREFIX)
        # Flask-Admin's own files stay where they are: nothing of them is served.
        self.static_folder = None

    @expose("/")
    def index(self) -> Answer:
        actor = current_actor()
        recent = all_told(actor, history.sets(actor, limit=RECENT))
        context = {
            "figures": _figures(actor),
            "attention": _attention(actor),
            "recent": by_day(recent),
            "mine": changes_asked.of_person(actor.login),
            "visits": visits.last(actor),
        }
        return Page("home.html", context)

    @expose("/_me", methods=("GET", "POST"))
    def me_view(self) -> Answer:
        return me.settings(current_actor())

    @expose("/_style")
    def style_view(self) -> Answer:
        return style_page()

    @expose("/_find")
    def find_view(self) -> Answer:
        return palette.find(current_actor(), "find.html")

    @expose("/_find/options")
    def find_options_view(self) -> Answer:
        return palette.find(current_actor(), "find_options.html")

    @expose("/_keys")
    def keys_view(self) -> Answer:
        return keys_page(current_actor(), "keys.html")

    @expose("/_keys/inside")
    def keys_inside_view(self) -> Answer:
        return keys_page(current_actor(), "keys_inside.html")

    @expose("/_style/<int:status>")
    def style_of_fault_view(self, status: int) -> Answer:
        return style_of_fault(status)


def _figures(actor: Actor) -> list[Figure]:
    """How many rows of each resource one may read, capped as any count, and how much was written to it lately."""
    few, days = small_counts(actor), trends.daily(actor)
    return [
        Figure(
            entry.label,
            few.get(entry.key) or _number(*query.count(entry, actor)),
            of(entry),
            entry.resource.group,
            picture(days.get(entry.key, ())),
        )
        for entry in readable(actor)
    ]


def _attention(actor: Actor) -> list[Figure]:
    """The selections that hold something that should not stay so."""
    found = []
    for entry in readable(actor):
        for offer in selections.offered(entry, actor):
            if not entry.resource.selections[offer.name].needs_attention:
                continue
            number, more = selections.count(entry, actor, offer.name)
            if number:
                found.append(Figure(offer.label, _number(number, more), offer.href, entry.label))
    return found


def _number(number: int, more: bool) -> str:
    return f"{formats.number(number)}{'+' if more else ''}"

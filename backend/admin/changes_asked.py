"""What of the history is asked for: whose changes, of which rows, of which kind – said by its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.admin.addresses import Arguments, address
from backend.admin.diffs import VERBS
from backend.admin.navigation import CHANGES, readable
from backend.core.entry import Entry
from backend.core.errors import BadQuery, Problem
from backend.core.languages import _
from backend.core.rights import Actor

WHO, WHAT, VERB = "who", "what", "verb"
ASKED = (WHO, WHAT, VERB)


@dataclass(frozen=True)
class Asked:
    """What was asked, and what one may ask for."""

    who: str
    entry: Entry | None
    verb: str
    resources: Sequence[tuple[str, str]]
    verbs: Sequence[tuple[str, str]]
    mine: str

    @property
    def what(self) -> str:
        """The key of the resource."""
        return self.entry.key if self.entry else ""

    @property
    def arguments(self) -> Arguments:
        """The same as an address has it."""
        told = ((WHO, self.who), (WHAT, self.what), (VERB, self.verb))
        return [(name, value) for name, value in told if value]


def read(actor: Actor, told: Mapping[str, str]) -> Asked:
    """What the address asks for. Raises BadQuery for rows one may not read and for no kind of change."""
    what, verb = told.get(WHAT, ""), told.get(VERB, "")
    entries = {entry.key: entry for entry in readable(actor)}
    if what and what not in entries:
        raise BadQuery(Problem("unknown_path", _("There is nothing called %(name)r here.", name=what), parameter=WHAT))
    if verb and verb not in VERBS:
        raise BadQuery(Problem("bad_value", _("There is nothing called %(name)r here.", name=verb), parameter=VERB))
    return Asked(
        who=told.get(WHO, "").strip(),
        entry=entries.get(what),
        verb=verb,
        resources=[(entry.key, entry.label) for entry in entries.values()],
        verbs=[(each, _(label)) for each, label in VERBS.items()],
        mine=of_person(actor.login),
    )


def of_person(login: str) -> str:
    """The history of what somebody did."""
    return address(CHANGES, [(WHO, login)])

"""One change of many rows as a job: on named items or on all that match, batch by batch."""

from collections.abc import Sequence

from backend.core import bulk
from backend.core.access import may, refuse
from backend.core.entry import Entry
from backend.core.jobs import acting, leaving, queue
from backend.core.jobs.acting import Which
from backend.core.jobs.kinds import Work, kind
from backend.core.jobs.model import Job
from backend.core.languages import _, later, tracing
from backend.core.rights import Actor

BULK = "bulk"
LABELS = {bulk.UPDATE: later("Change fields"), bulk.DELETE: later("Delete")}


def start(entry: Entry, actor: Actor, verb: str, changes: Sequence[bulk.Change], which: Which) -> Job:
    """Queue the change. Raises what it would raise, as far as that is known now."""
    if may(entry, actor, verb) is False:
        raise refuse(entry, actor, verb)
    if verb == bulk.UPDATE:
        bulk.read(entry, actor, changes)
    payload = {"values": [change.told() for change in changes]}
    with tracing():
        title = acting.title_of(entry, _(LABELS[verb]), which)
    return queue.add(actor, BULK, title, acting.payload(entry, verb, which) | payload)


@kind(BULK)
def change(work: Work) -> None:
    """One batch of it. Raises what a write raises; nothing of the batch stays then."""
    entry, verb = acting.entry_of(work), work.payload["action"]
    if may(entry, work.actor, verb) is False:
        raise refuse(entry, work.actor, verb)
    changes = [bulk.Change(**each) for each in work.payload["values"]]
    edit = bulk.read(entry, work.actor, changes) if verb == bulk.UPDATE else None
    in_batches = leaving.in_batches if verb == bulk.DELETE else acting.in_batches
    in_batches(entry, work, lambda rows: bulk.run(entry, work.actor, verb, rows, edit))

"""One change of many rows as a job: on named items or on all that match, batch by batch in order of id."""

from collections.abc import Sequence

from backend.core import bulk
from backend.core.access import may, refuse
from backend.core.entry import Entry
from backend.core.jobs import acting, queue
from backend.core.jobs.acting import Which
from backend.core.jobs.kinds import Work, kind
from backend.core.jobs.model import Job
from backend.core.rights import Actor

BULK = "bulk"
LABELS = {bulk.UPDATE: "Change fields", bulk.DELETE: "Delete"}


def start(entry: Entry, actor: Actor, verb: str, changes: Sequence[bulk.Change], which: Which) -> Job:
    """Queue the change. Raises what it would raise, as far as that is known now."""
    if may(entry, actor, verb) is False:
        raise refuse(entry, actor, verb)
    if verb == bulk.UPDATE:
        bulk.read(entry, actor, changes)
    payload = {"values": [change.told() for change in changes]}
    return queue.add(
        actor, BULK, acting.title_of(entry, LABELS[verb], which), acting.payload(entry, verb, which) | payload
    )


@kind(BULK)
def change(work: Work) -> None:
    """One batch of it. Raises what a write raises; nothing of the batch stays then."""
    entry, verb = acting.entry_of(work), work.payload["action"]
    if may(entry, work.actor, verb) is False:
        raise refuse(entry, work.actor, verb)
    changes = [bulk.Change(**each) for each in work.payload["values"]]
    edit = bulk.read(entry, work.actor, changes) if verb == bulk.UPDATE else None
    acting.in_batches(entry, work, lambda rows: bulk.run(entry, work.actor, verb, rows, edit))

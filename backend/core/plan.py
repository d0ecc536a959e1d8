"""What a unit of work would do: worked out, told, rolled back."""

from typing import Any

from backend.core import history
from backend.core.changes import CREATED, CURRENT
from backend.core.rights import Actor
from backend.extensions import db

SHOWN = 100


def summary(actor: Actor) -> dict[str, Any]:
    """Counts of created, changed and deleted rows, and the first 100 rows with their fields before and after."""
    change_set = db.session().info.get(CURRENT)
    if change_set is None:
        return {"counts": dict.fromkeys(history.WORDS.values(), 0), "rows": []}
    counts = history.counts_of(actor, [change_set]).get(change_set, dict.fromkeys(history.WORDS.values(), 0))
    # Changes, not rows: some rows have several, so more are read than are shown.
    rows = history.rows_of_set(actor, change_set, limit=SHOWN * 3)
    shown = [
        {
            "resource": row.resource,
            "id": None if row.verb == CREATED else str(row.row_id),
            "verb": row.verb,
            "fields": row.fields(),
        }
        for row in rows[:SHOWN]
    ]
    return {"counts": counts, "rows": shown}

"""What a unit of work would do: worked out, told, rolled back."""

from typing import Any

from backend.core import history
from backend.core.changes import CHANGED, CREATED, CURRENT, DELETED
from backend.core.rights import Actor
from backend.extensions import db

SHOWN = 100


def summary(actor: Actor) -> dict[str, Any]:
    """Counts of created, changed and deleted rows, and the first 100 rows with their fields before and after."""
    change_set = db.session().info.get(CURRENT)
    if change_set is None:
        return {"counts": {"created": 0, "changed": 0, "deleted": 0}, "rows": []}
    rows = history.rows_of_set(actor, change_set)
    verbs = [row.verb for row in rows]
    counts = {"created": verbs.count(CREATED), "changed": verbs.count(CHANGED), "deleted": verbs.count(DELETED)}
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

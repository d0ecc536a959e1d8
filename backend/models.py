"""Every model by name: `from backend.models import Product`; what Flask-Migrate sees."""

from typing import TYPE_CHECKING, Any

from backend.core import modules
from backend.core.changes import ChangeSet, RowChange
from backend.core.idempotency import IdempotencyKey
from backend.core.jobs.model import Job
from backend.core.preferences import Preference
from backend.core.saved_views import SavedView
from backend.extensions import DeclarativeModel

# A module is a folder: adding one adds its models, removing it takes them away.
for _found in modules.parts("models"):
    for _name, _each in vars(_found).items():
        if isinstance(_each, type) and issubclass(_each, DeclarativeModel):
            globals()[_name] = _each

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...


__all__ = ["ChangeSet", "IdempotencyKey", "Job", "Preference", "RowChange", "SavedView"]

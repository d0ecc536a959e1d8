"""The machine's public vocabulary: what a module's declarations are written in.

`items`, `limits` and `registry` are called like their files and so are imported from there.
"""

from backend.core.asking import CurrentUser, current_user, current_user_is
from backend.core.files.inputs import FileInput
from backend.core.files.types import BlobFile, File
from backend.core.files.value import FileValue
from backend.core.logs import logger, stack
from backend.core.model import AccountConfined, AccountOwned, Model
from backend.core.resource import (
    DELETE_REFERENCED_ITEMS,
    MUST_BE_EMPTY,
    UNLINK_REFERENCED_ITEMS,
    Action,
    Children,
    Choices,
    Field,
    Group,
    Input,
    Reference,
    Resource,
    Selection,
    View,
)
from backend.core.rights import anyone, nobody, owner, permission, role, same_account, signed_in, where
from backend.core.types import Exact, Id, Json, Secret, Text, UtcDateTime
from backend.core.work import work_as

__all__ = [
    "DELETE_REFERENCED_ITEMS",
    "MUST_BE_EMPTY",
    "UNLINK_REFERENCED_ITEMS",
    "AccountConfined",
    "AccountOwned",
    "Action",
    "BlobFile",
    "Children",
    "Choices",
    "CurrentUser",
    "Exact",
    "Field",
    "File",
    "FileInput",
    "FileValue",
    "Group",
    "Id",
    "Input",
    "Json",
    "Model",
    "Reference",
    "Resource",
    "Secret",
    "Selection",
    "Text",
    "UtcDateTime",
    "View",
    "anyone",
    "current_user",
    "current_user_is",
    "logger",
    "nobody",
    "owner",
    "permission",
    "role",
    "same_account",
    "signed_in",
    "stack",
    "where",
    "work_as",
]

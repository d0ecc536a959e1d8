"""Who sees what of chests: editors work with them and never learn what account administrators keep in them."""

from backend.core import Action, Children, Field, Group, Reference, Resource, Selection, View, permission, role, where
from backend.core.registry import registry
from backend.core.resource import VERBS
from tests.modules.vault.models import Chest, Key, Vault

GROUP = "Vault"
ADMINS = role("account-admin")
UNSEALED = where(lambda _actor, row: row.is_sealed.is_(False), "unsealed")
NOT_BURIED = where(lambda _actor, row: row.state != "buried", "not buried")
# A locked chest is worked with all the same; what is in it is nobody's business.
AT_HAND = where(lambda _actor, row: row.state.in_(("open", "locked")), "at hand")
OPEN = where(lambda _actor, row: row.state == "open", "open")

registry.register(
    Resource(
        model=Vault,
        group=GROUP,
        natural_key=("name",),
        search=("name",),
        rights={verb: permission(f"vaults:{verb}") for verb in VERBS}
        | {"read": permission("vaults:read") & (UNSEALED | ADMINS)},
    )
)
registry.register(
    Resource(
        model=Chest,
        group=GROUP,
        title="name",
        natural_key=("name",),
        columns=("name", "state", "combination", "worth", "grade", "lock"),
        search=("name", "combination", "lock.maker", "coins.stamp"),
        fields={
            "combination": Field(read=ADMINS),
            "worth": Field(read=OPEN | ADMINS),
            "grade": Field(write=ADMINS),
            "inventory": Field(read=OPEN | ADMINS),
        },
        references={"heir": Reference(read=ADMINS)},
        embedded={
            "lock": Group(fields=("maker", "turns"), read=ADMINS, optional=True),
            "coins": Children("coins", key=("stamp",), read=ADMINS),
        },
        views={"all": View(fields=("name", "combination", "worth", "lock", "coins"))},
        selections={
            "valuable": Selection(
                criterion=lambda chest: chest.id > 0,
                columns=("name", "combination", "worth", "heir.name", "vault.name"),
                sort=("name",),
            )
        },
        actions={
            "shut": Action(run=Chest.shut, label="Shut"),
            "turn": Action(run=Chest.turn, label="Turn"),
        },
        rights={verb: permission(f"vault_chests:{verb}") for verb in VERBS}
        | {
            "read": permission("vault_chests:read") & (NOT_BURIED | ADMINS),
            "update": permission("vault_chests:update") & (AT_HAND | ADMINS),
            "delete": permission("vault_chests:delete") & (AT_HAND | ADMINS),
        },
    )
)
registry.register(
    Resource(
        model=Key,
        group=GROUP,
        natural_key=("name",),
        search=("name",),
        columns=("name", "chest"),
        rights={verb: permission(f"vault_keys:{verb}") for verb in VERBS},
    )
)

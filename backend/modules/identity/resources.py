"""People as everybody sees them: who may see, make, change and end whom."""

from backend.core.registry import registry
from backend.core.resource import Action, Field, Input, Reference, Resource
from backend.core.rights import nobody, owner, permission, signed_in
from backend.modules.identity.inputs import LOCALES, ZONES, LanguageChoice
from backend.modules.identity.models import Account, AccountRole, Group, Permission, Role, Session, User
from backend.modules.identity.rules import (
    group_holds_no_more,
    prepare_group,
    prepare_user,
    user_holds_no_more,
    user_in_own_account,
)

PEOPLE = "People"
MACHINERY = Reference(hidden=True)


def _take_password(user: User, plain: str | None) -> None:
    # A form that is saved without one, and an import whose column is empty, leave the password as it is.
    if plain:
        user.set_password(plain)


registry.register(
    Resource(
        model=User,
        group=PEOPLE,
        description="Those who sign in.",
        title="email",
        fields={
            "uuid": Field(label="Public id", read_only=True),
            "email": Field(label="E-mail", format="email"),
            "username": Field(label="User name"),
            "is_superuser": Field(label="Superuser", write=nobody, description="Bound by no rule."),
            "is_email_verified": Field(label="E-mail verified", write=nobody),
            "locale": Field(description="The region says how dates and numbers are written.", choices=LOCALES),
            "time_zone": Field(choices=ZONES),
            "remark": Field(format="long"),
        },
        inputs={
            "password": Input(
                set=_take_password,
                description="8 to 128 characters. With a new one, earlier sessions and tokens of the user end.",
            )
        },
        references={
            "roles": Reference(through="role_links"),
            "groups": Reference(through="group_links"),
            "permissions": Reference(through="permission_links", label="Direct permissions"),
            "role_links": MACHINERY,
            "group_links": MACHINERY,
            "permission_links": MACHINERY,
            "sessions": MACHINERY,
            "access_tokens": MACHINERY,
            "refresh_tokens": MACHINERY,
        },
        sections={
            "Person": ("first_name", "last_name", "remark"),
            "Language and time": ("locale", "time_zone"),
            "Rights": ("roles", "groups", "permissions"),
        },
        columns=("email", "username", "first_name", "last_name", "active", "last_seen_at"),
        search=("email", "username", "first_name", "last_name"),
        sort=("email",),
        natural_key=("email",),
        actions={
            "revoke": Action(
                run=User.revoke,
                label="Lock out",
                description="The user is locked out at once and keeps the stored roles.",
                can_execute=permission("users:update") & user_holds_no_more & ~owner("id"),
                exists=lambda _actor, user: bool(user.active),
            ),
            "choose_language": Action(
                run=User.choose_language,
                schema=LanguageChoice,
                label="Choose language",
                description="The language, the way to write dates and numbers, and the time zone.",
                can_execute=owner("id") | (permission("users:update") & user_holds_no_more),
            ),
            "enact": Action(run=User.enact, label="Let in again", exists=lambda _actor, user: not user.active),
        },
        rights={
            "read": permission("users:read") | owner("id"),
            "create": permission("users:create") & user_holds_no_more,
            "update": permission("users:update") & user_holds_no_more,
            "delete": permission("users:delete") & user_holds_no_more & ~owner("id"),
        },
        prepare=prepare_user,
    )
)

registry.register(
    Resource(
        model=Group,
        group=PEOPLE,
        description="Users of one account who are given permissions together.",
        fields={"description": Field(format="long")},
        references={
            "users": Reference(through="user_links"),
            "permissions": Reference(through="permission_links"),
            "user_links": MACHINERY,
            "permission_links": MACHINERY,
        },
        columns=("name", "description", "updated_at"),
        search=("name", "description"),
        sort=("name",),
        natural_key=("name",),
        rights={
            "read": permission("groups:read"),
            "create": permission("groups:create") & group_holds_no_more,
            "update": permission("groups:update") & group_holds_no_more,
            "delete": permission("groups:delete") & group_holds_no_more,
        },
        prepare=prepare_group,
    )
)

registry.register(
    Resource(
        model=Role,
        group=PEOPLE,
        description="Bundles of permissions, the same in every account.",
        fields={"description": Field(format="long")},
        references={
            "permissions": Reference(through="permission_links"),
            "permission_links": MACHINERY,
            "user_links": MACHINERY,
        },
        columns=("name", "description"),
        search=("name", "description"),
        sort=("name",),
        natural_key=("name",),
        rights={"read": signed_in},
    )
)

registry.register(
    Resource(
        model=Permission,
        group=PEOPLE,
        description="Single things that may be done.",
        fields={"description": Field(format="long")},
        references={"role_links": MACHINERY},
        columns=("name", "description"),
        search=("name", "description"),
        sort=("name",),
        natural_key=("name",),
        rights={"read": signed_in},
    )
)

registry.register(
    Resource(
        model=Account,
        group=PEOPLE,
        description="Each sees its own users and what they own, and nothing else.",
        fields={"remark": Field(format="long")},
        references={
            "roles": Reference(through="role_links"),
            "role_links": MACHINERY,
        },
        columns=("name", "remark", "created_at"),
        search=("name", "remark"),
        sort=("name",),
        natural_key=("name",),
        rights={"read": signed_in},
    )
)

registry.register(
    Resource(
        model=AccountRole,
        group=PEOPLE,
        description="Kinds of accounts.",
        fields={"description": Field(format="long")},
        columns=("name", "description"),
        search=("name", "description"),
        sort=("name",),
        natural_key=("name",),
        rights={"read": signed_in},
    )
)

registry.register(
    Resource(
        model=Session,
        group=PEOPLE,
        description="Browsers that are signed in; deleting one signs it out.",
        title="user_agent",
        fields={
            "data": Field(hidden=True),
            "ip": Field(label="Address"),
            "user_agent": Field(label="Browser"),
            "expires_at": Field(label="Ends"),
        },
        columns=("user_agent", "ip", "created_at", "expires_at"),
        sort=("-created_at",),
        rights={
            "read": owner("user_id") | (permission("sessions:read") & user_in_own_account),
            "delete": owner("user_id") | (permission("sessions:delete") & user_in_own_account),
        },
        without=frozenset({"create", "update"}),
    )
)

"""The base of every model: identity, times, version, readable form, and its own invariants."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, event
from sqlalchemy import inspect as inspect_mapped
from sqlalchemy.orm import ColumnProperty, Mapped, Mapper, declared_attr, mapped_column, relationship

from backend.core.errors import ValidationError
from backend.core.events import model_pre_validate
from backend.core.files.value import FileValue
from backend.core.limits import Check, check_of
from backend.core.rights import Actor
from backend.core.types import Id, Secret, Text, UtcDateTime, utc_now
from backend.extensions import DeclarativeModel

TENANT = "account_id"
Image = dict[str, Any]
# As long as the history keeps it.
LONGEST_LOGIN = 320


def _time_of_making(context: Any) -> Any:
    return context.get_current_parameters().get("created_at") or utc_now()


class Model(DeclarativeModel):
    """A row with an id never given twice, times kept in UTC and a version that only goes up."""

    __abstract__ = True

    # False for what makes no change set: sessions, tokens, jobs, the history itself.
    audited: ClassVar[bool] = True
    # Columns the machine keeps: they are neither recorded nor do they raise the version.
    machine_columns: ClassVar[frozenset[str]] = frozenset()
    # False leaves out who made and changed a row: links, whose declaring row tells it, and what makes no change set.
    authored: ClassVar[bool] = True

    id: Mapped[int] = mapped_column(Id, primary_key=True, sort_order=-10)
    version: Mapped[int] = mapped_column(Integer, default=1, sort_order=-9)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=_time_of_making, sort_order=91)

    # No foreign keys: they outlive the user.
    @declared_attr
    def created_by(cls: Any) -> Mapped[str | None]:  # noqa: N805  # SQLAlchemy hands the class to a declared attribute
        """The login of who made the row."""
        return _if_authored(cls, Text(LONGEST_LOGIN), 92)

    @declared_attr
    def created_by_id(cls: Any) -> Mapped[int | None]:  # noqa: N805  # as above
        """The id of who made the row; none where the machine did."""
        return _if_authored(cls, Id, 93)

    @declared_attr
    def updated_by(cls: Any) -> Mapped[str | None]:  # noqa: N805  # as above
        """The login of who changed the row last."""
        return _if_authored(cls, Text(LONGEST_LOGIN), 94)

    @declared_attr
    def updated_by_id(cls: Any) -> Mapped[int | None]:  # noqa: N805  # as above
        """The id of who changed the row last; none where the machine did."""
        return _if_authored(cls, Id, 95)

    @classmethod
    def author_of(cls, actor: Actor) -> tuple[int | None, str | None]:
        """Id and login for `created_by` and `updated_by`; a model that names its authors otherwise overrides it."""
        return actor.user_id, actor.login

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        table = cls.__dict__.get("__table__")
        if table is not None:
            # Without it SQLite gives a deleted last id to the next row: history would hit a stranger.
            table.dialect_options["sqlite"]["autoincrement"] = True
            if issubclass(cls, AccountConfined) and TENANT in table.c:
                # The rows of one account in their order: PostgreSQL would go through those of all others on its way.
                Index(f"ix_{table.name}_{TENANT}_id", table.c[TENANT], table.c.id)

    def __repr__(self) -> str:
        name = next((self.__dict__[key] for key in ("name", "email", "title") if key in self.__dict__), None)
        # After a commit nothing is loaded, and being printed loads nothing: the session still knows the id.
        id_ = next(iter(inspect_mapped(self).identity or ()), self.__dict__.get("id"))
        return f"<{type(self).__name__} {id_}{'' if name is None else f' {name!r}'}>"

    def to_dict(self) -> Image:
        """The row as JSON-safe values by attribute name; secrets left out."""
        return {name: json_safe(getattr(self, name)) for name in public_names(type(self))}

    def validate(self) -> None:
        """Check every invariant of the row; `model_pre_validate` is sent before anything is looked at.

        Raises ValidationError with all faults at once.
        """
        model_pre_validate.send(type(self), instance=self)
        faults = self.faults()
        if faults:
            raise ValidationError(faults)

    def faults(self) -> dict[str, list[str]]:
        """What is wrong, by attribute name; a model with rules across columns adds its own."""
        found = {}
        values = self.__dict__
        for name, check, optional in column_checks(type(self)):
            # What a commit unloaded is asked of the database; what may be absent was good when it was stored.
            value = values.get(name) if name in values or optional else getattr(self, name)
            if value is None and optional:
                continue
            if sentence := check(value):
                found[name] = [sentence]
        return found

    @classmethod
    def get_fields(cls) -> dict[str, str]:
        """Column names and their types, as text."""
        return {column.key: str(column.type) for column in inspect_mapped(cls).columns}


def is_authored(model: type[Any]) -> bool:
    """Whether the rows of the model name who made and changed them."""
    return issubclass(model, Model) and model.audited and model.authored


def _if_authored(model: type[Any], type_: Any, order: int) -> Mapped[Any]:
    column: Any = mapped_column(type_, nullable=True, sort_order=order) if is_authored(model) else None
    return cast("Mapped[Any]", column)


class AccountConfined:
    """A row that only the actor's own account sees; `account_id` names the owner.

    Models that keep the account otherwise (the account itself, a user without one) override the attribute.
    """

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), sort_order=-8)


class AccountOwned(AccountConfined):
    """A row owned by one account, given to it when it is made and never moved."""

    @declared_attr
    def account(cls: Any) -> Mapped[Any]:  # noqa: N805  # SQLAlchemy hands the class to a declared attribute
        return relationship("Account", foreign_keys=[cls.account_id], viewonly=True, lazy="raise")


@event.listens_for(DeclarativeModel, "attribute_instrument", propagate=True)
def _know_the_value_before(_cls: type, _key: str, attribute: Any) -> None:
    """History needs the old value also of a column that is not loaded when it is set."""
    if isinstance(getattr(attribute, "property", None), ColumnProperty):
        attribute.impl.active_history = True


@cache
def column_checks(model: type[Model]) -> tuple[tuple[str, Check, bool], ...]:
    """Attribute name, check, and whether null may stay unsaid because the database or a default fills it."""
    found = []
    for name, column in mapped_columns(model).items():
        filled = column.nullable or column.default is not None or column.primary_key or name == "account_id"
        found.append((name, check_of(column), bool(filled)))
    return tuple(found)


@cache
def check_by_name(model: type[Model]) -> dict[str, Check]:
    """Each column's check, null included, by attribute name."""
    return {name: check_of(column) for name, column in mapped_columns(model).items()}


@cache
def mapped_columns(model: type[Model]) -> dict[str, Any]:
    """The model's columns by attribute name, in the table's order."""
    mapper = cast("Mapper[Any]", inspect_mapped(model))
    by_column: dict[Any, str] = {prop.columns[0]: prop.key for prop in mapper.column_attrs}
    return {by_column[column]: column for column in mapper.local_table.c if column in by_column}


@cache
def secret_names(model: type[Model]) -> frozenset[str]:
    """The attributes whose values never leave the database."""
    return frozenset(name for name, column in mapped_columns(model).items() if isinstance(column.type, Secret))


@cache
def public_names(model: type[Model]) -> tuple[str, ...]:
    """All column attributes but the secret ones."""
    return tuple(name for name in mapped_columns(model) if name not in secret_names(model))


def json_safe(value: Any) -> Any:
    """A value as JSON knows it: decimals and ids as text, moments as ISO 8601 in UTC."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (date, UUID)):
        return str(value)
    return value.image() if isinstance(value, FileValue) else value

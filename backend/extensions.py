"""The extensions, unbound: `create_app` binds them. Imports nothing of ours."""

from typing import TYPE_CHECKING, Any

from flask_security.core import Security
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Connection, Engine, MetaData
from sqlalchemy.orm import DeclarativeBase

# Named constraints: batch migrations on SQLite and error messages need to know them.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every mapped class shares: the metadata."""

    metadata = MetaData(naming_convention=NAMING)


class Session(FlaskSession):
    """The session of a unit of work, which may work on another database for a while."""

    # The name under which its `info` holds that database's engine.
    ELSEWHERE = "elsewhere"

    def get_bind(
        self, mapper: Any = None, clause: Any = None, bind: Engine | Connection | None = None, **more: Any
    ) -> Engine | Connection:
        """The engine the session works on."""
        # An application has one database: nobody needs to look which one a table belongs to.
        return bind or self.info.get(self.ELSEWHERE) or self._db.engine


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"class_": Session})
security = Security()
csrf = CSRFProtect()

# Flask-SQLAlchemy makes its base class at run time; type checkers get the class it is made from.
if TYPE_CHECKING:
    DeclarativeModel = Base
else:
    DeclarativeModel = db.Model

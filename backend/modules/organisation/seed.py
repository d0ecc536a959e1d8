"""A small house for the demonstration accounts, made up here."""

from collections.abc import Iterator

from sqlalchemy import func, select

from backend.extensions import db
from backend.modules.organisation.models import Membership, Person, Unit

AFTER = ("identity",)
ACCOUNTS = ("demo", "other")
# code, name, kind, parent; parents come first.
UNITS = (
    ("BOARD", "Board", "board", None), ("WORKS", "Joinery", "department", "BOARD"),
    ("WORKS-1", "Desks", "workshop", "WORKS"), ("WORKS-2", "Chairs", "workshop", "WORKS"),
    ("SHOP", "Shop", "department", "BOARD"), ("SHOP-NET", "Mail order", "desk", "SHOP"),
    ("OFFICE", "Office", "department", "BOARD"), ("COUNCIL", "Works council", "council", None),
)  # fmt: skip
STAFF = (
    ("0007", "Agnes Tischler"), ("0012", "Bruno Lehmann"), ("0013", "Clara Nagel"), ("0021", "Dario Conti"),
    ("0034", "Élodie Marchand"), ("0035", "Finn Sörensen"), ("0042", "Greta van Dijk"), ("0055", "Hugo Okafor"),
)  # fmt: skip
# unit, employee id, side, rank, title
MEMBERSHIPS = (
    ("BOARD", "0007", "owners", 1, "Chair"), ("BOARD", "0012", "owners", 2, None),
    ("WORKS", "0012", None, 1, "Head"), ("WORKS-1", "0013", None, 1, "Master"), ("WORKS-1", "0021", None, 2, None),
    ("WORKS-2", "0034", None, 1, "Master"), ("SHOP", "0035", None, 1, "Head"), ("SHOP-NET", "0042", None, 1, None),
    ("OFFICE", "0055", None, 1, "Head"), ("COUNCIL", "0007", "owners", 1, None),
    ("COUNCIL", "0013", "staff", 1, "Chair"), ("COUNCIL", "0035", "staff", 2, None),
)  # fmt: skip


def seed() -> Iterator[str]:
    """Add units, staff and memberships to the accounts that have no unit."""
    accounts = Unit.metadata.tables["accounts"]
    for name in ACCOUNTS:
        account_id = db.session.connection().scalar(select(accounts.c.id).where(accounts.c.name == name))
        held = select(func.count()).select_from(Unit).where(Unit.account_id == account_id)
        if account_id is None or db.session.scalar(held):
            continue
        units, staff, memberships = _add(account_id, 8 if name == "demo" else 3)
        yield f"{units} units, {staff} people, {memberships} memberships in {name}"


def _add(account_id: int, most: int) -> tuple[int, int, int]:
    units: dict[str, Unit] = {}
    for code, name, kind, parent in UNITS[:most]:
        above = units[parent] if parent else None
        units[code] = Unit(account_id=account_id, code=code, name=name, kind=kind, parent=above)
    staff = {number: Person(account_id=account_id, employee_id=number, full_name=name) for number, name in STAFF[:most]}
    memberships = [
        Membership(account_id=account_id, unit=units[unit], person=staff[number], side=side, rank=rank, title=title)
        for unit, number, side, rank, title in MEMBERSHIPS
        if unit in units and number in staff
    ]
    db.session.add_all([*units.values(), *staff.values(), *memberships])
    db.session.flush()
    return len(units), len(staff), len(memberships)

"""Access and refresh tokens: issued together, renewed once, ended by family.

Renewing and revoking first lock the family's oldest row, so that no pair slips in while its family ends.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import CursorResult, delete, select, update

from backend.core.types import utc_now
from backend.extensions import db
from backend.modules.identity.credentials import ACCESS, REFRESH, hash_of, new_secret
from backend.modules.identity.models import AccessToken, RefreshToken, User

SWEEP = 100


@dataclass(frozen=True, slots=True)
class Pair:
    """What the caller gets: the only time the secrets are seen."""

    access_token: str
    refresh_token: str
    expires_at: datetime


def issue(user: User) -> Pair:
    """The first pair of a new family; the caller commits."""
    return _pair(user.id, uuid4(), utc_now() + timedelta(days=current_app.config["REFRESH_TOKEN_DAYS"]))


def renew(secret: str) -> Pair | None:
    """A new pair for a refresh token, which ends with its access token; the caller commits.

    None where it is unknown, expired or revoked or its user locked out; used twice, the whole family is revoked.
    """
    token = _locked(secret)
    if token is None:
        return None
    if not _use(token) or not _counts(token):
        revoke(token.family)
        return None
    _changed(
        update(AccessToken)
        .where(AccessToken.refresh_token_id == token.id, AccessToken.revoked_at.is_(None))
        .values(revoked_at=utc_now())
    )
    return _pair(token.user_id, token.family, token.expires_at)


def _use(token: RefreshToken) -> bool:
    """Mark the token as used; False where it no longer can be."""
    now = utc_now()
    usable = (RefreshToken.used_at.is_(None), RefreshToken.revoked_at.is_(None), RefreshToken.expires_at > now)
    return _changed(update(RefreshToken).where(RefreshToken.id == token.id, *usable).values(used_at=now)) == 1


def end(secret: str, user_id: int) -> bool:
    """Revoke the family of a user's refresh token; False where the user has no such token. The caller commits."""
    token = _locked(secret)
    if token is None or token.user_id != user_id:
        return False
    revoke(token.family)
    return True


def revoke(family: UUID) -> None:
    """End every token of the family."""
    now = utc_now()
    members = select(RefreshToken.id).where(RefreshToken.family == family)
    _changed(
        update(RefreshToken)
        .where(RefreshToken.family == family, RefreshToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    _changed(
        update(AccessToken)
        .where(AccessToken.refresh_token_id.in_(members), AccessToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def sweep() -> None:
    """Delete a few tokens whose family is over; the caller commits."""
    over = select(RefreshToken.id).where(RefreshToken.expires_at <= utc_now()).order_by(RefreshToken.id).limit(SWEEP)
    # Those that another sign-in is deleting at this moment need no second one.
    ids = list(db.session.scalars(over.with_for_update(skip_locked=True)))
    if ids:
        _changed(delete(AccessToken).where(AccessToken.refresh_token_id.in_(ids)))
        _changed(delete(RefreshToken).where(RefreshToken.id.in_(ids)))


def _pair(user_id: int, family: UUID, family_ends: datetime) -> Pair:
    access, refresh = new_secret(ACCESS), new_secret(REFRESH)
    minutes = timedelta(minutes=current_app.config["ACCESS_TOKEN_MINUTES"])
    expires_at = min(utc_now() + minutes, family_ends)
    kept = RefreshToken(secret_hash=hash_of(refresh), user_id=user_id, family=family, expires_at=family_ends)
    db.session.add(kept)
    db.session.add(AccessToken(secret_hash=hash_of(access), user_id=user_id, refresh_token=kept, expires_at=expires_at))
    db.session.flush()
    return Pair(access, refresh, expires_at)


def _locked(secret: str) -> RefreshToken | None:
    """The token, with its family locked."""
    named = RefreshToken.secret_hash == hash_of(secret)
    family = db.session.scalars(select(RefreshToken.family).where(named)).one_or_none()
    if family is None:
        return None
    oldest = select(RefreshToken.id).where(RefreshToken.family == family).order_by(RefreshToken.id).limit(1)
    db.session.execute(oldest.with_for_update())
    found = db.session.scalars(select(RefreshToken).where(named), execution_options={"populate_existing": True})
    return found.one_or_none()


def _counts(token: RefreshToken) -> bool:
    """The user is active and has had no new password since."""
    user = db.session.get(User, token.user_id, populate_existing=True)
    if user is None or not user.active:
        return False
    return user.password_set_at is None or user.password_set_at <= token.created_at


def _changed(statement: object) -> int:
    # These tables make no history: one statement and its row count decide a race.
    result = db.session.execute(statement, execution_options={"synchronize_session": False})  # type: ignore[call-overload]
    assert isinstance(result, CursorResult)
    return int(result.rowcount)

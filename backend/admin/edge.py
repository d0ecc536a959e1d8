"""What every page shares: one transaction, committed here and nowhere else, and a way to see what would happen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from backend.admin import notices, sending
from backend.admin.notices import Notice
from backend.admin.sending import Outcome
from backend.admin.visitors import sign_in_first
from backend.core import plan
from backend.core.changes import current_change_set, describe_work
from backend.core.languages import _, later
from backend.core.logs import request_id
from backend.core.rights import Actor
from backend.core.tenancy import current_actor
from backend.core.transactions import begin_write
from backend.extensions import db

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_MESSAGE = 500
UNCHANGED = later("Nothing was changed.")


@dataclass
class Page:
    """A page to show: its template below `kontor/`, what the template needs, the status, and headers of its own."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Done:
    """Something was written: where to go on, and the sentence that says so, `always` or only where rows changed."""

    address: str
    text: str
    may_undo: bool = True
    always: bool = False


Answer = Page | Done | Response
Tried = TypeVar("Tried")


class SignedIn:
    """Views for people who are signed in; others are sent to sign in first."""

    def _run_view(self, fn: Callable[..., Answer], *args: Any, **path: Any) -> Response:
        return sign_in_first() or answer(lambda: fn(self, *args, **path))


def answer(view: Callable[[], Answer]) -> Response:
    """Run a view, which flushes; commit what it wrote if it is done, roll back whatever else it tried."""
    writes, number = request.method not in SAFE, None
    if writes:
        sent = sending.begin(current_actor())
        if isinstance(sent, Outcome):
            db.session.rollback()
            return _leading_on(sent)
        number = sent
        message = request.form.get("_message", "").strip()[:LONGEST_MESSAGE].replace("\0", "")
        describe_work("admin", message or None, request_id.get())
    given = view()
    if isinstance(given, Done):
        return _finished(given, number)
    response = show(given) if isinstance(given, Page) else given
    if writes:
        db.session.rollback()
    return response


def show(page: Page) -> Response:
    """The page as an answer."""
    return make_response(render_template(f"kontor/{page.template}", **page.context), page.status, page.headers)


def _finished(done: Done, number: int | None) -> Response:
    db.session.flush()
    change_set = current_change_set()
    text = done.text if change_set is not None or done.always else _(UNCHANGED)
    outcome = Outcome(done.address, Notice(text, change_set if done.may_undo else None))
    if number is not None:
        sending.keep(number, outcome)
    db.session.commit()
    return _leading_on(outcome)


def _leading_on(outcome: Outcome) -> Response:
    return notices.leave(make_response(redirect(outcome.address, 303)), outcome.notice)


def planned(actor: Actor, work: Callable[[], Any]) -> dict[str, Any]:
    """What the work would do: done, told and rolled back. Raises whatever the work raises."""

    def told() -> dict[str, Any]:
        work()
        db.session.flush()
        return plan.summary(actor)

    return tried(told)


def tried(work: Callable[[], Tried], *, anew: bool = False) -> Tried:
    """What the work answers; whatever it wrote is rolled back – `anew`, so was what came before. Raises its faults."""
    if anew or request.method in SAFE:
        # A page that only reads began as a reader; this part writes, if only to take it back.
        db.session.rollback()
        begin_write()
        describe_work("admin", None, request_id.get())
    try:
        return work()
    finally:
        db.session.rollback()


def noted(work: Callable[[], Any]) -> None:
    """Commit what is worth remembering beside a page whose own work was taken back."""
    db.session.rollback()
    begin_write()
    work()
    db.session.commit()

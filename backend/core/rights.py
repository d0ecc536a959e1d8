"""Who may do what, on which rows: one decision for every door, as SQL and as words."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import combinations
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, true

from backend.core.languages import _, later, together

Criterion = ColumnElement[bool]
Answer = bool | Criterion
Verdict = bool | None
# Who lacks more than this is told to ask a superuser: nobody reads hundreds of combinations.
MOST_GRANTS = 4
YES, NO, DEPENDS = "yes", "no", "depends on the row"
ANSWERS = {YES: later("yes"), NO: later("no"), DEPENDS: later("depends on the row")}
SUPERUSER = later("superuser")
# How the machine itself is called in the history, before what it was doing.
SYSTEM = "system:"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking: a user, an anonymous caller of an account, or the system by name.

    `account_id` confines every read and write; None with `sees_all` means all accounts.
    """

    login: str
    user_id: int | None = None
    account_id: int | None = None
    is_superuser: bool = False
    is_system: bool = False
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    locale: str = "en"
    time_zone: str = "UTC"
    # What rules answered this very object, so that none makes its SQL twice: each request has an actor of its own.
    answers: dict[tuple[Any, Any], Answer] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def is_anonymous(self) -> bool:
        """Nobody is signed in."""
        return self.user_id is None and not self.is_system

    @property
    def is_unbound(self) -> bool:
        """Rules do not bind: the system and superusers."""
        return self.is_system or self.is_superuser

    @property
    def sees_all(self) -> bool:
        """Not confined to one account."""
        return self.account_id is None and self.is_unbound

    def has_permission(self, name: str) -> bool:
        """Directly, by a group or by a role; superusers have all."""
        return self.is_unbound or name in self.permissions

    def has_role(self, names: str | Iterable[str]) -> bool:
        """The role, or any of the roles."""
        wanted = {names} if isinstance(names, str) else set(names)
        return bool(self.roles & wanted)


def system(name: str, account_id: int | None = None) -> Actor:
    """The machine itself, by the name of what it is doing: bound by no rule, recorded in history."""
    return Actor(login=f"{SYSTEM}{name}", is_system=True, account_id=account_id)


def anonymous(account_id: int | None = None) -> Actor:
    """Nobody signed in; only `anyone` rules admit them, in the portal's account."""
    return Actor(login="anonymous", account_id=account_id)


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that was looked at and what it answered: yes, no, or "depends on the row", which `says` it to people."""

    rule: str
    answer: str

    @property
    def says(self) -> str:
        """The answer in the language of whoever asks."""
        return _(ANSWERS[self.answer])


@dataclass(frozen=True, slots=True)
class Decision:
    """A rule asked for an actor: SQL (or a plain answer) and the trace of how it came about."""

    answer: Answer
    decided_by: str
    trace: tuple[Step, ...] = ()
    would_allow: tuple[str, ...] = field(default=())

    @property
    def is_yes(self) -> bool:
        """Allowed whatever the row."""
        return self.answer is True

    @property
    def is_no(self) -> bool:
        """Refused whatever the row."""
        return self.answer is False

    @property
    def criterion(self) -> Criterion:
        """The answer as SQL; NULL counts as no."""
        if isinstance(self.answer, bool):
            return true() if self.answer else false()
        return self.answer


class Rule:
    """A value that answers for an actor and a row's entity; composed with `&`, `|` and `~`."""

    def answer(self, actor: Actor, row: Any) -> Answer:
        """Yes, no, or the SQL that tells by row; `row` is the mapped class or an alias of it."""
        raise TypeError(f"{type(self).__name__} does not answer.")

    def leaves(self) -> Iterator["Rule"]:
        """The simple rules this one is made of."""
        return (leaf for leaf, _counts in self.signed())

    def signed(self) -> Iterator[tuple["Rule", bool]]:
        """The simple rules with whether their yes counts as a yes here: below a `~` it counts as a no."""
        yield self, True

    def granted_by(self) -> Callable[[Actor], Actor] | None:
        """A change of the actor that would turn this rule to yes, where a grant can do that."""
        return None

    def __and__(self, other: "Rule") -> "Rule":
        return All((self, other))

    def __or__(self, other: "Rule") -> "Rule":
        return Any_((self, other))

    def __invert__(self) -> "Rule":
        return Not(self)

    def __str__(self) -> str:
        """The rule in the language of whoever asks."""
        return type(self).__name__


@dataclass(frozen=True)
class Simple(Rule):
    """A rule that looks at the actor and, perhaps, the row.

    `text` is said of it, with the name it is `about` at `%(name)s` where it is about one.
    """

    text: str
    ask: Callable[[Actor, Any], Answer]
    grant: Callable[[Actor], Actor] | None = None
    about: str = ""

    def answer(self, actor: Actor, row: Any) -> Answer:
        found = actor.answers.get((self.ask, row))
        if found is None:
            found = actor.answers[self.ask, row] = self.ask(actor, row)
        return found

    def granted_by(self) -> Callable[[Actor], Actor] | None:
        return self.grant

    def __str__(self) -> str:
        return _(self.text, name=repr(self.about)) if self.about else _(self.text)


@dataclass(frozen=True)
class All(Rule):
    """Every part must say yes."""

    parts: tuple[Rule, ...]

    def answer(self, actor: Actor, row: Any) -> Answer:
        answers = [part.answer(actor, row) for part in self.parts]
        if any(each is False for each in answers):
            return False
        open_ones = [each for each in answers if not isinstance(each, bool)]
        return and_(*open_ones) if open_ones else True

    def signed(self) -> Iterator[tuple[Rule, bool]]:
        for part in self.parts:
            yield from part.signed()

    def __str__(self) -> str:
        return " & ".join(f"({part})" if isinstance(part, Any_) else str(part) for part in self.parts)


@dataclass(frozen=True)
class Any_(Rule):  # noqa: N801  # `Any` is taken by typing
    """One part saying yes is enough."""

    parts: tuple[Rule, ...]

    def answer(self, actor: Actor, row: Any) -> Answer:
        answers = [part.answer(actor, row) for part in self.parts]
        if any(each is True for each in answers):
            return True
        open_ones = [each for each in answers if not isinstance(each, bool)]
        return or_(*open_ones) if open_ones else False

    def signed(self) -> Iterator[tuple[Rule, bool]]:
        for part in self.parts:
            yield from part.signed()

    def __str__(self) -> str:
        return " | ".join(str(part) for part in self.parts)


@dataclass(frozen=True)
class Not(Rule):
    """Yes where the part says no; a NULL stays NULL, which is no, however often it is turned round."""

    part: Rule

    def answer(self, actor: Actor, row: Any) -> Answer:
        found = self.part.answer(actor, row)
        return not found if isinstance(found, bool) else not_(found)

    def signed(self) -> Iterator[tuple[Rule, bool]]:
        return ((leaf, not counts) for leaf, counts in self.part.signed())

    def __str__(self) -> str:
        return f"~({self.part})"


anyone: Rule = Simple(later("anyone"), lambda actor, row: True)
nobody: Rule = Simple(later("nobody"), lambda actor, row: False)
signed_in: Rule = Simple(later("signed_in"), lambda actor, row: not actor.is_anonymous)


def _same_account(actor: Actor, row: Any) -> Answer:
    if actor.account_id is None:
        return actor.is_unbound
    return row.account_id == actor.account_id  # type: ignore[no-any-return]  # an attribute of any model


same_account: Rule = Simple(later("same_account"), _same_account)


def owner(attribute: str) -> Rule:
    """The row's `attribute` holds the actor's user id."""

    def ask(actor: Actor, row: Any) -> Answer:
        return False if actor.user_id is None else getattr(row, attribute) == actor.user_id

    return Simple(later("owner(%(name)s)"), ask, about=attribute)


def permission(name: str) -> Rule:
    """The actor holds the permission, named `resource:verb`."""
    return Simple(
        later("permission(%(name)s)"),
        lambda actor, row: name in actor.permissions,
        lambda actor: replace(actor, permissions=actor.permissions | {name}),
        name,
    )


def role(name: str) -> Rule:
    """The actor has the role."""
    return Simple(
        later("role(%(name)s)"),
        lambda actor, row: name in actor.roles,
        lambda actor: replace(actor, roles=actor.roles | {name}),
        name,
    )


def where(ask: Callable[[Actor, Any], Criterion], text: str = later("where(…)")) -> Rule:
    """A criterion of one's own; other tables only inside EXISTS, so that it never multiplies rows."""
    return Simple(text, ask)


def ask(rule: Rule | None, actor: Actor, row: Any) -> Answer:
    """The bare answer of a rule, without a trace: what lists and fetches use."""
    if actor.is_unbound:
        return True
    return False if rule is None else rule.answer(actor, row)


def both(first: Answer, second: Answer) -> Answer:
    """Two answers as one: yes only where both say yes."""
    if first is False or second is False:
        return False
    if first is True:
        return second
    return first if second is True else and_(first, second)


def decide(rule: Rule | None, actor: Actor, row: Any) -> Decision:
    """The answer with its trace, what decided it, and the smallest grants that would change a no."""
    if actor.is_unbound:
        who = _("the system") if actor.is_system else _(SUPERUSER)
        return Decision(True, who, (Step(who, YES),))
    if rule is None:
        return Decision(False, _("the lack of a rule"), (Step(_("no rule: superusers only"), NO),), (_(SUPERUSER),))
    answer = rule.answer(actor, row)
    verdicts = [plain(leaf.answer(actor, row)) for leaf in rule.leaves()]
    trace = tuple(Step(str(leaf), word(verdict)) for leaf, verdict in zip(rule.leaves(), verdicts, strict=True))
    would_allow = enough(rule, actor, row, lambda asked: map(plain, asked)) if answer is False else ()
    return Decision(answer, decider(rule, verdicts, plain(answer)), trace, would_allow)


def plain(answer: Answer) -> Verdict:
    """Yes, no, or None where it depends on the row."""
    return answer if isinstance(answer, bool) else None


def word(verdict: Verdict) -> str:
    """A verdict as a trace tells it."""
    if verdict is None:
        return DEPENDS
    return YES if verdict else NO


def decider(rule: Rule, verdicts: Iterable[Verdict], allowed: Verdict) -> str:
    """The first part that says what the whole says, given the verdicts of all parts; else the whole."""
    for (leaf, counts), verdict in zip(rule.signed(), verdicts, strict=True):
        if None not in (verdict, allowed) and (verdict == counts) == allowed:
            return str(leaf) if counts else f"~({leaf})"
    return str(rule)


def enough(rule: Rule, actor: Actor, row: Any, judge: Callable[[list[Answer]], Iterable[Verdict]]) -> tuple[str, ...]:
    """The smallest grants that would turn a no: single ones, else pairs and so on, else being a superuser.

    `judge` gives the verdicts of the answers, which it may ask of one row.
    """
    grants = {str(leaf): leaf.granted_by() for leaf in rule.leaves() if leaf.answer(actor, row) is not True}
    missing = {name: grant for name, grant in grants.items() if grant is not None}
    for size in range(1, min(len(missing), MOST_GRANTS) + 1):
        named = list(combinations(missing, size))
        asked = [rule.answer(reduce(lambda held, name: missing[name](held), names, actor), row) for names in named]
        found = [names for names, verdict in zip(named, judge(asked), strict=True) if verdict is not False]
        if found:
            return tuple(together(names) for names in found)
    return () if actor.is_anonymous else (_(SUPERUSER),)

"""An import: read, look up, compare, write – every row judged, nothing decided twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from backend.core import links
from backend.core.access import may, refuse
from backend.core.entry import Entry
from backend.core.errors import Invalid, Problem, not_found
from backend.core.model import mapped_columns
from backend.core.rights import Actor
from backend.core.tenancy import NO_ACCOUNT, is_confined
from backend.core.transfer import store
from backend.core.transfer.columns import (
    Column,
    Options,
    chosen_columns,
    chosen_key,
    guess_columns,
    key_names,
    left_out,
)
from backend.core.transfer.compare import Comparison
from backend.core.transfer.inside import told_at
from backend.core.transfer.keys import missing_ids
from backend.core.transfer.read import Fault, Table, table
from backend.core.transfer.rows import Row, parse


@dataclass
class Result:
    """What an import did – or would do, until the caller commits."""

    header: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    guessed: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0
    errors: list[Fault] = field(default_factory=list)
    skip_bad: bool = False
    is_unusable: bool = False  # the file lacks what tells its rows apart: none was read

    @property
    def is_refused(self) -> bool:
        """Whether rows are rejected that the caller did not say to skip: roll back then."""
        return bool(self.errors) and not (self.skip_bad and not self.is_unusable)

    def meta(self) -> dict[str, Any]:
        """Counts, errors and what was left out, as answers and commands show them."""
        counts = {name: getattr(self, name) for name in ("created", "changed", "unchanged", "removed", "rejected")}
        return {**counts, "errors": [fault.document() for fault in self.errors], "left_out": self.left_out}


class Rejected(Invalid):
    """Rows are rejected and nothing is to be skipped: one problem a fault, and the result with nothing done."""

    def __init__(self, result: Result) -> None:
        super().__init__(*(_problem(fault) for fault in result.errors))
        undone = Result(left_out=result.left_out, errors=result.errors, rejected=result.rejected)
        self.meta = {**undone.meta(), "unchanged": result.unchanged, "change_set": None}


def _problem(fault: Fault) -> Problem:
    where = ", ".join(filter(None, (f"Row {fault.row}" if fault.row else None, fault.column)))
    return Problem(fault.code, f"{where}: {fault.reason}" if where else fault.reason, meta=fault.document())


class Import:
    """One file into one resource. It flushes; the caller commits, or rolls back for a plan or a refused result."""

    def __init__(self, entry: Entry, actor: Actor, options: Options | None = None) -> None:
        self.entry, self.actor, self.options = entry, actor, options or Options()
        self.result = Result(skip_bad=self.options.skip_bad)

    def run(self, stream: IO[bytes], format_: str) -> Result:
        """Work through the file; `format_` is csv or json.

        Raises Malformed for what is no table, Invalid for options that do not fit, Forbidden, SignInRequired.
        """
        self._refuse_early()
        found = table(stream, format_)
        columns, key = self._columns(found)
        if self.result.is_unusable:
            return self.result
        rows = parse(found, columns, self.result.errors.append)
        self.result.errors += found.faults
        compared = [each for column in columns for each in column.compared]
        comparison = Comparison(self.entry, self.actor, compared, key, self.result.errors.append)
        comparison.header_row = 1 if found.is_text else None
        comparison.sort(rows)
        # What a row that could not be read is about may not be taken for missing.
        is_known = bool(rows) and not found.faults and all(row.key is not None for row in rows)
        missing = self._missing(comparison, is_known=is_known) if self.options.remove_missing else []
        with links.seen(comparison.seen):
            self._write(comparison)
        self._remove(missing)
        self.result.errors.sort(key=lambda fault: fault.row or 0)
        self.result.rejected = len(found.faults) + sum(row.is_bad for row in rows)
        return self.result

    def _refuse_early(self) -> None:
        entry, actor = self.entry, self.actor
        if {"create", "update"} & entry.resource.without:
            raise not_found(entry.label_one.lower(), "import")
        if may(entry, actor, "read") is False:
            raise refuse(entry, actor, "read")
        if may(entry, actor, "create") is False and may(entry, actor, "update") is False:
            raise refuse(entry, actor, "create")
        if actor.sees_all and is_confined(entry.model) and "account_id" in mapped_columns(entry.model):
            raise Invalid(Problem("no_account", NO_ACCOUNT))

    def _columns(self, found: Table) -> tuple[list[Column], tuple[Column, ...]]:
        entry, actor, result = self.entry, self.actor, self.result
        result.header = list(found.header)
        if found.is_empty:
            return [], ()
        result.guessed = guess_columns(entry, actor, found.header)
        columns = chosen_columns(entry, actor, found.header, self.options.columns)
        result.columns = {column.name: column.theirs for column in columns}
        result.left_out = left_out(found.header, columns)
        key = chosen_key(entry, columns, self.options.key)
        for name in set(key_names(entry, self.options.key)) - {column.name for column in key}:
            said = f"The file has no column for {name}, by which rows are told apart: say which one it is."
            result.errors.append(Fault(1 if found.is_text else None, name, said, "missing_column"))
            result.is_unusable = True
        return columns, key

    def _refused(self, row: Row, problems: Sequence[Problem]) -> None:
        row.is_bad, theirs = True, self.result.columns
        for problem in problems:
            name, said = told_at(self.entry, problem)
            self.result.errors.append(Fault(row.number, theirs.get(name, name or None), said, problem.code))

    def _write(self, work: Comparison) -> None:
        entry, actor, result = self.entry, self.actor, self.result
        result.unchanged = work.unchanged
        for wave in work.waves():
            made = store.create(entry, actor, wave, self._refused)
            result.created += len(made)
            work.note_made(made)
        result.changed = len(store.update(entry, actor, work.changes(), self._refused))

    def _missing(self, work: Comparison, *, is_known: bool) -> list[int]:
        """The rows the file does not tell of, as they are before it adds its own."""
        if is_known:
            return missing_ids(self.entry, self.actor, work.present)
        said = "Nothing was removed: the file does not tell of every row by which it is to be known."
        self.result.errors.append(Fault(None, None, said, "remove_missing"))
        return []

    def _remove(self, ids: Sequence[int]) -> None:
        def refused(id_: int, problems: Sequence[Problem]) -> None:
            said = f"The {self.entry.label_one.lower()} {id_} cannot be removed: {problems[0].detail}"
            self.result.errors.append(Fault(None, None, said, problems[0].code))

        self.result.removed = len(store.delete(self.entry, self.actor, ids, refused))

"""An import: read, look up, compare, write – every row judged, nothing decided twice."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import IO, Any

from backend.core import links
from backend.core.access import may, refuse
from backend.core.entry import Entry
from backend.core.errors import Invalid, Problem, not_found, told_at
from backend.core.languages import _, later
from backend.core.model import mapped_columns
from backend.core.rights import Actor
from backend.core.tenancy import NO_ACCOUNT, is_confined
from backend.core.transfer import store
from backend.core.transfer.columns import (
    Column,
    Options,
    chosen_columns,
    chosen_key,
    key_names,
    left_out,
)
from backend.core.transfer.compare import Comparison
from backend.core.transfer.formats.tables import Fault, Table
from backend.core.transfer.inside import told_in_file
from backend.core.transfer.keys import visible_ids
from backend.core.transfer.lookup import own_names
from backend.core.transfer.read import table
from backend.core.transfer.rejects import Rejects
from backend.core.transfer.rows import Reader, Row
from backend.core.transfer.scratch import Scratch
from backend.core.types import MAX_ID

# So many faults are told one by one; the reject file has them all.
MOST_ERRORS = 1000
NO_KEY = later("The file has no column for %(name)s, by which rows are told apart: say which one it is.")
NO_ID = later(
    "The file has no column id, by which rows are told apart: add one, empty for new rows, or name another key."
)
LACKING = later("The file lacks a column that every new row needs.")


@dataclass
class Result:
    """What an import did – or would do, until the caller commits."""

    header: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0
    errors: list[Fault] = field(default_factory=list)
    more_errors: int = 0  # further ones, which are not told
    rows: int = 0
    skip_bad: bool = False
    is_unusable: bool = False  # the file lacks what tells its rows apart: none was read

    @property
    def is_refused(self) -> bool:
        """Whether rows are rejected that the caller did not say to skip: roll back then."""
        return bool(self.errors) and not (self.skip_bad and not self.is_unusable)

    def tell(self, fault: Fault) -> None:
        """Note a fault; of many only the first."""
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(fault)
        else:
            self.more_errors += 1

    def meta(self) -> dict[str, Any]:
        """Counts, errors and what was left out, as answers and commands show them."""
        counts = {name: getattr(self, name) for name in ("created", "changed", "unchanged", "removed", "rejected")}
        told = {"errors": [fault.document() for fault in self.errors], "left_out": self.left_out}
        return {**counts, **told, "more_errors": self.more_errors}


class Rejected(Invalid):
    """Rows are rejected and nothing is to be skipped: one problem a fault, and the result with nothing done."""

    def __init__(self, result: Result, more: Mapping[str, Any]) -> None:
        super().__init__(*(_problem(fault) for fault in result.errors))
        undone = replace(result, created=0, changed=0, removed=0)
        self.meta = {**undone.meta(), **more, "change_set": None}


def _problem(fault: Fault) -> Problem:
    row = _("Row %(number)s", number=fault.row) if fault.row else None
    where = ", ".join(filter(None, (row, fault.column)))
    return Problem(fault.code, told_at(where, fault.reason) if where else fault.reason, meta=fault.document())


class Import:
    """One file into one resource. It flushes; the caller commits, or rolls back for a plan or a refused result."""

    def __init__(self, entry: Entry, actor: Actor, options: Options | None = None) -> None:
        self.entry, self.actor, self.options = entry, actor, options or Options()
        self.result = Result(skip_bad=self.options.skip_bad)
        # Why the rows of this batch are rejected.
        self._reasons: dict[int, list[str]] = {}

    def run(self, stream: IO[bytes], format_: str, rejects: Rejects | None = None) -> Result:
        """Work through the file, some rows at a time; rejected ones are written to `rejects`.

        Raises Malformed for what is no table, Invalid for options that do not fit, Forbidden, SignInRequired.
        """
        for _written in self.steps(stream, format_, rejects):
            pass
        return self.result

    def steps(self, stream: IO[bytes], format_: str, rejects: Rejects | None = None) -> Generator[None, None, None]:
        """The same bit by bit: between two steps the caller may commit. The result is whole after the last."""
        self._refuse_early()
        with table(stream, format_, self.options.sheet) as found, closing(Scratch()) as scratch:
            columns, key = self._columns(found)
            if not self.result.is_unusable:
                yield from self._work(found, columns, key, scratch)
                if rejects is not None:
                    rejects.take(found, scratch)
        self.result.errors.sort(key=lambda fault: fault.row or 0)

    def look(self, stream: IO[bytes], format_: str) -> Result:
        """Only the columns, before a row is read: what the file lacks. Raises as `run`."""
        self._refuse_early()
        with table(stream, format_, self.options.sheet) as found:
            self._columns(found)
        return self.result

    def _refuse_early(self) -> None:
        entry, actor = self.entry, self.actor
        if {"create", "update"} & entry.resource.without:
            raise not_found(entry.one, "import")
        if may(entry, actor, "read") is False:
            raise refuse(entry, actor, "read")
        if may(entry, actor, "create") is False and may(entry, actor, "update") is False:
            raise refuse(entry, actor, "create")
        if actor.sees_all and is_confined(entry.model) and "account_id" in mapped_columns(entry.model):
            raise Invalid(Problem("no_account", _(NO_ACCOUNT)))

    def _columns(self, found: Table) -> tuple[list[Column], tuple[Column, ...]]:
        entry, actor, result, asked = self.entry, self.actor, self.result, self.options.key
        result.header = list(found.header)
        if found.is_empty:
            return [], ()
        columns = chosen_columns(entry, actor, found.header, self.options.columns, asked)
        result.columns = {column.name: column.theirs[-1] for column in columns}
        result.left_out = left_out(found.header, columns)
        key = chosen_key(entry, actor, columns, asked)
        for name in set(key_names(entry, asked)) - {column.name for column in key}:
            said = _(NO_ID) if name == "id" else _(NO_KEY, name=name)
            result.tell(Fault(1 if found.has_header_row else None, name, said, "missing_column"))
            result.is_unusable = True
        return columns, key

    def _work(
        self, found: Table, columns: Sequence[Column], key: tuple[Column, ...], scratch: Scratch
    ) -> Generator[None, None, None]:
        entry, actor = self.entry, self.actor
        compared = [each for column in columns for each in column.compared]
        header_row = 1 if found.has_header_row else None
        comparison = Comparison(entry, actor, compared, key, scratch, self._tell, header_row)
        reader = Reader(found, columns, own_names(entry, actor, compared), self._tell)
        if self.options.remove_missing:
            scratch.expect(visible_ids(entry, actor))
        for rows in self._batches(found, reader, comparison, scratch):
            scratch.note_own(rows)
            self._write(comparison, rows, scratch)
            yield
        # Rows that referred to later ones go on as soon as those are made.
        while rows := scratch.ready():
            for row in rows:
                row.values |= row.awaits
                row.left, row.awaits = frozenset(row.awaits), {}
            self._write(comparison, rows, scratch)
            yield
        comparison.lookup.refuse_left()
        self._reject(scratch.left(), scratch)
        comparison.knows_all &= not scratch.has_left()
        if self.options.remove_missing:
            self._remove(comparison, scratch)
        self.result.rejected = scratch.count_rejected()

    def _batches(self, found: Table, reader: Reader, comparison: Comparison, scratch: Scratch) -> Iterator[list[Row]]:
        rows: list[Row] = []
        for raw in found.rows():
            self.result.rows += 1
            if raw.fault is not None:
                self._tell(raw.fault)
                self._keep_rejected(raw.number, raw.cells, scratch)
                # What a row that could not be read is about may not be taken for missing.
                comparison.knows_all = False
                continue
            rows.append(reader.row(raw))
            if len(rows) == store.BATCH:
                yield rows
                rows = []
        if rows:
            yield rows

    def _write(self, comparison: Comparison, rows: Sequence[Row], scratch: Scratch) -> None:
        """Judge some rows and write what they ask for."""
        entry, actor, result = self.entry, self.actor, self.result
        judged = comparison.judge(rows)
        with links.seen(comparison.lookup.seen):
            made = store.create(entry, actor, comparison.new(judged), self._refused)
            changed = store.update(entry, actor, comparison.changes(judged), self._refused)
        result.created += len(made)
        result.changed += len(changed)
        result.unchanged += judged.unchanged
        scratch.wait(judged.waiting)
        scratch.note_written((*made, *changed))
        self._reject((row for row in rows if row.is_bad), scratch)

    def _tell(self, fault: Fault) -> None:
        self.result.tell(fault)
        if fault.row is not None:
            said = told_at(fault.column, fault.reason) if fault.column else fault.reason
            self._reasons.setdefault(fault.row, []).append(said)

    def _refused(self, row: Row, problems: Sequence[Problem]) -> None:
        row.is_bad, theirs = True, self.result.columns
        for problem in problems:
            name, said = told_in_file(self.entry, problem)
            self._tell(Fault(row.number, theirs.get(name, name or None), said, problem.code))

    def _reject(self, rows: Iterable[Row], scratch: Scratch) -> None:
        for row in rows:
            self._keep_rejected(row.number, row.cells, scratch)
        self._reasons.clear()

    def _keep_rejected(self, number: int, cells: Sequence[Any], scratch: Scratch) -> None:
        scratch.reject(number, cells, " ".join(self._reasons.get(number, [_(LACKING)])))

    def _remove(self, comparison: Comparison, scratch: Scratch) -> None:
        """Delete the rows the file does not tell of; those that are in another's way are tried again after it."""
        if not comparison.knows_all or not self.result.rows:
            said = _("Nothing was removed: the file does not tell of every row by which it is to be known.")
            self.result.tell(Fault(None, None, said, "remove_missing"))
            return
        entry, actor = self.entry, self.actor
        refused: dict[int, Sequence[Problem]] = {}
        while True:
            refused.clear()
            removed, before = 0, MAX_ID
            while ids := scratch.missing(before):
                before = ids[-1]
                gone = store.delete(entry, actor, ids, refused.__setitem__)
                scratch.meet(gone)
                removed += len(gone)
            self.result.removed += removed
            if not refused or not removed:
                break
        for id_, problems in refused.items():
            one, reason = entry.one, problems[0].detail
            said = _("The %(one)s %(id)s cannot be removed: %(reason)s", one=one, id=id_, reason=reason)
            self.result.tell(Fault(None, None, said, problems[0].code))

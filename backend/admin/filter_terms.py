"""The filters of an address as groups of terms – all groups hold, any term within one – read and written back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from backend.admin.addresses import Arguments, without
from backend.core.errors import Malformed
from backend.core.filters import FILTER
from backend.core.json import dumps_text, loads

WHERE = "_where"


class Term(NamedTuple):
    """One comparison; the value as an address holds it."""

    field: str
    op: str
    value: str


@dataclass(frozen=True)
class Group:
    """Terms of which one holds; or, of a deeper tree that somebody wrote by hand, the tree itself."""

    terms: tuple[Term, ...] = ()
    tree: Any = None


def read(arguments: Arguments) -> list[Group]:
    """The groups of an address: every `filter[…]`, then those of `_where`."""
    plain = [Group((Term(found[1], found[2] or "eq", value),)) for name, value in arguments if (found := FILTER(name))]
    return plain + _trees(dict(arguments).get(WHERE, ""))


def written(arguments: Arguments, groups: Sequence[Group]) -> Arguments:
    """The parameters with these groups in the place of theirs: single terms in the open, the rest in `_where`."""
    kept = without(arguments, [WHERE, *(name for name, _value in arguments if FILTER(name))])
    plain: dict[str, str] = {}
    trees = []
    for group in groups:
        name = _parameter(group.terms[0]) if len(group.terms) == 1 else ""
        if name and name not in plain:
            plain[name] = group.terms[0].value
        else:
            trees.append(_tree(group))
    if trees:
        plain[WHERE] = dumps_text(trees[0] if len(trees) == 1 else {"and": trees})
    return [*kept, *plain.items()]


def _parameter(term: Term) -> str:
    return f"filter[{term.field}]" if term.op == "eq" else f"filter[{term.field}][{term.op}]"


def _tree(group: Group) -> Any:
    if group.tree is not None:
        return group.tree
    leaves = [{"field": term.field, "op": term.op, "value": term.value} for term in group.terms]
    return leaves[0] if len(leaves) == 1 else {"or": leaves}


def _trees(text: str) -> list[Group]:
    """The groups of `_where`; what is malformed the query tells, not this."""
    try:
        tree = loads(text) if text else None
    except Malformed:
        return []
    if tree is None:
        return []
    parts = tree["and"] if isinstance(tree, dict) and set(tree) == {"and"} else [tree]
    return [_group(part) for part in parts] if isinstance(parts, list) else []


def _group(tree: Any) -> Group:
    leaves = tree["or"] if isinstance(tree, dict) and set(tree) == {"or"} else [tree]
    terms = [term_of(leaf) for leaf in leaves] if isinstance(leaves, list) else [None]
    known = tuple(term for term in terms if term is not None)
    return Group(known) if known and len(known) == len(terms) else Group(tree=tree)


def term_of(leaf: Any) -> Term | None:
    """A term of a tree, or None for what is none."""
    if not isinstance(leaf, dict) or not isinstance(leaf.get("field"), str) or set(leaf) - {"field", "op", "value"}:
        return None
    value = leaf.get("value", "")
    if isinstance(value, bool):
        value = "true" if value else "false"
    if isinstance(value, list):
        value = joined([str(each) for each in value])
    return Term(leaf["field"], str(leaf.get("op", "eq")), str(value))


def joined(values: Sequence[str]) -> str:
    """Several values as one text, quoted as in CSV where they need it."""
    return ",".join(f'"{each.replace(chr(34), chr(34) * 2)}"' if set(each) & set(',"\n\r') else each for each in values)

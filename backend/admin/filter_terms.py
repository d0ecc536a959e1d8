"""The filters of an address as groups of terms: read, changed, turned over and written back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from backend.admin.addresses import Arguments, without
from backend.core.errors import Malformed
from backend.core.filters import FILTER
from backend.core.json import dumps_text, loads
from backend.core.values import WORDS

WHERE = "_where"
# The place of a term that widens the whole list, among places like `0.1`, the second term of the first group.
OTHERS = "or"


class Term(NamedTuple):
    """One comparison; the value as an address holds it."""

    field: str
    op: str
    value: str

    @property
    def presence(self) -> str:
        """What `null` asks for: `empty`, or `filled`."""
        return "empty" if WORDS.get(self.value.strip().lower()) else "filled"


@dataclass(frozen=True)
class Group:
    """Terms that belong together; or, of a deeper tree that somebody wrote by hand, the tree itself."""

    terms: tuple[Term, ...] = ()
    tree: Any = None


@dataclass(frozen=True)
class Filters:
    """Of every group one term holds; or, where any group will do, of one group every term."""

    groups: tuple[Group, ...] = ()
    is_any: bool = False

    @property
    def terms(self) -> list[Term]:
        return [term for group in self.groups for term in group.terms]

    @property
    def is_flat(self) -> bool:
        """Whether no group joins several terms."""
        return all(len(group.terms) == 1 for group in self.groups)

    @property
    def may_turn(self) -> bool:
        """Whether there are groups to join in another way."""
        return len(self.groups) > 1 and not self._has_trees

    @property
    def may_widen(self) -> bool:
        """Whether other rows can be added to all of these without saying anything twice."""
        return self.may_turn and (self.is_any or self.is_flat)

    @property
    def _has_trees(self) -> bool:
        return any(group.tree is not None for group in self.groups)

    def turned(self) -> "Filters":
        """The same groups, joined the other way inside and outside."""
        return replace(self, is_any=not self.is_any)

    def at(self, place: str) -> Term | None:
        """The term at a place."""
        group, inner = self._place(place)
        terms = self.groups[group].terms if group is not None else ()
        return terms[inner] if inner is not None and inner < len(terms) else None

    def put(self, term: Term, place: str) -> "Filters":
        """These with the term at a place, beside those of a group, or for the whole list."""
        group, inner = self._place(place)
        if group is None or self.groups[group].tree is not None:
            return self._joined(term, is_any=place == OTHERS)
        terms = list(self.groups[group].terms)
        terms[len(terms) if inner is None else inner : None if inner is None else inner + 1] = [term]
        return self._with(group, terms)

    def dropped(self, group: int, inner: int = 0) -> "Filters":
        """These but one term, or one tree."""
        terms = self.groups[group].terms
        return self._with(group, [*terms[:inner], *terms[inner + 1 :]])

    def tree(self) -> Any:
        """All of them as `_where` holds them."""
        inner, outer = ("and", "or") if self.is_any else ("or", "and")
        return _branch(outer, [_tree(group, inner) for group in self.groups])

    def _place(self, place: str) -> tuple[int | None, int | None]:
        group, _dot, inner = place.partition(".")
        if not group.isdecimal() or int(group) >= len(self.groups):
            return None, None
        return int(group), int(inner) if inner.isdecimal() else None

    def _with(self, place: int, terms: Sequence[Term]) -> "Filters":
        own = [Group(tuple(dict.fromkeys(terms)))] if terms else []
        return replace(self, groups=(*self.groups[:place], *own, *self.groups[place + 1 :]))

    def _joined(self, term: Term, *, is_any: bool) -> "Filters":
        """Also the rows of the term, or of these rows those of the term alone."""
        own = Group((term,))
        if is_any == self.is_any or not self.groups:
            # Of two filters that ask the same of the same field, the later one is meant.
            kept = [group for group in self.groups if group != own and (is_any or not _asks_as_much(group, term))]
            return Filters((*kept, own), is_any)
        if self._has_trees:
            return Filters((Group(tree=_branch("or", [self.tree(), _leaf(term)])),))
        if self.is_flat:
            return Filters((Group(tuple(self.terms)), own), is_any)
        # Said once more in every group, it is said of the whole.
        return replace(self, groups=tuple(Group(tuple(dict.fromkeys((*each.terms, term)))) for each in self.groups))


def read(arguments: Arguments) -> Filters:
    """The groups of an address: every `filter[…]`, then those of `_where`."""
    plain = [Group((Term(found[1], found[2] or "eq", value),)) for name, value in arguments if (found := FILTER(name))]
    trees = _trees(dict(arguments).get(WHERE, ""))
    either = _alternatives(trees[0]) if len(trees) == 1 and not plain else ()
    if len(either) == 1:
        return Filters(tuple(Group((term,)) for term in either[0].terms))
    return Filters(either, is_any=True) if either else Filters((*plain, *map(_group, trees)))


def written(arguments: Arguments, filters: Filters) -> Arguments:
    """The parameters with these groups in the place of theirs: single terms in the open, the rest in `_where`."""
    kept = without(arguments, [WHERE, *(name for name, _value in arguments if FILTER(name))])
    if filters.is_any and len(filters.groups) > 1:
        return [*kept, (WHERE, dumps_text(filters.tree()))]
    groups = [Group((term,)) for term in filters.terms] if filters.is_any else filters.groups
    plain: dict[str, str] = {}
    trees = []
    for group in groups:
        name = _parameter(group.terms[0]) if len(group.terms) == 1 else ""
        if name and name not in plain:
            plain[name] = group.terms[0].value
        else:
            trees.append(_tree(group, "or"))
    if trees:
        plain[WHERE] = dumps_text(_branch("and", trees))
    return [*kept, *plain.items()]


def _parameter(term: Term) -> str:
    return f"filter[{term.field}]" if term.op == "eq" else f"filter[{term.field}][{term.op}]"


def _asks_as_much(group: Group, term: Term) -> bool:
    return len(group.terms) == 1 and group.terms[0][:2] == term[:2]


def _tree(group: Group, word: str) -> Any:
    return group.tree if group.tree is not None else _branch(word, [_leaf(term) for term in group.terms])


def _leaf(term: Term) -> Any:
    return {"field": term.field, "op": term.op, "value": term.value}


def _branch(word: str, parts: Sequence[Any]) -> Any:
    return parts[0] if len(parts) == 1 else {word: list(parts)}


def _trees(text: str) -> list[Any]:
    """What `_where` wants all of; what is malformed the query tells, not this."""
    try:
        tree = loads(text) if text else None
    except Malformed:
        return []
    return [] if tree is None else _parts(tree, "and")


def _parts(tree: Any, word: str) -> list[Any]:
    """What the word joins in a tree; the tree alone where it joins nothing."""
    is_joined = isinstance(tree, dict) and set(tree) == {word} and isinstance(tree[word], list)
    return list(tree[word]) if is_joined else [tree]


def _group(tree: Any) -> Group:
    return _terms(tree, "or") or Group(tree=tree)


def _alternatives(tree: Any) -> tuple[Group, ...]:
    """The groups of which any will do; none where the tree is not of that shape."""
    found = [_terms(part, "and") for part in _parts(tree, "or")]
    groups = tuple(group for group in found if group is not None)
    return groups if len(groups) == len(found) else ()


def _terms(tree: Any, word: str) -> Group | None:
    """The terms that the word joins; nothing where it joins anything else."""
    found = [term_of(leaf) for leaf in _parts(tree, word)]
    terms = tuple(term for term in found if term is not None)
    return Group(terms) if terms and len(terms) == len(found) else None


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

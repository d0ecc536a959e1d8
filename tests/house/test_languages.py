"""What people read is said in their language: every sentence is marked where it is made, every message a literal."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.house.sources import files, room_of

# The rooms whose words reach people through pages; programs and operators are told English.
ROOMS = frozenset({"core", "admin", "auth", "modules"})
MARKS = frozenset({"_", "later", "ngettext", "pgettext"})
# What tells somebody of a fault, and which of its arguments is the sentence.
TELLERS = {"Problem": 1, "invalid_field": 1, "Unreadable": 0, "BadCell": 0, "Fault": 2}
# What is said to whoever writes or runs the program.
TO_PROGRAMMERS = re.compile(
    r"(log\.|signals?\.)\w+|RuntimeError|TypeError|AttributeError|NotImplementedError|NoActor|LostError|DeclarationError"
)
# What a declaration says: translated where it is read.
DECLARED = frozenset({"description", "label", "label_one", "group", "otherwise", "pattern_hint"})
# Files whose sentences are for programs, programmers and operators.
ENGLISH = {
    "backend/auth/arrival.py": "a call with a token or without one",
    "backend/auth/tokens.py": "programs that sign in",
    "backend/admin/style_samples.py": "whoever works on the look",
    "backend/core/data_check.py": "the command line",
    "backend/core/data_migration.py": "the command line",
    "backend/core/describe/schemas.py": "the description for programs",
    "backend/core/items.py": "the Python API",
    "backend/core/schema_words.py": "the words of the library, which are replaced",
    "backend/core/transfer/formats/sheets.py": "a workbook that is broken, which is told in other words",
    "backend/core/types.py": "the Python API",
    "backend/core/work.py": "the Python API",
    "backend/modules/identity/seed.py": "what is stored",
}
# Messages that are no literals where they are said: where they come from.
SAID_ELSEWHERE = {
    "backend/admin/bulk.py why": "the table of what is left out",
    "backend/admin/fields.py label": "what the declaration offers to choose from",
    "backend/admin/filters_shown.py _comparison(kind, operator)[0]": "the table of comparisons",
    "backend/admin/filters_shown.py _comparison(kind, term.op)[1]": "the table of comparisons",
    "backend/admin/forms.py title": "what the declaration calls its sections",
    "backend/admin/sent_form.py name.replace('_', ' ').replace('.', ' ').capitalize()": "a declared name as words",
    "backend/core/elements.py choice": "what the declaration offers to choose from",
    "backend/core/languages.py kept": "what a declaration says",
    "backend/core/limits.py hint": "what a declaration says",
    "backend/core/retelling.py messages[0]": "what a row was stored with",
    "backend/core/retelling.py messages[1]": "what a row was stored with",
    "backend/core/retelling.py told['context']": "what a row was stored with",
    "backend/core/rights.py self.text": "what a rule says of itself",
    "backend/core/schema_words.py message": "a table of the library's sentences",
    "backend/core/schema_words.py sentence": "what a schema says",
}
WORDS = re.compile(r"[A-Za-z,;:.’']+ [A-Za-z(\"]")
SENTENCE = re.compile(r"(?![A-Z]{2,} )[A-Z“\"].* .*[.!?…]$", re.DOTALL)
Found = list[str]


def text_of(node: ast.AST) -> str:
    """The text of a literal, with a figure where a value stands; nothing for what is no text."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "1" for part in node.values)
    return ""


def name_of(call: ast.AST | None) -> str:
    """What is called, as it is written: a name, or an attribute of what has one."""
    called = call.func if isinstance(call, ast.Call) else None
    if isinstance(called, ast.Attribute):
        return f"{called.value.id if isinstance(called.value, ast.Name) else ''}.{called.attr}"
    return called.id if isinstance(called, ast.Name) else ""


@cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Everything in a file, gone through once."""
    return tuple(ast.walk(tree))


@cache
def parents(tree: ast.Module) -> dict[ast.AST, ast.AST]:
    return {child: node for node in nodes(tree) for child in ast.iter_child_nodes(node)}


def above(tree: ast.Module, node: ast.AST) -> Iterator[ast.AST]:
    while (node := parents(tree).get(node, tree)) is not tree:
        yield node


def bound(tree: ast.Module, node: ast.AST, name: str) -> list[ast.expr]:
    """What a name may be where the node stands: what is assigned to it, or gone through for it."""
    for around in above(tree, node):
        for each in getattr(around, "generators", ()):
            if name in names_in(each.target):
                return [each.iter]
        if isinstance(around, (ast.FunctionDef, ast.Lambda)):
            return [value for part in ast.walk(around) for value in told_of(part, name)]
    return []


def told_of(part: ast.AST, name: str) -> Iterator[ast.expr]:
    if isinstance(part, ast.Assign) and any(name in names_in(target) for target in part.targets):
        yield part.value
    elif isinstance(part, ast.For) and name in names_in(part.target):
        yield part.iter
    elif isinstance(part, ast.NamedExpr) and part.target.id == name:
        yield part.value


def names_in(target: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


def puts_words_together(node: ast.AST) -> bool:
    """Whether a text of more than one word is made here."""
    if isinstance(node, ast.BinOp):
        return puts_words_together(node.left) or puts_words_together(node.right)
    if isinstance(node, ast.IfExp):
        return puts_words_together(node.body) or puts_words_together(node.orelse)
    return name_of(node).endswith(".format") or WORDS.search(text_of(node)) is not None


def is_unmarked(tree: ast.Module, sentence: ast.expr) -> bool:
    """Whether what is told was never marked: words put together there, or a constant that nobody translates."""
    if isinstance(sentence, ast.Name):
        told = bound(tree, sentence, sentence.id)
        return sentence.id.isupper() or any(puts_words_together(each) for each in told)
    return puts_words_together(sentence) or (isinstance(sentence, ast.Attribute) and sentence.attr.isupper())


def told(tree: ast.Module) -> Iterator[ast.expr]:
    """Every sentence that tells somebody of a fault."""
    for call in nodes(tree):
        if isinstance(call, ast.Call) and (place := TELLERS.get(name_of(call))) is not None:
            yield from call.args[place : place + 1]
            yield from (word.value for word in call.keywords if word.arg in ("detail", "reason"))


def unmarked_faults(path: str, tree: ast.Module) -> Found:
    return [f"{path}:{each.lineno} {ast.unparse(each)}" for each in told(tree) if is_unmarked(tree, each)]


def is_said_elsewhere(tree: ast.Module, node: ast.AST) -> bool:
    """Whether a literal is a message, a part of one, what a declaration says, documentation, or not for people."""
    for around in (node, *above(tree, node)):
        call = around.exc if isinstance(around, ast.Raise) else around
        if name_of(call) in MARKS or TO_PROGRAMMERS.fullmatch(name_of(call)):
            return True
        if isinstance(around, ast.keyword) and around.arg in DECLARED | {"metadata"}:
            return True
        if isinstance(around, ast.Assign) and all(each.endswith("_HINT") for each in map(ast.unparse, around.targets)):
            return True
    return isinstance(parents(tree)[node], (ast.Expr, ast.JoinedStr))


def unmarked_sentences(path: str, tree: ast.Module) -> Found:
    return [
        f"{path}:{node.lineno} {text_of(node)}"
        for node in nodes(tree)
        if isinstance(node, (ast.Constant, ast.JoinedStr))
        and SENTENCE.match(text_of(node))
        and WORDS.search(text_of(node))
        and not is_said_elsewhere(tree, node)
    ]


def rooms() -> dict[str, ast.Module]:
    return {str(path): tree for path, tree in files().items() if room_of(path) in ROOMS and path.name != "signals.py"}


def test_nobody_is_told_of_a_fault_in_words_that_are_not_marked() -> None:
    for_people = {path: tree for path, tree in rooms().items() if path not in ENGLISH}
    assert [each for path, tree in for_people.items() for each in unmarked_faults(path, tree)] == []
    assert sum(1 for tree in for_people.values() for _each in told(tree)) > 200


def test_no_sentence_stands_unmarked() -> None:
    found = {path: unmarked_sentences(path, tree) for path, tree in rooms().items() if path not in ENGLISH}
    assert {path: sentences for path, sentences in found.items() if sentences} == {}


def test_every_file_that_may_speak_english_to_people_does_so() -> None:
    known = rooms()
    spoken = {path for path in ENGLISH if {*unmarked_faults(path, known[path]), *unmarked_sentences(path, known[path])}}
    assert spoken == ENGLISH.keys()


@cache
def tables() -> frozenset[str]:
    """The constants, and what belongs to classes, that hold messages marked for later."""
    found: set[str] = set()
    for tree in files().values():
        for node in nodes(tree):
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(name_of(each) == "later" for each in ast.walk(node.value)):
                    found |= {name for target in targets for name in names_in(target) if name.isupper()}
    return frozenset(found)


def comes_from_a_table(tree: ast.Module, node: ast.AST) -> bool:
    """Whether a message is read from a table of marked texts, or is a declared name as words."""
    match node:
        case ast.IfExp():
            return comes_from_a_table(tree, node.body) and comes_from_a_table(tree, node.orelse)
        case ast.Subscript():
            return comes_from_a_table(tree, node.value)
        case ast.Call(func=ast.Name(id=name)):
            return name == "words"
        case ast.Call(func=ast.Attribute(value=table)):
            return comes_from_a_table(tree, table)
        case ast.Attribute():
            return node.attr in tables()
        case ast.Name() if node.id.isupper():
            return node.id in tables()
        case ast.Name():
            values = bound(tree, node, node.id)
            return bool(values) and all(comes_from_a_table(tree, each) for each in values)
    return False


def messages(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Every message, with what says it."""
    for call in nodes(tree):
        if isinstance(call, ast.Call) and (name := name_of(call)) in MARKS:
            yield from ((name, each) for each in call.args[: 2 if name in ("ngettext", "pgettext") else 1])


def is_literal(message: ast.expr) -> bool:
    return isinstance(message, ast.Constant) and isinstance(message.value, str)


def strange_messages() -> dict[str, str]:
    """Messages that are neither literals nor from a table of such, by file and how they are written."""
    return {
        f"{path} {ast.unparse(each)}": f"{path}:{each.lineno}"
        for path, tree in files().items()
        for name, each in messages(tree)
        if not is_literal(each) and not (name == "_" and comes_from_a_table(tree, each))
    }


def test_a_message_is_a_literal_or_is_read_from_a_table_of_such() -> None:
    assert strange_messages().keys() == SAID_ELSEWHERE.keys()
    assert sum(is_literal(each) for tree in files().values() for _name, each in messages(tree)) > 500


def test_only_a_whole_message_is_said() -> None:
    """A text with a place that nobody fills, or that is filled by another way, is found by no catalogue."""
    found = [
        f"{path}:{each.lineno}"
        for path, tree in files().items()
        for _name, each in messages(tree)
        if is_literal(each) and re.search(r"\{\w*\}|%s|%d", str(each.value))  # type: ignore[attr-defined]  # a literal
    ]
    assert found == []

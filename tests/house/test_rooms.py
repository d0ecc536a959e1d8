"""Who may import whom: extensions ← core ← modules, core ← the edges; nobody in a circle, nobody behind one's back."""

import ast
from pathlib import Path

from tests.house.sources import calls, files, functions, imports, module_name, room_of

EDGES = {"api", "admin", "auth", "bus", "mail", "cli"}
# What each room may import besides itself.
MAY = {
    "extensions": set[str](),
    "core": {"extensions"},
    "modules": {"core", "extensions"},
    "models": {"core", "modules", "extensions"},
    "api": {"core", "extensions"},
    "admin": {"core", "extensions"},
    "auth": {"core", "extensions", "modules.identity"},
    "bus": {"core", "extensions"},
    # The worker is a thread of the server, or a command.
    "cli": {"core", "extensions", "modules.identity", "models", "bus"},
    "__init__": {"core", "extensions", "models", *EDGES},
}
# What else ends a unit of work, and why.
ENDS = {"backend/core/work.py": "the edge of those who have none: it begins and ends the work of a Python caller"}
# Where an import may stand inside a function, and why.
LATE = {
    "backend/__init__.py": "boot order",
    "backend/cli": "a command imports what only it needs",
    "backend/core/transfer/read.py": "what reads spreadsheets is a tenth of all memory, and like YAML seldom needed",
    "backend/core/transfer/write.py": "so is what writes them",
}


def test_every_import_follows_the_arrows() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, tree in files().items()
        for _node, name in imports(tree)
        if not follows(room_of(path), name)
    ]
    assert wrong == []


def follows(room: str, name: str) -> bool:
    below = name.removeprefix("backend").removeprefix(".")
    allowed = {room, *MAY[room]}
    return not below or any(below == each or below.startswith(f"{each}.") for each in allowed)


def test_modules_know_each_other_only_by_the_names_of_tables() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, tree in files().items()
        for _node, name in imports(tree)
        if room_of(path) == "modules" and name.startswith("backend.modules.") and name.split(".")[2] != path.parts[2]
    ]
    assert wrong == []


def test_nothing_of_ours_is_imported_inside_a_function() -> None:
    wrong = [
        f"{path}:{node.lineno} {function.name}"
        for path, tree in files().items()
        if not any(str(path).startswith(each) for each in LATE)
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom)) and list(imports(node))
    ]
    assert wrong == []


def test_no_imports_go_in_a_circle() -> None:
    graph = {module_name(path): at_run_time(tree) for path, tree in files().items()}
    # The contents page imports in boot order, inside functions.
    graph["backend"] = set()
    done: set[str] = set()
    for start in graph:
        assert circle(graph, start, (), done) == ()


def at_run_time(tree: ast.AST) -> set[str]:
    """What is imported, but for what stands below `if TYPE_CHECKING`, which no running program reads."""
    only = [node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    for_types = {below for node in only for below in ast.walk(node)}
    return {name for node, name in imports(tree) if node not in for_types}


def circle(graph: dict[str, set[str]], at: str, way: tuple[str, ...], done: set[str]) -> tuple[str, ...]:
    if at in way:
        return (*way[way.index(at) :], at)
    if at in done or at not in graph:
        return ()
    found = next((each for name in sorted(graph[at] - {at}) if (each := circle(graph, name, (*way, at), done))), ())
    done.add(at)
    return found


def test_functions_flush_and_only_edges_commit() -> None:
    wrong = [
        f"{path}:{node.lineno}"
        for path, tree in files().items()
        for node, name in calls(tree)
        if name.endswith("session.commit") and room_of(path) not in EDGES and str(path) not in ENDS
    ]
    assert wrong == []


def test_the_contents_page_stays_a_page() -> None:
    text = Path(__file__).parents[2] / "backend" / "__init__.py"
    assert len(text.read_text(encoding="utf-8").splitlines()) <= 60

"""The program's own text, parsed once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = "backend"


@cache
def files() -> dict[Path, ast.Module]:
    """Every Python file of the application, by its path below the root."""
    return {
        path.relative_to(ROOT): ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / PACKAGE).rglob("*.py")
    }


def room_of(path: Path) -> str:
    """The first folder below `backend`, or the file's own name."""
    return path.parts[1].removesuffix(".py")


def module_name(path: Path) -> str:
    """`backend/core/model.py` as `backend.core.model`."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def imports(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Every first-party module imported anywhere below, with the statement."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, name.name) for name in node.names if name.name.split(".")[0] == PACKAGE)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == PACKAGE:
            yield from ((node, imported(node.module, name.name)) for name in node.names)


def imported(module: str, name: str) -> str:
    """`from backend.core import query` imports the module, `from backend.core.query import one` a name of it."""
    whole = f"{module}.{name}"
    path = ROOT / Path(*whole.split("."))
    return whole if path.with_suffix(".py").exists() or path.is_dir() else module


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    return (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call, with what is called as it is written."""
    return ((node, ast.unparse(node.func)) for node in ast.walk(tree) if isinstance(node, ast.Call))

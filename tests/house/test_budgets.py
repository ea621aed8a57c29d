"""Budgets of size: small files, short functions, shallow nesting, tests in proportion."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
SHIPPED_CHECKS = ROOT / "src" / "polku" / "testing"

# The one visible list of reasoned exceptions: file → why it may be longer than 400 lines.
LONG_FILES: dict[str, str] = {}
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def code_lines(path: Path) -> int:
    """Count the lines that hold a statement, so that docstrings count neither for nor against anybody."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {id(_docstring(node)) for node in ast.walk(tree)}
    held: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and id(node) not in docs:
            held.update(_own_lines(node))
    return len(held)


def _docstring(node: ast.AST) -> ast.stmt | None:
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    return node.body[0] if ast.get_docstring(node, clean=False) is not None else None


def _own_lines(node: ast.stmt) -> range:
    """Return the lines of a statement without those of its body; a decorator is part of it: it may hold a table."""
    body, above = getattr(node, "body", None), getattr(node, "decorator_list", [])
    first = min([node.lineno, *(one.lineno for one in above)])
    last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
    return range(first, max(last, node.lineno) + 1)


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if _docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def depth(node: ast.AST) -> int:
    inner = [depth(child) for child in ast.iter_child_nodes(node) if not isinstance(child, ast.FunctionDef)]
    return max(inner, default=0) + isinstance(node, BLOCKS) - _is_elif(node)


def _is_elif(node: ast.AST) -> bool:
    """Tell an ``elif``, which is an ``if`` in an ``else`` but reads as the same level."""
    return isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)


def test_files_are_short() -> None:
    sizes = {str(path.relative_to(ROOT)): lines(path) for path in SOURCES}
    over = {name: size for name, size in sizes.items() if size > 400 and name not in LONG_FILES}
    assert not over
    assert statistics.median(sizes.values()) <= 100, sorted(sizes.items(), key=lambda kv: -kv[1])[:20]
    assert np.percentile(list(sizes.values()), 90) <= 250, sorted(sizes.items(), key=lambda kv: -kv[1])[:20]


def test_exceptions_are_still_needed() -> None:
    assert all(lines(ROOT / name) > 400 for name in LONG_FILES)


def test_functions_are_short() -> None:
    sizes = {name: body_lines(node) for name, node in functions()}
    assert np.percentile(list(sizes.values()), 90) <= 30, sorted(sizes.items(), key=lambda kv: -kv[1])[:20]


def test_nesting_is_shallow() -> None:
    over = {name: depth(node) for name, node in functions() if depth(node) > 3}
    assert not over


def test_tests_are_in_proportion() -> None:
    shipped = [path for path in SOURCES if SHIPPED_CHECKS in path.parents]  # tests that travel with the package
    ratio = sum(map(code_lines, TESTS + shipped)) / sum(code_lines(path) for path in SOURCES if path not in shipped)
    assert 1.0 <= ratio <= 1.7, f"tests : code = {ratio:.2f}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [("for a in b:\n    if a:\n        pass\n", 2), ("if a:\n    pass\nelif b:\n    pass\n", 1)],
)
def test_depth_counts_blocks(source: str, expected: int) -> None:
    assert depth(ast.parse(source)) == expected

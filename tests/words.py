"""Words that fit anything, and what a source binds."""

from __future__ import annotations

import ast
from collections.abc import Iterator

EMPTY_WORDS = frozenset({"one", "found", "told", "said", "thing"})


def bound_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of whatever a source binds: variables, parameters, attributes, functions, classes, imports."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.ExceptHandler(name=str(name)):
                yield node.lineno, name
            case ast.MatchMapping(rest=str(name)):
                yield node.lineno, name
            case ast.alias(asname=str(name)) | ast.alias(asname=None, name=name):
                yield node.lineno, name


def empty_words(source: str) -> list[str]:
    """The empty words that a source binds, each with its line."""
    return [f"{line}: {name}" for line, name in bound_names(ast.parse(source)) if name in EMPTY_WORDS]

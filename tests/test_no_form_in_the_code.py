"""No module outside `rulebook/` knows a form: every shipped rulebook's ids and words are held against the source, token by token."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import perfbatch
from perfbatch.rulebook.load import built_in_ids, read_rulebook
from perfbatch.rulebook.model import Indicator, Rulebook, SignatureBlock
from perfbatch.rulebook.roles import Entity, Roles

_PACKAGE = Path(perfbatch.__file__).parent
_TOKEN = re.compile(r"[^\W_][\w]*")

# Words of any scorecard, whoever's form it is, and of any table.
_ANY_SCORECARD = frozenset(
    {
        "一级指标",
        "二级指标",
        "三级指标",
        "分值",
        "自评得分",
        "得分",
        "合计",
        "总分",
        "单位",
        "年度",
        "指标",
        "其他",
        "评价等次",
        "评价机构",
    }
    | {"指标代码", "报告日期", "联系人", "联系电话", "填报说明", "封面", "部门", "项目", "是", "否", "本年", "上年"}
    | {"优", "良", "中", "差", "优秀", "良好"}
)
# Ids that are words of the program's own: of its expression language, its columns, or of the run report (DESIGN: the contract).
_OWN = frozenset({"output", "process", "input", "effect", "cover", "items", "units", "instructions", "narrative"})
# One word that any program has for something of its own.
_PLAIN = frozenset({"indicators", "level", "max", "name", "self", "target", "unit"})
_CONTRACT = frozenset({"fiscal_year"})
# Keys of the language itself, which a form may call its fields by as well: no form is known by asking a rulebook for them.
_KEYS = frozenset({*Rulebook.model_fields, *Entity.model_fields, *Roles.model_fields, *dir(Indicator)})

# What is left to be said by part instead of by name. A line goes when its place is mended; none is added.
_LEFT: dict[str, int] = {
    "model/catalogue.py": 1,
    # Keys that the run report and the report of `check` promise, and the tables of earlier histories.
    "report/entity_names.py": 4,
    "report/report.py": 1,
    "report/check_report.py": 4,
    "history/tables.py": 2,
}
# Fields that a form of units has for what the program calls an entity, and an attribute only of `roles`.
_OF_UNITS = frozenset({"budget_code", "unit_name"})


def _ids(book: Rulebook) -> set[str]:
    ids = {field.id for field in book.fields()} | {indicator.id for indicator in book.indicators}
    ids |= {section.id for section in book.sections} | {group.id for group in book.groups}
    ids |= {block.id for _, block in book.blocks() if getattr(block, "id", "")}
    return (ids | {book.id, book.form_id}) - _OWN - _CONTRACT - _PLAIN


def _words(book: Rulebook) -> set[str]:
    words = {field.label for field in book.fields()} | {indicator.name for indicator in book.indicators}
    words |= {section.sheet for section in book.sections} | {section.title for section in book.sections}
    words |= {sheet.sheet for sheet in book.summary} | {sheet.title for sheet in book.summary}
    words |= {getattr(block, "title", "") for _, block in book.blocks() if not isinstance(block, SignatureBlock)}
    words |= {group.name for group in book.groups} | {book.title, book.district, book.issuer}
    tokens = {re.sub(r"\s", "", re.sub(r"（.*?）", "", word)) for word in words}
    return {token for token in tokens if len(token) > 1} - _ANY_SCORECARD


def _texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """String literals that are no docstring."""
    documentation = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


def _named(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if owner != "roles" or node.attr not in _OF_UNITS:
                yield node.lineno, node.attr
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.keyword | ast.arg) and node.arg:
            yield node.lineno, node.arg


def hits(source: str, ids: set[str], words: set[str]) -> list[tuple[int, str]]:
    """Where a module names an id or says a word of a form: an id as an own name (where it is too telling to be a word of any
    program) or as a text, a word as a whole token of a text."""
    tree = ast.parse(source)
    names = [(line, name) for line, name in _named(tree) if "_" in name and name in ids - (_KEYS - _OF_UNITS)]
    for line, text in _texts(tree):
        tokens = {text, *_TOKEN.findall(text)}
        single = {name for name in tokens & ids if "_" in name or "-" in name or name == text}
        names += [(line, token) for token in sorted(single | (tokens & words))]
    return sorted(set(names))


def _modules() -> list[Path]:
    return [path for path in sorted(_PACKAGE.rglob("*.py")) if path.relative_to(_PACKAGE).parts[0] != "rulebook"]


def _counted(rulebook: str) -> dict[str, list[tuple[int, str]]]:
    book = read_rulebook(rulebook).rulebook
    ids, words = _ids(book), _words(book)
    named = {path: hits(path.read_text("utf-8"), ids, words) for path in _modules()}
    return {path.relative_to(_PACKAGE).as_posix(): places for path, places in named.items() if places}


@pytest.mark.parametrize("rulebook", built_in_ids())
def test_no_module_names_a_form(rulebook: str) -> None:
    """Beyond what is listed as left, and the list holds no more than there is."""
    named = _counted(rulebook)
    more = {path: places for path, places in named.items() if len(places) > _LEFT.get(path, 0)}
    assert not more, "\n".join(f"{path}:{line}: {token}" for path, places in more.items() for line, token in places)


def test_the_list_of_what_is_left_only_shrinks() -> None:
    """A place that was mended leaves the list."""
    most = Counter[str]()
    for rulebook in built_in_ids():
        for path, places in _counted(rulebook).items():
            most[path] = max(most[path], len(places))
    assert {path: count for path, count in _LEFT.items() if most[path] != count} == {}


def test_a_planted_name_is_seen() -> None:
    """Ids as names and texts, words as tokens; neither parts of words nor docstrings."""
    book = read_rulebook("yunxi-2020").rulebook
    field = next(field for field in book.fields() if "_" in field.id and field.id not in _CONTRACT | _KEYS)
    ids, words = _ids(book), _words(book)
    planted = (
        f'"""{field.id}"""\nx = frame["{field.id}"]\ny = "本表：{book.sections[-1].sheet}！"\nz = row.{field.id}\n'
    )
    assert [line for line, _ in hits(planted, ids, words)] == [2, 3, 4]
    assert hits(f'x = "{field.id}s"\n', ids, words) == []

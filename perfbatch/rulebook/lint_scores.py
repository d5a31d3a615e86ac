"""Indicators, grades and checks that pass for sound one by one and yet cannot be scored, matched or shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from string import Formatter

from perfbatch.model.words.catalogue import placed, worded
from perfbatch.rulebook.expression import ExpressionError, parse
from perfbatch.rulebook.kinds.band import has_cents
from perfbatch.rulebook.model import Check, Indicator, Rulebook
from perfbatch.rulebook.names import Namespace
from perfbatch.rulebook.nearest import nearest_or
from perfbatch.rulebook.tree import Binary, Compare, Name, Node, Number, leaves

__all__ = ["lint_scores"]

_CHECK_ID = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,59}")


def lint_scores(rulebook: Rulebook) -> list[str]:
    """The faults of what is scored and checked, in the order of the file."""
    return [
        *_order(rulebook),
        *(fault for indicator in rulebook.indicators for fault in _indicator(indicator, rulebook)),
        *_grades(rulebook),
        *(fault for check in rulebook.checks for fault in _check(check, rulebook)),
        *_explainable(rulebook),
    ]


def _order(rulebook: Rulebook) -> Iterator[str]:
    """Indicators of a group, and of a subgroup in it, stand together: the form and the summary give them one heading."""
    runs: tuple[tuple[str, list[tuple[str, ...]]], ...] = (
        ("group", [(indicator.group,) for indicator in rulebook.indicators]),
        ("subgroup", [(indicator.group, indicator.subgroup) for indicator in rulebook.indicators]),
    )
    for key, ids in runs:
        for apart in _apart(ids):
            yield placed("indicators", "lint.apart", key=key, name=apart[-1])
    named = Counter((indicator.group, indicator.subgroup, indicator.name) for indicator in rulebook.indicators)
    for (_, subgroup, name), times in named.items():
        if times > 1:
            yield placed("indicators", "lint.name_twice", name=name, subgroup=subgroup)


def _apart(keys: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The keys that stand in more than one run."""
    return [key for key, runs in Counter(key for key, _ in groupby(keys)).items() if runs > 1]


def _indicator(indicator: Indicator, rulebook: Rulebook) -> Iterator[str]:
    place = f"indicator {indicator.id}"
    for key, text in (("name", indicator.name), ("subgroup", indicator.subgroup)):
        if not text.strip():
            yield placed(f"{place}, {key}", "lint.blank")
    if not has_cents(indicator.points):
        yield placed(f"{place}, points", "lint.cents", points=indicator.points)
    if indicator.ratio is not None and indicator.figure is not None:
        yield placed(f"{place}, figure", "lint.two_figures")
    for key, source in (("ratio", indicator.ratio), ("figure", indicator.figure)):
        if source is None:
            continue
        try:
            tree = parse(source)
            Namespace(rulebook, "department", scored=False).infer(tree)
        except ExpressionError:
            # Told where expressions are looked at.
            continue
        yield from _cells(f"{place}, {key}", tree, rulebook)


def _cells(place: str, tree: Node, rulebook: Rulebook) -> Iterator[str]:
    """Findings about a figure stand at the first field that it names; of a denominator of 0 at a field of the denominator."""
    below = tree.right if isinstance(tree, Binary) and tree.op == "/" else None
    if isinstance(below, Number) and below.value != 0:
        below = None
    for node in (tree, below):
        names = [leaf.id for leaf in leaves(node) if isinstance(leaf, Name)] if node is not None else []
        if node is not None and (not names or names[0] not in rulebook.field_by_id):
            yield placed(place, "lint.no_input")
            return


def _grades(rulebook: Rulebook) -> Iterator[str]:
    for grade in rulebook.grades if rulebook.total_points > 0 else ():
        unreached = grade.minimum is not None and grade.minimum > rulebook.total_points
        if unreached or (grade.below is not None and grade.below <= 0):
            yield placed(f"grade {grade.name}", "lint.grade_reach", total=rulebook.total_points)


def _check(check: Check, rulebook: Rulebook) -> Iterator[str]:
    place = f"check {check.id}"
    if not _CHECK_ID.fullmatch(check.id):
        yield placed(f"{place}, id", "lint.check_id")
    if not check.title.strip():
        yield placed(f"{place}, title", "lint.blank")
    known = {*rulebook.field_by_id, *(group.id for group in rulebook.groups), *rulebook.indicator_by_id}
    for key, source in (("holds", check.holds), ("when", check.when)):
        yield from _empty(f"{place}, {key}", source)
    # Of a name that its expressions ask for they have a fault themselves.
    silent = "each" not in f"{check.holds} {check.when}"
    for name in check.each:
        if silent and name not in known:
            yield placed(f"{place}, each", "lint.each", name=name, remedy=nearest_or(name, known, worded("lint.do.id")))
    for key, text in (("message", check.message), ("remedy", check.remedy)):
        try:
            forms = [(word, form, turned) for _, word, form, turned in Formatter().parse(text) if word is not None]
        except ValueError:
            continue
        for word, form, turned in forms:
            if form or turned:
                yield placed(f"{place}, {key}", "lint.word_form", word=word)


def _empty(place: str, source: str | None) -> Iterator[str]:
    """A condition that no figure decides. Of one that does not parse its own fault is told."""
    try:
        tree = parse(source or "")
    except ExpressionError:
        return
    if next(leaves(tree), None) is None:
        yield placed(place, "lint.constant")
    elif isinstance(tree, Compare) and tree.left == tree.right:
        yield placed(place, "lint.tautology")


def _explainable(rulebook: Rulebook) -> Iterator[str]:
    """What departments choose from a drop-down, which takes a comma for its own."""
    for choice, check in rulebook.explainable.items():
        if "," in choice:
            yield placed(f"check {check.id}, title", "lint.title_comma")

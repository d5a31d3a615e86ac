"""What a rulebook's shape cannot say: ids that exist, expressions that parse, points that add up, bands without a hole.

Every fault is a line that names the rule, the key, where it has one the column, the fault and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from string import Formatter
from typing import Literal

from perfbatch.model.words.catalogue import behind, in_front, placed, worded
from perfbatch.rulebook.checks import check_bindings, place_of
from perfbatch.rulebook.expression import ExpressionError, parse
from perfbatch.rulebook.kinds.band import Band, Domain, holes
from perfbatch.rulebook.lint_form import lint_form
from perfbatch.rulebook.lint_rows import lint_required, lint_rows
from perfbatch.rulebook.lint_scores import lint_scores
from perfbatch.rulebook.lint_values import lint_values
from perfbatch.rulebook.model import Check, Indicator, Rulebook
from perfbatch.rulebook.names import NUMERIC_KINDS, Namespace, Type, type_word
from perfbatch.rulebook.nearest import nearest_or
from perfbatch.rulebook.tree import Binary, Member, Node, bind

__all__ = ["lint"]

# What reconciliation puts into a check's message and remedy.
_WORDS = ("label", "item", "title")


def lint(rulebook: Rulebook) -> list[str]:
    """Every fault of a rulebook, in its own order; an empty list for a sound one."""
    return [
        *_fields(rulebook),
        *_points(rulebook),
        *_grades(rulebook),
        *_caps(rulebook),
        *lint_form(rulebook),
        *lint_required(rulebook, _expression),
        *lint_rows(rulebook, _expression),
        *(fault for indicator in rulebook.indicators for fault in _indicator(indicator, rulebook)),
        *(fault for check in rulebook.checks for fault in _check(check, rulebook)),
        *lint_values(rulebook),
        *lint_scores(rulebook),
    ]


def _fields(rulebook: Rulebook) -> Iterator[str]:
    for field in rulebook.fields():
        if field.kind not in rulebook.kinds:
            yield placed(f"field {field.id}, kind", "lint.kind", kind=field.kind)
        if field.kind == "choice" and not field.choices and field.id != rulebook.roles.evidence_answer:
            yield placed(f"field {field.id}, choices", "lint.no_choices")
        if field.since > rulebook.revision:
            yield placed(f"field {field.id}, since", "lint.since", since=field.since)
    for table in rulebook.unit_tables.values():
        columns = {column.id for column in table.fields}
        for column in table.fields:
            for part in column.parts:
                if part not in columns:
                    yield placed(f"field {column.id}, parts", "lint.part", table=table.id, part=part)


def _points(rulebook: Rulebook) -> Iterator[str]:
    groups = {group.id: group for group in rulebook.groups}
    total = sum((group.points for group in rulebook.groups), Decimal())
    if total != rulebook.total_points:
        yield placed("groups", "lint.total", total=total, wanted=rulebook.total_points)
    for group in rulebook.groups:
        points = sum((indicator.points for indicator in rulebook.indicators if indicator.group == group.id), Decimal())
        if points != group.points:
            yield placed(f"group {group.id}", "lint.group_total", total=points, wanted=group.points)
    for indicator in rulebook.indicators:
        if indicator.group not in groups:
            yield placed(f"indicator {indicator.id}, group", "lint.group", group=indicator.group)


def _grades(rulebook: Rulebook) -> Iterator[str]:
    if not rulebook.grades:
        # Where nothing is scored, nothing is graded.
        if rulebook.is_scored:
            yield placed("grades", "lint.no_grades")
        return
    bands = [Band(minimum=grade.minimum, below=grade.below, points=Decimal()) for grade in rulebook.grades]
    yield from (behind("grades", fault) for fault in holes(bands, Domain()))


def _caps(rulebook: Rulebook) -> Iterator[str]:
    namespace = Namespace(rulebook, "department", scored=False)
    for cap in rulebook.caps:
        place = f"cap {cap.id}"
        if not cap.source.strip():
            yield placed(f"{place}, source", "lint.source")
        if cap.id in rulebook.indicator_by_id:
            yield placed(f"{place}, id", "lint.cap_id")
        if cap.maximum >= rulebook.total_points:
            yield placed(f"{place}, maximum", "lint.cap", maximum=cap.maximum, total=rulebook.total_points)
        yield from _expression(f"{place}, when", cap.when, namespace, "condition")


def _indicator(indicator: Indicator, rulebook: Rulebook) -> Iterator[str]:
    place = f"indicator {indicator.id}"
    if not any(source.strip() for source in indicator.sources):
        yield placed(f"{place}, sources", "lint.source")
    namespace = Namespace(rulebook, "department", scored=False)
    if indicator.ratio is not None:
        yield from _expression(f"{place}, ratio", indicator.ratio, namespace, "number")
        yield from _is_ratio(place, indicator.ratio)
    elif indicator.part_of_whole or indicator.last_year_denominator:
        yield placed(place, "lint.no_ratio")
    if indicator.figure is not None:
        yield from _expression(f"{place}, figure", indicator.figure, namespace, "number")
    rule = indicator.rule
    if rule.needs_figure == (indicator.ratio is None and indicator.figure is None):
        yield placed(place, "lint.figure_needed" if rule.needs_figure else "lint.figure_idle", kind=rule.kind)
    if indicator.deviation is not None and not rule.needs_figure:
        yield placed(f"{place}, deviation", "lint.deviation", kind=rule.kind)
    known_types = {
        choice for field in rulebook.fields() if field.id == rulebook.roles.target_type for choice in field.choices
    }
    for target_type in indicator.target_types:
        if target_type not in known_types:
            yield placed(
                f"{place}, target_types", "lint.target_type", role=rulebook.roles.target_type, target_type=target_type
            )
    yield from (behind(f"{place}, rule", fault) for fault in rule.faults(indicator, _FormGround(rulebook)))


def _is_ratio(place: str, source: str) -> Iterator[str]:
    try:
        tree = parse(source)
    except ExpressionError:
        return
    if not (isinstance(tree, Binary) and tree.op == "/"):
        yield placed(f"{place}, ratio", "lint.ratio")


class _FormGround:
    """What a rule may ask of the form when it is linted."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._namespace = Namespace(rulebook, "department", scored=False)

    def is_field(self, name: str) -> bool:
        """Whether a name may stand alone in a rule."""
        return name in self._namespace.fields

    def counts(self, name: str) -> bool:
        """Whether it is a field of the form that holds a number."""
        field = self._rulebook.field_by_id.get(name)
        return field is not None and field.kind in NUMERIC_KINDS and self.is_field(name)

    def expression(
        self,
        place: str,
        source: str,
        wanted: Literal["number", "condition"],
        let: Mapping[str, Node] | None = None,
    ) -> Iterator[str]:
        """The faults of an expression that stands in a rule."""
        return _expression(place, source, self._namespace, wanted, let)


def _check(check: Check, rulebook: Rulebook) -> Iterator[str]:
    place = f"check {check.id}"
    if not check.source.strip():
        yield placed(f"{place}, source", "lint.source")
    yield from (in_front(f"{place}, ", fault) for fault in _wording(check))
    unknown = [
        table for table in (*check.each_table, *check.each_total, *check.each_part) if table not in rulebook.unit_tables
    ]
    if unknown:
        yield placed(place, "lint.table", tables=", ".join(unknown))
        return
    for key, names, known in (
        ("each_matrix", check.each_matrix, [*rulebook.matrices]),
        ("each_group", check.each_group, [group.id for group in rulebook.groups]),
    ):
        for name in names:
            if name not in known:
                remedy = nearest_or(name, known, worded("lint.do.id"))
                yield placed(f"{place}, {key}", "lint.no_each", name=name, remedy=remedy)
                return
    if (check.scope == "row") != (check.table is not None):
        yield placed(f"{place}, table", "lint.scope_table")
        return
    if check.table is not None and check.table not in rulebook.row_tables:
        remedy = nearest_or(check.table, rulebook.row_tables, worded("lint.do.table"))
        yield placed(f"{place}, table", "lint.no_row_table", name=check.table, remedy=remedy)
        return
    namespace = Namespace(rulebook, check.scope, table=check.table or "")
    against = [
        fault
        for name, source in check.each_against.items()
        for fault in _expression(f"each_against.{name}", source, namespace, "number")
    ]
    if against:
        yield from (in_front(f"{place}, ", fault) for fault in against)
        return
    seen: set[str] = set()
    for bindings in check_bindings(check, rulebook):
        for fault in _bound_check(check, bindings, namespace, rulebook):
            if fault not in seen:
                seen.add(fault)
                yield in_front(f"{place}, ", fault)


def _wording(check: Check) -> Iterator[str]:
    for key, text in (("message", check.message), ("remedy", check.remedy)):
        try:
            words = [word for _, word, _, _ in Formatter().parse(text) if word is not None]
        except ValueError as error:
            yield placed(key, "lint.brackets", error=error)
            continue
        for word in words:
            known = (*_WORDS, "row") if check.scope in ("target", "row") else _WORDS
            if word not in known:
                yield placed(key, "lint.word", word=word, words=", ".join(f"{{{name}}}" for name in known))


def _bound_check(check: Check, bindings: Mapping[str, Node], namespace: Namespace, book: Rulebook) -> Iterator[str]:
    faults = [
        *_expression("holds", check.holds, namespace, "condition", bindings),
        *(_expression("when", check.when, namespace, "condition", bindings) if check.when else ()),
        *(_expression("expected", check.expected, namespace, None, bindings) if check.expected else ()),
    ]
    yield from faults
    if faults:
        return
    try:
        place = place_of(check, bind(parse(check.holds), bindings), bindings)
    except ExpressionError as error:
        yield behind(f"at, column {error.column}", error.fault)
        return
    field = place.field if isinstance(place, Member) else place.id
    if field not in book.field_by_id:
        yield placed("at", "lint.no_cell", field=field)


def _expression(
    place: str, source: str, namespace: Namespace, wanted: Type | None, bindings: Mapping[str, Node] | None = None
) -> Iterator[str]:
    try:
        inferred = namespace.infer(bind(parse(source), bindings or {}))
    except ExpressionError as error:
        yield placed(f"{place}, column {error.column}", "lint.expression", fault=error.fault, source=source)
        return
    if wanted is not None and inferred != wanted:
        yield placed(
            f"{place}, column 1", "lint.type", wanted=type_word(wanted), inferred=type_word(inferred), source=source
        )

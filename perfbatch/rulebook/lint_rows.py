"""What is wrong with indicators that departments write row by row, and with fields that must be filled under a condition."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from perfbatch.model.words.catalogue import placed, worded
from perfbatch.rulebook.form import SINGLE, FormField
from perfbatch.rulebook.indicator_rows import IndicatorRows, RowCase
from perfbatch.rulebook.model import RowsBlock, Rulebook, SignatureBlock
from perfbatch.rulebook.names import NUMERIC_KINDS, Namespace, Type
from perfbatch.rulebook.nearest import nearest_or

__all__ = ["lint_required", "lint_rows"]

Expressed = Callable[[str, str, Namespace, Type | None], Iterator[str]]
"""The faults of an expression: its place, its text, what names mean, what it must come to."""


def lint_required(rulebook: Rulebook, expressed: Expressed) -> Iterator[str]:
    """Conditions under which a field must be filled stand where what they look at is."""
    for _, block in rulebook.blocks():
        if isinstance(block, SignatureBlock):
            continue
        for field in block.fields:
            if field.required_when is None:
                continue
            place = f"field {field.id}, required_when"
            if isinstance(block, RowsBlock):
                yield from expressed(
                    place, field.required_when, Namespace(rulebook, "row", table=block.id), "condition"
                )
            elif isinstance(block, SINGLE):
                yield from expressed(place, field.required_when, Namespace(rulebook, "department"), "condition")
            else:
                yield placed(place, "lint.required_when", layout=block.layout)


def lint_rows(rulebook: Rulebook, expressed: Expressed) -> Iterator[str]:
    """The faults of `[[indicator_rows]]`."""
    seen: dict[str, str] = {}
    groups = {group.id for group in rulebook.groups}
    for spec in rulebook.indicator_rows:
        place = f"indicator_rows {spec.id}"
        if rulebook.scorecard is not None:
            yield placed(place, "lint.rows_and_scorecard")
        table = rulebook.row_tables.get(spec.rows)
        if table is None:
            remedy = nearest_or(spec.rows, rulebook.row_tables, worded("lint.do.table"))
            yield placed(f"{place}, rows", "lint.no_row_table", name=spec.rows, remedy=remedy)
            continue
        for group in spec.groups:
            if group not in groups:
                remedy = nearest_or(group, groups, worded("lint.do.id"))
                yield placed(f"{place}, group.map", "lint.no_each", name=group, remedy=remedy)
            elif group in seen:
                yield placed(f"{place}, group.map", "lint.rows_twice", group=group, other=seen[group])
            elif spec.indicator_of(group) not in rulebook.indicator_by_id:
                yield placed(f"{place}, group.map", "lint.rows_points", group=group)
            seen.setdefault(group, spec.id)
        yield from _columns(place, spec, {field.id: field for field in table.fields})
        namespace = Namespace(rulebook, "row", table=spec.rows)
        yield from expressed(f"{place}, filled", spec.filled, namespace, "condition")
        for number, case in enumerate(spec.cases, start=1):
            yield from _case(f"{place}, cases[{number}]", case, namespace, expressed)


def _columns(place: str, spec: IndicatorRows, fields: dict[str, FormField]) -> Iterator[str]:
    named = {"name": spec.name, "max": spec.max, "self": spec.self, "group.by": spec.group.by}
    for key, name in (named | ({"subgroup": spec.subgroup} if spec.subgroup else {})).items():
        if name not in fields:
            remedy = nearest_or(name, fields, worded("lint.do.field"))
            yield placed(f"{place}, {key}", "lint.preset_column", column=name, remedy=remedy)
        elif (fields[name].kind in NUMERIC_KINDS) != (key in ("max", "self")):
            yield placed(f"{place}, {key}", "lint.no_numbers" if key in ("max", "self") else "lint.no_texts", name=name)
    headings = fields.get(spec.group.by)
    if headings is not None and headings.choices:
        for heading in spec.group.map:
            if heading not in headings.choices:
                remedy = nearest_or(heading, headings.choices, worded("lint.do.choice"))
                yield placed(f"{place}, group.map", "lint.preset", value=heading, column=headings.id, remedy=remedy)
        for choice in headings.choices:
            if choice not in spec.group.map:
                yield placed(f"{place}, group.map", "lint.rows_choice", choice=choice)


def _case(place: str, case: RowCase, namespace: Namespace, expressed: Expressed) -> Iterator[str]:
    yield from expressed(f"{place}.when", case.when, namespace, "condition")
    if case.points is not None:
        yield from expressed(f"{place}.points", case.points, namespace, "number")
    outcomes = (case.points is not None, case.range is not None, case.not_applicable)
    if sum(outcomes) != 1:
        yield placed(place, "lint.rows_case")
    if case.range is not None and case.range[0] > case.range[1]:
        yield placed(f"{place}.range", "lint.rows_range")

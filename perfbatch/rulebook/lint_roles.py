"""The fields that play a part in a form: whose file a workbook is, its scores and grade, the scorecard's columns, the targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from perfbatch.model.words.catalogue import placed, worded
from perfbatch.rulebook.form import Block
from perfbatch.rulebook.model import (
    CardBlock,
    EvidenceBlock,
    FormField,
    Rulebook,
    ScorecardBlock,
    SignatureBlock,
    UnitTableBlock,
)
from perfbatch.rulebook.names import NUMERIC_KINDS
from perfbatch.rulebook.nearest import nearest_or
from perfbatch.rulebook.roles import Roles

__all__ = ["lint_roles"]

_KEY_KINDS = ("code", "id", "year", "text", "choice")
_SCORECARD = ("item_id", "item_max", "item_self")
_EVIDENCE = ("evidence_id", "evidence_answer")
_EXPLANATIONS = ("explained_check", "explained_place", "explanation")
_TARGETS = ("target_type", "target", "target_actual")


def lint_roles(rulebook: Rulebook) -> list[str]:
    """The faults of what plays a part, in the order of the parts."""
    return [*_roles(rulebook), *_grade_choices(rulebook)]


def _roles(rulebook: Rulebook) -> Iterator[str]:
    single = _fields_in(rulebook, CardBlock)
    for key in rulebook.entity.key:
        yield from _role("entity.key", key, single, worded("lint.role.card"))
    for key, times in Counter(rulebook.entity.key).items():
        if times > 1:
            yield placed("entity.key", "lint.key_twice", key=key)
    for key in rulebook.entity.key:
        if key in single and single[key].kind not in _KEY_KINDS:
            yield placed("entity.key", "lint.key_kind", key=key)
    if len(rulebook.entity.key) > 1:
        for key in rulebook.entity.key:
            if key in single and single[key].kind not in ("code", "id", "year"):
                yield placed("entity.key", "lint.key", key=key)
    played = Counter(name for _, name in rulebook.roles if name in rulebook.field_by_id)
    for role, name in rulebook.roles:
        if played[name] > 1:
            yield placed(f"roles.{role}", "lint.role_twice", name=name)
    yield from _role("entity.name", rulebook.entity.name, single, worded("lint.role.card"))
    for key, name in (("group", rulebook.entity.group), ("group_name", rulebook.entity.group_name)):
        if name is not None:
            yield from _role(f"entity.{key}", name, single, worded("lint.role.card"))
    for key in ("fiscal_year", "report_date"):
        # A form need not have them; one that names them must.
        if key in rulebook.roles.model_fields_set:
            yield from _role(f"roles.{key}", getattr(rulebook.roles, key), single, worded("lint.role.card"))
    if rulebook.indicators or "self_total" in rulebook.roles.model_fields_set:
        yield from _role("roles.self_total", rulebook.roles.self_total, single, worded("lint.role.card"), numeric=True)
    yield from _roles_in(rulebook, _SCORECARD, ScorecardBlock, worded("lint.role.scorecard"))
    yield from _roles_in(rulebook, _EVIDENCE, EvidenceBlock, worded("lint.role.evidence"))
    yield from _roles_in(rulebook, ("sub_unit",), UnitTableBlock, worded("lint.role.units"))
    if rulebook.explanation_block is not None:
        explained = {field.id: field for field in rulebook.explanation_block.fields}
        for role in _EXPLANATIONS:
            name = getattr(rulebook.roles, role)
            yield from _role(
                f"roles.{role}", name, explained, worded("lint.role.table", table=rulebook.roles.explanations)
            )
    table = rulebook.row_tables.get(rulebook.roles.targets)
    if table is None:
        if _needs_targets(rulebook):
            remedy = nearest_or(rulebook.roles.targets, rulebook.row_tables, worded("lint.do.targets"))
            yield placed("roles.targets", "lint.targets", name=rulebook.roles.targets, remedy=remedy)
        return
    columns = {field.id: field for field in table.fields}
    for role in _TARGETS:
        yield from _role(
            f"roles.{role}", getattr(rulebook.roles, role), columns, worded("lint.role.table", table=table.id)
        )


def _needs_targets(rulebook: Rulebook) -> bool:
    """Whether anything in the rulebook looks into the table of the targets."""
    return (
        "targets" in rulebook.roles.model_fields_set
        or any(indicator.target_types for indicator in rulebook.indicators)
        or any(check.scope == "target" for check in rulebook.checks)
    )


def _roles_in(rulebook: Rulebook, roles: tuple[str, ...], layout: type[Block], where: str) -> Iterator[str]:
    """The parts that a block of some layout has, where the form has such a block."""
    fields = _fields_in(rulebook, layout)
    if fields:
        for role in roles:
            name = getattr(rulebook.roles, role)
            numeric = role in ("item_max", "item_self")
            yield from _role(f"roles.{role}", name, fields, where, numeric=numeric)


def _fields_in(rulebook: Rulebook, layout: type[Block]) -> dict[str, FormField]:
    return {
        field.id: field
        for _, block in rulebook.blocks()
        if isinstance(block, layout) and not isinstance(block, SignatureBlock)
        for field in block.fields
    }


def _role(place: str, name: str, fields: dict[str, FormField], where: str, *, numeric: bool = False) -> Iterator[str]:
    if name not in fields:
        yield placed(
            place, "lint.role", where=where, name=name, remedy=nearest_or(name, fields, worded("lint.do.field"))
        )
    elif numeric and fields[name].kind not in NUMERIC_KINDS:
        yield placed(place, "lint.no_numbers", name=name)


def _grade_choices(rulebook: Rulebook) -> Iterator[str]:
    field = rulebook.field_by_id.get(rulebook.roles.self_grade)
    if field is None:
        if "self_grade" in rulebook.roles.model_fields_set and rulebook.roles != Roles():
            yield placed("roles.self_grade", "lint.own_grade", name=rulebook.roles.self_grade)
        return
    if not field.choices:
        # Told where the choices are looked at.
        return
    grades = [grade.name for grade in rulebook.grades]
    for name in grades:
        if name not in field.choices:
            yield placed(
                f"field {field.id}, choices",
                "lint.grade_missing",
                name=name,
                remedy=nearest_or(name, field.choices, worded("lint.do.add")),
            )
    for choice in field.choices:
        if choice not in grades:
            yield placed(
                f"field {field.id}, choices",
                "lint.no_grade",
                choice=choice,
                remedy=nearest_or(choice, grades, worded("lint.do.drop")),
            )

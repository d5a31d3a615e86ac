"""Which fields play a part that the program has to know: whose file it is, the scorecard's columns, the totals.

The names of the 部门整体支出 form stand here as defaults; a form that calls them otherwise says so in `[entity]` and `[roles]`.
No other module names a field of a form for these parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from perfbatch.rulebook.form import Model
from perfbatch.rulebook.marks import BlockId, FieldId

__all__ = ["Entity", "MoneySheet", "Roles", "entity_code", "entity_key", "usual_sheets"]


class Entity(Model):
    """Whose file one workbook is: what people call it, the fields that it is known by, and its name. `group` is what several
    of them belong to (of projects the department), `group_name` what that is called."""

    noun: Annotated[str, Field(min_length=1, max_length=10)] = "部门"
    key: Annotated[tuple[FieldId, ...], Field(min_length=1)] = ("budget_code",)
    name: FieldId = "unit_name"
    group: FieldId | None = None
    group_name: FieldId | None = None


def entity_code(parts: Sequence[str]) -> str:
    """The fields of a key as one text, by which an entity is known everywhere; "" where one of them is not stated."""
    # Codes have no blanks in them: what is put together with one can be told apart again.
    return " ".join(parts) if all(parts) else ""


def entity_key(entity: Entity, code: str) -> list[str]:
    """The fields of a key out of that text; nothing where it is not known."""
    return (code.split(" ") if len(entity.key) > 1 else [code]) if code else []


class MoneySheet(Model):
    """A sheet of the summary with every department's figures of some unit tables, side by side."""

    sheet: Annotated[str, Field(min_length=1, max_length=31)]
    title: str
    blocks: Annotated[tuple[BlockId, ...], Field(min_length=1)]


def usual_sheets() -> tuple[MoneySheet, ...]:
    """The sheets of a rulebook that names none: those of the 部门整体支出 form."""
    return (
        MoneySheet(sheet="收支汇总", title="部门收支汇总（万元）", blocks=("revenue", "expenditure")),
        MoneySheet(
            sheet="三公与资产",
            title="部门“三公”经费与固定资产汇总（万元）",
            blocks=("three_public", "fixed_assets"),
        ),
    )


class Roles(Model):
    """Field ids by part. `budget_code` and `unit_name` are a department's, which the run report states of every form that has
    them. The `item_…` are columns of the scorecard, the `evidence_…` of the evidence list, the `target…` of the
    table `targets`, the `expla…` of the table `explanations`, which a form need not have; `sub_unit` is the column of unit names
    in the tables with a row per unit."""

    budget_code: FieldId = "budget_code"
    unit_name: FieldId = "unit_name"
    fiscal_year: FieldId = "fiscal_year"
    report_date: FieldId = "report_date"
    self_total: FieldId = "self_score_total"
    self_grade: FieldId = "self_grade"
    sub_unit: FieldId = "entity_name"
    item_id: FieldId = "item_id"
    item_max: FieldId = "item_max"
    item_self: FieldId = "item_self_score"
    item_reason: FieldId = "item_deduction_reason"
    evidence_id: FieldId = "evidence_id"
    evidence_answer: FieldId = "evidence_answer"
    targets: BlockId = "targets"
    target_type: FieldId = "indicator_type"
    target: FieldId = "indicator_target"
    target_actual: FieldId = "indicator_actual"
    explanations: BlockId = "explanations"
    explained_check: FieldId = "explained_check"
    explained_place: FieldId = "explained_place"
    explanation: FieldId = "explanation_text"

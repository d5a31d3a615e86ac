"""Submissions made in a test from a small table of what was typed, without a workbook.

Numbers become exact facts of the field's kind (amounts with the form's rounding step, finer where typed finer), `None` a
blank, `UNREADABLE` a cell that could not be read. Each fact gets a made-up but unique place: sheet = the section's sheet,
cell = `<field>!<row>`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from perfbatch.model.submission import SCALE, Column, Fact, State, Submission
from perfbatch.rulebook.load import read_rulebook
from perfbatch.rulebook.model import RowsBlock, Rulebook
from perfbatch.rulebook.names import NUMERIC_KINDS

RULEBOOK: Rulebook = read_rulebook().rulebook
UNREADABLE = object()


def fact(field: str, row: int, typed: Any, rulebook: Rulebook = RULEBOOK) -> Fact:
    """The fact that a typed value becomes."""
    sheet, cell = _sheet_of(field, rulebook), f"{field}!{row}"
    if typed is None:
        return Fact(field, row, State.BLANK, None, 0, sheet, cell)
    if typed is UNREADABLE:
        return Fact(field, row, State.UNREADABLE, None, 0, sheet, cell)
    kind = rulebook.field_by_id[field].kind
    if kind not in NUMERIC_KINDS and not (field == "evidence_answer" and not isinstance(typed, str)):
        return Fact(field, row, State.FILLED, typed, 0, sheet, cell)
    exact = Decimal(str(typed)) * (100 if field == "satisfaction_rate" else 1)
    places = max(2, -int(exact.normalize().as_tuple().exponent)) if kind in ("amount", "area") else None
    step = SCALE // 10**places if places is not None else 0
    return Fact(field, row, State.FILLED, int(exact * SCALE), step, sheet, cell)


def submission(typed: Mapping[str, Any], rulebook: Rulebook = RULEBOOK, file: str = "") -> Submission:
    """A submission; what the blank form comes with (ids, points, types) is filled in."""
    values = {**_printed(rulebook), **typed}
    evidence = values.pop("evidence", {})
    ids = [evidence_id for indicator in rulebook.indicators for evidence_id in indicator.evidence_ids]
    values["evidence_id"], values["evidence_answer"] = ids, [evidence.get(evidence_id) for evidence_id in ids]
    facts: dict[str, tuple[Fact, ...]] = {}
    for field in rulebook.fields():
        value = values.get(field.id)
        column = value if isinstance(value, list) else [value]
        facts[field.id] = tuple(fact(field.id, row, value, rulebook) for row, value in enumerate(column))
    code, name = values.get("budget_code") or "", values.get("unit_name") or ""
    return Submission(file or f"{code}.xlsx", code, name, columns(facts), ())


def columns(facts: Mapping[str, Sequence[Fact]]) -> dict[str, Column]:
    """Facts by field as a submission holds them."""
    return {
        field: Column(
            next((cell_fact.sheet for cell_fact in column), ""),
            " ".join(cell_fact.cell for cell_fact in column),
            bytes(cell_fact.state for cell_fact in column),
            tuple(cell_fact.value for cell_fact in column),
            tuple(cell_fact.step for cell_fact in column) if any(cell_fact.step for cell_fact in column) else (),
        )
        for field, column in facts.items()
    }


def _printed(rulebook: Rulebook) -> dict[str, Any]:
    targets = next(block for _, block in rulebook.blocks() if isinstance(block, RowsBlock) and block.preset_column)
    return {
        "item_id": [indicator.id for indicator in rulebook.indicators],
        "item_max": [indicator.points for indicator in rulebook.indicators],
        "indicator_type": [row.value for row in targets.preset_rows for _ in range(row.count)],
    }


def _sheet_of(field: str, rulebook: Rulebook) -> str:
    for section, block in rulebook.blocks():
        total = getattr(block, "total", None)
        if any(spec.id == field for spec in getattr(block, "fields", ())) or (total is not None and total.id == field):
            return section.sheet
    raise KeyError(field)

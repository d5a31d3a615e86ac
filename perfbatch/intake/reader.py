"""A workbook's bytes → a submission: guard, parse, recognise the form, read every field, say what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from perfbatch.intake.guard import inspect
from perfbatch.intake.limits import Limits
from perfbatch.intake.normalise import normalise, normalise_answer
from perfbatch.intake.numerals import fold, plain
from perfbatch.intake.reading import Reading, Remark, finding_of
from perfbatch.intake.recompute import Recomputation
from perfbatch.intake.set_aside import SetAside
from perfbatch.intake.submission import Fact, State, Submission
from perfbatch.intake.workbook import RawCell, Workbook, open_workbook
from perfbatch.rulebook.model import (
    Block,
    CardBlock,
    EvidenceBlock,
    FormField,
    PerCaseRule,
    Rulebook,
    ScorecardBlock,
    SignatureBlock,
    UnitTableBlock,
)

__all__ = ["STAMP_SHEET", "read_submission"]

STAMP_SHEET = "_perfbatch"
_STAMP = ("form_id", "form_version")
_TOLERANCE = Fraction(1, 1_000_000)
_NUMERIC = ("amount", "count", "area", "score", "percent", "year")
_EMPTY = (State.BLANK, State.STATED_NONE)


def read_submission(content: bytes, file: str, rulebook: Rulebook, limits: Limits | None = None) -> Submission:
    """Read one workbook. `file` is its path relative to the inbox, for the findings.

    Every field of the form has its facts, in the order of its cells; a field whose cells cannot be found has one
    UNREADABLE fact without a place. `budget_code` and `unit_name` are "" where the workbook does not state them.
    Raises `SetAside` (F01–F07) where the file is not a readable submission of this form.
    """
    limits = limits or Limits()
    inspect(content, limits)
    with open_workbook(content, limits, rulebook.field_by_id) as workbook:
        _recognise(workbook, rulebook)
        return _Reader(workbook, file, rulebook).submission()


def _recognise(workbook: Workbook, rulebook: Rulebook) -> None:
    """Raise `SetAside` F05 or F06 unless the stamp names this form and the version that the rulebook knows."""
    if STAMP_SHEET not in workbook.sheets:
        raise SetAside("F05")
    stamp: dict[str, str] = {}
    for row, name in enumerate(_STAMP, start=1):
        if workbook.cell(STAMP_SHEET, row, 1).value == name:
            value = workbook.cell(STAMP_SHEET, row, 2).value
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            stamp[name] = plain(Decimal(repr(value))) if is_number else fold(str(value or ""))
    if stamp.get("form_id") != rulebook.form_id:
        raise SetAside("F05")
    version = stamp.get("form_version", "")
    if version != rulebook.form_version:
        raise SetAside("F06", version[:40] or "（未注明）")


class _Reader:
    """Reads the fields of one open workbook; one per workbook, so nothing is carried over to the next."""

    def __init__(self, workbook: Workbook, file: str, rulebook: Rulebook) -> None:
        self._workbook = workbook
        self._file = file
        self._rulebook = rulebook
        self._facts: dict[str, tuple[Fact, ...]] = {}
        self._remarks: list[tuple[Remark, FormField, Fact]] = []
        self._recomputations: dict[str, Recomputation] = {}
        self._counted = frozenset(
            evidence
            for indicator in rulebook.indicators
            if isinstance(indicator.rule, PerCaseRule)
            for evidence in indicator.evidence_ids
        )

    def submission(self) -> Submission:
        """Everything that the workbook states."""
        areas = self._workbook.names
        self._workbook.claim({name: area for name, area in areas.items() if name in self._rulebook.field_by_id})
        for _, block in self._rulebook.blocks():
            if isinstance(block, SignatureBlock):
                continue
            single = isinstance(block, CardBlock)
            # The ids of rows first: what an answer may be hangs on the id beside it.
            for field in sorted(block.fields, key=lambda one: one.kind != "id"):
                self._read_field(field, block, single=single)
            if isinstance(block, ScorecardBlock):
                self._read_field(block.total, block, single=True, derived=True)
            self._require(block)
        if not any(fact.state is not State.UNREADABLE or fact.cell for facts in self._facts.values() for fact in facts):
            # The stamp is there and not one input cell: the form's sheets are gone.
            raise SetAside("F03")
        budget_code, unit_name = self._text("budget_code"), self._text("unit_name")
        findings = tuple(
            finding_of(remark, field, fact, self._file, budget_code) for remark, field, fact in self._remarks
        )
        return Submission(self._file, budget_code, unit_name, self._facts, findings)

    def _text(self, field: str) -> str:
        facts = self._facts.get(field, ())
        return facts[0].value if facts and isinstance(facts[0].value, str) else ""

    def _read_field(self, field: FormField, block: Block, *, single: bool, derived: bool = False) -> None:
        area = self._workbook.names.get(field.id)
        if area is None:
            lost = Fact(field.id, 0, State.UNREADABLE, None, 0, "", "")
            self._facts[field.id] = (lost,)
            self._remarks.append((Remark("C14"), field, lost))
            return
        if single:
            cells = [self._workbook.cell(area.sheet, area.first_row, area.first_column)]
        else:
            cells = self._workbook.column(area)
        facts: list[Fact] = []
        for row, cell in enumerate(cells):
            reading = self._read_cell(cell, field, block, row, derived=derived)
            reading = self._verify(reading, cell, field)
            fact = Fact(field.id, row, reading.state, reading.value, reading.step, cell.sheet, cell.cell)
            facts.append(fact)
            self._remarks.extend((remark, field, fact) for remark in reading.remarks)
        self._facts[field.id] = tuple(facts)

    def _read_cell(self, cell: RawCell, field: FormField, block: Block, row: int, *, derived: bool) -> Reading:
        if isinstance(block, EvidenceBlock) and field.kind == "choice":
            # The answers' kind hangs on the row: the ids stand in the columns before.
            ids = [self._facts[other.id] for other in block.fields if other.kind == "id" and other.id in self._facts]
            counted = any(row < len(facts) and facts[row].value in self._counted for facts in ids)
            return normalise_answer(cell, field, self._rulebook, counted=counted)
        return normalise(cell, field, self._rulebook, derived=derived)

    def _verify(self, reading: Reading, cell: RawCell, field: FormField) -> Reading:
        """Hold a formula's stored result against the formula (C11).

        A stored result that differs stands, with the finding. Where nobody calculated the workbook since a program wrote
        it, a stored result means nothing unless recomputing confirms it.
        """
        if cell.formula is None or not cell.has_value or cell.kind == "error" or reading.state is State.BLANK:
            return reading
        if reading.state is State.UNREADABLE and cell.calculated:
            return reading
        expected: Fraction | None = None
        if field.kind in _NUMERIC and isinstance(cell.value, int | float):
            expected = self._recomputation(cell.sheet).value_of(cell.row, cell.column)
            if expected is not None and abs(Fraction(Decimal(repr(cell.value))) - expected) <= _TOLERANCE:
                return reading
        if expected is None and cell.calculated:
            return reading
        reported = plain(Decimal(repr(cell.value))) if isinstance(cell.value, int | float) else str(cell.value)
        details = {"typed": "=" + cell.formula, "reported": reported}
        difference = ""
        if expected is not None:
            difference = _rounded(Fraction(Decimal(repr(cell.value))) - expected)
        remark = Remark("C11", details, reported, "" if expected is None else _rounded(expected), difference)
        if cell.calculated:
            return Reading(reading.state, reading.value, reading.step, (*reading.remarks, remark))
        return Reading(State.UNREADABLE, remarks=(remark,))

    def _recomputation(self, sheet: str) -> Recomputation:
        if sheet not in self._recomputations:
            trusted = not self._workbook.full_calculation
            self._recomputations[sheet] = Recomputation(self._workbook.cells(sheet), trust_stored=trusted)
        return self._recomputations[sheet]

    def _require(self, block: Block) -> None:
        """Say which required cells are empty (C07): single cells, the summary row of a unit table, every row in use elsewhere."""
        if isinstance(block, SignatureBlock):
            return
        used = self._used_rows(block)
        for field in block.fields:
            if not field.required:
                continue
            for fact in self._facts[field.id]:
                if fact.state in _EMPTY and fact.row in used:
                    self._remarks.append((Remark("C07", reported=""), field, fact))

    def _used_rows(self, block: Block) -> frozenset[int]:
        if isinstance(block, CardBlock | UnitTableBlock | SignatureBlock):
            return frozenset({0})
        columns: Mapping[str, tuple[Fact, ...]] = {field.id: self._facts[field.id] for field in block.fields}
        return frozenset(fact.row for facts in columns.values() for fact in facts if fact.state is not State.BLANK)


def _rounded(value: Fraction) -> str:
    """A recomputed value as people read it: exact up to nine decimals."""
    return plain(Decimal(round(value * 10**9)).scaleb(-9))

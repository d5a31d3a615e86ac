"""A workbook's bytes → a submission: guard, parse, recognise the form, read every field, say what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import TypeAlias

from perfbatch.intake.explaining import explanations_in
from perfbatch.intake.form_fields import FormFields, form_fields
from perfbatch.intake.formats import FormWorkbook, open_form
from perfbatch.intake.named_places import NamedPlace
from perfbatch.intake.numerals import fold, plain
from perfbatch.intake.reading import Remark, active_finding, finding_of, unread_formulas
from perfbatch.intake.scorecard_rows import match_items
from perfbatch.intake.stored_results import StoredResults
from perfbatch.intake.unit_rows import PairedRows, pair_unit_rows
from perfbatch.model.catalogue import NAMES_ELSEWHERE, NAMES_GONE, NO_STAMP
from perfbatch.model.limits import Limits
from perfbatch.model.notices import NOTICE_SHEET
from perfbatch.model.set_aside import SetAside
from perfbatch.model.submission import SCALE, Column, Fact, State, Submission
from perfbatch.package.addresses import cell_name
from perfbatch.package.raw_cell import RawCell
from perfbatch.rulebook.form import SINGLE
from perfbatch.rulebook.forms import Forms, forms_of
from perfbatch.rulebook.model import (
    CardBlock,
    EvidenceBlock,
    FormField,
    MatrixBlock,
    RowsBlock,
    Rulebook,
    ScorecardBlock,
    UnitTableBlock,
)
from perfbatch.rulebook.roles import entity_code

__all__ = ["STAMP_SHEET", "read_form", "read_submission"]

STAMP_SHEET = "_perfbatch"
_FieldBlock: TypeAlias = CardBlock | UnitTableBlock | RowsBlock | MatrixBlock | ScorecardBlock | EvidenceBlock
# What the stamp says, and in which row; a form's first revision did not state that it was one.
_STAMP = {"form_id": 1, "form_version": 2, "revision": 4}
_FIRST_REVISION = "1"
_EMPTY = (State.BLANK, State.STATED_NONE)
_LOST = Column("", "", bytes([State.UNREADABLE]), (None,))
_NOT_YET = Column("", "", bytes([State.BLANK]), (None,))


def read_submission(
    content: bytes, file: str, forms: Forms, limits: Limits | None = None, *, plainly: bool = True
) -> Submission:
    """Read one workbook of one of the forms. `file` is its path relative to the inbox, for the findings.

    `plainly` False leaves all markup to the parsers: slower, and the same (`plain_sheet`).

    Every field of the form has its facts, in the order of its cells; a field whose cells cannot be found has one
    UNREADABLE fact without a place, one that the workbook's revision of the form did not have yet a BLANK one. `entity_code` and `entity_title` are "" where the workbook does not state them.
    Raises `SetAside` (F01–F07) where the file is not a readable submission of any of these forms.
    """
    return read_form(content, file, forms, limits, plainly=plainly)[0]


def read_form(
    content: bytes, file: str, forms: Forms, limits: Limits | None = None, *, plainly: bool = True
) -> tuple[Submission, Rulebook]:
    """The same, and the rulebook whose form it is. What is raised names that one too, where the stamp could be read."""
    limits, rulebooks = limits or Limits(), forms_of(forms)
    wanted = (
        rulebooks[0].field_by_id
        if len(rulebooks) == 1
        else frozenset[str]().union(*(rulebook.field_by_id for rulebook in rulebooks))
    )
    workbook = open_form(content, limits, wanted, (STAMP_SHEET, NOTICE_SHEET), plainly=plainly)
    rulebook, revision = _recognise(workbook, rulebooks)
    try:
        return _Reader(workbook, file, form_fields(rulebook), revision).submission(), rulebook
    except SetAside as reason:
        raise SetAside(reason.code, reason.what, rulebook.id) from None


def _recognise(workbook: FormWorkbook, rulebooks: Sequence[Rulebook]) -> tuple[Rulebook, int]:
    """Whose form the workbook is, and the revision that it was made on.

    Raises `SetAside` F05 or F06 unless the stamp names one of the forms, and a version and revision that its rulebook knows."""
    if STAMP_SHEET not in workbook.sheets:
        raise SetAside("F05", NO_STAMP)
    stamp: dict[str, str] = {}
    for name, row in _STAMP.items():
        if workbook.cell(STAMP_SHEET, row, 1).value == name:
            value = workbook.cell(STAMP_SHEET, row, 2).value
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            stamp[name] = plain(Decimal(repr(value))) if is_number else fold(str(value or ""))
    form, version = stamp.get("form_id", ""), stamp.get("form_version", "")
    if not form:
        raise SetAside("F05", NO_STAMP)
    of_form = [rulebook for rulebook in rulebooks if rulebook.form_id == form]
    if not of_form:
        raise SetAside("F06", f"{version[:40] or '（未注明）'}（表格标识 {form[:40]}）")
    rulebook = next((rulebook for rulebook in of_form if rulebook.form_version == version), None)
    if rulebook is None:
        raise SetAside("F06", version[:40] or "（未注明）")
    revision = stamp.get("revision") or _FIRST_REVISION
    if revision not in map(str, range(1, rulebook.revision + 1)):
        raise SetAside("F06", f"{version}（修订号 {revision[:20]}）", rulebook.id)
    return rulebook, int(revision)


class _Reader:
    """Reads the fields of one open workbook; one per workbook, so nothing of it is carried over to the next."""

    def __init__(self, workbook: FormWorkbook, file: str, form: FormFields, revision: int) -> None:
        self._workbook = workbook
        self._revision = revision
        self._file = file
        self._form = form
        self._rulebook = form.rulebook
        self._columns: dict[str, Column] = {}
        self._places: Mapping[str, NamedPlace] = {}
        self._remarks: list[tuple[Remark, FormField, int]] = []
        self._stored_results = StoredResults(workbook)

    def submission(self) -> Submission:
        """Everything that the workbook states."""
        self._places = self._form.places.find(self._workbook)
        self._workbook.claim({name: place.area for name, place in self._places.items() if place.area is not None})
        for block, fields in self._form.blocks:
            single = isinstance(block, SINGLE)
            for field in fields:
                self._read_field(field, block, single=single)
            if isinstance(block, ScorecardBlock):
                self._read_field(block.total, block, single=True, derived=True)
        if not any(column.cells for column in self._columns.values()):
            # The stamp is there and not one input cell: a program that saved the workbook dropped the names, or a person
            # moved the form's sheets to another workbook.
            moved = self._workbook.elsewhere & self._rulebook.field_by_id.keys()
            raise SetAside("F05", NAMES_ELSEWHERE if moved else NAMES_GONE)
        placed = [(remark, self._columns[field.id].fact(field.id, row)) for remark, field, row in self._remarks]
        self._remarks.clear()
        paired = pair_unit_rows(self._workbook, self._rulebook, self._columns)
        self._columns |= paired.columns
        items = match_items(self._workbook, self._form.items, self._columns)
        if items.column is not None:
            self._columns[self._form.item_id] = items.column
        placed += [*paired.remarks, *items.remarks]
        for block, _ in self._form.blocks:
            self._require(block)
        placed += [(remark, self._columns[field.id].fact(field.id, row)) for remark, field, row in self._remarks]
        code = entity_code([self._text(name) for name in self._rulebook.entity.key])
        title = self._text(self._rulebook.entity.name)
        findings = tuple(
            finding_of(
                remark,
                self._rulebook.field_by_id[fact.field],
                fact,
                self._file,
                code,
                self._row_of(fact, paired),
            )
            for remark, fact in placed
        )
        findings += active_finding(self._workbook.active_content(), self._file, code)
        findings += unread_formulas(self._workbook.without_formulas, self._file, code)
        explanations = explanations_in(self._workbook, self._rulebook, self._columns)
        return Submission(self._file, code, title, self._columns, findings, explanations)

    def _row_of(self, fact: Fact, paired: PairedRows) -> int | None:
        """The row of its field's column that a fact is now; None for what stands once or nowhere."""
        if not fact.cell or fact.field not in self._form.columns:
            return None
        moved = paired.columns.get(fact.field)
        cells = moved.cells.split(" ") if moved is not None else []
        return cells.index(fact.cell) if fact.cell in cells else fact.row

    def _text(self, field: str) -> str:
        values = self._columns[field].values if field in self._columns else ()
        value = values[0] if values else None
        # A year is a count like any figure.
        return str(value // SCALE) if isinstance(value, int) else value if isinstance(value, str) else ""

    def _read_field(self, field: FormField, block: _FieldBlock, *, single: bool, derived: bool = False) -> None:
        area, moved, heading, row_headings = self._places[field.id]
        if area is None and field.since > self._revision:
            self._columns[field.id] = _NOT_YET
            return
        if area is None:
            self._columns[field.id] = _LOST
            self._remarks.append((Remark("C14"), field, 0))
            return
        if moved is not None:
            place = cell_name(area.first_row, area.first_column)
            self._columns[field.id] = Column(area.sheet, place, bytes([State.UNREADABLE]), (None,))
            self._remarks.append((moved, field, 0))
            return
        names, rows, held = self._workbook.held(area, single=single)
        answers = self._answers(block, field, rows)
        states, steps = bytearray(rows), [0] * rows
        values: list[int | str | date | None] = [None] * rows
        figures = None if heading or row_headings else self._form.figures[field.id]
        texts = None if derived or answers or heading or row_headings else self._form.texts[field.id]
        for row, content, number_format in held:
            # What is typed as most figures and texts are is read without more ado; a formula's result is held against the formula.
            typed = ""
            if isinstance(content, RawCell):
                cell = content
            elif isinstance(content, str):
                known = None if texts is None else texts.get((content, number_format))
                if known is not None:
                    states[row], values[row], steps[row] = known.state, known.value, known.step
                    for remark in known.remarks:
                        self._remarks.append((remark, field, row))
                    continue
                typed = content
                cell = self._workbook.cell(area.sheet, area.first_row + row, area.first_column)
            else:
                plain_figure = None if figures is None else figures.read(content, number_format)
                if plain_figure is not None:
                    states[row] = State.FILLED
                    values[row], steps[row] = plain_figure
                    continue
                cell = self._workbook.cell(area.sheet, area.first_row + row, area.first_column)
            if cell.value is not None and (cell.column != area.first_column or cell.row < area.first_row):
                cell = self._without_label(cell, field)
            if cell.kind == "blank" and cell.formula is None and not cell.struck:
                continue
            answer = answers[row] if answers else ""
            stated = row_headings.get(cell.row, heading) if row_headings else heading
            reading = self._form.read(cell, field, derived=derived, answer=answer, heading=stated)
            if cell.formula is not None:
                reading = self._stored_results.verify(reading, cell, field)
            elif typed and texts is not None:
                self._form.remember_text(field, typed, number_format, reading)
            states[row], values[row], steps[row] = reading.state, reading.value, reading.step
            for remark in reading.remarks:
                self._remarks.append((remark, field, row))
        self._columns[field.id] = Column(
            area.sheet, names, bytes(states), tuple(values), tuple(steps) if any(steps) else ()
        )

    def _without_label(self, cell: RawCell, field: FormField) -> RawCell:
        """A cell merged with what stands left of it or above: the label is no answer."""
        if not isinstance(cell.value, str):
            return cell
        answer = self._form.places.labels.after_label(cell.value, field)
        if answer.strip():
            return cell._replace(value=answer)
        return cell._replace(kind="blank", value=None, formula=None, has_value=False, struck="")

    def _answers(self, block: _FieldBlock, field: FormField, rows: int) -> list[str]:
        """How the evidence answers are read, row by row: that hangs on the id beside it. Empty for any other field."""
        if not (isinstance(block, EvidenceBlock) and field.kind == "choice"):
            return []
        ids = [
            self._columns[other.id].values for other in block.fields if other.kind == "id" and other.id in self._columns
        ]
        counted = self._form.counted
        return [
            "counted" if any(row < len(named) and named[row] in counted for named in ids) else "ticked"
            for row in range(rows)
        ]

    def _require(self, block: _FieldBlock) -> None:
        """Say which required cells are empty (C07): single cells, the summary row of a unit table, every row in use elsewhere."""
        required = [field for field in block.fields if field.required and self._columns[field.id] is not _NOT_YET]
        used = self._used_rows(block) if required else []
        for field in required:
            states = self._columns[field.id].states
            for row in used:
                if row < len(states) and states[row] in _EMPTY:
                    self._remarks.append((Remark("C07", reported=""), field, row))

    def _used_rows(self, block: _FieldBlock) -> list[int]:
        if isinstance(block, (*SINGLE, UnitTableBlock)):
            return [0]
        columns = [self._columns[field.id].states for field in block.fields]
        return [row for row, states in enumerate(zip_longest(*columns, fillvalue=0)) if any(states)]

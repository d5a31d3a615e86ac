"""The hidden sheet: a row per input cell that a rule reads, with its value as a whole number and what state it is in.

Columns: A field, B value (counts of 1/SCALE of the field's unit, or the text), C rounding step in the same counts, D 1 where
something is filled in, E 1 where what stands there cannot be read, F how many live checks fail at the cell, G what stands there. The score
block stands right of them, and right of that the verdicts of the checks. But for G, formulas refer to cells of this sheet alone.

A table into which rows may be inserted is read by the name of its column, row by row: the name grows with it. Rows to spare
are there for that; past them the sheet says that it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from perfbatch.model.submission import SCALE
from perfbatch.rulebook.formula_terms import Figure, Term, Words, gather, plus, quoted
from perfbatch.rulebook.model import EvidenceBlock, FormField, Kind
from perfbatch.rulebook.names import NUMERIC_KINDS
from perfbatch.template.grid import CellRange
from perfbatch.template.layout import Layout
from perfbatch.template.live.days import day_in
from perfbatch.template.live.item_rows import EvidenceCells, ScorecardCells

__all__ = [
    "LIVE_SHEET",
    "NONE_COLUMN",
    "ONCE_COLUMN",
    "OVER_COLUMN",
    "SPARE_ROWS",
    "STATED_NONE",
    "Leaf",
    "Leaves",
    "counts_nothing",
    "none_words",
]

LIVE_SHEET = "_live"

STATED_NONE = ("无", "/", "-", "—", "－", "--", "——", "……", "…")
NO_CASES = ("无", "没有", "零")
NONE_COLUMN = "AC"
"""Where the hidden sheet lists the words that state that there is nothing."""
ONCE_COLUMN = "BI"
"""Where it works out what many formulas ask for."""
OVER_COLUMN = "AD"
"""Where it says which tables have become longer than it can follow."""
SPARE_ROWS = 20
"""Rows that may be inserted into a table and still are followed."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One input cell on the hidden sheet; `row` counts from 0. `cell` is where the blank form has it; `content` is the formula
    of what stands there."""

    field: FormField
    cell: CellRange
    row: int
    content: str = ""

    def column(self, letter: str) -> str:
        """A reference to one of the leaf's columns, for formulas on the hidden sheet itself."""
        return f"{letter}{self.row + 1}"


@dataclass
class Leaves:
    """Leaves made as they are asked for, a whole column of a field at once, so that a column's leaves stand together."""

    layout: Layout
    _columns: dict[str, list[Leaf]] = field(default_factory=dict)
    _next: int = 1
    _once: dict[str, str] = field(default_factory=dict)

    def once(self, formula: str) -> str:
        """A cell that works out what many formulas ask for."""
        return self._once.setdefault(formula, f"${ONCE_COLUMN}${len(self._once) + 1}")

    def once_formulas(self) -> list[str]:
        """What stands in those cells, from the top."""
        return [f"={formula}" for formula in self._once]

    def column_of(self, field_id: str) -> list[Leaf]:
        """The leaves of a field, one per input row, and to spare where rows may be inserted. Raises `KeyError` for a field
        that the form does not have."""
        if field_id not in self._columns:
            place = self.layout.places[field_id]
            if field_id in self.items.fields:
                contents = [self.items.content(field_id, row) for row in range(self.items.length)]
            elif field_id == self.evidence.field:
                contents = [self.evidence.content(row) for row in range(place.where.rows)]
            elif field_id in self._growing:
                contents = [_grown(field_id, row) for row in range(place.where.rows + SPARE_ROWS)]
                if field_id in self._headings:
                    contents = [contents[0], *(self._carried(content, row) for row, content in enumerate(contents[1:]))]
            else:
                contents = [_standing(place.where.cell(row).reference) for row in range(place.where.rows)]
            self._columns[field_id] = self._made(place.field, place.where, contents)
        return self._columns[field_id]

    def names_of(self, name: str, where: CellRange) -> list[Leaf]:
        """The leaves of a column of unit names that is no field of the form, but has a name of its own."""
        if name not in self._columns:
            self._columns[name] = self._made(
                FormField(id="names", label="", kind="text"),
                where,
                [_grown(name, row) for row in range(where.rows + SPARE_ROWS)],
            )
        return self._columns[name]

    def _made(self, spec: FormField, where: CellRange, contents: list[str]) -> list[Leaf]:
        leaves = [Leaf(spec, where.cell(row), self._next + row, content) for row, content in enumerate(contents)]
        self._next += len(leaves)
        return leaves

    @cached_property
    def items(self) -> ScorecardCells:
        """The rows of the scorecard."""
        return ScorecardCells(self.layout)

    @cached_property
    def evidence(self) -> EvidenceCells:
        """The rows of the evidence list."""
        return EvidenceCells(self.layout)

    @cached_property
    def _growing(self) -> frozenset[str]:
        """The columns of tables into which rows may be inserted, and are then read by their position."""
        return frozenset(name for columns in self.growing_tables.values() for name in columns)

    @cached_property
    def _headings(self) -> frozenset[str]:
        """The columns whose blank cells say what the row above says."""
        return frozenset(name for block in self.layout.rulebook.row_tables.values() for name in block.headings)

    def _carried(self, content: str, row_above: int) -> str:
        """What a heading says: its cell, or where that is blank what stands above."""
        above = f"G{self._next + row_above + 1}"
        here = content.removeprefix("=")
        return f'=IF(ISERROR({here}),{here},IF({here}="",{above},{here}))'

    @cached_property
    def growing_tables(self) -> dict[str, tuple[str, ...]]:
        """Table → its columns, for those tables."""
        book = self.layout.rulebook
        tables = {table: block.fields for table, block in book.unit_tables.items()}
        rows = {
            name: block.fields
            for name, block in book.row_tables.items()
            if block.preset_rows or name in book.tables_in_rules
        }
        return {table: tuple(field.id for field in fields) for table, fields in {**tables, **rows}.items()}

    def over(self, table: str) -> str:
        """A cell of the hidden sheet: more than 0 where a table has become longer than is followed."""
        return f"${OVER_COLUMN}${list(self.growing_tables).index(table) + 1}"

    def over_formulas(self) -> list[str]:
        """What stands in those cells, from the top."""
        shown = {table: columns[-1] for table, columns in self.growing_tables.items()}
        return [f"=N(ROWS({column})>{self.layout.where(column).rows + SPARE_ROWS})" for column in shown.values()]

    def term(self, field_id: str, row: int = 0) -> Term:
        """What a field's cell is in a formula."""
        leaf = self.column_of(field_id)[row]
        if self.is_number(leaf.field):
            return _figure(leaf)
        return Words(leaf.column("B"), leaf.column("D"), leaf.column("E"))

    def day(self, field_id: str, row: int = 0) -> str:
        """A cell with the day of a field that holds a date; 0 where nothing readable stands there."""
        leaf = self.column_of(field_id)[row]
        kind = self.layout.rulebook.kind_of(leaf.field)
        first, last = (None if bound is None else int(bound) for bound in (kind.minimum, kind.maximum))
        return day_in(leaf.column("G"), first, last, self.once)

    def summary(self, field_id: str) -> Term:
        """What the first row of a field of the unit tables is in the formula of any row: one text in all of them."""
        leaf = self.column_of(field_id)[0]
        refs = [f"${letter}${leaf.row + 1}" for letter in "BCDE"]
        if self.is_number(leaf.field):
            return Figure(refs[0], SCALE, refs[1] if leaf.field.kind in ("amount", "area") else "0", refs[2], refs[3])
        return Words(refs[0], refs[2], refs[3])

    def figure(self, field_id: str, row: int = 0) -> Figure:
        """A number's cell. Raises `TypeError` for a text."""
        term = self.term(field_id, row)
        if not isinstance(term, Figure):
            raise TypeError(f"{field_id} is not a number")
        return term

    def own_score(self, number: int) -> Figure:
        """The department's own score of an indicator by its number; unknown where the form has no place for it."""
        rulebook = self.layout.rulebook
        own = rulebook.score_places.own_fields.get(rulebook.indicators[number].id)
        if own is None:
            return Figure("0", SCALE, "0", "0", "0")
        return self.figure(own, number if rulebook.scorecard is not None else 0)

    def items_total(self, field_id: str, rows: list[int], which: str, number: int) -> Figure:
        """The sum over rows of a field of the scorecard, and over what is beyond them: of a group's (`group`, `points`) or a
        set's (`set`) number; 0 for all."""
        total, beyond = self.total(field_id, rows), self.column_of(field_id)[len(self.layout.rulebook.indicators) :]
        asked = self.items.beyond_range(which)
        criterion = number or quoted(">0")

        def summed(letter: str) -> str:
            return f"SUMIF({asked},{criterion},{beyond[0].column(letter)}:{beyond[-1].column(letter)})"

        return Figure(
            self.once(plus(total.num, summed("B"))),
            SCALE,
            total.slack,
            self.once(gather(total.known, summed("D"))),
            self.once(gather(total.tainted, summed("E"))),
        )

    def total(self, field_id: str, rows: list[int]) -> Figure:
        """The sum over rows of a field's column."""
        leaves = [self.column_of(field_id)[row] for row in rows]
        if not leaves:
            return Figure("0", SCALE, "0", "0", "0")
        runs = _runs(leaves)
        return Figure(
            plus(*(_sum("B", run) for run in runs)),
            SCALE,
            plus(*(_sum("C", run) for run in runs)) if leaves[0].field.kind in ("amount", "area") else "0",
            gather(*(_sum("D", run) for run in runs)),
            gather(*(_sum("E", run) for run in runs)),
        )

    def is_number(self, spec: FormField) -> bool:
        """Whether a field is a number; the evidence answers are texts and counts in one column, read as texts."""
        return spec.kind in NUMERIC_KINDS

    def rows(self) -> list[Leaf]:
        """Every leaf made so far, from the top."""
        return [leaf for column in self._columns.values() for leaf in column]

    def formulas(self, leaf: Leaf) -> tuple[str, str, str, str]:
        """The formulas of columns B to E."""
        ref = leaf.column("G")
        if not self.is_number(leaf.field):
            return _text_formulas(ref, leaf, self._is_evidence(leaf.field))
        kind = self.layout.rulebook.kind_of(leaf.field)
        return _number_formulas(ref, leaf, kind, nothing_is_zero=leaf.field.id in self._cases)

    @cached_property
    def _cases(self) -> frozenset[str]:
        """The fields that count cases, where a word for none is a 0."""
        rules = [indicator.rule for indicator in self.layout.rulebook.indicators]
        return frozenset(field for rule in rules for field in rule.none_is_zero_of())

    def _is_evidence(self, spec: FormField) -> bool:
        block = self.layout.rulebook.evidence_block
        return isinstance(block, EvidenceBlock) and any(field.id == spec.id for field in block.fields)


def _standing(reference: str) -> str:
    return f'=IF({reference}="","",{reference})'


def _grown(name: str, row: int) -> str:
    """A cell of a named column; "" where the column is shorter."""
    cell = f"INDEX({name},{row + 1})"
    return f'=IF(ROWS({name})<{row + 1},"",IF({cell}="","",{cell}))'


def _figure(leaf: Leaf) -> Figure:
    slack = leaf.column("C") if leaf.field.kind in ("amount", "area") else "0"
    return Figure(leaf.column("B"), SCALE, slack, leaf.column("D"), leaf.column("E"))


def _runs(leaves: list[Leaf]) -> list[tuple[Leaf, Leaf]]:
    """First and last of each run of leaves that stand together."""
    runs: list[tuple[Leaf, Leaf]] = []
    for leaf in leaves:
        if runs and runs[-1][1].row + 1 == leaf.row:
            runs[-1] = (runs[-1][0], leaf)
        else:
            runs.append((leaf, leaf))
    return runs


def _sum(letter: str, run: tuple[Leaf, Leaf]) -> str:
    first, last = run
    if first == last:
        return first.column(letter)
    return f"SUM({first.column(letter)}:{last.column(letter)})"


def none_words() -> str:
    """The range of the hidden sheet that lists them."""
    return f"${NONE_COLUMN}$1:${NONE_COLUMN}${len(STATED_NONE)}"


def counts_nothing(ref: str) -> str:
    """Whether a word for no case stands in a cell."""
    return f"OR({','.join(f'TRIM({ref})={quoted(word)}' for word in NO_CASES)})"


def _number_formulas(ref: str, leaf: Leaf, kind: Kind, *, nothing_is_zero: bool) -> tuple[str, str, str, str]:
    row, spec = leaf.row + 1, leaf.field
    # A percentage stands in its cell as a fraction of one; what is more than one was meant as the percentage itself.
    figure = f"IF({ref}>1,{ref},100*{ref})" if spec.kind == "percent" else ref
    bounds = [f"{figure}<{kind.minimum}"] if kind.minimum is not None else []
    bounds += [f"{figure}>{kind.maximum}"] if kind.maximum is not None else []
    if spec.kind in ("count", "year"):
        bounds.append(f"{ref}<>INT({ref})")
    outside = f"OR({','.join(bounds)})" if bounds else "FALSE"
    none = f"IF(ISNUMBER({ref}),FALSE,{counts_nothing(ref)})"
    value = f"=IF(D{row}=1,{f'IF(ISNUMBER({ref}),ROUND({figure}*{SCALE},0),0)' if nothing_is_zero else f'ROUND({figure}*{SCALE},0)'},0)"
    step = "=0"
    if spec.kind in ("amount", "area"):
        steps = [10**power for power in range(4, 0, -1)]
        finer = "1"
        for size in reversed(steps):
            finer = f"IF(INT(B{row}/{size})*{size}=B{row},{size},{finer})"
        step = f"=IF(D{row}=1,{finer},0)"
    otherwise = f"IF(ISERROR({ref}),0,N({none}))" if nothing_is_zero else "0"
    filled = f"=IF(ISNUMBER({ref}),IF({outside},0,1),{otherwise})"
    worded = f'IF(TRIM({ref})="",0,IF(ISNUMBER(MATCH(TRIM({ref}),{none_words()},0)),0,1))'
    if nothing_is_zero:
        worded = f"IF({none},0,{worded})"
    unreadable = f"=IF(ISERROR({ref}),1,IF(ISNUMBER({ref}),1-D{row},{worded}))"
    return value, step, filled, unreadable


def _text_formulas(ref: str, leaf: Leaf, is_evidence: bool) -> tuple[str, str, str, str]:
    row = leaf.row + 1
    value = f'=IF(ISERROR({ref}),"",TRIM({ref}))'
    none = f"ISNUMBER(MATCH(B{row},{none_words()},0))"
    filled = f'=IF(B{row}="",0,IF({none},0,1))'
    unreadable = f"=IF(ISERROR({ref}),1,0)"
    choices = leaf.field.choices
    if choices and not is_evidence:
        listed = "{" + ",".join(f'"{choice}"' for choice in choices) + "}"
        filled = f"=IF(ISNUMBER(MATCH(B{row},{listed},0)),1,0)"
        unreadable = f'=IF(ISERROR({ref}),1,IF(B{row}="",0,IF({none},0,1-D{row})))'
    return value, "=0", filled, unreadable

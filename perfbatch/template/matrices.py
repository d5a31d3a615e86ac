"""Tables of fixed rows and columns (项目资金): every input cell is a field of its own; what is worked out stands beside it as a formula."""

from __future__ import annotations

from collections.abc import Mapping

from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.form import MatrixColumn, MatrixRow
from perfbatch.rulebook.model import MatrixBlock
from perfbatch.rulebook.tree import Binary, Name, Negative, Node, Number, leaves
from perfbatch.template.cards import input_cell
from perfbatch.template.grid import CellRange
from perfbatch.template.plan import Form, SheetPlan, Style

__all__ = ["matrix_widths", "place_matrix"]

_LABEL_WIDTH, _COLUMN_WIDTH = 22.0, 13.0
_HEADER_ROW, _ROW = 27.0, 24.0
_FORMATS = {"percent": "0.00%"}

Spans = list[tuple[int, int]]
"""First and last column of the sheet, for the labels and for each column of the table."""


def matrix_widths(block: MatrixBlock) -> tuple[float, ...]:
    """Columns of a sheet with this table, in digits."""
    return (_LABEL_WIDTH, *[_COLUMN_WIDTH] * len(block.columns))


def place_matrix(form: Form, plan: SheetPlan, block: MatrixBlock) -> None:
    """Lay a table out below what the sheet has, on whole columns of the sheet."""
    plan.print_row(block.title, Style.SUBTITLE, _HEADER_ROW)
    spans = _spread(plan.widths[: plan.printed_columns], matrix_widths(block))
    plan.need_height(plan.row, _HEADER_ROW)
    plan.print_cell(_across(plan, spans[0]), "项目", Style.HEADER)
    for column, span in zip(block.columns, spans[1:], strict=True):
        plan.print_cell(_across(plan, span), column.label, Style.HEADER)
    plan.row += 1
    for row in block.rows:
        plan.need_height(plan.row, _ROW)
        plan.print_cell(_across(plan, spans[0]), row.label, Style.LABEL)
        for column, span in zip(block.columns, spans[1:], strict=True):
            _place_cell(form, plan, block, row, column, span)
        _place_formulas(form, plan, block, row, spans)
        plan.row += 1


def _across(plan: SheetPlan, span: tuple[int, int]) -> CellRange:
    return plan.area(plan.row, span[0], plan.row, span[1])


def _place_cell(
    form: Form, plan: SheetPlan, block: MatrixBlock, row: MatrixRow, column: MatrixColumn, span: tuple[int, int]
) -> None:
    """An input cell, the points of an indicator, or an empty frame; formulas come once the row's cells have their places."""
    cell = block.cells.get(block.cell_id(row.id, column.id))
    if cell is not None:
        plan.put_field(form, cell.field, plan.row, span[0], [input_cell(form, cell.field)], merged=_across(plan, span))
    elif not block.has_cell(row, column) or column.formula is None:
        shown = column.show == "max" and block.has_cell(row, column) and column.indicator is not None
        points = form.rulebook.indicator_by_id[column.indicator or ""].points if shown else None
        plan.print_cell(_across(plan, span), points, Style.POINTS if shown else Style.TEXT)


def _place_formulas(form: Form, plan: SheetPlan, block: MatrixBlock, row: MatrixRow, spans: Spans) -> None:
    for column, span in zip(block.columns, spans[1:], strict=True):
        if column.formula is None or not block.has_cell(row, column):
            continue
        tree = parse(column.formula)
        names = dict.fromkeys(leaf.id for leaf in leaves(tree) if isinstance(leaf, Name))
        places = {name: form.places.get(block.cell_id(row.id, name)) for name in names}
        cells = {name: place.where.local for name, place in places.items() if place is not None}
        if len(cells) < len(names):
            plan.print_cell(_across(plan, span), None, Style.TEXT)
            continue
        kind = column.kind or "number"
        known = form.rulebook.kinds.get(kind)
        shown = _FORMATS.get(kind) or (known.number_format if known is not None else "General")
        filled = f"COUNT({','.join(cells.values())})<{len(cells)}"
        formula = f'=IF({filled},"",IFERROR(TEXT({_written(tree, cells)},"{shown}"),""))'
        plan.print_cell(_across(plan, span), None, Style.CENTRE, formula)


def _written(node: Node, cells: Mapping[str, str]) -> str:
    """Arithmetic over the cells of a row as Excel writes it."""
    match node:
        case Number(value):
            return f"({value.numerator}/{value.denominator})" if value.denominator != 1 else str(value.numerator)
        case Name(name):
            return cells[name]
        case Negative(operand):
            return f"(-{_written(operand, cells)})"
        case Binary(operator, left, right):
            return f"({_written(left, cells)}{operator}{_written(right, cells)})"
    raise TypeError(f"no arithmetic: {node!r}")


def _spread(widths: tuple[float, ...], wanted: tuple[float, ...]) -> Spans:
    """Share a sheet's columns among the table's, each as near as can be to its share of the width."""
    ends = [sum(widths[: number + 1]) for number in range(len(widths))]
    scale = ends[-1] / sum(wanted)
    spans: Spans = []
    first = 0
    for number in range(len(wanted)):
        left = len(wanted) - number - 1
        aim = sum(wanted[: number + 1]) * scale
        last = len(widths) - 1
        if left:
            last = min(range(first, len(widths) - left), key=lambda at: abs(ends[at] - aim))
        spans.append((first, last))
        first = last + 1
    return spans

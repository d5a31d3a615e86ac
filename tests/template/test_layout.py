"""The layout as data: every field has its cells, and nothing stands on anything else."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbatch.model.errors import OperatorFault
from perfbatch.rulebook.load import read_rulebook
from perfbatch.rulebook.model import UnitTableBlock
from perfbatch.template import Layout, lay_out
from perfbatch.template.cards import pair_columns
from perfbatch.template.grid import CellRange
from perfbatch.template.pages import page_breaks
from perfbatch.template.plan import FieldPlace, SheetPlan

RULEBOOK = read_rulebook().rulebook


def _drawn(plan: SheetPlan) -> list[CellRange]:
    return [printed.where for printed in plan.printed] + [_area(place) for place in plan.places]


def _area(place: FieldPlace) -> CellRange:
    return place.merged or place.where


@settings(max_examples=25)
@given(st.integers(min_value=0, max_value=70))
def test_no_cell_is_drawn_twice_and_every_column_has_its_rows(units: int) -> None:
    layout = lay_out(RULEBOOK, units)
    assert list(layout.places) == [field.id for field in RULEBOOK.fields()]
    for plan in layout.sheets:
        taken: set[tuple[int, int]] = set()
        for where in _drawn(plan):
            cells = {
                (row, column)
                for row in range(where.top, where.bottom + 1)
                for column in range(where.left, where.right + 1)
            }
            assert not cells & taken, (plan.sheet, where)
            taken |= cells
            assert where.bottom < plan.row
            assert where.right < len(plan.widths)
    for table in RULEBOOK.unit_tables.values():
        assert {layout.where(field.id).rows for field in table.fields} == {2 + units}


def test_the_overlap_check_sees_a_planted_overlap() -> None:
    plan = lay_out(RULEBOOK, 1).sheets[3]
    first = plan.places[0].where
    plan.printed[0] = type(plan.printed[0])(first, "", plan.printed[0].style)
    assert any(area.overlaps(other) for area, other in combinations(_drawn(plan), 2))


def test_the_layouts_of_two_calls_share_nothing() -> None:
    first, second = lay_out(RULEBOOK, 3), lay_out(RULEBOOK, 3)
    first.sheets[0].heights.clear()
    assert second.sheets[0].heights
    assert _summary(lay_out(RULEBOOK, 3)) == _summary(second)


def _summary(layout: Layout) -> list[tuple[str, CellRange]]:
    return [(field_id, place.where) for field_id, place in layout.places.items()]


def test_a_negative_number_of_units_is_refused() -> None:
    with pytest.raises(OperatorFault) as fault:
        lay_out(RULEBOOK, -1)
    assert str(fault.value) == "--units: -1 subordinate units. Give 0 or more."


def test_page_breaks_stand_before_whole_tables() -> None:
    layout = lay_out(RULEBOOK, 10)
    plan = next(plan for plan in layout.sheets if plan.sheet == "收支情况")
    tables = [block for _, block in RULEBOOK.blocks() if isinstance(block, UnitTableBlock)]
    titles = {printed.value: printed.where.top for printed in plan.printed if isinstance(printed.value, str)}
    assert page_breaks(plan) == [titles[table.title] for table in tables[1:]]


def test_every_table_of_many_units_begins_a_page() -> None:
    layout = lay_out(RULEBOOK, 70)
    plan = next(plan for plan in layout.sheets if plan.sheet == "收支情况")
    assert page_breaks(plan) == sorted(set(plan.blocks))[1:]


@pytest.mark.parametrize(
    ("widths", "pairs", "expected"),
    [
        ((24.0, 18.0, 24.0, 18.0), 2, (((0, 0), (1, 1)), ((2, 2), (3, 3)))),
        ((24.0, 18.0, 24.0, 18.0), 1, (((0, 0), (1, 3)),)),
        ((11.0, 12.0, 30.5, 30.5), 2, (((0, 1), (2, 3)),)),
        ((22.0, 22.0, 22.0, 18.0), 3, (((0, 0), (1, 1)), ((2, 2), (3, 3)))),
    ],
    ids=["two pairs", "one pair", "too narrow for two", "three asked, two fit"],
)
def test_cards_take_whole_columns(
    widths: tuple[float, ...], pairs: int, expected: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
) -> None:
    assert pair_columns(widths, pairs) == expected

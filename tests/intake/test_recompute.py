"""Recomputing formulas: exact where they are understood, no verdict where they are not."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.intake.recompute import Recomputation
from perfbatch.package.addresses import cell_name
from perfbatch.package.sheet_cells import StoredCell, parse_cell, shift_formula

STORED = {
    "A1": StoredCell("n", 0, "1.1", None, True),
    "A2": StoredCell("n", 0, "2.2", None, True),
    "A3": StoredCell("s", 0, "", None, True),
    "A5": StoredCell("b", 0, "1", None, True),
    "B1": StoredCell("n", 0, "99", "A1+A2", True),
    "B2": StoredCell("n", 0, "7", "VLOOKUP(A1,C:D,2)", True),
    "B3": StoredCell("n", 0, "", "VLOOKUP(A1,C:D,2)", False),
    "B4": StoredCell("e", 0, "#REF!", None, True),
    "B5": StoredCell("str", 0, "", 'IF(A1="","",A1)', True),
}


def evaluate(formula: str, *, trust_stored: bool = True, more: dict[str, StoredCell] | None = None) -> Fraction | None:
    cells = {**STORED, **(more or {}), "Z99": StoredCell("n", 0, "0", formula, True)}
    stored = {parse_cell(name): cell for name, cell in cells.items()}
    return Recomputation(stored, trust_stored=trust_stored).value_of(*parse_cell("Z99"))


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1+2*3", "7"),
        ("(1+2)*3", "9"),
        ("-A1+A2", "11/10"),
        ("2-3-4", "-5"),
        ("8/4/2", "1"),
        ("50%", "1/2"),
        ("1E3", "1000"),
        (" $A$1 + A$2 ", "33/10"),
        ("A1/A2*100", "50"),
        ("SUM(A1:A9)", "33/10"),
        ("SUM(A1,A2,A3,10)", "133/10"),
        ("SUM(A2:A1)", "33/10"),
        ("SUM(A1+1,A2)", "43/10"),
        ("A1+A4", "11/10"),
        ("B1", "33/10"),
        ("ROUND(A1/3,2)", "37/100"),
        ("ROUND(-5/2,0)", "-3"),
        ("B2+1", "8"),
        ("SUM(B5:B5)", "0"),
    ],
)
def test_understood(formula: str, value: str) -> None:
    assert evaluate(formula) == Fraction(value)


@pytest.mark.parametrize(
    "formula",
    [
        *(
            "",
            "A3+1",
            "A5+1",
            "A1/0",
            "A1/A4",
            "B4",
            "SUM(B4:B4)",
            "B3",
            "IF(A1,1,2)",
            "封面!A1",
            "'封面'!A1+1",
            "[1]x!A1",
        ),
        *(
            "A1:A2",
            "1 2",
            "1+",
            "(1",
            "1)",
            "A1^2",
            '"1"+1',
            "SUM()",
            "SUM(A1:A2",
            "{1}",
            "SUM(A1:ZZZ9)",
            "AA1B",
            "Z99+1",
        ),
        *("ROUND(1,99)", "SUM(A1:XFD1048576)", "(" * 400 + "1" + ")" * 400, "1+" * 600 + "1"),
    ],
)
def test_no_verdict(formula: str) -> None:
    assert evaluate(formula) is None


def test_where_nobody_calculated_a_stored_value_is_no_ground() -> None:
    assert evaluate("B2+1", trust_stored=False) is None
    assert evaluate("B1+1", trust_stored=False) == Fraction("43/10")


def test_a_ring_of_references_ends_without_a_verdict() -> None:
    ring = {"C1": StoredCell("n", 0, "1", "Z99+1", True)}
    assert evaluate("C1+1", trust_stored=False, more=ring) is None


def test_a_tower_of_squares_is_given_up() -> None:
    tower = {f"C{n}": StoredCell("n", 0, "9", f"C{n + 1}*C{n + 1}", True) for n in range(1, 40)}
    tower["C40"] = StoredCell("n", 0, "3", None, True)
    begun = time.monotonic()
    assert evaluate("C1", trust_stored=False, more=tower) is None
    assert time.monotonic() - begun < 2


def test_a_web_of_sums_is_bounded() -> None:
    web = {f"C{n}": StoredCell("n", 0, "1", f"SUM(C{n + 1}:C400)", True) for n in range(1, 399)}
    begun = time.monotonic()
    evaluate("C1", more=web)
    assert time.monotonic() - begun < 5


@given(st.lists(st.decimals(-(10**8), 10**8, places=6), min_size=1, max_size=20))
def test_a_sum_is_the_sum(amounts: list[object]) -> None:
    column = {f"D{n}": StoredCell("n", 0, str(amount), None, True) for n, amount in enumerate(amounts, start=1)}
    assert evaluate(f"SUM(D1:D{len(amounts)})", more=column) == sum(Fraction(str(amount)) for amount in amounts)


@given(st.integers(1, 1_048_576), st.integers(1, 16_384))
def test_cell_names_go_both_ways(row: int, column: int) -> None:
    assert parse_cell(cell_name(row, column)) == (row, column)


@pytest.mark.parametrize(
    ("formula", "shifted"),
    [
        ("SUM(C8:C10)", "SUM(D10:D12)"),
        ("$C8+C$8+$C$8", "$C10+D$8+$C$8"),
        ('IF(A1="B2",LOG10(2),B2)', 'IF(B3="B2",LOG10(2),C4)'),
        ("'A1'!B2", "'A1'!C4"),
        ("XFD1+A1048576", "#REF!+#REF!"),
    ],
)
def test_shared_formulas_move(formula: str, shifted: str) -> None:
    assert shift_formula(formula, 2, 1) == shifted

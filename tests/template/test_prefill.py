"""A department's own copy of the form: what is given, that it is locked, and that nothing else changes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from perfbatch.model.errors import OperatorFault
from perfbatch.roster import Roster, RosterEntry
from perfbatch.rulebook.model import Rulebook
from perfbatch.template import DEFAULT_UNITS, Prefill, lay_out, prefill_for, template_name, write_prefilled
from perfbatch.template.prefill import carried_forward
from perfbatch.template.styles import GIVEN_TINT, INPUT_TINT
from tests.template.packages import named_cells, parts

UNION = RosterEntry("007001", "区总工会", "行政政法股", subordinate_units=())
SCHOOLS = RosterEntry("116002", "区教育局", "", subordinate_units=("一小", "二小（本部）", "三小"))
UNKNOWN = RosterEntry("118001", "区文联")
PRIOR = {"balance_cumulative": 3_250_000, "three_public_budget": 12_500_000, "three_public_total": 0}


@pytest.fixture(scope="module")
def copies(form_rulebook: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Workbook]:
    """budget_code → the department's copy."""
    folder = tmp_path_factory.mktemp("copies")
    roster = Roster((UNION, SCHOOLS, UNKNOWN))
    prior = {"007001": PRIOR, "116002": {"balance_cumulative": 100_000_000, "three_public_total": 5_000_000}}
    paths = write_prefilled(form_rulebook, roster, folder, units=2, prior=prior)
    assert [path.name for path in paths] == ["007001-区总工会.xlsx", "116002-区教育局.xlsx", "118001-区文联.xlsx"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in paths)
    codes = (entry.entity_code for entry in roster.entries)
    return {code: openpyxl.load_workbook(path) for code, path in zip(codes, paths, strict=True)}


def given(book: Workbook, field: str) -> list[object]:
    """The values of a field's cells that are locked and tinted as given; None for the open ones."""
    values: list[object] = []
    for cell in named_cells(book, field):
        tint = f"#{str(cell.fill.fgColor.rgb)[2:]}"
        assert (cell.protection.locked, tint) in ((True, GIVEN_TINT), (False, INPUT_TINT))
        values.append(cell.value if cell.protection.locked else None)
    return values


def test_what_carries_over_is_what_the_checks_hold_equal(form_rulebook: Rulebook) -> None:
    assert carried_forward(form_rulebook) == {
        "carryover_prior_year": "balance_cumulative",
        "three_public_budget_prior": "three_public_budget",
        "three_public_final_prior": "three_public_total",
    }


def test_a_rulebook_without_such_checks_carries_nothing_over(form_rulebook: Rulebook) -> None:
    checks = tuple(check for check in form_rulebook.checks if check.code != "R22")
    book = form_rulebook.model_copy(update={"checks": checks})
    assert carried_forward(book) == {}
    assert prefill_for(UNION, PRIOR, book).values == {"unit_name": ("区总工会",), "budget_code": ("007001",)}


def test_name_and_code_are_given_as_texts(copies: dict[str, Workbook]) -> None:
    for code, name in (("007001", "区总工会"), ("116002", "区教育局"), ("118001", "区文联")):
        assert given(copies[code], "unit_name") == [name]
        assert given(copies[code], "budget_code") == [code]
        assert named_cells(copies[code], "budget_code")[0].data_type == "s"


def test_the_office_is_printed_on_the_cover_and_is_no_input(copies: dict[str, Workbook]) -> None:
    def texts(code: str) -> list[object]:
        return [cell.value for row in copies[code]["封面"].iter_rows() for cell in row if cell.value]

    assert texts("007001")[-3:] == ["归口业务股室：", "行政政法股", "岳阳市云溪财政局（制）"]
    assert "归口业务股室：" not in texts("116002")
    (cell,) = (cell for row in copies["007001"]["封面"].iter_rows() for cell in row if cell.value == "行政政法股")
    assert cell.protection.locked


def test_units_stand_in_the_order_of_the_roster_with_rows_enough(copies: dict[str, Workbook]) -> None:
    assert given(copies["116002"], "entity_name") == [None, None, "一小", "二小（本部）", "三小"]
    assert [cell.value for cell in named_cells(copies["116002"], "entity_name")][:2] == [
        "局机关及二级机构汇总",
        "1、局机关",
    ]
    assert given(copies["007001"], "entity_name") == [None] * 4
    assert len(named_cells(copies["118001"], "fixed_assets_total")) == 4


def test_last_years_figures_are_given_to_the_row_that_is_on_record(copies: dict[str, Workbook]) -> None:
    assert given(copies["007001"], "three_public_budget_prior") == [12.5]
    # A reported 0 is a figure.
    assert given(copies["007001"], "three_public_final_prior") == [0]
    # Without subordinate units 局机关 is the whole department; with them only 汇总 is known.
    assert given(copies["007001"], "carryover_prior_year") == [3.25, 3.25, None, None]
    assert given(copies["116002"], "carryover_prior_year") == [100, None, None, None, None]
    assert given(copies["116002"], "three_public_budget_prior") == [None]


def test_a_roster_that_does_not_say_leaves_the_own_row_open(form_rulebook: Rulebook) -> None:
    assert prefill_for(UNKNOWN, PRIOR, form_rulebook).values["carryover_prior_year"] == (Decimal("3.25"),)


def test_a_department_without_last_year_is_given_nothing_of_it(copies: dict[str, Workbook]) -> None:
    for field in ("carryover_prior_year", "three_public_budget_prior", "three_public_final_prior"):
        assert set(given(copies["118001"], field)) == {None}


@pytest.mark.parametrize(
    ("count", "expected"),
    [(-1, None), (0, 0), (10**14, 10**8), (10**14 + 1, None)],
    ids=["deficit", "0", "most", "more"],
)
def test_a_figure_that_the_form_would_not_take_is_left_open(
    count: int, expected: int | None, form_rulebook: Rulebook
) -> None:
    values = prefill_for(UNKNOWN, {"balance_cumulative": count}, form_rulebook).values
    assert values.get("carryover_prior_year") == (None if expected is None else (Decimal(expected),))


def test_given_cells_are_not_validated_and_open_ones_are(copies: dict[str, Workbook]) -> None:
    book = copies["007001"]
    cells = named_cells(book, "carryover_prior_year")
    bounded = [
        any(cell.coordinate in rule.sqref for rule in book["收支情况"].data_validations.dataValidation)
        for cell in cells
    ]
    assert bounded == [False, False, True, True]


def test_the_legend_tells_what_is_given(copies: dict[str, Workbook]) -> None:
    texts = [cell.value for row in copies["118001"]["填报说明"].iter_rows() for cell in row if cell.value]
    assert texts[-1] == "本颜色的单元格由财政部门预填并锁定；有误的，请与归口业务股室联系，不要自行修改。"


def test_nothing_given_is_the_blank_form(form_rulebook: Rulebook) -> None:
    assert lay_out(form_rulebook, 3, Prefill()) == lay_out(form_rulebook, 3)


def test_the_same_roster_gives_the_same_bytes(form_rulebook: Rulebook, tmp_path: Path) -> None:
    (path,) = write_prefilled(form_rulebook, Roster((UNION,)), tmp_path / "a", prior={"007001": PRIOR})
    (other,) = write_prefilled(form_rulebook, Roster((UNION,)), tmp_path / "b", prior={"007001": PRIOR})
    assert path.read_bytes() == other.read_bytes()
    book = openpyxl.load_workbook(path)
    assert len(named_cells(book, "entity_name")) == 2 + DEFAULT_UNITS
    blank = Path(__file__).parents[2] / "workbook_templates" / template_name(form_rulebook)
    assert parts(path).keys() == parts(blank).keys()


def test_names_that_windows_refuses_are_made_safe(form_rulebook: Rulebook, tmp_path: Path) -> None:
    roster = Roster((RosterEntry("1", "甲/乙:局"), RosterEntry("2", "甲 乙 局")))
    names = [path.name for path in write_prefilled(form_rulebook, roster, tmp_path, units=0)]
    assert names[1] == "2-甲 乙 局.xlsx"
    assert names[0].startswith("1-甲 乙 局~")


def test_a_roster_without_departments_is_refused(form_rulebook: Rulebook, tmp_path: Path) -> None:
    with pytest.raises(OperatorFault) as fault:
        write_prefilled(form_rulebook, Roster(()), tmp_path)
    assert str(fault.value) == "roster: lists no department. Fill in a row for every department."


def test_more_units_than_rows_are_refused(form_rulebook: Rulebook) -> None:
    with pytest.raises(OperatorFault) as fault:
        lay_out(form_rulebook, 2, prefill_for(SCHOOLS, {}, form_rulebook))
    assert str(fault.value) == "--units: 2 rows, and 3 units are given. Give more."

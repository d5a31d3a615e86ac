"""What stands in the workbooks' formula cells before anybody calculates: the value, typed as what it is."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from perfbatch.model.submission import SCALE
from perfbatch.roster import Roster, RosterEntry
from perfbatch.roster.blank import write_blank_roster
from perfbatch.rulebook.model import Rulebook
from perfbatch.template import write_prefilled, write_template
from tests.recalculation import Stored, differences, formula_cells

PRIOR = {"balance_cumulative": "12.34", "three_public_budget": "9", "three_public_total": "8.5"}


def _written(rulebook: Rulebook, folder: Path) -> list[Path]:
    """The blank form for several numbers of units, prefilled ones, and the roster."""
    for units in (1, 10, 30):
        write_template(rulebook, folder / f"blank-{units}.xlsx", units=units)
    roster = Roster(
        (
            RosterEntry("100001", "区甲局", subordinate_units=("中心A", "中心B"), office="预算股"),
            RosterEntry("100002", "区乙局", subordinate_units=()),
        )
    )
    figures = {name: int(Decimal(value) * SCALE) for name, value in PRIOR.items()}
    write_prefilled(rulebook, roster, folder, prior={"100001": figures, "100002": figures})
    write_blank_roster(rulebook, folder)
    return sorted(folder.glob("*.xlsx"))


@pytest.mark.libreoffice
def test_every_value_is_what_libreoffice_calculates(form_rulebook: Rulebook, tmp_path: Path, blank_path: Path) -> None:
    written = _written(form_rulebook, tmp_path)
    assert len(written) == 6
    assert differences(written, tmp_path) == []


@pytest.mark.libreoffice
def test_the_comparison_sees_a_value_that_nobody_calculated(blank_path: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(blank_path) as source, zipfile.ZipFile(wrong, "w") as target:
        for name in source.namelist():
            markup = source.read(name)
            target.writestr(name, markup.replace(b"</f><v>100</v>", b"</f><v>0</v>"))
    assert [line.split(": ")[0] for line in differences([wrong], tmp_path)] == ["wrong.xlsx 评分表!E29"]


def test_a_text_formula_without_a_text_says_so(blank_path: Path) -> None:
    stored = formula_cells(blank_path)
    assert len(stored) > 3_000
    assert {cell.type for cell in stored.values()} == {"n", "str"}
    assert stored["收支情况", "B24"] == Stored("str", "")
    assert stored["校验", "A3"] == Stored("str", "没有不符事项；未填 0 项；尾差 0 项；非数值 0 项")


def test_what_never_changes_is_no_formula(blank_path: Path) -> None:
    with zipfile.ZipFile(blank_path) as package:
        live = next(
            markup for name in package.namelist()
            if (markup := package.read(name)).count(b't="shared"') > 100 and b"veryHidden" not in markup
        )  # fmt: skip
    assert b"<f>0</f>" not in live
    assert b"<is><t>self_reported</t></is>" in live

"""LibreOffice calculates every formula anew, and chooses another department on the card."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbatch.model.figures import counts, nearest_float
from tests.summary.conftest import Written

pytestmark = pytest.mark.libreoffice

CHOSEN = 5


def recalculated(book: Any, folder: Path) -> Any:
    """A workbook saved without any cached value, calculated by LibreOffice."""
    bare, out = folder / "bare.xlsx", folder / "out"
    book.save(bare)
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(out),
            str(bare),
        ],
        check=True,
        capture_output=True,
        timeout=240,
    )
    return openpyxl.load_workbook(out / "bare.xlsx", data_only=True)


def formulas_of(book: Any) -> list[tuple[str, str]]:
    return [
        (sheet.title, cell.coordinate)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]


@pytest.mark.parametrize("name", ["small", "sample"])
def test_cached_values_are_what_libreoffice_calculates(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    ours: Written = request.getfixturevalue(name)
    theirs = recalculated(openpyxl.load_workbook(ours.path), tmp_path)
    cells = formulas_of(ours.formulas)
    assert len(cells) > 200
    for sheet, cell in cells:
        mine, calculated = ours.values[sheet][cell].value, theirs[sheet][cell].value
        if isinstance(mine, int | float):
            assert calculated == pytest.approx(mine, abs=1e-9), (sheet, cell)
        else:
            assert (calculated or "") == (mine or ""), (sheet, cell)
    shown = [
        value
        for sheet in theirs
        for row in sheet.iter_rows(values_only=True)
        for value in row
        if isinstance(value, str)
    ]
    errors = {"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#VALUE!", "#NUM!", "#NULL!", "Err:502", "Err:504", "Err:508"}
    # A department's own error values stand in the list as texts.
    assert {text for text in shown if text in errors} <= {finding.reported for finding in ours.result.findings}


def test_the_card_of_another_department(sample: Written, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(sample.path)
    frame = sample.result.departments
    code, unit = frame["entity_code"].iloc[CHOSEN], frame["entity_title"].iloc[CHOSEN]
    book["部门一览"]["C3"] = f"{code}　{unit}"
    card = recalculated(book, tmp_path)["部门一览"]
    shown = [card.cell(6, column).value for column in range(1, 5)]
    own, verified = counts(frame["self_total"])[CHOSEN], counts(frame["verified_total"])[CHOSEN]
    assert own is not None
    assert verified is not None
    assert shown == [
        nearest_float(own),
        nearest_float(verified),
        frame["grade"].iloc[CHOSEN],
        int(frame["rank"].iloc[CHOSEN]),
    ]
    scores = sample.result.scores
    mine = scores[scores["department"] == CHOSEN]
    points = [card.cell(row, 11).value for row in range(6, 6 + len(mine))]
    assert points == [nearest_float(int(count)) for count in mine["verified"]]
    revenue = counts(frame["revenue_total"])[CHOSEN]
    assert revenue is not None
    assert card["B9"].value == nearest_float(revenue)
    assert card["H3"].value == f"文件：{frame['file'].iloc[CHOSEN]}"
    listed = [card.cell(row, 4).value for row in range(30, 60) if card.cell(row, 4).value]
    messages = [finding.message for finding in sample.result.findings if finding.entity_code == code]
    assert len(listed) == min(len(messages), 10)
    assert set(listed) <= set(messages)


def test_a_choice_that_is_no_department_shows_nothing(small: Written, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(small.path)
    book["部门一览"]["C3"] = "*"
    card = recalculated(book, tmp_path)["部门一览"]
    assert [card.cell(6, column).value for column in range(1, 7)] == [None] * 6

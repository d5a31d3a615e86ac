"""The sample roster: who is expected, one review and one waiver, for a first night with `--roster`."""

from __future__ import annotations

import tempfile
from datetime import date, datetime
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from perfbatch.roster.blank import write_blank_roster
from perfbatch.roster.model import key_columns, review_sheet, roster_columns, roster_sheet, waiver_sheet
from perfbatch.rulebook.load import read_rulebook
from tests.samples.district import departments, name_of, staff_of
from tests.samples.packages import steady
from tests.samples.seed import SEED

__all__ = ["REVIEWS", "SAMPLE_ROSTER", "WAIVERS", "write_sample_roster"]

SAMPLE_ROSTER = Path(__file__).parents[2] / "workbook_templates" / "yunxi-2020-roster-sample.xlsx"

REVIEWS = [("406001", "three_public_control_rate", 2, "按104.68%的控制率重新核定")]
WAIVERS = [
    ("407001", "S03", "", "采购预算年中追加27万元的批复文件已核对", date(2099, 12, 31)),
]


def write_sample_roster(path: Path) -> None:
    """Write the roster of the sample inbox's departments; the same bytes each time."""
    rulebook = read_rulebook().rulebook
    with tempfile.TemporaryDirectory() as folder:
        workbook = load_workbook(write_blank_roster(rulebook, Path(folder)))
        columns = list(roster_columns(rulebook))
        assert list(key_columns(rulebook)) == columns[:1]
        listed = workbook[roster_sheet(rulebook)]
        rows = [(SEED["budget_code"], SEED["unit_name"], SEED["authorized_posts"])]
        rows += [(code, f"岳阳市{name_of(code)}", staff_of(code).authorized_posts) for code in departments()]
        for row, values in enumerate(rows, start=2):
            for name, value in zip((*columns[:2], "authorized_posts"), values, strict=True):
                listed.cell(row, columns.index(name) + 1).value = value
        _fill(workbook[review_sheet(rulebook)], REVIEWS)
        _fill(workbook[waiver_sheet(rulebook)], WAIVERS)
        workbook.properties.modified = workbook.properties.created = datetime(rulebook.fiscal_year, 12, 31)  # noqa: DTZ001 - properties have no zone
        workbook.save(Path(folder) / "filled.xlsx")
        path.write_bytes(steady((Path(folder) / "filled.xlsx").read_bytes()))


def _fill(sheet: Worksheet, rows: list[tuple[object, ...]]) -> None:
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value

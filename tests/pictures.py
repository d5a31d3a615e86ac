"""The pictures of README, taken from what the program writes: `python -m tests.pictures` (needs LibreOffice and pdftoppm).

Next year's rules in Excel, as the page says: the workbook exported, 95 % for full points made 90 %, saved by an office, a night
over the shipped inbox by it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from tests.samples.office import calculate, print_to_pdf

__all__ = ["PICTURES"]

CHECKOUT = Path(__file__).parents[1]
PICTURES = CHECKOUT / ".pictures"
_DOTS_A_INCH, _POINTS_A_INCH = 100, 72


def main() -> None:
    """Take all of them."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rules = folder / "rules.xlsx"
        _perfbatch(folder, "rulebook", "export", "--output", rules)
        _ease(rules)
        calculate([rules], folder / "saved")
        shutil.copyfile(folder / "saved" / rules.name, rules)
        _perfbatch(folder, "rulebook", "lint", "--rulebook", rules)
        _perfbatch(folder, "run", "--inbox", CHECKOUT / "inbox", "--outbox", "outbox", "--rulebook", rules.name)
        _show_rows(rules, folder / "bands.xlsx")
        _take(folder / "bands.xlsx", "所属指标", "rules-bands.png", (30, 50, 745, 66))
        summary = folder / "outbox" / "district-summary-2020.xlsx"
        _take(summary, "规则变化", "rules-run.png", (85, 34, 610, 250))
        _take(summary, "相比的变化", "rules-changed.png", (30, 30, 860, 75))


def _ease(rules: Path) -> None:
    """Full points from 90 % on, as a clerk types it."""
    book = openpyxl.load_workbook(rules)
    sheet = book["计分"]
    columns = {str(cell.value): cell.column for cell in sheet[1]}
    first, second = (row for row in _of_satisfaction(sheet) if sheet.cell(row, columns["分值"]).value in (5, 3))
    sheet.cell(first, columns["下限"]).value = 90
    sheet.cell(second, columns["上限（不含）"]).value = 90
    book.save(rules)


def _of_satisfaction(sheet: Worksheet) -> list[int]:
    return [row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == "satisfaction"]


def _show_rows(rules: Path, shown: Path) -> None:
    """The rows that were changed as the filter leaves them, and of the columns those that say something about them."""
    book = openpyxl.load_workbook(rules)
    sheet = book["计分"]
    rows = [row for row in _of_satisfaction(sheet) if sheet.cell(row, 3).value == "分段"]
    for other in book.sheetnames:
        if other != sheet.title:
            book[other].sheet_state = "hidden"
    book.active = book.sheetnames.index(sheet.title)
    for row in range(2, sheet.max_row + 1):
        sheet.row_dimensions[row].hidden = row not in rows
    # Neighbours of one width are one entry of the file, which hides all of them or none.
    entries = list(sheet.column_dimensions.values())
    sheet.column_dimensions.clear()
    for cell in sheet[1]:
        speaks = cell.value == "检查" or any(sheet.cell(row, cell.column).value is not None for row in rows)
        column = sheet.column_dimensions[cell.column_letter]
        column.hidden = not speaks
        column.width = next((entry.width for entry in entries if entry.min <= cell.column <= entry.max), column.width)
    sheet.page_setup.fitToWidth = 1
    book.save(shown)


def _take(workbook: Path, words: str, picture: str, region: tuple[int, int, int, int]) -> None:
    """A part (left, top, width, height, in points) of the page that has the words."""
    printed = print_to_pdf(workbook, workbook.parent / "printed")
    page = next(number for number, text in enumerate(_pages(printed), start=1) if words in text)
    left, top, width, height = (round(part * _DOTS_A_INCH / _POINTS_A_INCH) for part in region)
    subprocess.run(
        [
            *("pdftoppm", "-png", "-gray", "-singlefile", "-r", str(_DOTS_A_INCH), "-f", str(page), "-l", str(page)),
            *("-x", str(left), "-y", str(top), "-W", str(width), "-H", str(height)),
            *(str(printed), str((PICTURES / picture).with_suffix(""))),
        ],
        check=True,
    )


def _pages(printed: Path) -> list[str]:
    text = subprocess.run(["pdftotext", "-layout", str(printed), "-"], check=True, capture_output=True).stdout
    return [re.sub(r"\s", "", page) for page in text.decode().split("\f")]


def _perfbatch(folder: Path, *arguments: object) -> None:
    subprocess.run([sys.executable, "-m", "perfbatch", *map(str, arguments)], check=True, cwd=folder)


if __name__ == "__main__":
    main()

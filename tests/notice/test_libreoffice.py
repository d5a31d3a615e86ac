"""Notices in LibreOffice: a form that it saved is marked, opened and saved again, and the marks come off after that."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from perfbatch.intake.reader import read_submission
from perfbatch.notice import marks_of_earlier_notice_removed, notice_content
from tests.notice.workbooks import HEADING, finding, form, parts, rich
from tests.workbooks import rulebook

pytestmark = pytest.mark.libreoffice


def saved_again(folder: Path, workbooks: dict[str, bytes]) -> dict[str, bytes]:
    """The workbooks as LibreOffice saves them, in one run."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    for name, content in workbooks.items():
        (folder / f"{name}.xlsx").write_bytes(content)
    subprocess.run(
        [
            *(program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to"),
            *(
                "xlsx:Calc MS Excel 2007 XML",
                "--outdir",
                f"{folder}/out",
                *(f"{folder}/{name}.xlsx" for name in workbooks),
            ),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return {name: Path(folder, "out", f"{name}.xlsx").read_bytes() for name in workbooks}


RICH = [
    finding("数据", "A1"),
    finding("数据", "A2"),
    finding("数据", "B4"),
    finding("数据", "A12"),
    finding("O'Neil & <子>", "F3"),
]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The form, its notice and the rich workbook's notice, each saved by LibreOffice."""
    facts = read_submission(form(), "a.xlsx", rulebook()).facts
    at = [
        facts[field][0]
        for field in ("unit_name", "on_post_staff", "revenue_total", "authorized_posts", "goal_expected")
    ]
    notice = notice_content(form(), [finding(fact.sheet, fact.cell) for fact in at], heading=HEADING)
    folder = tmp_path_factory.mktemp("libreoffice")
    return saved_again(
        folder, {"form": form(), "notice": notice, "rich": notice_content(rich(), RICH, heading=HEADING)}
    )


def test_a_form_saved_by_libreoffice_is_marked_and_given_back(saved: dict[str, bytes]) -> None:
    before = read_submission(saved["form"], "a.xlsx", rulebook())
    at = [before.facts[field][0] for field in ("unit_name", "revenue_total", "authorized_posts", "goal_expected")]
    notice = notice_content(saved["form"], [finding(fact.sheet, fact.cell) for fact in at], heading=HEADING)
    assert read_submission(notice, "a.xlsx", rulebook()) == before
    assert parts(marks_of_earlier_notice_removed(notice)) == parts(saved["form"])


def test_libreoffice_opens_a_notice_with_all_its_facts(saved: dict[str, bytes]) -> None:
    assert openpyxl.load_workbook(io.BytesIO(saved["notice"])).sheetnames[0] == "整改通知"
    before, after = (read_submission(saved[name], "a.xlsx", rulebook()) for name in ("form", "notice"))
    assert after.facts == before.facts


def test_marks_come_off_a_notice_that_libreoffice_saved(saved: dict[str, bytes]) -> None:
    cleared = marks_of_earlier_notice_removed(saved["notice"])
    before, after = (openpyxl.load_workbook(io.BytesIO(content)) for content in (saved["form"], cleared))
    assert after.sheetnames == before.sheetnames
    assert [name for name in after.defined_names if name.startswith("_perfbatch")] == []
    for sheet in before.sheetnames:
        for row in before[sheet].iter_rows():
            for cell in row:
                other = after[sheet][cell.coordinate]
                assert other.comment is None
                assert other.fill.fgColor.rgb == cell.fill.fgColor.rgb, (sheet, cell.coordinate)
    assert not any("comments" in name or name.endswith(".vml") for name in parts(cleared))


def test_a_comment_of_the_department_stays_through_libreoffice(saved: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(saved["rich"]))
    assert book["数据"]["B4"].fill.fgColor.rgb == "FFFFC4CB"
    cleared = openpyxl.load_workbook(io.BytesIO(marks_of_earlier_notice_removed(saved["rich"])))
    comments = {cell.coordinate: cell.comment.text for row in cleared["数据"] for cell in row if cell.comment}
    assert comments == {"A2": "本单位的批注"}
    assert cleared["数据"]["B4"].fill.fgColor.rgb == "FFFFFF00"
    assert cleared["数据"]["A1"].fill.fill_type is None

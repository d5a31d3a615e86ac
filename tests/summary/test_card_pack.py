"""The cards for print: a page for every department that was accepted."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbatch.district.result import BatchResult
from perfbatch.model.errors import BatchFault, OperatorFault
from perfbatch.summary import write_summary
from perfbatch.summary.card_pack import as_pdf, require_office, write_card_pack
from tests.districts import INJECTION
from tests.summary.conftest import Written
from tests.summary.test_recalculated import recalculated
from tests.summary.test_sheets import links_of


@pytest.fixture(scope="module")
def pack(sample: Written, tmp_path_factory: pytest.TempPathFactory) -> Path:
    (path,) = write_card_pack(sample.result, tmp_path_factory.mktemp("cards"))
    return path


def shown(sheet: Any) -> dict[str, Any]:
    """What a page shows: cell → value, none of the empty ones."""
    area = sheet.print_area.replace("$", "").rpartition("!")[2]
    return {cell.coordinate: cell.value for row in sheet[area] for cell in row if cell.value not in (None, "")}


def test_a_page_for_every_department(pack: Path, sample: Written) -> None:
    book = openpyxl.load_workbook(pack)
    frame = sample.result.departments
    labels = [f"{code}　{name}" for code, name in zip(frame["entity_code"], frame["entity_title"], strict=True)]
    assert pack.name == "yunxi-2020-cards.xlsx"
    assert book.sheetnames == ["目录", *labels]
    for sheet in book.worksheets[1:]:
        assert (sheet["A3"].value, sheet["C3"].value) == ("部门", sheet.title)
        setup = sheet.page_setup
        # One page wide and high: the format's default is to fit.
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, setup.fitToWidth or 1, setup.orientation) == (
            True, 1, "landscape",
        )  # fmt: skip
        assert len(sheet._charts) == 1
    # For print alone: nothing to choose, nothing to work out.
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert [sheet.data_validations.dataValidation for sheet in book] == [[]] * len(book.sheetnames)


def test_a_page_says_what_the_summarys_card_says(pack: Path, sample: Written, tmp_path: Path) -> None:
    """Of a department whose findings are more than a card holds, of one without any, and of the first."""
    book, values = openpyxl.load_workbook(pack), {}
    for at, label in enumerate(book.sheetnames[1:]):
        live = openpyxl.load_workbook(sample.path)
        live["部门一览"]["C3"] = label
        if at in (0, 5):
            folder = tmp_path / str(at)
            folder.mkdir()
            values[label] = recalculated(live, folder)["部门一览"]
    for label, card in values.items():
        ours, theirs = shown(book[label]), shown(card)
        for pages in (ours, theirs):
            # What stands there to choose by, and to go back by.
            for cell in ("A3", "N1"):
                pages.pop(cell, None)
        assert ours == {
            cell: pytest.approx(value, abs=1e-9) if isinstance(value, int | float) else value
            for cell, value in theirs.items()
        }


def test_the_contents_lead_to_the_pages(pack: Path) -> None:
    sheet = openpyxl.load_workbook(pack)["目录"]
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert rows[0] == ("序号", "预算编码", "部门（单位）名称", "暂核得分", "等次", "名次")
    assert rows[1] == (1, "116001", "岳阳市云溪区总工会", 93, "优秀", 12)
    assert links_of(sheet)["C4"].location == "'116001　岳阳市云溪区总工会'!A1"


def test_names_of_sheets_are_what_excel_takes(district: BatchResult, tmp_path: Path) -> None:
    named = district.departments.copy()
    named["entity_code"] = ["1", "1", "[2]", "a"]
    named["entity_title"] = ["局" * 40, "局" * 39 + "站", "'", "目录"]
    (path,) = write_card_pack(replace(district, departments=named), tmp_path)
    names = openpyxl.load_workbook(path).sheetnames
    assert names == ["目录", f"1　{'局' * 29}", f"1　{'局' * 26}（2）", "2", "a　目录"]


def test_a_text_stays_a_text(district: BatchResult, tmp_path: Path) -> None:
    (path,) = write_card_pack(district, tmp_path)
    sheet = openpyxl.load_workbook(path)["目录"]
    assert (sheet["C5"].value, sheet["C5"].data_type) == (INJECTION, "s")


def test_a_large_district_has_several_workbooks(district: BatchResult, tmp_path: Path) -> None:
    paths = write_card_pack(district, tmp_path, 3)
    assert [path.name for path in paths] == ["yunxi-2020-cards-1.xlsx", "yunxi-2020-cards-2.xlsx"]
    assert [len(openpyxl.load_workbook(path).sheetnames) for path in paths] == [4, 2]


def test_nobody_has_no_cards(empty_night: BatchResult, tmp_path: Path) -> None:
    assert write_card_pack(empty_night, tmp_path) == []


def test_what_is_settled_is_not_among_what_was_found(sample: Written, tmp_path: Path) -> None:
    code = sample.result.departments["entity_code"].iloc[0]
    findings = tuple(
        replace(finding, standing="waived") if finding.entity_code == code else finding
        for finding in sample.result.findings
    )
    result = replace(sample.result, findings=findings)
    (path,) = write_card_pack(result, tmp_path)
    assert "发现问题 0 条" in shown(openpyxl.load_workbook(path).worksheets[1]).values()
    # Nor on the summary's own card, before anybody recalculates it.
    write_summary(result, tmp_path / "summary.xlsx")
    assert (
        "发现问题 0 条" in shown(openpyxl.load_workbook(tmp_path / "summary.xlsx", data_only=True)["部门一览"]).values()
    )


def test_without_libreoffice_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfbatch.isolated.office.shutil.which", lambda _: None)
    with pytest.raises(OperatorFault, match="LibreOffice is not installed"):
        require_office()


@pytest.mark.parametrize(
    ("fault", "told_as"),
    [
        (subprocess.TimeoutExpired("soffice", 1), "took too long"),
        (subprocess.CalledProcessError(1, "soffice"), "made no PDF"),
        (None, "made no PDF"),
    ],
)
def test_a_pdf_that_does_not_come_about_is_told(
    pack: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception | None, told_as: str
) -> None:
    def run(*_: object, **__: object) -> None:
        if fault is not None:
            raise fault

    monkeypatch.setattr("perfbatch.isolated.office.shutil.which", lambda name: name)
    monkeypatch.setattr("perfbatch.isolated.office.subprocess.run", run)
    with pytest.raises(BatchFault, match=told_as):
        as_pdf(pack)


@pytest.mark.libreoffice
def test_a_pdf_has_a_page_a_card(pack: Path, sample: Written) -> None:
    content = as_pdf(pack).read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type/Page/") + content.count(b"/Type/Page\n") == len(sample.result.departments) + 1

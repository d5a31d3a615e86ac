"""Texts longer than their box: typed into the form, all of them is on paper; the blank form has no page for them."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbatch.template import write_template
from perfbatch.template.live.continuation import CONTINUATION_SHEET, LINES
from tests.calc_session import Session, work
from tests.submissions import RULEBOOK
from tests.workbooks import places

pytestmark = pytest.mark.libreoffice

PAGES = 5
NUMERALS = "甲乙丙丁戊己庚"


def paragraph(number: int, length: int) -> str:
    """A paragraph that is not like any other, with figures in it and a mark in its middle and at its end."""
    begin = f"　　{NUMERALS[number]}、全年完成{number + 3}01.27万元，"
    body = ("扎实推进“三农”工作；" * length)[: length // 2]
    return f"{begin}{body}{NUMERALS[number]}中{body}{NUMERALS[number]}终。"


TEXT = "\n".join(paragraph(number, 260) for number in range(7))


def pages(path: Path) -> list[str]:
    """The text of each page of a PDF."""
    shown = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    return shown.split("\f")[:-1]


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("continuation") / "blank.xlsx"
    write_template(RULEBOOK, path)
    return path


def test_all_of_a_long_text_is_printed_and_the_blank_form_has_no_page_for_it(blank: Path, tmp_path: Path) -> None:
    assert len(TEXT) > 1_950
    before, after, emptied = (tmp_path / f"{name}.pdf" for name in ("before", "after", "emptied"))
    where = places(blank.read_bytes())
    box = where["annual_work_plan"][0]
    lines = [f"A{row}" for row in range(1, LINES + 4)]
    steps: list[list[Any]] = [
        ["print", str(before)],
        ["type", *where["unit_name"][0], "区测试局"],
        ["type", *box, TEXT],
        ["type", *where["narrative_overview"][0], "短文。"],
        ["print", str(after)],
        ["read", CONTINUATION_SHEET, lines],
        ["type", *box, None],
        ["print", str(emptied)],
    ]
    ((shown,),) = work([Session(blank, steps)])
    title, whose, heading, *pieces = shown
    assert whose == "部门（单位）名称：区测试局"
    assert title == f"{RULEBOOK.title}续页"
    assert heading == "【基本概况：年度主要工作内容】"
    assert "".join(pieces) == TEXT.replace("\n", "")
    assert not any(piece.startswith(tuple("，。；：、！？）》")) for piece in pieces)
    assert all(len(piece) <= 62 for piece in pieces)
    printed = pages(after)
    begun = next(number for number, page in enumerate(printed) if title in bare(page))
    continued = printed[begun : begun + 2]
    # Head and foot of the page stand between its lines and the next one's.
    running = bare(re.sub(r"第 \d+ 页|\n\s*续页\n|\A\s*续页\n", "", "\n".join(page.strip("\f") for page in continued)))
    assert all(bare(line) in running for line in TEXT.split("\n"))
    assert "年度主要工作内容（全文见续页）" in bare("".join(printed))
    assert "职能职责概述（全文见续页）" not in bare("".join(printed))
    # LibreOffice takes no formula for a print area: the sheet is printed whole there, without a word on it.
    empty = pages(before)
    assert len(printed) == len(empty) == len(pages(emptied))
    for blank_pages in (empty, pages(emptied)):
        unused = [bare(page) for page in blank_pages[begun : begun + PAGES]]
        assert all(re.fullmatch(r"续页第\d+页", page) for page in unused)
        assert "全文见续页" not in bare("".join(blank_pages))
    assert "续页" not in bare("".join(empty[:begun] + empty[begun + PAGES :]))


def test_the_print_area_ends_with_the_last_line(blank: Path) -> None:
    with zipfile.ZipFile(blank) as package:
        markup = package.read("xl/workbook.xml").decode()
    (area,) = re.findall(r'<definedName name="_xlnm.Print_Area"[^>]*>(IF[^<]*)</definedName>', markup)
    where = places(blank.read_bytes())
    asked = ["read", CONTINUATION_SHEET, ["C1", "C2"]]
    steps: list[list[Any]] = [
        ["formula", CONTINUATION_SHEET, "C1", f"=ROWS({area})".replace(",", ";").replace("!", ".")],
        ["formula", CONTINUATION_SHEET, "C2", f"=ROW({area})".replace(",", ";").replace("!", ".")],
        asked,
        ["type", *where["annual_work_plan"][0], "字" * 800],
        asked,
    ]
    ((unused, used),) = work([Session(blank, steps)])
    # A hidden row; then title, department, heading, twenty lines and the blank one behind them.
    assert unused == [1, LINES + 4]
    assert used == [2 + 1 + 20 + 1, 1]
    assert openpyxl.load_workbook(blank)[CONTINUATION_SHEET].row_dimensions[LINES + 4].hidden


def test_what_is_too_long_for_the_lines_there_are_is_told(blank: Path) -> None:
    where = places(blank.read_bytes())
    last = [f"A{row}" for row in (LINES + 1, LINES + 2, LINES + 3)]
    steps: list[list[Any]] = [
        ["type", *where["annual_work_plan"][0], "字" * 40 * (LINES - 4)],
        ["type", *where["narrative_overview"][0], "文" * 40 * 20],
        ["read", CONTINUATION_SHEET, last],
    ]
    fates: list[list[Any]] = [["read", "校验", [f"C{row}" for row in range(1, 400)]]]
    ((seen, fates_shown),) = work([Session(blank, steps + fates)])
    assert seen == ["【综述：一、部门（单位）概况】", "文" * 40, "（续页已满，其余文字没有印出，请精简或另附页。）"]
    assert [fate for fate in fates_shown if fate in ("全文见续页", "续页放不下")] == ["全文见续页", "续页放不下"]

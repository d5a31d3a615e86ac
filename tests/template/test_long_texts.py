"""Long texts on paper: rows that grow with what is typed, rows high enough for what is known, and the department in the title."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from perfbatch.model.typed import TypedCell, TypedForm
from perfbatch.template.layout import Layout, lay_out
from perfbatch.template.live import long_texts
from perfbatch.template.live.continuation import CONTINUATION_SHEET
from perfbatch.template.plan import BODY_SIZE
from perfbatch.template.refill import refill
from perfbatch.template.text_fit import room_for, text_height
from tests.submissions import RULEBOOK
from tests.workbooks import blank, places, sheet_parts

PIXEL = 0.75
SENTENCE = "本部门认真履行职能职责，围绕中心工作，扎实推进各项重点任务落实。"


def _opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def _fixed(content: bytes, field: str, row: int) -> bool:
    """Whether a row's height is fixed, as it stands in the file."""
    sheet, cell = places(content)[field][row]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        markup = package.read(sheet_parts(content)[sheet]).decode()
    (element,) = re.findall(rf'<row r="{re.sub("[A-Z]", "", cell)}"[^>]*>', markup)
    assert 'ht="' in element
    return "customHeight" in element


def test_rows_of_tables_with_long_texts_grow_with_what_is_typed() -> None:
    content = blank()
    for field in ("indicator_target", "item_deduction_reason", "explanation_text"):
        assert not _fixed(content, field, 0), field
        assert not _fixed(content, field, 5), field
    assert _fixed(content, "annual_work_plan", 0)
    assert _fixed(content, "revenue_total", 0)


def _heights(sheet: Worksheet, first: int, count: int) -> list[float]:
    return [float(sheet.row_dimensions[row].height or 0) for row in range(first, first + count)]


def _width(layout: Layout, field: str) -> float:
    where = layout.where(field)
    return next(plan for plan in layout.sheets if plan.sheet == where.sheet).width_of(where)


def test_a_text_that_is_known_has_rows_for_all_of_it() -> None:
    text = SENTENCE * 40
    typed = TypedForm({"annual_work_plan": [TypedCell(text)], "indicator_target": [TypedCell(SENTENCE * 5)]})
    content = refill(RULEBOOK, typed).content
    book, known = _opened(content), places(content)
    (sheet, cell) = known["annual_work_plan"][0]
    layout = lay_out(RULEBOOK, 0)
    (place,) = (text.place for text in long_texts(layout) if text.place.field.id == "annual_work_plan")
    (plan,) = (plan for plan in layout.sheets if plan.sheet == sheet)
    assert place.merged is not None
    needed = text_height(text, plan.width_of(place.merged), BODY_SIZE, place.merged.rows)
    assert needed > 409
    assert 0 <= sum(_heights(book[sheet], book[sheet][cell].row, place.merged.rows)) - needed < 3 * PIXEL
    (sheet, cell) = known["indicator_target"][0]
    grown, blank_row = _heights(book[sheet], book[sheet][cell].row, 2)
    assert 0 <= grown - text_height(SENTENCE * 5, _width(layout, "indicator_target"), BODY_SIZE) < PIXEL
    assert blank_row == 48.0


def test_no_row_is_higher_than_excel_lets_it_be() -> None:
    content = refill(RULEBOOK, TypedForm({"annual_work_plan": [TypedCell(SENTENCE * 240)]})).content
    (sheet, cell) = places(content)["annual_work_plan"][0]
    book = _opened(content)
    assert _heights(book[sheet], book[sheet][cell].row, 3) == [408.75] * 3


def _continued(text: str) -> list[str]:
    """The lines of 续页 of a form that was filled with a text."""
    content = refill(RULEBOOK, TypedForm({"annual_work_plan": [TypedCell(text)]})).content
    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True)[CONTINUATION_SHEET]
    return [str(cell.value) for (cell,) in sheet["A1:A240"] if cell.value]


def test_a_text_that_its_rows_were_made_high_enough_for_is_not_continued() -> None:
    assert _continued("\n".join([SENTENCE * 6] * 7)) == []


def test_a_text_longer_than_any_rows_is_continued_in_full() -> None:
    text = "\n".join(["情况如下：" + SENTENCE * 25, "短句。", SENTENCE * 120])
    title, whose, heading, *lines = _continued(text)
    assert title == f"{RULEBOOK.title}续页"
    assert whose == "部门（单位）名称："
    assert heading == "【基本概况：年度主要工作内容】"
    assert "".join(lines) == text.replace("\n", "")
    assert "短句。" in lines
    # A comma or a full stop never begins a line.
    assert not any(line.startswith(("，", "。")) for line in lines)
    assert max(map(len, lines)) == 41


def test_room_and_height_are_two_sides_of_one_thing() -> None:
    for rows in (1, 4, 9):
        room = room_for(60.0, text_height("字" * rows * 20, 60.0, BODY_SIZE), BODY_SIZE)
        assert text_height("字" * room, 60.0, BODY_SIZE) <= text_height("字" * rows * 20, 60.0, BODY_SIZE)


def test_the_scorecard_s_title_begins_with_the_department() -> None:
    sheet = _opened(blank())["评分表"]
    (title,) = (cell for (cell,) in sheet["A1:A4"] if "评分表" in str(cell.value) and "附件" not in str(cell.value))
    where, cell = places(blank())["unit_name"][0]
    reference = "$" + re.sub(r"(\d+)", r"$\1", cell)
    named = f"'{where}'!{reference}"
    assert title.value == f'=IF({named}="","",TRIM({named}))&"部门整体支出绩效评价评分表"'
    content = refill(RULEBOOK, TypedForm({"unit_name": [TypedCell("云溪区总工会")]})).content
    shown = openpyxl.load_workbook(io.BytesIO(content), data_only=True)["评分表"]
    assert shown[title.coordinate].value == "云溪区总工会部门整体支出绩效评价评分表"

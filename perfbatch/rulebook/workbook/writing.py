"""Writing a rulebook as a workbook that a clerk can change: sheets in Chinese, drop-downs fed from the ids, live checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_origin

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from perfbatch.model.excel import LIST_LIMIT
from perfbatch.rulebook.vocabulary import TABLE_NAMES, word_of
from perfbatch.rulebook.workbook.cells import EMPTY, CellValue, choices_of, is_text, mark_of
from perfbatch.rulebook.workbook.changes import ACTION_WORDS, CHANGE_COLUMNS, CHANGE_SHEET, change_rows
from perfbatch.rulebook.workbook.live_checks import Range, row_check, total_check
from perfbatch.rulebook.workbook.looks import Looks, row_height, text_width
from perfbatch.rulebook.workbook.paper import lay_on_paper
from perfbatch.rulebook.workbook.plan import RulesSheet, ValueColumn, bare, plan
from perfbatch.rulebook.workbook.rows import SheetRow, own_rows, sheet_rows
from perfbatch.rulebook.workbook.titles import (
    BASED_ON,
    CHECK_HEADING,
    EXTENDS,
    KEY_HEADING,
    NOTES_SHEET,
    NUMBER_HEADING,
    OWNER_NAME_HEADING,
    PART_HEADING,
    RULES_SHEET,
)

__all__ = ["write_rules"]

_SPARE = 60
"""Rows below the last that are bounded and checked: so many entries may be added."""
_WIDEST, _NARROWEST = 56, 8


def write_rules(data: Mapping[str, Any], path: Path, *, based_on: str, year: int) -> None:
    """Write a rulebook's plain data, or an overlay's, as a workbook; the same data gives the same bytes. Raises `OSError`."""
    with Workbook(
        str(path), {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        # Not the clock's date: the workbook says what the rulebook says, whenever it is made.
        book.set_properties({"title": "评价规则", "created": datetime(year, 12, 31)})  # noqa: DTZ001 - properties have no zone
        _Writing(book, data, based_on).write()


class _Writing:
    """One workbook being written."""

    def __init__(self, book: Workbook, data: Mapping[str, Any], based_on: str) -> None:
        self._book, self._looks, self._based_on = book, Looks(book), based_on
        self._is_overlay = "extends" in data
        self._data = data
        self._values: Mapping[str, Any] = data.get("meta", {}) if self._is_overlay else data
        self._rows = sheet_rows(self._values)
        self._sheets = [sheet for sheet in plan() if not self._is_overlay or self._rows[sheet.name]]
        self._ranges: dict[str, dict[str, Range]] = {}
        self._checks: list[Range] = []
        self._names = {sheet.slots[0].key: self._owner_names(sheet) for sheet in self._sheets}

    def _owner_names(self, sheet: RulesSheet) -> dict[str, str]:
        """What people call what the rows of a sheet belong to, by its number or id."""
        parent = next((slot.parent for slot in sheet.slots if slot.parent is not None), None)
        named: dict[str, str] = {}
        for row in self._rows[parent.sheet] if parent else []:
            text = next((row.cells[key,] for key in ("name", "label", "title") if (key,) in row.cells), "")
            named[row.number] = "" if text == EMPTY else str(text)
        return named

    def write(self) -> None:
        """All sheets, the notes first."""
        notes, rules = self._book.add_worksheet(NOTES_SHEET), self._book.add_worksheet(RULES_SHEET)
        drawn = [(sheet, self._book.add_worksheet(sheet.name)) for sheet in self._sheets]
        for sheet in self._sheets:
            self._lay_out(sheet)
        self._write_rules(rules)
        for sheet, native in drawn:
            self._write_sheet(native, sheet)
        if self._is_overlay:
            self._write_changes(self._book.add_worksheet(CHANGE_SHEET))
        self._write_notes(notes)
        rules.activate()

    # ------------------------------------------------------------------------------------------------------------------ layout

    def _lay_out(self, sheet: RulesSheet) -> None:
        """Where the columns of a sheet will stand, by the key of the rulebook that it is for."""
        last = len(self._rows[sheet.name]) + 1 + _SPARE
        leads = _leads(sheet)
        columns = {name: Range(sheet.name, xl_col_to_name(at), 2, last) for at, (name, _) in enumerate(leads)}
        for at, leaf in enumerate(sheet.columns, start=len(leads)):
            columns.setdefault(".".join(leaf.path), Range(sheet.name, xl_col_to_name(at), 2, last))
        columns["last"] = Range(sheet.name, xl_col_to_name(len(leads) + len(sheet.columns) - 1), 2, last)
        self._ranges[sheet.slots[0].key] = columns

    def _ids(self, table: str) -> str:
        """The range of the ids of a table, for a drop-down; "" where it is not in the workbook."""
        columns = self._ranges.get(table, {})
        identity = columns.get("id") or columns.get("name")
        return identity.all if identity else ""

    def _owners(self, sheet: RulesSheet) -> str:
        """The range of what the rows of a sheet may belong to."""
        parent = next((slot.parent for slot in sheet.slots if slot.parent is not None), None)
        if parent is None:
            return ""
        columns = self._ranges.get(parent.key, {})
        owners = columns.get("number") or columns.get("id") or columns.get("name")
        return owners.all if owners else ""

    def _named(self, sheet: RulesSheet) -> Range | None:
        """The column that says what people call what the rows of a sheet belong to."""
        parent = next((slot.parent for slot in sheet.slots if slot.parent is not None), None)
        columns = self._ranges.get(parent.key, {}) if parent else {}
        return next((columns[key] for key in ("name", "label", "title") if key in columns), None)

    def _owner_name(self, sheet: RulesSheet, row: int) -> str:
        """The formula that looks it up."""
        named, owners = self._named(sheet), self._owners(sheet)
        lookup = f'IFERROR(INDEX({named.all},MATCH($A{row},{owners},0))&"","")' if named and owners else '""'
        return f'=IF($A{row}="","",{lookup})'

    # ------------------------------------------------------------------------------------------------------------------ sheets

    def _write_rules(self, sheet: Worksheet) -> None:
        looks = self._looks
        headings = ("项目", "内容", CHECK_HEADING)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, looks.head)
        own: list[tuple[str, ValueColumn | None, CellValue]] = []
        if self._is_overlay:
            own.append((EXTENDS, None, str(self._data["extends"])))
        own.append((BASED_ON, None, self._based_on))
        own += [(leaf.title, leaf, value) for leaf, value in own_rows(self._values)]
        for row, (title, leaf, value) in enumerate(own, start=1):
            sheet.write_string(row, 0, title, looks.label)
            self._write_cell(sheet, row, 1, value, leaf, fixed=leaf is None and title == BASED_ON)
            if leaf is not None:
                self._bound(sheet, row, row, 1, leaf)
                if leaf.path == ("total_points",) and "groups" in self._ranges:
                    sheet.write_formula(row, 2, total_check(self._ranges, f"$B${row + 1}"), looks.check, "")
                    self._checks.append(Range(RULES_SHEET, "C", 2, len(own) + 1))
        widths = (max(text_width(title) for title, _, _ in own) + 2, 70, 34)
        _set_widths(sheet, widths)
        lay_on_paper(sheet, widths, len(own), named=1)

    def _write_sheet(self, sheet: Worksheet, planned: RulesSheet) -> None:
        rows, looks = self._rows[planned.name], self._looks
        leads = _leads(planned)
        headings = [*(heading for _, heading in leads), *(leaf.title for leaf in planned.columns), CHECK_HEADING]
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, looks.head)
        for number, row in enumerate(rows, start=1):
            for column, (name, _) in enumerate(leads):
                if name == "owner_name":
                    shown = self._names[planned.slots[0].key].get(row.owner, "")
                    sheet.write_formula(number, column, self._owner_name(planned, number + 1), looks.lead, shown)
                else:
                    sheet.write_string(number, column, _lead(row, name), looks.lead)
            for column, leaf in enumerate(planned.columns, start=len(leads)):
                self._write_cell(sheet, number, column, row.cells.get(leaf.path), leaf)
        last = len(rows) + _SPARE
        for number in range(len(rows) + 1, last + 1):
            for column, (name, _) in enumerate(leads):
                if name == "owner_name":
                    sheet.write_formula(number, column, self._owner_name(planned, number + 1), looks.lead, "")
                else:
                    sheet.write_blank(number, column, None, looks.lead)
            for column, leaf in enumerate(planned.columns, start=len(leads)):
                self._write_cell(sheet, number, column, None, leaf)
        for column, (name, _) in enumerate(leads):
            self._bound_lead(sheet, planned, name, column, last)
        for column, leaf in enumerate(planned.columns, start=len(leads)):
            self._bound(sheet, 1, last, column, leaf)
        self._write_checks(sheet, planned, len(headings) - 1, last)
        widths, texts = [], []
        for column, heading in enumerate(headings[:-1]):
            own = planned.columns[column - len(leads)] if column >= len(leads) else None
            texts.append([str(row.cells.get(own.path) or "") if own else _lead(row, leads[column][0]) for row in rows])
            lines = [line for text in (heading, *texts[-1]) for line in text.split("\n")]
            widths.append(min(max(_NARROWEST, *map(text_width, lines)) + 2, _WIDEST))
        for number, of_row in enumerate(zip(*texts, strict=True), start=1):
            sheet.set_row(number, row_height(of_row, widths))
        widths.append(26)
        _set_widths(sheet, widths)
        sheet.autofilter(0, 0, last, len(headings) - 1)
        lay_on_paper(sheet, widths, len(rows), named=len(leads) + 1)

    def _write_checks(self, sheet: Worksheet, planned: RulesSheet, column: int, last: int) -> None:
        letter, looks = xl_col_to_name(column), self._looks
        key = planned.slots[0].key
        written = False
        for row in range(2, last + 2):
            formula = row_check(key, self._ranges, row, self._owners(planned)) if not self._is_overlay else ""
            if formula:
                sheet.write_formula(row - 1, column, formula, looks.check, "")
                written = True
        if written:
            self._checks.append(Range(planned.name, letter, 2, last + 1))

    def _write_changes(self, sheet: Worksheet) -> None:
        looks = self._looks
        rows = list(change_rows(self._data))
        for column, heading in enumerate(CHANGE_COLUMNS):
            sheet.write_string(0, column, heading, looks.head)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._write_cell(sheet, number, column, value if value != "" else None, None)
        for number in range(len(rows) + 1, len(rows) + 1 + _SPARE):
            for column in range(len(CHANGE_COLUMNS)):
                sheet.write_blank(number, column, None, looks.text)
        last = len(rows) + _SPARE
        _choose(sheet, 1, last, 0, list(ACTION_WORDS.values()))
        _choose(sheet, 1, last, 1, [name for table, name in TABLE_NAMES.items() if table])
        widths = (12, 12, 30, 34, 60, 40)
        _set_widths(sheet, widths)
        sheet.autofilter(0, 0, last, len(CHANGE_COLUMNS) - 1)
        lay_on_paper(sheet, widths, len(rows), named=3)

    def _write_notes(self, sheet: Worksheet) -> None:
        looks = self._looks
        sheet.set_column(0, 0, 100)
        sheet.write_string(0, 0, NOTES_SHEET, looks.title)
        paragraphs = _OVERLAY_NOTES if self._is_overlay else _NOTES
        for row, paragraph in enumerate(paragraphs, start=1):
            sheet.write_string(row, 0, paragraph, looks.paragraph)
            sheet.set_row(row, 18 * (1 + text_width(paragraph) // 96))
        if self._checks:
            counted = "+".join(f"SUMPRODUCT(--(LEN({checks.all})>0))" for checks in dict.fromkeys(self._checks))
            verdict = (
                f'=IF({counted}=0,"检查结果：没有发现问题","检查结果：发现 "&({counted})&" 处问题，见各表“检查”列")'
            )
            sheet.write_formula(len(paragraphs) + 2, 0, verdict, looks.paragraph, "检查结果：没有发现问题")
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    # ------------------------------------------------------------------------------------------------------------------- cells

    def _write_cell(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        value: CellValue,
        leaf: ValueColumn | None,
        *,
        fixed: bool = False,
    ) -> None:
        looks = self._looks
        form: Format = looks.text if leaf is None or is_text(leaf.annotation) else looks.figure
        if fixed:
            form = looks.label
        if value is None:
            sheet.write_blank(row, column, None, form)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, form)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), looks.day)  # noqa: DTZ001 - a cell has no zone
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, looks.figure)
        else:
            _write_text(sheet, row, column, value, form)

    def _bound(self, sheet: Worksheet, first: int, last: int, column: int, leaf: ValueColumn) -> None:
        """What may be typed into a column: one of the choices, one of the ids."""
        choices = choices_of(leaf.annotation, leaf.path[-1])
        mark = mark_of(leaf.annotation)
        if choices:
            _choose(sheet, first, last, column, list(choices))
        elif mark is not None and mark.role == "id" and not _is_list(leaf) and (ids := self._ids(mark.tables[0])):
            _choose_from(sheet, first, last, column, ids)

    def _bound_lead(self, sheet: Worksheet, planned: RulesSheet, name: str, column: int, last: int) -> None:
        if name == "part":
            _choose(sheet, 1, last, column, list(dict.fromkeys(slot.title for slot in planned.slots)))
        elif name == "owner" and (owners := self._owners(planned)):
            _choose_from(sheet, 1, last, column, owners)
        elif name == "key":
            _choose(sheet, 1, last, column, list(choices_of(planned.key, "kind")))


def _is_list(leaf: ValueColumn) -> bool:
    return get_origin(bare(leaf.annotation)) in (tuple, dict)


def _leads(sheet: RulesSheet) -> list[tuple[str, str]]:
    """The columns before an entry's own: what they are for, and their headings."""
    leads = [("owner", sheet.owner), ("owner_name", OWNER_NAME_HEADING)] if sheet.owner else []
    leads += [("part", PART_HEADING)] if sheet.parted else []
    leads += [("key", KEY_HEADING)] if sheet.key is not None else []
    return leads + ([("number", NUMBER_HEADING)] if sheet.numbered else [])


def _lead(row: SheetRow, name: str) -> str:
    if name in ("owner", "owner_name"):
        return row.owner
    if name == "part":
        return row.slot.title
    return word_of("kind", row.number) if name == "key" else row.number


def _write_text(sheet: Worksheet, row: int, column: int, text: str, form: Format) -> None:
    if text.startswith("<r>") and text.endswith("</r>"):
        # xlsxwriter takes such a text for the markup of a rich one, and writes it as it is.
        sheet.write_rich_string(row, column, text[:1], form, text[1:], form)
    else:
        sheet.write_string(row, column, text, form)


def _choose(sheet: Worksheet, first: int, last: int, column: int, choices: Sequence[str]) -> None:
    if sum(map(len, choices)) + len(choices) - 1 <= LIST_LIMIT:
        box = {"error_title": "请核对填写内容", "error_message": "请从下拉列表中选择。", "error_type": "stop"}
        sheet.data_validation(first, column, last, column, {"validate": "list", "source": list(choices), **box})


def _choose_from(sheet: Worksheet, first: int, last: int, column: int, source: str) -> None:
    # A name may stand for an id: the cell warns, and does not refuse.
    box = {"error_title": "请核对填写内容", "error_message": "没有这个代码；也可以写名称。", "error_type": "warning"}
    sheet.data_validation(first, column, last, column, {"validate": "list", "source": f"={source}", **box})


def _set_widths(sheet: Worksheet, widths: Sequence[int]) -> None:
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


_COMMON = (
    f"空白单元格表示不设置（按默认）；设置为空的填{EMPTY}。一格填多条的，每条一行（Alt+回车换行）。",
    "所属、一级指标等处从下拉列表选择代码，也可以写名称；算式中可以写栏目代码，也可以写栏目名称，例：实有人数 / 人员编制。",
    "比率的界限以百分数计：95 即 95%，写成 95% 也可以。",
    "标题行和工作表名称不要改动，列的顺序可以调整；可以在最右边增加“备注”列。",
    "改好后保存，检查：perfbatch rulebook lint --rulebook 本文件；使用：perfbatch run --rulebook 本文件。"
    "与程序自带规则的不同之处，列在汇总表的“评分标准”。",
)
_NOTES = ("本工作簿是一套完整的评价规则：各工作表的每一行是一项，可以修改、增加、删除行。", *_COMMON)
_OVERLAY_NOTES = (
    "本工作簿是在“规则”表所列“沿用的规则”基础上的变更：“规则”表只填与其不同的项目，其余变更在“变更”表中每项一行。",
    "动作：改用代码、取消、修改、新增；新增的栏目、指标用“位置：在…之前”“位置：在…之后”“位置：归入”指明位置；恢复默认的填「默认」。",
    *_COMMON,
)

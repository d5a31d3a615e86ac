"""The blank roster (空白部门名录): a workbook of headings that `reading` takes back, with what may be typed bounded."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from perfbatch.model.errors import OperatorFault
from perfbatch.model.excel import CELL_LIMIT, LIST_LIMIT
from perfbatch.model.words.reasons import reason
from perfbatch.package.addresses import column_letters
from perfbatch.roster.model import (
    MAX_UNITS,
    control_figures,
    key_columns,
    review_columns,
    review_sheet,
    roster_columns,
    roster_sheet,
    verdict_columns,
    verdict_sheet,
    waiver_columns,
    waiver_sheet,
)
from perfbatch.roster.verdicts import OPINIONS
from perfbatch.rulebook.model import Rulebook

__all__ = ["blank_roster_name", "write_blank_roster"]

_NOTES_SHEET = "填写说明"
_ROWS = 500
"""Rows that are formatted and bounded; more may be filled, the reader does not count them."""

_WIDTHS = {
    "office": 18, "contact": 18, "subordinate_units": 48,
    "indicator": 36, "score": 12, "reason": 52,
    "code": 16, "place": 22, "until": 14,
}  # fmt: skip
_HELP = {
    "office": "财政部门归口管理的业务股室，印在该{noun}表格的首页上。",
    "contact": "只填脱敏后的联系方式，用于催报；可留空。",
    "subordinate_units": "各二级机构名称之间用顿号“、”分隔，按表内顺序填写；没有二级机构的留空。",
    "indicator": "从下拉列表中选择指标。",
    "score": "0 至该指标分值之间。",
    "reason": "写明理由，不得留空。",
    "code": "填问题清单中的代码，例：R24；只豁免其中一项检查的，填检查编号，例：R09.operating。",
    "place": "填单元格（例：{sheet}!C7）或栏目名称；该{noun}的同一代码全部豁免的留空。",
    "opinion": "说明可以成立的选“已认可”，不能成立的选“已驳回”；驳回的问题重新要求整改。",
    "until": "豁免到哪一天为止（含当日），到期后问题重新列出。",
}
_FIGURE_HELP = "财政部门掌握的数据，用于核对；不掌握的留空。"
_PARAGRAPHS = (
    "一、“{roster}”每个{noun}填一行。{required}必填，其余可留空；标题行的文字不要改动，列的顺序可以调整，可以增加其他列。",
    "二、{keys}列已设为文本格式。从别处粘贴时请选择“只粘贴文本”，以免编码变成数字、丢失前导零。",
    "三、二级机构名称用顿号分隔，同一部门内不得重名；没有二级机构的留空。",
    "四、{figures}为财政部门掌握的数据，用来核对填报的数据；金额单位为万元。",
    "五、“{review}”填写财政部门复核后核定的得分：同一{noun}的同一指标只填一行，必须写明理由；没有复核的留空。",
    "六、联系方式只填脱敏后的内容，不要填写个人姓名和完整的电话号码。",
    "七、“{waiver}”填写财政部门批准不再追究的问题：豁免的问题仍列在问题清单中，注明“已豁免”和理由，不计入错误和提醒，不要求整改。",
)
_OF_EXPLANATIONS = (
    "八、“{verdict}”填写财政部门对说明（核实性检查）的审核意见：已认可或已驳回；没有审核的留空，说明照列。"
)


def blank_roster_name(rulebook: Rulebook) -> str:
    """The file name of the blank roster: yunxi-2020-roster.xlsx."""
    return f"{rulebook.id}-roster.xlsx"


def write_blank_roster(rulebook: Rulebook, directory: Path) -> Path:
    """Write the blank roster into `directory`, made where it is missing; the same bytes for the same rulebook.

    The file appears whole or not at all. Raises `OperatorFault` where it cannot be written.
    """
    path = directory / blank_roster_name(rulebook)
    beside = path.with_name(f".{path.name}.part")
    content = _content(rulebook)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        raise OperatorFault("file.not_written", path=path, reason=reason(error)) from None
    return path


def _content(rulebook: Rulebook) -> bytes:
    buffer = BytesIO()
    font = {"font_name": "宋体", "font_size": 11, "font_scheme": "none"}
    workbook = Workbook(buffer, {"in_memory": True, "default_column_width": 72, "default_format_properties": font})
    # Not the clock's date: the same rulebook gives the same bytes on any day.
    year_end = datetime(rulebook.fiscal_year, 12, 31)  # noqa: DTZ001 - document properties have no zone
    workbook.set_properties({"title": f"{rulebook.district}{roster_sheet(rulebook)}", "created": year_end})
    look = _Looks(workbook)
    departments = workbook.add_worksheet(roster_sheet(rulebook))
    reviews, waivers = workbook.add_worksheet(review_sheet(rulebook)), workbook.add_worksheet(waiver_sheet(rulebook))
    verdicts = workbook.add_worksheet(verdict_sheet(rulebook)) if rulebook.explanation_block is not None else None
    notes = workbook.add_worksheet(_NOTES_SHEET)
    first = _write_notes(notes, rulebook, look)
    _write_departments(departments, rulebook, look)
    _write_reviews(reviews, rulebook, look, first)
    _write_waivers(waivers, rulebook, look)
    if verdicts is not None:
        _write_verdicts(verdicts, rulebook, look)
    workbook.close()
    return buffer.getvalue()


class _Looks:
    """The formats of the workbook."""

    def __init__(self, workbook: Workbook) -> None:
        line = {"border": 1, "border_color": "#A6A6A6", "valign": "vcenter"}
        head = {**line, "bold": True, "align": "center", "text_wrap": True}

        def made(**properties: Any) -> Format:
            return workbook.add_format({"font_name": "宋体", "font_size": 11, "font_scheme": "none", **properties})

        self.required = made(**head, bg_color="#D9E4F1")
        self.head = made(**head, bg_color="#F2F2F2")
        self.text = made(**line, num_format="@", text_wrap=True)
        self.count = made(**line, num_format="#,##0", align="right")
        self.amount = made(**line, num_format="#,##0.00####", align="right")
        self.day = made(**line, num_format="yyyy-mm-dd", align="center")
        self.score = made(**line, num_format="General", align="right")
        self.title = made(bold=True, font_name="黑体", font_size=14, valign="vcenter")
        self.paragraph = made(text_wrap=True, valign="vcenter")
        self.red = workbook.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})


def _write_departments(sheet: Worksheet, rulebook: Rulebook, look: _Looks) -> None:
    headings, figures, keys = roster_columns(rulebook), control_figures(rulebook), rulebook.entity.key
    columns = list(headings)
    _write_heads(sheet, headings, (*keys, rulebook.entity.name), look, rulebook)
    # SUMPRODUCT, because COUNTIF takes the texts 007 and 7 for the same.
    letters = [column_letters(number + 1) for number in range(len(keys))]
    same = "*".join(f"(${letter}$2:${letter}${_ROWS + 1}={letter}2)" for letter in letters)
    times = f"SUMPRODUCT({f'--{same}' if len(keys) == 1 else same})"
    for column, name in enumerate(columns):
        form = look.text
        if name in figures:
            kind = rulebook.kind_of(rulebook.field_by_id[name])
            form = look.amount if kind.decimals else look.count
            rule: dict[str, Any] = {"validate": "decimal" if kind.decimals else "integer", "criteria": "between"}
            rule |= {"minimum": float(kind.minimum or 0), "maximum": float(kind.maximum or 0)}
            _bound(sheet, column, headings, name, rule, f"应填数值，单位：{kind.unit}。", rulebook)
        elif name in keys:
            own = letters[column]
            once = {"validate": "custom", "value": f"=AND(ISTEXT({own}2),{times}=1)"}
            _bound(sheet, column, headings, name, once, f"{headings[name]}须为文本，且不得重复。", rulebook)
            wrong = f'=AND({own}2<>"",OR(ISNUMBER({own}2),{times}>1))'
            sheet.conditional_format(
                1, column, _ROWS, column, {"type": "formula", "criteria": wrong, "format": look.red}
            )
        else:
            field = rulebook.field_by_id.get(name)
            most = rulebook.kind_of(field).max_length if field else None
            length = {"validate": "length", "criteria": "<=", "value": most or CELL_LIMIT}
            _bound(sheet, column, headings, name, length, f"不超过{most or CELL_LIMIT}字。", rulebook)
        _write_cells(sheet, column, form)
    _set_up(sheet, len(columns), frozen_columns=len(keys) + 1)


def _write_reviews(sheet: Worksheet, rulebook: Rulebook, look: _Looks, first: int) -> None:
    last = first + len(rulebook.indicators) - 1
    names, points = (f"'{_NOTES_SHEET}'!${letter}${first + 1}:${letter}${last + 1}" for letter in "AB")
    columns = review_columns(rulebook)
    _write_heads(sheet, columns, tuple(columns), look, rulebook)
    indicator, points_at = (column_letters(list(columns).index(name) + 1) for name in ("indicator", "score"))
    rules: dict[str, tuple[dict[str, Any], str]] = {
        **_listed_keys(rulebook),
        "indicator": ({"validate": "list", "source": f"={names}"}, "请从下拉列表中选择指标。"),
        "score": (
            {
                "validate": "custom",
                "value": f"=AND(ISNUMBER({points_at}2),{points_at}2>=0,{points_at}2<=INDEX({points},MATCH({indicator}2,{names},0)))",
            },
            "核定得分应在 0 与该指标分值之间；请先选择指标。",
        ),
        "reason": ({"validate": "length", "criteria": "<=", "value": 500}, "不超过500字。"),
    }
    for column, (name, (rule, refusal)) in enumerate(rules.items()):
        _bound(sheet, column, columns, name, rule, refusal, rulebook)
        _write_cells(sheet, column, look.score if name == "score" else look.text)
    _set_up(sheet, len(rules), frozen_columns=0)


def _listed_keys(rulebook: Rulebook) -> dict[str, tuple[dict[str, Any], str]]:
    """What bounds the fields of a key: what the roster lists."""
    listed: dict[str, tuple[dict[str, Any], str]] = {}
    for number, (name, heading) in enumerate(key_columns(rulebook).items(), start=1):
        letter = column_letters(number)
        source = f"='{roster_sheet(rulebook)}'!${letter}$2:${letter}${_ROWS + 1}"
        listed[name] = ({"validate": "list", "source": source}, f"请填写“{roster_sheet(rulebook)}”中的{heading}。")
    return listed


def _write_waivers(sheet: Worksheet, rulebook: Rulebook, look: _Looks) -> None:
    columns = waiver_columns(rulebook)
    _write_heads(sheet, columns, tuple(name for name in columns if name != "place"), look, rulebook)
    long = {"validate": "length", "criteria": "<=", "value": 500}
    rules: dict[str, tuple[dict[str, Any], str]] = {
        **_listed_keys(rulebook),
        "code": ({"validate": "length", "criteria": "<=", "value": 40}, "请填写问题代码，例：R24。"),
        "place": ({"validate": "length", "criteria": "<=", "value": 60}, "请填写单元格或栏目名称。"),
        "reason": (long, "不超过500字。"),
        "until": (
            {"validate": "date", "criteria": ">=", "value": datetime(2000, 1, 1)},  # noqa: DTZ001 - a cell has no zone
            "请填写日期，例：2021-12-31。",
        ),
    }
    for column, (name, (rule, refusal)) in enumerate(rules.items()):
        _bound(sheet, column, columns, name, rule, refusal, rulebook)
        _write_cells(sheet, column, look.day if name == "until" else look.text)
    _set_up(sheet, len(rules), frozen_columns=0)


def _write_verdicts(sheet: Worksheet, rulebook: Rulebook, look: _Looks) -> None:
    columns = verdict_columns(rulebook)
    _write_heads(sheet, columns, (*rulebook.entity.key, "code", "opinion"), look, rulebook)
    checks = [check.id for check in rulebook.explainable.values()]
    known: dict[str, Any] = {"validate": "length", "criteria": "<=", "value": 40}
    if checks and len(",".join(checks)) <= LIST_LIMIT:
        known = {"validate": "list", "source": checks}
    rules: dict[str, tuple[dict[str, Any], str]] = {
        **_listed_keys(rulebook),
        "code": (known, "请填写所说明的检查的编号，例：R24。"),
        "place": ({"validate": "length", "criteria": "<=", "value": 60}, "请填写单元格或栏目名称。"),
        "opinion": ({"validate": "list", "source": list(OPINIONS)}, f"请选择{'、'.join(OPINIONS)}。"),
        "reason": ({"validate": "length", "criteria": "<=", "value": 500}, "不超过500字。"),
    }
    for column, (name, (rule, refusal)) in enumerate(rules.items()):
        _bound(sheet, column, columns, name, rule, refusal, rulebook)
        _write_cells(sheet, column, look.text)
    _set_up(sheet, len(rules), frozen_columns=0)


def _write_heads(sheet: Worksheet, columns: Any, required: tuple[str, ...], look: _Looks, rulebook: Rulebook) -> None:
    sheet.set_row(0, 30)
    entity = rulebook.entity
    widths = {**_WIDTHS, **dict.fromkeys(entity.key, 14), entity.name: 34, entity.group_name or "": 34}
    for column, (name, label) in enumerate(columns.items()):
        # A key keeps the width of a code, but for a longer heading.
        width = widths.get(name) or _width(label)
        sheet.set_column(column, column, max(width, _width(label)) if name in entity.key else width)
        sheet.write_string(0, column, label, look.required if name in required else look.head)


def _width(heading: str) -> int:
    """The room of a heading in half-width characters."""
    return sum(2 if ord(character) > 0xFF else 1 for character in heading)


def _write_cells(sheet: Worksheet, column: int, form: Format) -> None:
    for row in range(1, _ROWS + 1):
        sheet.write_blank(row, column, None, form)


def _bound(
    sheet: Worksheet, column: int, columns: Any, name: str, rule: dict[str, Any], requirement: str, rulebook: Rulebook
) -> None:
    messages = {
        "input_title": columns[name],
        "input_message": _help(name, rulebook),
        "error_title": "请核对填写内容",
        "error_message": requirement,
        "error_type": "stop",
    }
    sheet.data_validation(1, column, _ROWS, column, {**rule, **messages})


def _help(name: str, rulebook: Rulebook) -> str:
    entity = rulebook.entity
    if name in entity.key:
        return f"按文本填写，保留前导零；每个{entity.noun}一行，不得重复。"
    if name in (entity.name, entity.group_name):
        return "填全称。"
    first = next((section.sheet for section in rulebook.sections if section.blocks), "")
    return _HELP.get(name, _FIGURE_HELP).format(noun=entity.noun, sheet=first)


def _set_up(sheet: Worksheet, columns: int, *, frozen_columns: int) -> None:
    sheet.freeze_panes(1, frozen_columns)
    sheet.autofilter(0, 0, _ROWS, columns - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C第 &P 页  共 &N 页")


def _paragraphs(rulebook: Rulebook, figures: str) -> list[str]:
    """What the notes say of this form, numbered anew."""
    units = (_PARAGRAPHS[2], f"八、每个{rulebook.entity.noun}最多 {MAX_UNITS} 个二级机构。")
    explained = (_OF_EXPLANATIONS,) if rulebook.explanation_block is not None else ()
    paragraphs = [text for text in (*_PARAGRAPHS, *explained, units[1]) if rulebook.unit_tables or text not in units]
    paragraphs = [text for text in paragraphs if figures or "{figures}" not in text]
    return [f"{number}{text[1:]}" for number, text in zip("一二三四五六七八九", paragraphs, strict=False)]


def _write_notes(sheet: Worksheet, rulebook: Rulebook, look: _Looks) -> int:
    """The notes and the list of indicators behind the drop-down; returns the list's first row, counted from 0."""
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 10)
    sheet.set_column(2, 2, 34)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, f"{rulebook.district}{roster_sheet(rulebook)}{_NOTES_SHEET}", look.title)
    row = 1
    labels = (rulebook.field_by_id[name].label.partition("（")[0] for name in control_figures(rulebook))
    named = "、".join(labels)
    entity = rulebook.entity
    words = {
        "figures": named,
        "noun": entity.noun,
        "roster": roster_sheet(rulebook),
        "review": review_sheet(rulebook),
        "waiver": waiver_sheet(rulebook),
        "verdict": verdict_sheet(rulebook),
        "keys": rulebook.key_label,
        "required": f"{rulebook.key_label}、{rulebook.label_of(entity.name)}",
    }
    paragraphs = [text.format(**words) for text in _paragraphs(rulebook, named)]
    for paragraph in paragraphs:
        sheet.merge_range(row, 0, row, 2, "", look.paragraph)
        sheet.write_string(row, 0, paragraph, look.paragraph)
        sheet.set_row(row, 36)
        row += 1
    row += 1
    for column, head in enumerate(("指标", "分值", "指标代码")):
        sheet.write_string(row, column, head, look.head)
    first = row + 1
    for offset, indicator in enumerate(rulebook.indicators):
        sheet.write_string(first + offset, 0, indicator.name, look.text)
        sheet.write_number(first + offset, 1, float(indicator.points), look.score)
        sheet.write_string(first + offset, 2, indicator.id, look.text)
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    return first

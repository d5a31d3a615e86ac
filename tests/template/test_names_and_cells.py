"""The contract of the workbook: sheets, defined names, what is printed, what may be filled."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook

from perfbatch.rulebook.model import Rulebook, UnitTableBlock
from perfbatch.template import write_template
from tests.template.packages import form_names, named_cells

UNIT_TABLES = ("revenue", "expenditure", "three_public", "fixed_assets")


def _expected_rows(rulebook: Rulebook, units: int) -> dict[str, int]:
    rows = {field.id: 1 for field in rulebook.fields()}
    for table in UNIT_TABLES:
        rows |= {field.id: 2 + units for field in rulebook.unit_tables[table].fields}
    rows |= dict.fromkeys(("item_id", "item_max", "item_self_score", "item_deduction_reason"), 25)
    rows |= dict.fromkeys(("evidence_id", "evidence_answer"), 12)
    rows |= dict.fromkeys(("indicator_type", "indicator_target", "indicator_actual"), 27)
    rows |= dict.fromkeys(("evaluator_name", "evaluator_title", "evaluator_unit"), 8)
    rows |= dict.fromkeys(("explained_check", "explained_place", "explanation_text"), 10)
    return rows


def _rows(book: Workbook) -> dict[str, int]:
    return {name: len(named_cells(book, name)) for name in form_names(book)}


def test_sheets_stand_in_the_order_of_the_form(blank: Workbook) -> None:
    assert blank.sheetnames == [
        "填报说明", "封面", "基本概况", "收支情况", "基础数据表", "绩效目标", "评分表", "评价人员", "综述",
        "续页", "出错说明", "校验", "_live", "_perfbatch",
    ]  # fmt: skip


def test_the_stamp_is_very_hidden_and_says_which_form_it_is(blank: Workbook, form_rulebook: Rulebook) -> None:
    stamp = blank["_perfbatch"]
    assert stamp.sheet_state == "veryHidden"
    assert [(row[0].value, row[1].value, row[1].data_type) for row in stamp.iter_rows()] == [
        ("form_id", "yunxi", "s"),
        ("form_version", "2020", "s"),
        ("rulebook", "yunxi-2020", "s"),
        ("revision", "3", "s"),
    ]
    assert form_rulebook.form_version == "2020"


def test_every_field_has_a_name_over_its_rows_and_there_is_no_other_name(
    blank: Workbook, form_rulebook: Rulebook
) -> None:
    assert _rows(blank) == _expected_rows(form_rulebook, 10)


@pytest.mark.parametrize("units", [0, 1, 20])
def test_units_set_the_rows_of_the_unit_tables(form_rulebook: Rulebook, tmp_path: Path, units: int) -> None:
    path = tmp_path / "units.xlsx"
    write_template(form_rulebook, path, units=units)
    assert _rows(openpyxl.load_workbook(path)) == _expected_rows(form_rulebook, units)


@pytest.mark.parametrize(
    "columns",
    [
        ("item_id", "item_max", "item_self_score", "item_deduction_reason"),
        ("evidence_id", "evidence_answer"),
        ("indicator_type", "indicator_target", "indicator_actual"),
        ("evaluator_name", "evaluator_title", "evaluator_unit"),
        ("explained_check", "explained_place", "explanation_text"),
    ],
)
def test_columns_of_a_table_are_parallel(blank: Workbook, columns: tuple[str, ...]) -> None:
    assert len({tuple(cell.row for cell in named_cells(blank, name)) for name in columns}) == 1


def test_columns_of_each_unit_table_are_parallel(blank: Workbook, form_rulebook: Rulebook) -> None:
    for table in form_rulebook.unit_tables.values():
        assert len({tuple(cell.row for cell in named_cells(blank, field.id)) for field in table.fields}) == 1


def test_what_the_blank_form_prints_into_its_fields(blank: Workbook, form_rulebook: Rulebook) -> None:
    printed: Mapping[str, list[object]] = {
        "fiscal_year": [2020],
        "entity_name": ["局机关及二级机构汇总", "1、局机关", *[None] * 10],
        "item_id": [indicator.id for indicator in form_rulebook.indicators],
        "item_max": [float(indicator.points) for indicator in form_rulebook.indicators],
        "evidence_id": [evidence_id for indicator in form_rulebook.indicators for evidence_id in indicator.evidence_ids],
        "indicator_type": ["质量指标"] * 6 + ["数量指标"] * 6 + ["时效指标"] * 3 + ["成本指标"] * 3
        + ["社会效益"] * 3 + ["经济效益"] * 3 + ["生态效益"] * 3,
    }  # fmt: skip
    for name in form_names(blank):
        if name != "scorecard_total":
            values = [cell.value for cell in named_cells(blank, name)]
            assert values == printed.get(name, [None] * len(values)), name
    assert "asset_safety.breaches" in printed["evidence_id"]
    assert "disclosure.1" in printed["evidence_id"]


def test_subordinate_rows_show_what_they_are_for_left_of_a_blank_name(blank: Workbook) -> None:
    names = named_cells(blank, "entity_name")
    sheet = blank["收支情况"]
    labels = [sheet.cell(cell.row, cell.column - 1).value for cell in names]
    assert labels[:4] == ["汇总", "本级", "2、二级机构1", "3、二级机构2"]
    assert labels[-1] == "11、二级机构10"


def test_the_other_unit_tables_repeat_the_names_by_formula(blank: Workbook, blank_values: Workbook) -> None:
    names = named_cells(blank, "entity_name")
    for field in ("expenditure_total", "three_public_total", "fixed_assets_total"):
        cells = named_cells(blank, field)
        repeated = [blank["收支情况"].cell(cell.row, cell.column - 1) for cell in cells]
        assert [cell.value for cell in repeated] == [
            f'=IF({name.coordinate}="","",{name.coordinate})' for name in names
        ]
        assert all(cell.protection.locked for cell in repeated)
        cached = [blank_values["收支情况"][cell.coordinate].value for cell in repeated]
        assert cached == ["局机关及二级机构汇总", "1、局机关", *[None] * 10]


def test_totals_of_the_scorecard(blank: Workbook, blank_values: Workbook) -> None:
    (total,) = named_cells(blank, "scorecard_total")
    scores = named_cells(blank, "item_self_score")
    points = named_cells(blank, "item_max")
    scored = f"{scores[0].coordinate}:{scores[-1].coordinate}"
    assert total.value == f'=IF(COUNT({scored})=0,"",SUM({scored}))'
    assert blank_values["评分表"][total.coordinate].value is None
    summed = blank["评分表"].cell(total.row, points[0].column)
    assert summed.value == f"=SUM({points[0].coordinate}:{points[-1].coordinate})"
    assert blank_values["评分表"][summed.coordinate].value == 100
    assert total.row == scores[-1].row + 1


def test_exactly_the_inputs_are_unlocked(blank: Workbook, form_rulebook: Rulebook) -> None:
    editable = [indicator.editable for indicator in form_rulebook.indicators]
    expected: set[tuple[str, str]] = set()
    for name in form_names(blank):
        cells = named_cells(blank, name)
        if name in ("item_id", "evidence_id", "scorecard_total"):
            continue
        chosen = [cell for cell, free in zip(cells, editable, strict=True) if free] if name == "item_max" else cells
        expected |= {(cell.parent.title, cell.coordinate) for cell in chosen}
    expected |= {
        ("评分表", f"C{cell.row}") for cell, free in zip(named_cells(blank, "item_max"), editable, strict=True) if free
    }
    unlocked = {
        (sheet.title, cell.coordinate)
        for sheet in blank
        for row in sheet.iter_rows()
        for cell in row
        if not isinstance(cell, MergedCell) and not cell.protection.locked
    }
    assert unlocked == expected
    assert sum(editable) == 9


def test_inputs_are_tinted_and_nothing_else_is(blank: Workbook) -> None:
    for sheet in blank:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell, Cell) and sheet.title != "填报说明":
                    tinted = cell.fill.fgColor.rgb == "FFFFFBE0"
                    assert tinted is not cell.protection.locked, (sheet.title, cell.coordinate)


def test_merged_headers_of_the_expenditure_table(blank: Workbook) -> None:
    sheet = blank["收支情况"]
    top = named_cells(blank, "expenditure_total")[0].row - 3
    merged = {
        (
            sheet.cell(area.min_row, area.min_col).value,
            area.min_row - top,
            area.max_row - top,
            area.min_col,
            area.max_col,
        )
        for area in sheet.merged_cells.ranges
        if top <= area.min_row < top + 3
    }
    assert merged == {
        ("序号", 0, 2, 1, 1),
        ("机构名称", 0, 2, 2, 2),
        ("支出合计", 0, 2, 3, 3),
        ("其中：", 0, 0, 4, 7),
        ("结余", 0, 0, 8, 9),
        ("基本支出", 1, 2, 4, 4),
        ("其中：", 1, 1, 5, 6),
        ("项目支出", 1, 2, 7, 7),
        ("当年结余", 1, 2, 8, 8),
        ("累计结余", 1, 2, 9, 9),
    }
    assert [sheet.cell(top + 2, column).value for column in (5, 6)] == ["人员支出", "公用支出"]


def test_groups_of_the_scorecard_are_merged_and_show_their_points(blank: Workbook) -> None:
    sheet = blank["评分表"]
    first = named_cells(blank, "item_id")[0].row
    merged = {
        (sheet.cell(area.min_row, area.min_col).value, area.min_row - first, area.max_row - first)
        for area in sheet.merged_cells.ranges
        if area.max_col <= 2 and first <= area.min_row < first + 25
    }
    assert merged == {
        ("投  入\n（15分）", 0, 2),
        ("过  程\n（40分）", 3, 14),
        ("产  出\n（25分）", 15, 20),
        ("效  果\n（20分）", 21, 24),
        ("预算配置\n（15分）", 0, 2),
        ("预算执行\n（15分）", 3, 6),
        ("预算管理\n（15分）", 7, 11),
        ("资产管理\n（10分）", 12, 14),
        ("职责履行\n（25分）", 15, 20),
        ("履职效益\n（20分）", 21, 24),
    }


def test_each_indicator_states_its_name_and_standard(blank: Workbook, form_rulebook: Rulebook) -> None:
    for cell, indicator in zip(named_cells(blank, "item_id"), form_rulebook.indicators, strict=True):
        sheet = blank["评分表"]
        assert sheet.cell(cell.row, 3).value == indicator.name
        assert str(sheet.cell(cell.row, 4).value).replace("\n", "") == indicator.standard


def test_codes_stand_last_in_grey_beyond_the_print_area(blank: Workbook) -> None:
    sheet = blank["评分表"]
    last_printed = range_boundaries(sheet.print_area.split("!")[-1])[2]
    for name, heading in (("item_id", "指标代码"), ("evidence_id", "依据代码")):
        cells = named_cells(blank, name)
        assert {cell.column for cell in cells} == {last_printed + 1}
        assert {cell.font.color.rgb for cell in cells} == {"FF808080"}
        assert sheet.cell(cells[0].row - 1, cells[0].column).value == heading


def test_headings_of_the_targets_are_merged_at_the_left(blank: Workbook) -> None:
    sheet = blank["绩效目标"]
    first = named_cells(blank, "indicator_type")[0].row
    merged = {
        (str(sheet.cell(area.min_row, 1).value), area.min_row - first, area.max_row - first)
        for area in sheet.merged_cells.ranges
        if area.max_col == 1 and area.min_row >= first
    }
    assert merged == {
        (
            "产出目标\n（部门工作实绩，包含上级部门和市委市政府布置的重点工作、实事任务等，根据部门实际进行调整细化）",
            0,
            17,
        ),
        ("效益目标\n（预期实现的效益）", 18, 26),
    }


def test_a_text_that_looks_like_a_formula_stays_a_text(form_rulebook: Rulebook, tmp_path: Path) -> None:
    sections = tuple(
        section.model_copy(
            update={
                "title": "=1+1",
                "blocks": tuple(
                    block.model_copy(update={"title": "=cmd|'/c calc'!A1"})
                    if isinstance(block, UnitTableBlock)
                    else block
                    for block in section.blocks
                ),
            }
        )
        for section in form_rulebook.sections
    )
    path = tmp_path / "formula.xlsx"
    write_template(form_rulebook.model_copy(update={"sections": sections}), path, units=0)
    sheet = openpyxl.load_workbook(path)["收支情况"]
    assert [(sheet[cell].value, sheet[cell].data_type) for cell in ("A1", "A2")] == [
        ("=1+1", "s"),
        ("=cmd|'/c calc'!A1", "s"),
    ]


def test_the_codes_are_hidden_and_still_named(blank: Workbook) -> None:
    sheet = blank["评分表"]
    hidden = {letter for letter, column in sheet.column_dimensions.items() if column.hidden}
    assert hidden == {"H"}
    assert {cell.column_letter for name in ("item_id", "evidence_id") for cell in named_cells(blank, name)} == hidden


def test_no_green_triangle_on_codes(blank_path: Path) -> None:
    with zipfile.ZipFile(blank_path) as package:
        for number in range(1, 10):
            markup = package.read(f"xl/worksheets/sheet{number}.xml")
            assert b'<ignoredError sqref="A1:XFD1048576" numberStoredAsText="1"/>' in markup

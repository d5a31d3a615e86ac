"""What stands on each sheet, against the night behind it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbatch.diagnosis.diagnose import diagnose
from perfbatch.district.result import BatchResult
from perfbatch.history.changes import changes_between
from perfbatch.history.record import tonight
from perfbatch.model.findings import Severity
from perfbatch.report.report import build_report
from perfbatch.summary import Surroundings, write_summary
from perfbatch.summary.charts import DEPARTMENTS_SHOWN
from perfbatch.summary.urgent import MOST, urgent_matters
from tests.districts import INJECTION
from tests.summary.conftest import Written, written


def flat(rows: list[list[Any]]) -> list[Any]:
    return [value for row in rows for value in row if value is not None]


def links_of(sheet: Any) -> dict[str, Any]:
    return {cell.coordinate: cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink}


def test_overview(small: Written) -> None:
    rows = small.rows("总览")
    assert flat(rows[2:3]) == [
        "部门一览", "得分排名", "指标得分", "收支汇总", "三公与资产", "按股室", "问题清单", "报送情况", "评分标准", "运行记录",
    ]  # fmt: skip
    assert flat(rows[3:5]) == [
        "应报部门", "已报部门", "退回部门（文件 2 个）", "未报部门", "收入合计", "支出合计", "平均暂核分", "可核算分值占比",
        5, 4, 0, 1, 375.205, 374.98, pytest.approx(286 / 3), pytest.approx(0.0375),
    ]  # fmt: skip
    assert flat(rows[6:8]) == [
        "三公经费合计", "固定资产合计", "优秀（个）", "良好（个）", "中（个）", "差（个）", "有错误的部门", "错误（条）", "提醒（条）", "说明（条）",
        10.05, 76.35, 3, 0, 0, 0, 2, 2, 2, 1,
    ]  # fmt: skip
    assert [flat([row]) for row in rows[10:15]] == [
        ["错误", "z加密.xlsx", "退回：文件已加密，需要密码才能打开。请取消密码后重新保存为 .xlsx", "查看"],
        ["错误", "\\xff\\x01.xlsx", "退回：不是电子表格（文本）。请另存为 .xlsx 后重新报送", "查看"],
        ["提醒", "1 个部门", "未报送，须催报：区文联", "查看"],
        [
            "错误",
            "云溪区总工会",
            "R14 基本概况的实有人数与综述中的在职人数不一致（综述C4单元格），涉及 3.00 分",
            "查看",
        ],
        ["错误", "区教育局", "R05 累计结余不等于收入合计减支出合计（收支情况H22单元格）", "查看"],
    ]
    assert len(small.formulas["总览"]._charts) == 5


def test_contents_and_tiles_lead_to_their_sheets(small: Written) -> None:
    overview = small.formulas["总览"]
    leading = {overview[place].value: link.location for place, link in links_of(overview).items() if place[1:] != "P"}
    sheets = [sheet.title for sheet in small.formulas if sheet.sheet_state == "visible" and sheet.title != "总览"]
    assert {name: leading[name] for name in sheets} == {name: f"'{name}'!A1" for name in sheets}
    tiles = {
        "未报部门": "报送情况", "退回部门（文件 2 个）": "报送情况", "收入合计": "收支汇总", "三公经费合计": "三公与资产",
        "平均暂核分": "得分排名", "优秀（个）": "得分排名", "错误（条）": "问题清单",
    }  # fmt: skip
    assert {name: leading[name] for name in tiles} == {name: f"'{sheet}'!A1" for name, sheet in tiles.items()}


def test_every_sheet_leads_back(small: Written) -> None:
    for sheet in small.formulas:
        back = [place for place, link in links_of(sheet).items() if link.location == "'总览'!A1"]
        if sheet.title == "总览" or sheet.sheet_state == "hidden":
            assert back == []
        else:
            assert [sheet[place].value for place in back] == ["返回总览"]
            assert back[0].endswith("1")


def test_tabs_are_coloured_by_what_a_sheet_is_for(small: Written) -> None:
    colours = {sheet.title: sheet.sheet_properties.tabColor for sheet in small.formulas}
    assert {name: colour.rgb[2:] for name, colour in colours.items() if colour} == {
        "总览": "1F3864", "部门一览": "2E75B6", "得分排名": "2E75B6", "指标得分": "2E75B6", "收支汇总": "2E75B6",
        "三公与资产": "2E75B6", "按股室": "2E75B6", "问题清单": "A84A0E", "报送情况": "A84A0E", "评分标准": "6E6E6E",
        "运行记录": "6E6E6E",
    }  # fmt: skip


def test_the_urgent_lead_to_their_rows(small: Written) -> None:
    links = {place: link.location for place, link in links_of(small.formulas["总览"]).items()}
    problems = small.rows("问题清单")
    for at in (14, 15):
        sheet, _, cell = links[f"P{at}"].partition("!")
        assert sheet == "'问题清单'"
        code = problems[int(cell[1:]) - 1][5]
        assert small.rows("总览")[at - 1][4].startswith(code)


def test_ten_matters_at_most(sample: Written) -> None:
    result = sample.result
    diagnosis = diagnose(result)
    assert len(urgent_matters(result, diagnosis)) <= MOST
    many = replace(result, entries=result.entries * 9)
    assert urgent_matters(many, diagnosis)[0].who == f"{(5 + 8) * 9} 个文件"


def test_scores(small: Written) -> None:
    rulebook = small.result.rulebook
    rows = [[cell.value for cell in row] for row in small.values["指标得分"].iter_rows()]
    heads = [indicator.name for indicator in rulebook.indicators]
    order = [heads.index(name) if name in heads else None for name in rows[6]]
    assert [name for name in rows[6][2:] if name not in heads] == [
        "投入小计", "过程小计", "产出小计", "效果小计", "暂核总分",
    ]  # fmt: skip
    assert [name for name in rows[5] if name] == ["单位：分", "投入", "过程", "产出", "效果"]
    points = [float(indicator.points) for indicator in rulebook.indicators]
    assert rows[2][2:] == [
        points[at] if at is not None else group for at, group in zip(order[2:], _groups(order), strict=True)
    ]
    assert [rows[at][1] for at in (2, 3, 4)] == ["分值", "全区平均", "得分率"]
    assert rows[9][:7] == ["116001", "云溪区总工会", 0, 5, 5, 10, 3]
    assert (rows[9][-1], rows[8][1:3]) == (93, [INJECTION, None])
    assert rows[3][2] == pytest.approx(10 / 3)
    assert rows[4][2] == pytest.approx(2 / 3)
    formulas = small.formulas["指标得分"]
    assert formulas.tables["Scores"].ref == "A7:AF11"
    assert formulas["C4"].value == '=IFERROR(AVERAGE(C8:C11),"")'
    assert formulas["F10"].value == '=IF(COUNT(C10:E10)=0,"",SUM(C10:E10))'
    rules = formulas.conditional_formatting
    assert {str(rule.sqref) for rule in rules} >= {"C8:C11", "AF8:AF11", "C5"}
    scale = next(rule for rule in rules if str(rule.sqref) == "C8:C11").rules[0].colorScale
    assert [bound.val for bound in scale.cfvo] == ["0", "5"] or [float(bound.val) for bound in scale.cfvo] == [0, 5]


def _groups(order: list[int | None]) -> list[float | None]:
    sums = iter([15.0, 40.0, 25.0, 20.0, 100.0])
    return [next(sums) if at is None else None for at in order[2:]]


def test_a_score_says_where_it_comes_from(small: Written) -> None:
    sheet = small.values["指标得分"]
    # 116001: staff control computed, change rate self-reported, key spending not applicable; 116002: satisfaction adjusted.
    formats = [sheet[at].number_format for at in ("C10", "D10", "E10", "AD11")]
    assert formats == ["0.00_°", '0.00"°"', '0.00"*"', '0.00"+"']


def test_money(small: Written) -> None:
    rows = small.rows("收支汇总")
    assert rows[5][:5] == ["预算编码", "部门（单位）名称", "层级", "收入合计", "上年结转"]
    assert rows[5][16:] == [
        "核对：收入合计",
        "核对：支出合计",
        "核对：基本支出",
        "汇总−机构：收入合计",
        "汇总−机构：支出合计",
    ]
    named = [(*row, None)[:4] for row in rows[6:13]]
    assert named == [
        ("007002", "区教育局", "部门汇总", 100.125),
        ("007002", "教育局机关", "局机关", 60),
        ("007002", "实验小学", "二级机构", 40),
        ("101001", INJECTION, "部门汇总", None),
        ("116001", "云溪区总工会", "部门汇总", 274.98),
        ("116001", "局机关", "局机关", 274.98),
        ("116002", "区妇联", "部门汇总", 0.1),
    ]
    assert (rows[13][0], rows[13][3]) == ("全区合计", 375.205)
    assert [row[19] if len(row) > 19 else None for row in rows[6:14]] == [0.125, None, None, None, 0, None, None, 1]
    # The school's revenue is its carry-over: that adds up.
    assert rows[8][16] == 0
    sheet = small.formulas["收支汇总"]
    assert sheet["D14"].value == '=SUMIF($C$7:$C$13,"部门汇总",D7:D13)'
    assert sheet["Q9"].value == '=IF(OR(D9="",COUNT(E9,F9,G9,H9,I9)=0),"",ROUND(D9-SUM(E9,F9,G9,H9,I9),6))'
    levels = [(sheet.row_dimensions[at].outlineLevel, sheet.row_dimensions[at].hidden) for at in range(7, 14)]
    assert levels == [(0, False), (1, True), (1, True), (0, False), (0, False), (1, True), (0, False)]
    assert sheet.tables["Money1"].ref == "A6:U13"
    assert sheet.sheet_properties.outlinePr.summaryBelow is False


def test_problems(small: Written) -> None:
    rows = small.rows("问题清单")[3:]
    sheet = small.formulas["问题清单"]
    outlines = [
        (sheet.row_dimensions[at].outlineLevel, sheet.row_dimensions[at].hidden) for at in range(4, 4 + len(rows))
    ]
    places = [(row[0], row[2], row[3], row[4], row[5]) for row in rows]
    assert list(zip(outlines, places, strict=True)) == [
        ((0, False), ("116001", None, None, None, None)),
        ((1, False), ("116001", "绩效目标", None, None, None)),
        ((2, False), ("116001", "绩效目标", "D9", "提醒", "R21")),
        ((2, False), ("116001", "绩效目标", "D12", "提醒", "R21")),
        ((1, False), ("116001", "评分表", None, None, None)),
        ((2, True), ("116001", "评分表", "F9", "说明", "S05")),
        ((1, False), ("116001", "综述", None, None, None)),
        ((2, False), ("116001", "综述", "C4", "错误", "R14")),
        ((0, False), ("007002", None, None, None, None)),
        ((1, False), ("007002", "收支情况", None, None, None)),
        ((2, False), ("007002", "收支情况", "H22", "错误", "R05")),
    ]
    assert rows[0][11:14] == [3, None, "错误 1　提醒 2　说明 1"]
    assert rows[7][8:12] == [16, 10, 6, 3]
    assert rows[2][8] == "007"
    links = {place: (link.target, link.location) for place, link in links_of(sheet).items()}
    assert links["D11"] == ("../inbox/116001.xlsx", "'综述'!C4")
    assert [sheet[f"E{at}"].number_format for at in (11, 6, 9)] == ['"■ "@', '"▲ "@', '"○ "@']


def test_follow_on_errors_are_folded_under_their_cause(sample: Written) -> None:
    sheet = sample.formulas["问题清单"]
    rows = {at: [cell.value for cell in sheet[at]] for at in range(4, sheet.max_row + 1)}
    slip = next(at for at, row in rows.items() if row[5] == "C03")
    below = [
        (rows[at][5], sheet.row_dimensions[at].outlineLevel, sheet.row_dimensions[at].hidden)
        for at in (slip + 1, slip + 2)
    ]
    assert sorted(below) == [("R01", 3, True), ("R03", 3, True)]
    assert rows[slip][12] == "“项目支出”疑似大了一万倍（单位填错）"
    assert {row[12] for row in rows.values() if row[12]} >= {
        "“固定资产合计”疑似漏算“17、云溪区实验小学”",
        "“收入合计”疑似数字颠倒（应为 2649.26）",
    }
    # What is said of a whole workbook has no place: the cells are blank.
    listed = Counter((row[0], row[2] or "", row[3] or "", row[5]) for row in rows.values() if row[5])
    assert listed == Counter(
        (finding.entity_code, finding.sheet, finding.cell, finding.code) for finding in sample.result.findings
    )


def test_every_total_is_the_run_reports(sample: Written) -> None:
    report = build_report(sample.result, [])
    tiles = flat(sample.rows("总览")[3:5])
    assert tiles[9] == len(report["departments"])
    assert tiles[11] == sum(file["status"] == "set_aside" for file in report["files"])
    ranking = {row[1]: row for row in sample.rows("得分排名")[4:]}
    for department in report["departments"]:
        row = ranking[department["budget_code"]]
        assert [row[0], row[3], row[4], row[6]] == [
            department["rank"], float(department["self_total"]), float(department["verified_total"]), department["grade"],
        ]  # fmt: skip
        statuses = ("computed", "self_reported", "not_applicable", "adjusted")
        assert row[13:17] == [float(department["points_by_status"][status]) for status in statuses]
    mean = sum(float(department["verified_total"]) for department in report["departments"]) / len(report["departments"])
    assert tiles[14] == pytest.approx(mean)
    known = sum(
        float(department["points_by_status"][status])
        for department in report["departments"]
        for status in ("computed", "adjusted")
    )
    assert tiles[15] == pytest.approx(known / 100 / len(report["departments"]))
    severities = Counter(finding["severity"] for finding in report["findings"] if not finding["explained"])
    assert flat(sample.rows("总览")[6:8])[-3:] == [severities[severity.value] for severity in Severity]


def test_changes(with_units: BatchResult, tmp_path: Path) -> None:
    later = tonight(with_units)
    earlier = replace(
        later,
        run_id="20210719-1",
        departments=(
            later.departments[2]._replace(verified_total=90_000_000, rank=4, sha256="old"),
            later.departments[3],
        ),
        findings=(*later.findings[1:], later.findings[0]._replace(code="R02")),
    )
    around = Surroundings(changes=changes_between(earlier, later))
    rows = [row for row in written(with_units, tmp_path / "s.xlsx", around).rows("本次变化") if row]
    assert rows[1] == ["与上次运行 20210719-1（2021-07-20 01:00:05）比较。"]
    assert ["一、报送变化：新报 2　重报 1　撤回 0"] in rows
    assert ["007002", "区教育局", "新报", None, None, None, None, "007002.xlsx"] in rows
    assert ["116001", "云溪区总工会", 90, 93, 3, "4 → 2", "▲2", "优秀"] in rows
    assert ["三、新出现的问题：1 条"] in rows
    assert ["四、已消除的问题：1 条"] in rows


def test_a_first_run_has_nothing_to_compare_with(small: Written) -> None:
    assert small.formulas["本次变化"].sheet_state == "hidden"
    assert flat(small.rows("本次变化")[1:]) == ["本年度没有更早的运行记录，本次为首次运行，没有可以比较的内容。"]


def test_charts_show_top_and_bottom(sample: Written, tmp_path: Path) -> None:
    import pandas as pd

    frame = sample.result.departments
    many = pd.concat([frame.assign(entity_code=frame["entity_code"] + str(at)) for at in range(9)], ignore_index=True)
    big = written(replace(sample.result, departments=many, findings=()), tmp_path / "s.xlsx")
    data = big.values["图表数据"]
    shown = [data.cell(row, 6).value for row in range(2, 100) if data.cell(row, 6).value]
    assert len(shown) == DEPARTMENTS_SHOWN
    half = DEPARTMENTS_SHOWN // 2
    verified = [data.cell(row, 8).value for row in range(2, 2 + DEPARTMENTS_SHOWN)]
    assert verified[0] == 98.5
    assert verified[-1] == min(verified)
    assert verified[:half] == sorted(verified[:half], reverse=True)


def test_what_is_confirmed_is_called_so(sample: Written, tmp_path: Path) -> None:
    departments = sample.result.departments.assign(confirmed=True)
    some = departments.assign(confirmed=[True, *[False] * (len(departments) - 1)])
    for frame, word, standings in (
        (departments, "核定", {"已核定"}),
        (some, "暂核", {"已核定", "暂列"}),
    ):
        path = tmp_path / f"{word}.xlsx"
        write_summary(replace(sample.result, departments=frame), path, [])
        book = openpyxl.load_workbook(path)
        head, *rows = book["得分排名"].iter_rows(min_row=4, values_only=True)
        assert head[4:6] == (f"{word}得分", f"自评−{word}")
        assert {row[7] for row in rows} == standings
        assert book["指标得分"]["A1"].value == f"岳阳市云溪区2020年度各部门指标{word}得分"
        assert book["指标得分"].cell(7, book["指标得分"].max_column).value == f"{word}总分"
        assert f"平均{word}分" in [cell.value for cell in book["总览"][4]]

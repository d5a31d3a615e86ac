"""The roster workbook: what is read from it, and every fault with sheet, cell and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbatch.model.errors import OperatorFault
from perfbatch.model.findings import Severity
from perfbatch.model.submission import SCALE
from perfbatch.roster import (
    MAX_UNITS,
    ExplanationReview,
    Roster,
    RosterEntry,
    Waiver,
    read_roster,
    roster_columns,
)
from tests.submissions import RULEBOOK

REVIEW_SHEET, ROSTER_SHEET, WAIVER_SHEET = "财政复核", "部门名录", "豁免事项"

HEAD = [
    "预算编码",
    "部门（单位）名称",
    "归口业务股室",
    "联系方式（脱敏）",
    "二级机构",
    "人员编制（人）",
    "年初预算数（万元）",
    "公共财政拨款（万元）",
]
UNION = ["116001", "岳阳市云溪区总工会", "行政政法股", "1**", None, 7, 274.98, 274.98]
SCHOOLS = ["007002", "区教育局", None, None, "一小、二小；三小\n四小", None, None, None]
REVIEW_HEAD = ["预算编码", "指标代码", "核定得分", "核定理由"]


def _workbook(folder: Path, rows: Sequence[Sequence[Any]], reviews: Sequence[Sequence[Any]] | None = None) -> Path:
    """A roster with these rows, headings among them."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = ROSTER_SHEET
    for row in rows:
        sheet.append(list(row))
    if reviews is not None:
        review = workbook.create_sheet(REVIEW_SHEET)
        for row in reviews:
            review.append(list(row))
    path = folder / "roster.xlsx"
    workbook.save(path)
    return path


# ---------------------------------------------------------------------- what is read


def test_a_roster_is_read_in_its_order(tmp_path: Path) -> None:
    assert read_roster(_workbook(tmp_path, [HEAD, UNION, SCHOOLS]), RULEBOOK) == Roster(
        (
            RosterEntry(
                "116001",
                "岳阳市云溪区总工会",
                "行政政法股",
                "1**",
                (),
                {
                    "authorized_posts": 7_000_000,
                    "budget_initial": 274_980_000,
                    "general_budget_appropriation": 274_980_000,
                },
            ),
            RosterEntry("007002", "区教育局", "", "", ("一小", "二小", "三小", "四小"), {}),
        ),
        {},
    )


def test_a_title_above_and_blank_rows_between_do_no_harm(tmp_path: Path) -> None:
    rows = [["2020年度部门名录"], [], HEAD, [], UNION, ["", " ", None], SCHOOLS]
    roster = read_roster(_workbook(tmp_path, rows), RULEBOOK)
    assert [entry.entity_code for entry in roster.entries] == ["116001", "007002"]


def test_columns_are_found_by_their_headings_in_any_order(tmp_path: Path) -> None:
    rows = [["备注", "年初预算数(万元)", "部门(单位)名称", "预算编码"], ["x", "1,234.5", "区残联", " ００１００2 "]]
    (entry,) = read_roster(_workbook(tmp_path, rows), RULEBOOK).entries
    assert entry == RosterEntry("001002", "区残联", figures={"budget_initial": 1_234_500_000})


def test_names_are_kept_as_they_are_written(tmp_path: Path) -> None:
    rows = [HEAD, ["1", " 区Ａ局（本级） ", "教科文 股", "1**", "一小（东）， 二小\n", None, None, None]]
    (entry,) = read_roster(_workbook(tmp_path, rows), RULEBOOK).entries
    assert (entry.entity_title, entry.office) == ("区Ａ局（本级）", "教科文 股")
    assert entry.subordinate_units == ("一小（东）", "二小")


def test_a_roster_without_the_column_does_not_say_that_there_are_no_units(tmp_path: Path) -> None:
    rows = [["预算编码", "部门（单位）名称"], ["1", "区残联"]]
    assert read_roster(_workbook(tmp_path, rows), RULEBOOK).entries[0].subordinate_units is None
    rows = [["预算编码", "部门（单位）名称", "二级机构"], ["1", "区残联", None]]
    assert read_roster(_workbook(tmp_path, rows), RULEBOOK).entries[0].subordinate_units == ()


def test_as_many_units_as_the_form_has_room_for(tmp_path: Path) -> None:
    rows = [HEAD, [*SCHOOLS[:4], "、".join(f"第{number}小学" for number in range(MAX_UNITS)), None, None, None]]
    units = read_roster(_workbook(tmp_path, rows), RULEBOOK).entries[0].subordinate_units
    assert units is not None
    assert (len(units), units[0], units[-1]) == (500, "第0小学", "第499小学")


def test_an_indicator_may_be_reviewed_by_its_name(tmp_path: Path) -> None:
    reviews = [REVIEW_HEAD, ["116001", "管理制度健全性（预算）", 2, "缺考核办法"]]
    assert read_roster(_workbook(tmp_path, [HEAD, UNION], reviews), RULEBOOK).reviews == {
        ("116001", "budget_management_system"): (2_000_000, "缺考核办法")
    }


def test_headings_may_be_field_ids(tmp_path: Path) -> None:
    rows = [list(roster_columns(RULEBOOK)), ["1", "区残联", "", "", "", 3, 0.1, 0]]
    (entry,) = read_roster(_workbook(tmp_path, rows), RULEBOOK).entries
    assert entry.figures == {
        "authorized_posts": 3_000_000,
        "budget_initial": 100_000,
        "general_budget_appropriation": 0,
    }


def test_a_roster_without_departments_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatorFault, match="lists no department"):
        read_roster(_workbook(tmp_path, [HEAD]), RULEBOOK)


def test_floats_of_a_spreadsheet_are_taken_at_six_decimals(tmp_path: Path) -> None:
    rows = [["预算编码", "部门（单位）名称", "年初预算数（万元）"], ["1", "x", 0.1 + 0.2]]
    (entry,) = read_roster(_workbook(tmp_path, rows), RULEBOOK).entries
    assert entry.figures == {"budget_initial": 300_000}


def test_reviews_are_scores_with_a_reason(tmp_path: Path) -> None:
    reviews = [
        REVIEW_HEAD,
        ["116001", "staff_control_rate", 1.5, "人员借调"],
        ["007002", "duty_growth", 0, "未完成"],
        ["007002", "satisfaction", "5", "问卷已补"],
    ]
    assert read_roster(_workbook(tmp_path, [HEAD, UNION, SCHOOLS], reviews), RULEBOOK).reviews == {
        ("116001", "staff_control_rate"): (1_500_000, "人员借调"),
        ("007002", "duty_growth"): (0, "未完成"),
        ("007002", "satisfaction"): (5_000_000, "问卷已补"),
    }


@pytest.mark.parametrize("reviews", [[], [REVIEW_HEAD]])
def test_a_review_sheet_may_be_empty(reviews: list[list[str]], tmp_path: Path) -> None:
    assert read_roster(_workbook(tmp_path, [HEAD, UNION], reviews), RULEBOOK).reviews == {}


# ---------------------------------------------------------------------- faults


def _with(position: int, value: Any, row: Sequence[Any] = UNION) -> list[Any]:
    changed = list(row)
    changed[position] = value
    return changed


#           rows of the roster, the place, the line after it
ROSTER_FAULTS: dict[str, tuple[list[list[Any]], str, str]] = {
    "a code that is a number": (
        [HEAD, _with(0, 116001)],
        "[部门名录!A2]",
        "the code 116001.0 is a number, its leading zeros may be lost. Format it as text.",
    ),
    "a code that is a date": (
        [HEAD, _with(0, date(2020, 1, 1))],
        "[部门名录!A2]",
        "the code datetime.date(2020, 1, 1) is a number, its leading zeros may be lost. Format it as text.",
    ),
    "a blank code": (
        [HEAD, UNION, _with(0, None)],
        "[部门名录!A3]",
        "the code is blank. Fill it in or delete the row.",
    ),
    "a code twice": (
        [["标题"], HEAD, UNION, SCHOOLS, _with(1, "区妇联")],
        "[部门名录!A5]",
        "the code 116001 stands in row 3 too. Keep one of the rows.",
    ),
    "a blank name": ([HEAD, _with(1, "  ")], "[部门名录!B2]", "the name is blank. Fill it in."),
    "a word for a number": (
        [HEAD, _with(5, "七人")],
        "[部门名录!F2]",
        "'七人' is not a number. Give a plain number or leave it blank.",
    ),
    "a figure that is not a number": (
        [HEAD, _with(6, "NaN")],
        "[部门名录!G2]",
        "'NaN' is not a number. Give a plain number or leave it blank.",
    ),
    "a figure without end": (
        [HEAD, _with(7, "Infinity")],
        "[部门名录!H2]",
        "'Infinity' is not a number. Give a plain number or leave it blank.",
    ),
    "a figure of many digits": (
        [HEAD, _with(6, "1e40")],
        "[部门名录!G2]",
        "'1e40' is not a number. Give a plain number or leave it blank.",
    ),
    "a figure beyond all figures": (
        [HEAD, _with(6, 1e20)],
        "[部门名录!G2]",
        "1e+20 must lie in 0 … 100000000. Correct the number or its unit.",
    ),
    "a figure below nothing": (
        [HEAD, _with(5, -1)],
        "[部门名录!F2]",
        "-1.0 must lie in 0 … 10000000. Correct the number or its unit.",
    ),
    "a figure in a column far to the right": (
        [[*[None] * 27, "预算编码", "部门（单位）名称", "人员编制（人）"], [*[None] * 27, "1", "x", "七"]],
        "[部门名录!AD2]",
        "'七' is not a number. Give a plain number or leave it blank.",
    ),
    "half a post": (
        [HEAD, _with(5, 7.5)],
        "[部门名录!F2]",
        "7.5 is not a whole number. Correct the number.",
    ),
    "a code longer than the form's cell": (
        [HEAD, _with(0, "1" * 21)],
        "[部门名录!A2]",
        "111111111111… is longer than the form's 20 characters. Shorten it.",
    ),
    "a name longer than the form's cell": (
        [HEAD, _with(1, "局" * 61)],
        "[部门名录!B2]",
        "局局局局局局局局局局局局… is longer than the form's 60 characters. Shorten it.",
    ),
    "a unit longer than the form's cell": (
        [HEAD, _with(4, "一小、" + "校" * 61)],
        "[部门名录!E2]",
        "校校校校校校校校校校校校… is longer than the form's 60 characters. Shorten it.",
    ),
    "a unit twice": (
        [HEAD, SCHOOLS, _with(4, "一小、二小（东）、二小(东)")],
        "[部门名录!E3]",
        "二小(东) stands twice. Keep it once.",
    ),
    "the department among its units": (
        [HEAD, _with(4, "区教育局；一小", SCHOOLS)],
        "[部门名录!E2]",
        "区教育局 is the department itself. List its subordinate units only.",
    ),
    "more units than the form has room for": (
        [HEAD, _with(4, "、".join(f"第{number}小学" for number in range(MAX_UNITS + 1)))],
        "[部门名录!E2]",
        "501 subordinate units, the form has room for 500. Put small units together.",
    ),
    "a heading twice": (
        [[*HEAD, "二级机构"], UNION],
        "[部门名录!I1]",
        "the heading 二级机构 stands twice. Keep one of the columns.",
    ),
    "no column of names": (
        [["预算编码", "人员编制（人）"], ["1", 3]],
        "[部门名录!A1]",
        "has no column 部门（单位）名称. Add the column.",
    ),
    "no headings": (
        [["116001", "总工会"]],
        "[部门名录]",
        "has no heading row with 预算编码. Start from a blank roster.",
    ),
    "nothing at all": ([], "[部门名录]", "has no heading row with 预算编码. Start from a blank roster."),
}

REVIEW_FAULTS: dict[str, tuple[list[list[Any]], str, str]] = {
    "a code that is a number": (
        [REVIEW_HEAD, [116001, "satisfaction", 3, "x"]],
        "[财政复核!A2]",
        "the code 116001.0 is a number, its leading zeros may be lost. Format it as text.",
    ),
    "no score": (
        [REVIEW_HEAD, ["116001", "satisfaction", None, "x"]],
        "[财政复核!C2]",
        "the score is blank. Fill it in or delete the row.",
    ),
    "a word for a score": (
        [REVIEW_HEAD, ["116001", "satisfaction", "三分", "x"]],
        "[财政复核!C2]",
        "'三分' is not a number. Give a plain number or leave it blank.",
    ),
    "no reason": (
        [REVIEW_HEAD, ["116001", "satisfaction", 3, " "]],
        "[财政复核!D2]",
        "the reason is blank. State why the score was changed.",
    ),
    "an indicator reviewed twice": (
        [REVIEW_HEAD, ["116001", "satisfaction", 3, "x"], ["116001", "satisfaction", 1, "y"]],
        "[财政复核!B3]",
        "satisfaction of 116001 stands in row 2 too. Keep one of the rows.",
    ),
    "no column of reasons": (
        [REVIEW_HEAD[:3], ["116001", "satisfaction", 3]],
        "[财政复核!A1]",
        "has no column 核定理由. Add the column.",
    ),
}


#   a row of 财政复核, code and cell of the finding, its message
USELESS_REVIEWS = [
    (["999999", "satisfaction", 3, "x"], ("S10", "A2"), "“财政复核”第2行：名录中没有预算编码 999999，未采用"),
    (["116001", "满意度", 3, "x"], ("S10", "B2"), "“财政复核”第2行：没有指标“满意度”，未采用"),
    (
        ["116001", "satisfaction", 5.01, "x"],
        ("S09", "C2"),
        "社会公众或服务对象满意度：复核核定 5.01 分，应在 0 至 5.00 分之间，未采用",
    ),
    (
        ["116001", "satisfaction", -0.01, "x"],
        ("S09", "C2"),
        "社会公众或服务对象满意度：复核核定 -0.01 分，应在 0 至 5.00 分之间，未采用",
    ),
]


@pytest.mark.parametrize(
    ("row", "place", "message"), USELESS_REVIEWS, ids=[useless_review[2] for useless_review in USELESS_REVIEWS]
)
def test_a_review_of_what_is_not_there_is_a_finding(
    row: list[Any], place: tuple[str, str], message: str, tmp_path: Path
) -> None:
    good = ["007002", "satisfaction", 3, "y"]
    read = read_roster(_workbook(tmp_path, [HEAD, UNION, SCHOOLS], [REVIEW_HEAD, row, good]), RULEBOOK)
    assert read.reviews == {("007002", "satisfaction"): (3 * SCALE, "y")}
    (finding,) = read.findings
    assert (finding.code, finding.cell) == place
    assert (finding.message, finding.sheet, finding.file, finding.severity) == (
        message,
        REVIEW_SHEET,
        "roster.xlsx",
        Severity.ERROR,
    )


# ---------------------------------------------------------------------- waivers

WAIVER_HEAD = ["预算编码", "问题代码", "单元格或栏目", "豁免理由", "有效期至"]


def _with_waivers(folder: Path, *rows: Sequence[Any]) -> Path:
    path = _workbook(folder, [HEAD, UNION, SCHOOLS])
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.create_sheet(WAIVER_SHEET)
    for row in (WAIVER_HEAD, *rows):
        sheet.append(list(row))
    workbook.save(path)
    return path


def test_waivers_are_read_with_a_cell_a_field_or_neither(tmp_path: Path) -> None:
    path = _with_waivers(
        tmp_path,
        ["116001", "R24", "", "编制待批", date(2021, 12, 31)],
        ["116001", "R09.operating", RULEBOOK.field_by_id["three_public_total"].label, "列入项目", "2021-12-31"],
        ["007002", "C03", "收支情况!$C$7", "确认无误", "2021/12/31"],
        ["007002", "R06", "revenue_total", "赤字已批", date(2021, 12, 31)],
    )
    last = date(2021, 12, 31)
    read = read_roster(path, RULEBOOK)
    assert read.waivers == (
        Waiver("116001", "R24", "", "编制待批", last, 2),
        Waiver("116001", "R09.operating", "three_public_total", "列入项目", last, 3),
        Waiver("007002", "C03", "收支情况!$C$7", "确认无误", last, 4),
        Waiver("007002", "R06", "revenue_total", "赤字已批", last, 5),
    )
    assert read.findings == ()


@pytest.mark.parametrize(
    ("row", "cell", "what"),
    [
        (["999999", "R24", "", "x", "2021-12-31"], "A2", "名录中没有预算编码 999999"),
        (["116001", "R99", "", "x", "2021-12-31"], "B2", "没有问题代码“R99”"),
        (["116001", "R24", "某处", "x", "2021-12-31"], "C2", "没有单元格或栏目“某处”"),
    ],
)
def test_a_waiver_of_what_is_not_there_is_a_finding(row: list[Any], cell: str, what: str, tmp_path: Path) -> None:
    read = read_roster(_with_waivers(tmp_path, row), RULEBOOK)
    assert read.waivers == ()
    assert [(finding.code, finding.sheet, finding.cell, finding.message) for finding in read.findings] == [
        ("S12", WAIVER_SHEET, cell, f"“豁免事项”第2行：{what}，未采用")
    ]


@pytest.mark.parametrize(
    ("row", "place", "line"),
    [
        (["116001", "R24", "", " ", "2021-12-31"], "D2", "the reason is blank. State why the finding may stand."),
        (["116001", "R24", "", "x", "年底"], "E2", "'年底' is not a date. Give the last day, like 2021-12-31."),
        (["116001", "R24", "", "x", None], "E2", "'' is not a date. Give the last day, like 2021-12-31."),
    ],
)
def test_a_waiver_without_reason_or_day_is_a_fault(row: list[Any], place: str, line: str, tmp_path: Path) -> None:
    path = _with_waivers(tmp_path, row)
    with pytest.raises(OperatorFault) as caught:
        read_roster(path, RULEBOOK)
    assert str(caught.value) == f"{path} [{WAIVER_SHEET}!{place}]: {line}"


@pytest.mark.parametrize("case", ROSTER_FAULTS)
def test_a_fault_of_the_roster_names_its_cell(case: str, tmp_path: Path) -> None:
    rows, place, line = ROSTER_FAULTS[case]
    path = _workbook(tmp_path, rows)
    with pytest.raises(OperatorFault) as caught:
        read_roster(path, RULEBOOK)
    assert str(caught.value) == f"{path} {place}: {line}"


@pytest.mark.parametrize("case", REVIEW_FAULTS)
def test_a_fault_of_a_review_names_its_cell(case: str, tmp_path: Path) -> None:
    rows, place, line = REVIEW_FAULTS[case]
    path = _workbook(tmp_path, [HEAD, UNION, SCHOOLS], rows)
    with pytest.raises(OperatorFault) as caught:
        read_roster(path, RULEBOOK)
    assert str(caught.value) == f"{path} {place}: {line}"


def test_a_workbook_of_something_else(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    path = tmp_path / "other.xlsx"
    workbook.save(path)
    with pytest.raises(OperatorFault) as caught:
        read_roster(path, RULEBOOK)
    assert str(caught.value) == f"{path}: has no sheet 部门名录. Start from a blank roster."


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04broken"])
def test_a_file_that_is_no_workbook(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "roster.xlsx"
    path.write_bytes(content)
    with pytest.raises(OperatorFault) as caught:
        read_roster(path, RULEBOOK)
    assert str(caught.value).startswith(f"{path}: cannot be read as a workbook (")
    assert str(caught.value).endswith("). Name a roster .xlsx.")
    assert "\n" not in str(caught.value)


def test_a_roster_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OperatorFault, match="cannot be read as a workbook"):
        read_roster(tmp_path / "none.xlsx", RULEBOOK)


def _with_verdicts(folder: Path, *rows: list[Any]) -> Path:
    path = _workbook(folder, [HEAD, UNION, SCHOOLS])
    book = openpyxl.load_workbook(path)
    sheet = book.create_sheet("说明审核")
    for row in (["预算编码", "问题代码", "单元格或栏目", "审核意见", "审核理由"], *rows):
        sheet.append(row)
    book.save(path)
    return path


def test_verdicts_on_explanations(tmp_path: Path) -> None:
    path = _with_verdicts(
        tmp_path,
        ["116001", "R24", "", "已认可", "编制已批"],
        ["007002", "R09.operating", RULEBOOK.field_by_id["three_public_total"].label, "已驳回", ""],
    )
    read = read_roster(path, RULEBOOK)
    assert read.verdicts == (
        ExplanationReview("116001", "R24", "", "accepted", "编制已批", 2),
        ExplanationReview("007002", "R09.operating", "three_public_total", "rejected", "", 3),
    )
    assert read.findings == ()


@pytest.mark.parametrize(
    ("row", "cell", "what"),
    [
        (["999999", "R24", "", "已认可", ""], "A2", "名录中没有预算编码 999999"),
        (["116001", "R04", "", "已认可", ""], "B2", "“R04”不是可以说明的检查"),
        (["116001", "R24", "某处", "已驳回", ""], "C2", "没有单元格或栏目“某处”"),
    ],
)
def test_a_verdict_on_what_is_not_there_is_a_finding(row: list[Any], cell: str, what: str, tmp_path: Path) -> None:
    read = read_roster(_with_verdicts(tmp_path, row), RULEBOOK)
    assert read.verdicts == ()
    assert [(finding.code, finding.sheet, finding.cell, finding.message) for finding in read.findings] == [
        ("S17", "说明审核", cell, f"“说明审核”第2行：{what}，未采用")
    ]


def test_a_verdict_is_one_of_two_words(tmp_path: Path) -> None:
    with pytest.raises(OperatorFault, match=r"说明审核!D2.*'同意' is no verdict"):
        read_roster(_with_verdicts(tmp_path, ["116001", "R24", "", "同意", ""]), RULEBOOK)

"""得分排名: who ranks where, with what is drawn beside the figures."""

from __future__ import annotations

import re
import zipfile

import pytest

from tests.districts import INJECTION
from tests.summary.conftest import Written
from tests.summary.test_sheets import links_of


def test_ranking(small: Written) -> None:
    assert small.rows("得分排名")[2:] == [
        ["“暂列”：得分中还有凭自评列示、未经财政复核的部分。按得分率名次只比系统核算和财政复核的部分：不因自评而靠前。各类得分率：投入、过程、产出、效果得分占其分值的比例，柱越高失分越少。"],
        ["名次", "预算编码", "部门（单位）名称", "归口业务股室", "自评得分", "暂核得分", "自评−暂核", "等次", "名次性质", "可核算分值占比", "可核算得分率", "按得分率名次", "各类得分率", "分值构成", "系统核算（分）", "自评待核（分）", "不适用（分）", "财政复核（分）", "错误数", "提醒数", "问题", "通知书"],
        [1, "007002", "区教育局", "行政政法股", 100, 100, 0, "优秀", "暂列", 0, None, None, None, "█" * 20, 0, 100, 0, 0, 1, 0, "查看"],
        [2, "116001", "云溪区总工会", "行政政法股", 98, 93, 5, "优秀", "暂列", 0.1, 0.3, 2, None, "█" * 19, 3, 85, 5, 0, 1, 2, "查看", "打开"],
        [2, "116002", "区妇联", "行政政法股", 94.665, 93, 1.665, "优秀", "暂列", 0.05, 0.667, 1, None, "█" * 19, 0, 89.665, 0, 3.335, 0, 0],
        [None, "101001", INJECTION, "行政政法股", None, None, None, None, None, 0, None, None, None, None, 0, 0, 0, 0, 0, 0],
    ]  # fmt: skip
    table = small.formulas["得分排名"].tables["Ranking"]
    assert (table.ref, table.autoFilter.ref) == ("A4:V8", "A4:V8")
    links = links_of(small.formulas["得分排名"])
    assert links["V6"].target == "notices/116001-云溪区总工会.xlsx"
    assert links["U6"].location.startswith("'问题清单'!A")


def test_the_ranking_has_no_office_where_nobody_is_named(sample: Written) -> None:
    assert sample.rows("得分排名")[3][:4] == ["名次", "预算编码", "部门（单位）名称", "自评得分"]


def test_icons_tell_grades_gaps_and_what_is_known(small: Written) -> None:
    icons = {
        str(area.sqref): (rule.iconSet.iconSet, [(float(bound.val), bound.gte) for bound in rule.iconSet.cfvo])
        for area in small.formulas["得分排名"].conditional_formatting
        for rule in area.rules
    }
    first = (0.0, None)
    assert icons == {
        # The grades' own bounds; an arrow beside any difference; a quarter of the disc for each quarter of the points.
        "F5:F8": ("4Rating", [first, (60.0, None), (80.0, None), (90.0, None)]),
        "G5:G8": ("3ArrowsGray", [first, (0.0, None), (0.000001, None)]),
        "J5:J8": ("5Quarters", [first, (0.25, None), (0.5, None), (0.75, None), (1.0, None)]),
    }


def test_a_line_of_columns_shows_the_shares_of_the_groups(small: Written) -> None:
    with zipfile.ZipFile(small.path) as package:
        markup = package.read("xl/worksheets/sheet3.xml").decode()
    drawn = re.findall(r"<xm:f>([^<]*)</xm:f><xm:sqref>([^<]*)</xm:sqref>", markup)
    assert [place for _, place in drawn] == ["M5", "M6", "M7", "M8"]
    shares = []
    for cells, _ in drawn:
        sheet, _, area = cells.replace("$", "").partition("!")
        shares.append([cell.value for cell in small.values[sheet.strip("'")][area][0]])
    # 007002 has everything, 101001 no score; of 15, 40, 25 and 20 points the others lack some.
    assert shares[0] == [1, 1, 1, 1]
    assert shares[3] == [None] * 4
    assert [sum(share * most for share, most in zip(row, (15, 40, 25, 20), strict=True)) for row in shares[1:3]] == [
        pytest.approx(93),
        pytest.approx(93),
    ]

"""The rulebook as a workbook."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from perfbatch.rulebook.load import load_rulebook
from perfbatch.rulebook.model import Rulebook
from perfbatch.summary.standard import write_standard
from tests.districts import Values


def test_sheets(rulebook: Rulebook, tmp_path: Path, values: Values) -> None:
    write_standard(rulebook, tmp_path / "standard.xlsx")
    book = openpyxl.load_workbook(tmp_path / "standard.xlsx")
    assert book.sheetnames == ["评分标准", "勾稽关系", "等次"]
    indicators, checks, grades = (values(sheet) for sheet in book)
    assert indicators[0] == ["岳阳市云溪区2020年度评分标准"]
    assert [(row[2], row[3]) for row in indicators[3:]] == [
        (indicator.name, float(indicator.points)) for indicator in rulebook.indicators
    ]
    assert [row[0] for row in checks[3:]] == [check.code for check in rulebook.checks]
    assert not [cell for row in checks for cell in row if isinstance(cell, str) and "{" in cell]
    assert [row[1] for row in grades[3:]] == ["优秀", "良好", "中", "差"]


def test_the_same_rulebook_gives_the_same_bytes(rulebook: Rulebook, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_standard(rulebook, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_an_overlay_says_what_changed(tmp_path: Path, values: Values) -> None:
    overlay = tmp_path / "2021.toml"
    overlay.write_text(
        """
        extends = "yunxi-2020"
        [meta]
        fiscal_year = 2021
        title = "{district}{year}年度"
        deadline = 2022-06-30
        [rename.fields]
        revenue_other = "revenue_rest"
        [remove]
        fields = ["thrift_measures"]
        [change.sections]
        cover.title = "{year}年度"
        [change.checks.R24]
        source = "2021年度通知第三条"
        severity = "error"
        [change.indicators.payment_progress.rule]
        per_case = 1
        [[add.fields]]
        before = "contact_person"
        id = "unit_nature"
        label = "单位性质"
        kind = "choice"
        choices = ["行政单位", "事业单位"]
        source = "2021年度通知第二条"
        """,
        encoding="utf-8",
    )
    write_standard(load_rulebook(overlay).rulebook, tmp_path / "standard.xlsx")
    book = openpyxl.load_workbook(tmp_path / "standard.xlsx")
    assert book.sheetnames == ["评分标准", "勾稽关系", "等次", "变化"]
    rows = values(book["变化"])
    assert rows[0] == ["岳阳市云溪区2021年度变化"]
    assert rows[3:] == [
        ["修改", "规则", None, "年度", None, "2020", "2021"],
        ["修改", "规则", None, "标题", None, "岳阳市云溪区2020年度部门整体支出绩效评价自评报告", "岳阳市云溪区2021年度"],
        ["修改", "规则", None, "报送截止日期", None, "2021年7月31日", "2022年6月30日"],
        ["改用代码", "栏目", "其他收入", None, "revenue_rest", "revenue_other", "revenue_rest"],
        ["取消", "栏目", "厉行节约保障措施", None, "thrift_measures", "类型 长文本"],
        ["修改", "工作表", "岳阳市云溪区2020年度部门整体支出绩效评价自评报告", "标题", "cover", "岳阳市云溪区2020年度部门整体支出\n绩效评价自评报告", "2021年度"],
        ["修改", "勾稽关系", "R24　实有人数 ≤ 人员编制", "级别", "R24", "提醒", "错误", "2021年度通知第三条"],
        [
            "修改",
            "指标",
            "支付进度",
            "评分规则",
            "payment_progress",
            "3 分。满分 3 分；每出现 1 例扣 0.5 分，扣完为止",
            "3 分。满分 3 分；每出现 1 例扣 1 分，扣完为止",
        ],
        ["新增", "栏目", "单位性质", None, "unit_nature", None, "类型 选择；可选项 行政单位、事业单位", "2021年度通知第二条"],
    ]  # fmt: skip

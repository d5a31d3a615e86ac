"""An overlay of every kind of change, as a workbook: what it says comes back key by key."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from perfbatch.rulebook.exporting import export_rules
from perfbatch.rulebook.load import load_rulebook, read_written

RICH = r"""
extends = "yunxi-2020"
[meta]
id = "rich-2021"
title = "{district}{year}年度自评报告"
fiscal_year = 2021
form_version = "2021"
deadline = 2022-06-30
unit_rows = ["汇总", "1、本级", "{n}、单位{k}"]
summary = [{ sheet = "收支", title = "收支", blocks = ["revenue", "expenditure"] }, { sheet = "其他", title = "其他", blocks = ["three_public", "fixed_assets"] }]
[rename.indicators]
duty_growth = "duty_three"
[remove]
checks = ["R21"]
[change.sections]
cover.title = "{district}{year}年度自评报告"
instructions.intro = ["一、填写。", "二、带\\反斜杠和\n换行。"]
[change.kinds.amount]
maximum = 500000
help = ""
[change.indicators.three_public_change_rate]
over_zero = ""
source = "2021年通知"
[change.indicators.fund_balance.rule]
labels.balance = "年末结余"
[change.indicators.staff_control_rate.rule]
per_point = 0.25
[change.checks."R24"]
severity = "error"
unset = ["nature"]
[change.checks."C03.whole"]
each_against.procurement_actual = "either(procurement_budget, 0)"
[[add.blocks]]
into = "base"
layout = "card"
title = "补充"
fields = [{ id = "extra_amount", label = "补充金额", kind = "amount", since = 3 }, { id = "extra_kind", label = "补充类别", kind = "choice", choices = ["甲", "乙"] }]
[[add.fields]]
after = "budget_initial"
id = "budget_final"
label = "全年预算"
kind = "amount"
[[add.checks]]
after = "R24"
id = "R26"
code = "R26"
title = "试"
scope = "department"
severity = "warning"
trial = true
holds = "budget_final >= budget_initial"
message = "小"
remedy = "核"
source = "通知"
"""


def test_every_kind_of_change_comes_back(tmp_path: Path) -> None:
    overlay, path = tmp_path / "rich.toml", tmp_path / "rich.xlsx"
    overlay.write_text(RICH, encoding="utf-8")
    export_rules(overlay, path, path)
    assert read_written(path) == read_written(overlay)
    written, loaded = load_rulebook(overlay), load_rulebook(path)
    assert (loaded.rulebook, loaded.sha256) == (written.rulebook, written.sha256)
    assert len(loaded.rulebook.lineage.changes) == len(written.rulebook.lineage.changes)


def test_what_a_clerk_sees_of_it(tmp_path: Path) -> None:
    overlay, path = tmp_path / "rich.toml", tmp_path / "rich.xlsx"
    overlay.write_text(RICH, encoding="utf-8")
    export_rules(overlay, path, path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["使用说明", "规则", "汇总表", "变更"]
    rows = [row[:6] for row in book["变更"].values]
    assert rows[0] == ("动作", "对象", "代码", "项目", "新值", "依据")
    for row in (
        ("改用代码", "指标", "duty_growth", "代码", "duty_three", None),
        ("取消", "勾稽关系", "R21", None, None, None),
        ("修改", "栏目类型", "amount", "填写提示", "「无」", None),
        ("修改", "指标", "three_public_change_rate", "分母为零的说明", "「无」", "2021年通知"),
        ("修改", "指标", "staff_control_rate", "评分规则·每百分点扣分", 0.25, None),
        ("修改", "勾稽关系", "R24", "类别", "「默认」", None),
        ("新增", "栏目", "budget_final", "位置：在…之后", "budget_initial", None),
        ("新增", "勾稽关系", "R26", "试行", "是", None),
    ):
        assert row in rows, row

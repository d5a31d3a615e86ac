"""The built-in form with a table of fixed rows and columns: totals down and along, a formula, a cell that only some rows have."""

from __future__ import annotations

from functools import lru_cache

from perfbatch.rulebook.model import Rulebook
from tests.overlays import blank_form, rulebook_of

__all__ = ["OVERLAY", "blank_with_funds", "with_funds"]

OVERLAY = """extends = "yunxi-2020"

[meta]
id = "with-funds"
form_id = "with_funds"
summary = [
    { sheet = "专项资金", title = "专项资金汇总（万元）", blocks = ["fund"] },
    { sheet = "收支", title = "收支汇总（万元）", blocks = ["revenue", "expenditure"] },
]

[[add.blocks]]
after = "targets"
layout = "matrix"
id = "fund"
title = "专项资金（万元）"
rows = [
    { id = "total", label = "资金总额", parts = ["current", "other"] },
    { id = "current", label = "其中：当年拨款" },
    { id = "other", label = "其他资金" },
]
columns = [
    { id = "first_half", label = "上半年", kind = "amount" },
    { id = "second_half", label = "下半年", kind = "amount" },
    { id = "year", label = "全年", kind = "amount", parts = ["first_half", "second_half"], required = ["total"] },
    { id = "note", label = "备注", kind = "text", only = ["other"] },
    { id = "share", label = "下半年占比", formula = "second_half / year", kind = "percent" },
]

[[add.checks]]
after = "R21"
id = "R43"
code = "R43"
title = "资金总额 = 各项资金之和"
scope = "department"
severity = "error"
each_matrix = ["fund"]
holds = "total == parts"
message = "{label}不等于各项之和"
remedy = "核对各项"
source = "工作方案"

[[add.checks]]
after = "R43"
id = "R44"
code = "R44"
title = "全年不超过项目支出"
scope = "department"
severity = "warning"
holds = "fund.total.year <= project_expenditure"
message = "专项资金大于项目支出"
remedy = "核对"
source = "工作方案"
"""


def with_funds() -> Rulebook:
    """The rulebook, as its overlay resolves."""
    return rulebook_of(OVERLAY)


@lru_cache(maxsize=1)
def blank_with_funds() -> bytes:
    """The blank form of that rulebook."""
    return blank_form(with_funds(), units=2)

"""The built-in form with one more table of rows: two headings preset at its left, rows that a department adds, checks over its rows."""

from __future__ import annotations

from functools import lru_cache

from perfbatch.rulebook.model import Rulebook
from tests.overlays import blank_form, rulebook_of

__all__ = ["OVERLAY", "blank_with_tasks", "with_tasks"]

OVERLAY = """extends = "yunxi-2020"

[meta]
id = "with-tasks"
form_id = "with_tasks"

[[add.blocks]]
after = "targets"
layout = "rows"
id = "tasks"
title = "重点工作完成情况"
headings = ["task_area", "task_type"]
preset_rows = [
    { task_area = "民生", task_type = "数量", count = 2 },
    { task_area = "民生", task_type = "质量" },
    { task_area = "产业", task_type = "数量" },
]
blank_rows = 2
fields = [
    { id = "task_area", label = "领域", kind = "choice", choices = ["民生", "产业", "其他"] },
    { id = "task_type", label = "类型", kind = "text" },
    { id = "task_name", label = "工作名称", kind = "text" },
    { id = "task_goal", label = "计划数", kind = "count" },
    { id = "task_actual", label = "完成数", kind = "count" },
    { id = "task_cause", label = "未完成原因", kind = "longtext" },
]

[[add.checks]]
after = "R21"
id = "R41"
code = "R41"
title = "未完成须说明原因"
scope = "row:tasks"
severity = "warning"
at = "task_cause"
when = "task_actual < task_goal"
holds = "filled(task_cause)"
message = "{row}：未完成计划，没有写明原因"
remedy = "填写原因"
source = "工作方案"

[[add.checks]]
after = "R41"
id = "R42"
code = "R42"
title = "产业类不得超过计划"
scope = "row:tasks"
severity = "error"
when = "task_area == '产业'"
holds = "task_actual <= task_goal"
message = "{row}：完成数大于计划数"
remedy = "核对计划数与完成数"
source = "工作方案"
"""


def with_tasks() -> Rulebook:
    """The rulebook, as its overlay resolves."""
    return rulebook_of(OVERLAY)


@lru_cache(maxsize=1)
def blank_with_tasks() -> bytes:
    """The blank form of that rulebook."""
    return blank_form(with_tasks(), units=2)

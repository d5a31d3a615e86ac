"""Another year's form, with fields renamed: a report on it is read by its own labels and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from perfbatch.importing.reading import filled_from
from perfbatch.importing.word_report import read_word_report
from perfbatch.model.limits import Limits
from perfbatch.rulebook.load import load_rulebook
from tests.word_documents import Cell, report_of_the_seed

_OVERLAY = r"""
extends = "yunxi-2020"

[meta]
id = "yunxi-2021"
title = "{district}{year}年度部门整体支出绩效评价自评报告"
fiscal_year = 2021
deadline = 2022-06-30

[rename.fields]
nontax_special_account = "state_capital_appropriation"
item_self_score = "item_own_points"
entity_name = "unit_called"

[change.sections]
cover.title = "{district}{year}年度部门整体支出\n绩效评价自评报告"

[change.fields]
state_capital_appropriation.label = "国有资本经营预算拨款"
item_own_points.label = "部门自评分"
unit_called.label = "单位名称"
on_post_staff.label = "年末在岗人数（人）"
"""
_WORDS = {
    "纳入专户管理的非税收入拨款": "国有资本经营预算拨款",
    "自评得分": "部门自评分",
    "机构名称": "单位名称",
    "实有人数": "年末在岗人数",
}


def _renamed(cell: Any) -> Any:
    text = cell.text if isinstance(cell, Cell) else cell
    text = _WORDS.get(text, text)
    return Cell(text, cell.span, cell.merge) if isinstance(cell, Cell) else text


def test_fields_are_found_by_the_labels_of_their_own_form(tmp_path: Path) -> None:
    (tmp_path / "next.toml").write_text(_OVERLAY, encoding="utf-8")
    book = load_rulebook(tmp_path / "next.toml").rulebook
    report = report_of_the_seed()
    for number, block in enumerate(report.blocks):
        if not isinstance(block, str):
            report.blocks[number] = [[_renamed(cell) for cell in row] for row in block]
    filling = filled_from(read_word_report(report.content(), Limits()), book)
    entries = {(entry.field, entry.row): entry for entry in filling.entries()}
    values = {key: (entry.value, entry.verdict) for key, entry in entries.items()}
    assert values["unit_called", 1] == ("1、局机关", "sure")
    assert values["state_capital_appropriation", 0] == (None, "sure")
    assert values["general_budget_appropriation", 1] == (274.98, "sure")
    assert values["item_own_points", 24] == (3, "sure")
    assert values["on_post_staff", 0] == (10, "sure")
    # The report says which year it is of, whatever the form's is.
    assert values["fiscal_year", 0] == (2020, "check")

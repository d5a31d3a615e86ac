"""The report as departments change it: each is read as the form, or what is not sure says so."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any

import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from perfbatch.importing.filling import FoundEntry
from perfbatch.importing.word_report import ReportRefused, read_word_report
from perfbatch.model.limits import Limits
from tests.importing.imports import night, verdicts
from tests.word_documents import (
    COVER,
    NARRATIVE,
    Cell,
    Report,
    assets,
    down,
    evaluators,
    expenditure,
    goals,
    profile,
    report_of_the_seed,
    revenue,
    scorecard,
    three_public,
    wide,
)

Entries = Mapping[tuple[str, int], FoundEntry]
# Where the blocks of the report stand (`report_of_the_seed`).
_COVER, _PROFILE, _REVENUE, _EXPENDITURE, _THREE_PUBLIC, _ASSETS, _GOALS, _EVALUATORS, _NARRATIVE = range(9)
_FIRST_CARD, _SECOND_CARD = 10, 11
_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@lru_cache(maxsize=1)
def usual() -> Entries:
    return verdicts(report_of_the_seed().content())


def differing(entries: Entries, *, values: bool = True) -> dict[tuple[str, int], FoundEntry]:
    """The entries whose value (or verdict) is other than in the usual report; those that are gone count as missing."""
    gone = FoundEntry("", 0, "", "", None, "missing")
    return {
        key: entries.get(key, gone)
        for key in {*entries, *usual()}
        if (entries.get(key, gone).value != usual().get(key, gone).value)
        or (not values and entries.get(key, gone).verdict != usual().get(key, gone).verdict)
    }


def changed(number: int, block: object) -> Entries:
    return verdicts(report_of_the_seed({number: block}).content())


def edited(change: Callable[[Any], None]) -> Entries:
    return verdicts(report_of_the_seed().content(change))


def _said(element: Any) -> str:
    return "".join(text.text or "" for text in element.iter(qn("w:t")))


def test_split_tables() -> None:
    """Each part of a table in a table of its own: what is below a break has no header."""
    report = report_of_the_seed()
    rows = report.blocks[_EXPENDITURE]
    assert isinstance(rows, list)
    report.blocks[_EXPENDITURE : _EXPENDITURE + 1] = [rows[:5], rows[5:]]
    assert differing(verdicts(report.content()), values=False) == {}


def test_one_table_for_all() -> None:
    """As some have it: all parts in one table, whose rows are of many widths."""
    whole = [*profile(), *revenue(), *expenditure(), *three_public(), *assets(), *goals(), *evaluators()]
    report = Report([COVER, whole, NARRATIVE, *scorecard()])
    assert differing(verdicts(report.content())) == {}


def test_an_extra_column() -> None:
    """A number before the name, a remark behind the figures: neither moves a figure."""
    rows = [[Cell(""), *row, Cell("")] for row in revenue()[1:]]
    rows[0][0], rows[0][-1] = down("序号"), down("备注")
    rows[1][0], rows[1][-1] = down(), down()
    for number, row in enumerate(rows[2:], start=1):
        row[0] = str(number)
    assert differing(changed(_REVENUE, rows)) == {}


def test_a_column_that_is_missing_is_blank_and_none_moves() -> None:
    rows: list[Any] = [list(row) for row in three_public()]
    rows[0][-1] = wide("其中：", 3)
    for row in rows[1:]:
        del row[3]
    entries = changed(_THREE_PUBLIC, rows)
    assert set(differing(entries)) == {("vehicle_operation", 0), ("vehicle_operation", 1)}
    assert ("vehicle_operation", 1) not in entries


@pytest.mark.parametrize(
    ("block", "before", "after", "fields"),
    [
        (_PROFILE, "人员编制", "人员编制数", {("authorized_posts", 0)}),
        (_PROFILE, "职能职责概述", "主要职能职责概述", {("function_summary", 0)}),
        (_ASSETS, "在用固定资产", "在用的固定资产", {("fixed_assets_in_use", 0), ("fixed_assets_in_use", 1)}),
    ],
)
def test_renamed_labels_are_to_be_checked(block: int, before: str, after: str, fields: set[tuple[str, int]]) -> None:
    rows = {_PROFILE: profile, _ASSETS: assets}[block]()
    renamed = [
        [
            cell.replace(before, after)
            if isinstance(cell, str)
            else Cell(cell.text.replace(before, after), cell.span, cell.merge)
            for cell in row
        ]
        for row in rows
    ]
    entries = changed(block, renamed)
    assert differing(entries) == {}
    assert {key: entries[key].verdict for key in differing(entries, values=False)} == dict.fromkeys(fields, "check")


def test_a_header_of_one_level() -> None:
    rows = [
        ["机构名称", "支出合计", "基本支出", "人员支出", "公用支出", "项目支出", "当年结余", "累计结余"],
        *expenditure()[4:],
    ]
    assert differing(changed(_EXPENDITURE, rows), values=False) == {}


def test_a_header_of_two_levels_that_is_not_merged_downwards() -> None:
    """The upper cell has the label, the lower one is blank."""
    rows: list[Any] = [list(row) for row in assets()]
    rows[0][:2] = ["机构名称", "固定资产合计"]
    rows[1][:2] = ["", ""]
    rows[0][-1], rows[1][-1] = "其他", ""
    assert differing(changed(_ASSETS, rows), values=False) == {}


def test_a_table_across_pages() -> None:
    """The header stands again above what is on the next page."""
    rows = revenue()
    assert differing(changed(_REVENUE, [*rows[:5], *rows[1:3], *rows[5:]]), values=False) == {}


def test_full_width_digits() -> None:
    wide_digits = str.maketrans("0123456789.", "０１２３４５６７８９．")
    rows = [
        [
            cell.translate(wide_digits) if isinstance(cell, str) and cell[:1].isdigit() and number > 2 else cell
            for cell in row
        ]
        for number, row in enumerate(revenue())
    ]
    assert ("revenue_total", 0) not in differing(changed(_REVENUE, rows))
    assert differing(changed(_NARRATIVE, NARRATIVE.translate(wide_digits)), values=True).keys() <= {
        (name, 0) for name in ("narrative_overview", "narrative_public_budget", "narrative_performance")
    }


def test_another_unit_stays_as_it_was_typed() -> None:
    """元 in a column of 万元 is the night's to judge, and is never scaled here."""
    rows: list[Any] = [list(row) for row in revenue()]
    rows[3][1] = "2749800元"
    entry = changed(_REVENUE, rows)["revenue_total", 0]
    assert (entry.value, entry.verdict) == ("2749800元", "check")


@pytest.mark.parametrize(
    ("number", "fields"),
    [
        (_ASSETS, {"fixed_assets_total", "fixed_assets_in_use", "fixed_assets_leased", "fixed_assets_other"}),
        (_EVALUATORS, {"evaluator_name", "evaluator_title", "evaluator_unit", "filler_name", "filler_phone"}),
    ],
)
def test_a_missing_section_is_told(number: int, fields: set[str]) -> None:
    entries = changed(number, None)
    assert {name for name, _ in differing(entries, values=False)} == fields
    assert {name for (name, _), entry in entries.items() if entry.verdict == "missing"} >= fields


def test_a_text_box() -> None:
    """The cover's lines in a box, as templates of WPS have them; the copy for older programs counts once."""

    def boxed(document: Any) -> None:
        paragraph = next(paragraph for paragraph in document.paragraphs if "预 算 编 码" in paragraph.text)
        text = deepcopy(paragraph._p)
        for run in list(paragraph._p):
            paragraph._p.remove(run)
        inner = "<w:p><w:r><w:t>占位</w:t></w:r></w:p>"
        alternate = parse_xml(
            f'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" {nsdecls("w")}>'
            f"<mc:Choice><w:drawing><w:txbxContent>{inner}</w:txbxContent></w:drawing></mc:Choice>"
            f"<mc:Fallback><w:pict><w:txbxContent>{inner}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent>"
        )
        for content in alternate.iter(qn("w:txbxContent")):
            content.clear()
            content.append(deepcopy(text))
        run = OxmlElement("w:r")
        run.append(alternate)
        paragraph._p.append(run)

    entries = edited(boxed)
    assert differing(entries, values=False) == {}
    assert entries["budget_code", 0].place == "文本框1"


def test_tracked_changes() -> None:
    """What was deleted is no answer, what was added is; both are to be checked."""

    def revised(document: Any) -> None:
        cell = next(element for element in document.element.body.iter(qn("w:tc")) if _said(element) == "10.05")
        run = next(cell.iter(qn("w:r")))
        paragraph = run.getparent()
        deleted, added = OxmlElement("w:del"), OxmlElement("w:ins")
        old = deepcopy(run)
        next(old.iter(qn("w:t"))).tag = qn("w:delText")
        deleted.append(old)
        next(run.iter(qn("w:t"))).text = "10.50"
        paragraph.replace(run, deleted)
        paragraph.append(added)
        added.append(run)

    entries = edited(revised)
    assert set(differing(entries)) == {("three_public_total", 0)}
    entry = entries["three_public_total", 0]
    assert (entry.value, entry.verdict) == (10.5, "check")
    assert "修订" in entry.note


def test_what_is_struck_out_is_no_answer() -> None:
    def struck(document: Any) -> None:
        cell = next(element for element in document.element.body.iter(qn("w:tc")) if _said(element) == "76.35")
        run = next(cell.iter(qn("w:r")))
        look = OxmlElement("w:rPr")
        look.append(OxmlElement("w:strike"))
        run.insert(0, look)

    entry = edited(struck)["fixed_assets_total", 0]
    assert (entry.value, entry.verdict) == (None, "check")


def test_a_scanned_picture_only() -> None:
    def pictured(document: Any) -> None:
        document.add_picture(io.BytesIO(_PIXEL))

    with pytest.raises(ReportRefused) as refused:
        read_word_report(Report(["附件"]).content(pictured), Limits())
    assert refused.value.reason == "pictures"


def test_indicators_that_were_renamed_keep_their_group() -> None:
    """产出 and 效益 may be called otherwise: by their place inside the group, and to be checked."""
    _, second = scorecard()
    renamed = [
        [
            cell.replace("其他工作实绩指标完成情况", "工会组建任务完成情况") if isinstance(cell, str) else cell
            for cell in row
        ]
        for row in second
    ]
    entries = changed(_SECOND_CARD, renamed)
    assert differing(entries) == {}
    assert entries["item_self_score", 20].verdict == "check"
    findings, standing = night(report_of_the_seed({_SECOND_CARD: renamed}).content())
    assert standing == (98, 93, "优秀")
    assert not [code for code, _ in findings if code == "C14"]


def test_an_indicator_that_the_form_does_not_have_is_told() -> None:
    first, _ = scorecard()
    added = [*first[:2], ["", "", "职工满意率", "", "2", "2", ""], *first[2:]]
    entries = changed(_FIRST_CARD, added)
    assert differing(entries).keys() <= {("item_self_score", 0)}
    remarks = [entry for entry in entries.values() if "表样中没有" in entry.note]
    assert [entry.original for entry in remarks] == ["职工满意率"]


def test_several_targets_in_one_cell() -> None:
    rows: list[Any] = [list(row) for row in goals()]
    at = next(number for number, row in enumerate(rows) if Cell("经济效益") in row)
    rows[at][3:] = ["指标1：增加就业\n指标2：降低成本", "指标1：已完成\n指标2：未完成"]
    entries = changed(_GOALS, rows)
    targets = {row: entries["indicator_target", row].value for row in (21, 22)}
    results = {row: entries["indicator_actual", row].value for row in (21, 22)}
    assert (targets, results) == ({21: "增加就业", 22: "降低成本"}, {21: "已完成", 22: "未完成"})


def test_figures_of_the_narrative_that_contradict_one_another_are_told() -> None:
    entry = changed(_NARRATIVE, NARRATIVE + "\n年末现有在职人数15人。")["narrative_on_post_staff", 0]
    assert (entry.value, entry.verdict) == (16, "check")
    assert "15人" in entry.note


def test_units_in_another_order_are_told_by_their_names() -> None:
    rows: list[Any] = [list(row) for row in three_public()]
    rows[2], rows[3] = rows[3], ["局机关及二级机构汇总", "20.10", "20.10", "0", "0", "0"]
    entries = changed(_THREE_PUBLIC, rows)
    assert entries["three_public_total", 0].value == 20.1
    assert entries["three_public_total", 1].value == 10.05

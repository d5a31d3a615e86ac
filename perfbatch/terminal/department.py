"""One department: its findings, its scores, and why a score is what it is. Chinese, as a department reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from perfbatch.district.register import in_order
from perfbatch.district.result import STATUS_LABELS
from perfbatch.model.figures import score_text
from perfbatch.model.findings import STANDING_LABELS
from perfbatch.model.submission import SCALE
from perfbatch.report.check_report import total_at_risk, verdict_of
from perfbatch.terminal.console import (
    FIGURE_WIDTH,
    WIDE,
    WORD_WIDTH,
    console_of,
    inert,
    plain_table,
    print_table,
    score_cell,
)

if TYPE_CHECKING:
    from perfbatch.batch import Checked, Night
    from perfbatch.model.findings import AtRisk, Finding

__all__ = ["print_check", "print_scorecard", "print_trace"]


def print_check(checked: Checked) -> None:
    """One workbook's findings and scores, for its department; the verdict is the last line."""
    console = console_of()
    console.print(Text(inert(checked.path), style="bold"), soft_wrap=True)
    if checked.night is None:
        entry = checked.entry
        console.print(f"{entry.code}  {inert(entry.message)}。{inert(entry.remedy)}。", soft_wrap=True)
        return
    result = checked.night.result
    findings = in_order(result.findings)
    _print_totals(console, checked.night, 0)
    if findings:
        console.print()
        print_table(console, _findings_table(findings, result.at_risk, wide=console.width >= WIDE))
        console.print()
    print_table(console, _scores_table(checked.night, 0, ids=False))
    counts = Counter(finding.severity for finding in findings if not finding.settled)
    spoken = [
        f"{severity.label} {counts[severity]} 项" for severity in sorted(counts, key=lambda severity: severity.order)
    ]
    if at_risk := total_at_risk(result, 0):
        spoken.append(f"涉及 {score_text(int(at_risk * SCALE))} 分")
    advice = "可以报送。" if verdict_of(result) == "clean" else "请按整改建议改正后报送。"
    console.print(f"结论：{'，'.join(spoken) or '没有问题'}。{advice}", soft_wrap=True)


def _findings_table(findings: Sequence[Finding], at_risk: Mapping[Finding, AtRisk], *, wide: bool) -> Table:
    """A row per finding. On a narrow terminal found, expected and difference stand one under the other."""
    figures = ("填报", "应为", "差额")
    if wide:
        table = plain_table("级别", "单元格", *figures, "问题和整改", "涉及分", figures=("涉及分",), whole=("级别",))
        for column in table.columns[2:5]:
            column.justify, column.max_width = "right", FIGURE_WIDTH
    else:
        table = plain_table("单元格", "填报／应为／差额", "问题和整改", "涉及分", figures=("涉及分",))
        table.columns[1].max_width = FIGURE_WIDTH + WORD_WIDTH
    for finding in findings:
        level = f"{STANDING_LABELS[finding.standing] or finding.severity.label} {finding.code}"
        place = inert(f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet)
        stated = [inert(figure) for figure in (finding.reported, finding.expected, finding.difference)]
        words = f"{inert(finding.message)}\n整改：{inert(finding.remedy)}"
        risk = at_risk.get(finding)
        points = score_text(int(risk.points * SCALE)) if risk else "—"
        if wide:
            table.add_row(level, place, *stated, words, points)
        else:
            listed = [f"{word} {figure}" for word, figure in zip(figures, stated, strict=True) if figure]
            table.add_row(f"{level}\n{place}", "\n".join(listed), words, points)
    return table


def print_scorecard(night: Night, department: int) -> None:
    """All indicators of one department in a table, and the ids of the figures that are missing."""
    console = console_of()
    _print_totals(console, night, department)
    print_table(console, _scores_table(night, department, ids=True))
    scores = night.result.scores
    mine = scores[scores["department"] == department]
    lacking = [(name, missing) for name, missing in zip(mine["indicator"], mine["missing"], strict=True) if missing]
    if lacking:
        console.print("所缺数据")
    for name, missing in lacking:
        console.print(f"  {name}: {', '.join(missing)}", soft_wrap=True)


def _print_totals(console: Console, night: Night, department: int) -> None:
    row = night.result.departments.iloc[department]
    console.print(
        f"{inert(row['budget_code'])} {inert(row['unit_name'])}：自评 "
        f"{score_cell(row['self_total'])}，核定 {score_cell(row['verified_total'])}，{row['grade']}",
        soft_wrap=True,
    )


def _scores_table(night: Night, department: int, *, ids: bool) -> Table:
    figures = ("分值", "自评", "核算", "核定")
    table = plain_table(
        *(["指标代码"] if ids else []), "指标", *figures, "状态", figures=figures, whole=("指标代码", "状态")
    )
    scores = night.result.scores
    for _, score in scores[scores["department"] == department].iterrows():
        indicator = night.result.rulebook.indicator_by_id[score["indicator"]]
        points = (score_cell(score[name]) for name in ("max", "self", "computed", "verified"))
        named = (indicator.id, indicator.name) if ids else (indicator.name,)
        table.add_row(*named, *points, STATUS_LABELS[score["status"]])
    return table


def print_trace(night: Night, department: int, indicator_id: str) -> None:
    """Why one score is what it is."""
    from perfbatch.scoring.trace import trace

    console = console_of()
    explained = trace(night.frames, night.scored, night.result.rulebook, department, indicator_id)
    submission = night.frames.submissions[department]
    console.print(
        f"{inert(submission.budget_code)} {inert(submission.unit_name)} · {explained.indicator}（{indicator_id}）",
        soft_wrap=True,
    )
    console.print(f"评分标准：{explained.standard}", soft_wrap=True)
    console.print(f"依据：{'；'.join(explained.sources)}", soft_wrap=True)
    if explained.inputs:
        table = plain_table("数据", "填报", "单元格")
        for source in explained.inputs:
            table.add_row(
                source.label,
                inert(source.value),
                inert(f"{source.sheet}!{source.cell}" if source.cell else "（找不到）"),
            )
        print_table(console, table)
    console.print(f"计算：{inert(explained.arithmetic)}", soft_wrap=True)
    console.print(
        f"结果：分值 {explained.maximum}，自评 {explained.self_score or '—'}，核算 {explained.computed or '—'}，"
        f"核定 {explained.verified}（{STATUS_LABELS[explained.status]}）",
        soft_wrap=True,
    )

"""What the terminal shows. English for whoever runs the server; Chinese for what a department reads (check, explain).

Whatever comes from a workbook or a file name is printed inert: escaped, never as markup or control characters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from perfbatch.figures import plain, score_text
from perfbatch.intake.submission import SCALE
from perfbatch.publish.legible import cell_text
from perfbatch.result import STATUS_LABELS
from perfbatch.rulebook.model import Check, Indicator, Rulebook
from perfbatch.rulebook.wording import describe_expression, describe_figure, describe_rule
from perfbatch.template import lay_out
from perfbatch.template.live import LivePlan, plan_live

if TYPE_CHECKING:
    from perfbatch.batch import Checked, Night
    from perfbatch.findings import Finding
    from perfbatch.result import BatchResult

__all__ = ["print_check", "print_night", "print_rulebook", "print_scorecard", "print_trace"]

_WIDTH_OF_A_PIPE = 140


def _console(*, errors: bool = False) -> Console:
    console = Console(stderr=errors, markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH_OF_A_PIPE
    return console


def _inert(text: object) -> str:
    return cell_text(str(text)).replace("\n", "\\n").replace("\t", "\\t")


def _table(*columns: str, figures: Sequence[str] = (), whole: Sequence[str] = ()) -> Table:
    """An empty table; `figures` are set right, and they and `whole` are never broken over lines."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="")
    for column in columns:
        table.add_column(
            column,
            overflow="fold",
            justify="right" if column in figures else "left",
            no_wrap=column in figures or column in whole,
        )
    return table


def _print_table(console: Console, table: Table) -> None:
    """Without the blanks that fill a table's lines up: they wrap in a terminal made narrower, and fill a log."""
    with console.capture() as drawn:
        console.print(table)
    for line in drawn.get().splitlines():
        console.print(line.rstrip(), soft_wrap=True)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def print_night(result: BatchResult, outbox: Path, outputs: Sequence[str], faults: Sequence[tuple[str, str]]) -> None:
    """The end of `perfbatch run`: counts, what was set aside, what was written. `faults`: (file, where the program failed)."""
    console = _console()
    status = Counter(entry.status for entry in result.entries)
    severity = Counter(finding.severity.value for finding in result.findings)
    console.print(f"Run {result.run_id} · rulebook {result.rulebook.id}")
    console.print(
        f"Inbox     {_counted(len(result.entries), 'file')}: {status['accepted']} accepted, "
        f"{status['superseded']} superseded, {status['set_aside']} set aside"
    )
    for entry in result.entries:
        if entry.status == "set_aside":
            console.print(f"  {entry.code}  {_inert(entry.path)}: {_inert(entry.message)}", soft_wrap=True)
    if result.roster:
        console.print(f"Roster    {result.roster.received} of {result.roster.expected} departments have reported")
    console.print(
        f"Findings  {_counted(severity['error'], 'error')}, {_counted(severity['warning'], 'warning')}, "
        f"{_counted(severity['info'], 'info')} in {_counted(len(result.departments), 'department')}"
    )
    verified = result.departments["verified_total"].tolist()
    if verified:
        mean = plain(Fraction(sum(verified), len(verified) * SCALE), 2, most=2)
        console.print(
            f"Scores    mean verified {mean}, highest {score_text(max(verified))}, lowest {score_text(min(verified))}"
        )
    else:
        console.print("Scores    none: no workbook was accepted")
    notices = [name for name in outputs if "/" in name]
    written = [name for name in outputs if name not in notices]
    written[1:1] = [_counted(len(notices), "notice")] if notices else []
    console.print(f"Wrote     {', '.join(written)} to {_inert(outbox)}", soft_wrap=True)
    for file, fault in faults:
        _console(errors=True).print(
            f"perfbatch: a fault of the program set aside {_inert(file)} ({fault}). Please report it.", soft_wrap=True
        )


def print_check(checked: Checked) -> None:
    """One workbook's findings and scores, for its department."""
    console = _console()
    console.print(Text(_inert(checked.path), style="bold"), soft_wrap=True)
    if checked.night is None:
        console.print(
            f"{checked.entry.code}  {_inert(checked.entry.message)}。{_inert(checked.entry.remedy)}。", soft_wrap=True
        )
        return
    findings = checked.night.result.findings
    for finding in findings:
        _print_finding(console, finding)
    _print_totals(console, checked.night, 0)
    _print_table(console, _scores_table(checked.night, 0, ids=False))
    counts = Counter(finding.severity for finding in findings)
    spoken = "，".join(
        f"{severity.label} {number} 项" for severity, number in sorted(counts.items(), key=lambda x: x[0].order)
    )
    grave = any(finding.severity != "info" for finding in findings)
    console.print(
        f"结论：{spoken or '没有问题'}。{'请按整改建议改正后报送。' if grave else '可以报送。'}", soft_wrap=True
    )


def _print_finding(console: Console, finding: Finding) -> None:
    place = f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet
    stated = (("填报", finding.reported), ("应为", finding.expected), ("差额", finding.difference))
    figures = "，".join(f"{word} {_inert(figure)}" for word, figure in stated if figure)
    told = f"{_inert(finding.message)}（{figures}）" if figures else _inert(finding.message)
    console.print(f"{finding.severity.label}  {finding.code}  {_inert(place)}  {told}", soft_wrap=True)
    console.print(f"      整改：{_inert(finding.remedy)}", soft_wrap=True)


def print_scorecard(night: Night, department: int) -> None:
    """All indicators of one department in a table, and the ids of the figures that are missing."""
    console = _console()
    _print_totals(console, night, department)
    _print_table(console, _scores_table(night, department, ids=True))
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
        f"{_inert(row['budget_code'])} {_inert(row['unit_name'])}：自评 "
        f"{_score(row['self_total'])}，核定 {_score(row['verified_total'])}，{row['grade']}",
        soft_wrap=True,
    )


def _scores_table(night: Night, department: int, *, ids: bool) -> Table:
    figures = ("分值", "自评", "核算", "核定")
    table = _table(
        *(["指标代码"] if ids else []), "指标", *figures, "状态", figures=figures, whole=("指标代码", "状态")
    )
    scores = night.result.scores
    for _, one in scores[scores["department"] == department].iterrows():
        indicator = night.result.rulebook.indicator_by_id[one["indicator"]]
        points = (_score(one[name]) for name in ("max", "self", "computed", "verified"))
        named = (indicator.id, indicator.name) if ids else (indicator.name,)
        table.add_row(*named, *points, STATUS_LABELS[one["status"]])
    return table


def _score(value: object) -> str:
    return score_text(int(value)) if isinstance(value, int) or hasattr(value, "__index__") else "—"


def print_trace(night: Night, department: int, indicator_id: str) -> None:
    """Why one score is what it is."""
    from perfbatch.scoring.trace import trace

    console = _console()
    told = trace(night.frames, night.scored, night.result.rulebook, department, indicator_id)
    submission = night.frames.submissions[department]
    console.print(
        f"{_inert(submission.budget_code)} {_inert(submission.unit_name)} · {told.indicator}（{indicator_id}）",
        soft_wrap=True,
    )
    console.print(f"评分标准：{told.standard}", soft_wrap=True)
    console.print(f"依据：{'；'.join(told.sources)}", soft_wrap=True)
    if told.inputs:
        table = _table("数据", "填报", "单元格")
        for one in told.inputs:
            table.add_row(one.label, _inert(one.value), _inert(f"{one.sheet}!{one.cell}" if one.cell else "（找不到）"))
        _print_table(console, table)
    console.print(f"计算：{_inert(told.arithmetic)}", soft_wrap=True)
    console.print(
        f"结果：分值 {told.maximum}，自评 {told.self_score or '—'}，核算 {told.computed or '—'}，"
        f"核定 {told.verified}（{STATUS_LABELS[told.status]}）",
        soft_wrap=True,
    )


def print_rulebook(rulebook: Rulebook, wanted: str | None) -> bool:
    """The rules as text, all or one indicator or code; False where there is none of that name."""
    console = _console()
    indicators = [one for one in rulebook.indicators if wanted in (None, one.id)]
    checks = [one for one in rulebook.checks if wanted in (None, one.id, one.code)]
    if not indicators and not checks:
        return False
    if wanted is None:
        console.print(f"{rulebook.id} · {rulebook.title}", soft_wrap=True)
        console.print()
    live = plan_live(lay_out(rulebook, 1))
    rules: list[Indicator | Check] = [*indicators, *checks]
    for number, rule in enumerate(rules):
        if number:
            console.print()
        if isinstance(rule, Indicator):
            _print_indicator(console, rule, rulebook, live)
        else:
            _print_check_rule(console, rule, rulebook, live)
    return True


def _print_indicator(console: Console, indicator: Indicator, rulebook: Rulebook, live: LivePlan) -> None:
    console.print(f"{indicator.id} · {indicator.name} · {plain(Fraction(indicator.points))} 分", soft_wrap=True)
    figure = describe_figure(indicator, rulebook)
    if figure:
        console.print(f"  数据：{figure}", soft_wrap=True)
    if indicator.ratio:
        console.print(f"  公式：{indicator.ratio}", soft_wrap=True)
    console.print(f"  规则：{describe_rule(indicator)}", soft_wrap=True)
    row = next(one for one in live.scores.rows if one.indicator.id == indicator.id)
    if indicator.objective:
        for column, formula in row.formulas.items():
            console.print(f"  Excel {row.ref(column)} {column}：{formula}", soft_wrap=True)
    console.print(f"  标准：{indicator.standard}", soft_wrap=True)
    console.print(f"  依据：{'；'.join(indicator.sources)}", soft_wrap=True)


def _print_check_rule(console: Console, check: Check, rulebook: Rulebook, live: LivePlan) -> None:
    console.print(f"{check.id} · {check.title} · {check.severity}", soft_wrap=True)
    console.print(f"  公式：{check.holds}", soft_wrap=True)
    console.print(f"  含义：{describe_expression(check.holds, rulebook)}", soft_wrap=True)
    if check.when:
        console.print(f"  条件：{describe_expression(check.when, rulebook)}", soft_wrap=True)
    first = next((one for one in live.checks() if one.bound.check.id == check.id), None)
    if first is None:
        console.print("  Excel：须用上年数据或财政数据，只在夜间核对", soft_wrap=True)
    else:
        console.print(f"  Excel（{first.place.cell.reference}）：{first.formula}", soft_wrap=True)
    console.print(f"  依据：{check.source}", soft_wrap=True)

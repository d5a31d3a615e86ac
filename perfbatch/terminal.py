"""What the terminal shows. English for whoever runs the server; Chinese for what a department reads (check, explain).

Whatever comes from a workbook or a file name is printed inert: escaped, never as markup or control characters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from perfbatch.figures import plain, score_text
from perfbatch.intake.submission import SCALE
from perfbatch.publish.check_report import total_at_risk, verdict_of
from perfbatch.publish.legible import cell_text
from perfbatch.publish.register import finding_order
from perfbatch.result import STATUS_LABELS
from perfbatch.rulebook.model import Check, Indicator, Rulebook
from perfbatch.rulebook.wording import describe_expression, describe_figure, describe_rule
from perfbatch.template import lay_out
from perfbatch.template.live import LivePlan, plan_live

if TYPE_CHECKING:
    from perfbatch.batch import Checked, Night
    from perfbatch.changes import Changes
    from perfbatch.findings import AtRisk, Finding
    from perfbatch.result import BatchResult

__all__ = ["print_changes", "print_check", "print_night", "print_rulebook", "print_scorecard", "print_trace"]

_WIDTH_OF_A_PIPE = 140
_WIDE = 110
_FIGURE_WIDTH, _WORD_WIDTH = 14, 5


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


def print_changes(changes: Changes) -> None:
    """What the later of two runs has, or has no more."""
    console = _console()
    earlier, later = changes.earlier, changes.later
    console.print(f"{earlier.run_id} → {later.run_id}", soft_wrap=True)
    if changes.none:
        console.print("No change.")
        return
    for word, departments in (
        ("New", changes.new),
        ("Resubmitted", tuple(move.after for move in changes.resubmitted)),
        ("Withdrawn", changes.withdrawn),
    ):
        if departments:
            console.print(f"{word} ({len(departments)})")
        for one in departments:
            console.print(f"  {_inert(one.budget_code)} {_inert(one.unit_name)}  {_inert(one.file)}", soft_wrap=True)
    if changes.moves:
        console.print(f"Scores and ranks ({len(changes.moves)})")
        figures = ("before", "after", "change", "rank")
        table = _table("code", "department", *figures, "grade", figures=figures)
        for move in changes.moves:
            gap = move.score_change
            table.add_row(
                _inert(move.after.budget_code),
                _inert(move.after.unit_name),
                _score(move.before.verified_total),
                _score(move.after.verified_total),
                "—" if gap is None else f"{'+' if gap > 0 else ''}{score_text(gap)}",
                f"{move.before.rank or '—'} → {move.after.rank or '—'}",
                _inert(
                    move.after.grade
                    if move.before.grade == move.after.grade
                    else f"{move.before.grade} → {move.after.grade}"
                ),
            )
        _print_table(console, table)
    for word, findings in (("New findings", changes.found), ("Cleared findings", changes.cleared)):
        if findings:
            console.print(f"{word} ({len(findings)})")
        for finding in findings:
            place = f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet
            told = f"{finding.severity}  {finding.code}  {finding.budget_code}  {place}  {finding.message}"
            console.print(f"  {_inert(told)}", soft_wrap=True)


def print_check(checked: Checked) -> None:
    """One workbook's findings and scores, for its department; the verdict is the last line."""
    console = _console()
    console.print(Text(_inert(checked.path), style="bold"), soft_wrap=True)
    if checked.night is None:
        entry = checked.entry
        console.print(f"{entry.code}  {_inert(entry.message)}。{_inert(entry.remedy)}。", soft_wrap=True)
        return
    result = checked.night.result
    findings = sorted(result.findings, key=finding_order)
    _print_totals(console, checked.night, 0)
    if findings:
        console.print()
        _print_table(console, _findings_table(findings, result.at_risk, wide=console.width >= _WIDE))
        console.print()
    _print_table(console, _scores_table(checked.night, 0, ids=False))
    counts = Counter(finding.severity for finding in findings)
    spoken = [f"{severity.label} {counts[severity]} 项" for severity in sorted(counts, key=lambda one: one.order)]
    if at_risk := total_at_risk(result, 0):
        spoken.append(f"涉及 {score_text(int(at_risk * SCALE))} 分")
    advice = "可以报送。" if verdict_of(result) == "clean" else "请按整改建议改正后报送。"
    console.print(f"结论：{'，'.join(spoken) or '没有问题'}。{advice}", soft_wrap=True)


def _findings_table(findings: Sequence[Finding], at_risk: Mapping[Finding, AtRisk], *, wide: bool) -> Table:
    """A row per finding. On a narrow terminal found, expected and difference stand one under the other."""
    figures = ("填报", "应为", "差额")
    if wide:
        table = _table("级别", "单元格", *figures, "问题和整改", "涉及分", figures=("涉及分",), whole=("级别",))
        for column in table.columns[2:5]:
            column.justify, column.max_width = "right", _FIGURE_WIDTH
    else:
        table = _table("单元格", "填报／应为／差额", "问题和整改", "涉及分", figures=("涉及分",))
        table.columns[1].max_width = _FIGURE_WIDTH + _WORD_WIDTH
    for finding in findings:
        level = f"{finding.severity.label} {finding.code}"
        place = _inert(f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet)
        stated = [_inert(one) for one in (finding.reported, finding.expected, finding.difference)]
        told = f"{_inert(finding.message)}\n整改：{_inert(finding.remedy)}"
        risk = at_risk.get(finding)
        points = score_text(int(risk.points * SCALE)) if risk else "—"
        if wide:
            table.add_row(level, place, *stated, told, points)
        else:
            listed = [f"{word} {one}" for word, one in zip(figures, stated, strict=True) if one]
            table.add_row(f"{level}\n{place}", "\n".join(listed), told, points)
    return table


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

"""One department: its findings, its scores, and why a score is what it is. Findings and standards stand in their own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from perfbatch.district.register import in_order
from perfbatch.model.figures import score_text
from perfbatch.model.submission import SCALE
from perfbatch.report.check_report import total_at_risk, verdict_of
from perfbatch.rulebook.wording import describe_cap
from perfbatch.terminal.catalogue import listed, say, verified_word
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
        reason = say("check.set_aside", code=entry.code, message=inert(entry.message), remedy=inert(entry.remedy))
        console.print(reason, soft_wrap=True)
        return
    result = checked.night.result
    findings = in_order(result.findings)
    _print_totals(console, checked.night, 0)
    if findings:
        console.print()
        print_table(console, _findings_table(findings, result.at_risk, wide=console.width >= WIDE))
        console.print()
    if checked.night.result.rulebook.is_scored:
        print_table(console, _scores_table(checked.night, 0, ids=False))
    counts = Counter(finding.severity for finding in findings if not finding.settled)
    spoken = [
        say("check.counted", severity=say(f"severity.{severity}"), count=counts[severity])
        for severity in sorted(counts, key=lambda severity: severity.order)
    ]
    if at_risk := total_at_risk(result, 0):
        spoken.append(say("check.at_risk", points=score_text(int(at_risk * SCALE))))
    advice = say("check.clean") if verdict_of(result) == "clean" else say("check.wrong")
    conclusion = say("check.conclusion", counts=listed(spoken) or say("check.nothing"), advice=advice)
    console.print(conclusion, soft_wrap=True)


def _findings_table(findings: Sequence[Finding], at_risk: Mapping[Finding, AtRisk], *, wide: bool) -> Table:
    """A row per finding. On a narrow terminal found, expected and difference stand one under the other."""
    figures = ("reported", "expected", "difference")
    if wide:
        table = plain_table("level", "cell", *figures, "problem", "at_risk", figures=("at_risk",), whole=("level",))
        for column in table.columns[2:5]:
            column.justify, column.max_width = "right", FIGURE_WIDTH
    else:
        table = plain_table("cell", "figures", "problem", "at_risk", figures=("at_risk",))
        table.columns[1].max_width = FIGURE_WIDTH + WORD_WIDTH
    for finding in findings:
        standing = f"severity.{finding.severity}" if finding.standing == "open" else f"standing.{finding.standing}"
        level = f"{say(standing)} {finding.code}"
        place = inert(f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet)
        stated = [inert(text) for text in (finding.reported, finding.expected, finding.difference)]
        problem = f"{inert(finding.message)}\n{say('check.remedy', remedy=inert(finding.remedy))}"
        risk = at_risk.get(finding)
        points = score_text(int(risk.points * SCALE)) if risk else "—"
        if wide:
            table.add_row(level, place, *stated, problem, points)
        else:
            named = [f"{say(f'column.{name}')} {text}" for name, text in zip(figures, stated, strict=True) if text]
            table.add_row(f"{level}\n{place}", "\n".join(named), problem, points)
    return table


def print_scorecard(night: Night, department: int) -> None:
    """All indicators of one department in a table, and the ids of the figures that are missing."""
    console = console_of()
    _print_totals(console, night, department)
    if night.result.rulebook.is_scored:
        print_table(console, _scores_table(night, department, ids=True))
    scores = night.result.scores
    mine = scores[scores["department"] == department]
    lacking = [(name, missing) for name, missing in zip(mine["indicator"], mine["missing"], strict=True) if missing]
    if lacking:
        console.print(say("explain.missing"))
    for name, missing in lacking:
        console.print(f"  {name}: {', '.join(missing)}", soft_wrap=True)


def _print_totals(console: Console, night: Night, department: int) -> None:
    row = night.result.departments.iloc[department]
    if not night.result.rulebook.is_scored:
        console.print(f"{inert(row['entity_code'])} {inert(row['entity_title'])}", soft_wrap=True)
        return
    totals = say(
        "department.totals",
        code=inert(row["entity_code"]),
        name=inert(row["entity_title"]),
        self=score_cell(row["self_total"]),
        verified_word=verified_word(bool(row["confirmed"])),
        verified=score_cell(row["verified_total"]),
        grade=row["grade"],
    )
    console.print(totals, soft_wrap=True)
    cap = night.scored.capped.holding(department)
    if cap is not None:
        before = score_text(int(night.scored.capped.before[department]))
        words = describe_cap(cap, night.result.rulebook)
        console.print(
            say("department.cap", name=cap.name, words=words, before=before, source=cap.source), soft_wrap=True
        )


def _scores_table(night: Night, department: int, *, ids: bool) -> Table:
    figures = ("max", "self", "computed", "verified")
    named = ("indicator_id", "indicator") if ids else ("indicator",)
    table = plain_table(*named, *figures, "status", figures=figures, whole=("indicator_id", "status"))
    scores = night.result.scores
    for _, row in scores[scores["department"] == department].iterrows():
        indicator = night.result.rulebook.indicator_by_id[row["indicator"]]
        points = (score_cell(row[name]) for name in figures)
        names = (indicator.id, indicator.name) if ids else (indicator.name,)
        table.add_row(*names, *points, say(f"status.{row['status']}"))
    return table


def print_trace(night: Night, department: int, indicator_id: str) -> None:
    """Why one score is what it is."""
    from perfbatch.scoring.trace import trace

    console = console_of()
    traced = trace(night.frames, night.scored, night.result.rulebook, department, indicator_id)
    submission = night.frames.submissions[department]
    title = say(
        "explain.title",
        code=inert(submission.entity_code),
        name=inert(submission.entity_title),
        title=traced.indicator,
        id=indicator_id,
    )
    console.print(title, soft_wrap=True)
    console.print(say("explain.standard", text=traced.standard), soft_wrap=True)
    console.print(say("explain.sources", text="；".join(traced.sources)), soft_wrap=True)
    if traced.inputs:
        table = plain_table("figure", "reported", "cell")
        for figure in traced.inputs:
            place = f"{figure.sheet}!{figure.cell}" if figure.cell else say("explain.not_found")
            table.add_row(figure.label, inert(figure.value), inert(place))
        print_table(console, table)
    console.print(say("explain.arithmetic", text=inert(traced.arithmetic)), soft_wrap=True)
    score = say(
        "explain.score",
        max=traced.maximum,
        self=traced.self_score or "—",
        computed=traced.computed or "—",
        verified_word=verified_word(traced.status == "adjusted"),
        verified=traced.verified,
        status=say(f"status.{traced.status}"),
    )
    console.print(score, soft_wrap=True)

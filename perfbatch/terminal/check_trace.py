"""One check of the rulebook and what it came to in one department's workbook. What the rulebook says stands in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfbatch.district.register import in_order
from perfbatch.terminal.catalogue import say
from perfbatch.terminal.console import console_of, inert, plain_table, print_table

if TYPE_CHECKING:
    from perfbatch.batch import Night

__all__ = ["print_check_trace"]


def print_check_trace(night: Night, department: int, check_id: str) -> None:
    """What a check of this id demands, and every place of the department's workbook where it does not simply hold."""
    from perfbatch.rulebook.wording import describe_expression

    console, rulebook = console_of(), night.result.rulebook
    submission = night.frames.submissions[department]
    check = next(check for check in rulebook.checks if check.id == check_id)
    console.print(
        say(
            "explain.title",
            code=inert(submission.entity_code),
            name=inert(submission.entity_title),
            title=check.title,
            id=check.id,
        ),
        soft_wrap=True,
    )
    console.print(say("explain.holds", text=describe_expression(check.holds, rulebook)), soft_wrap=True)
    if check.when:
        console.print(say("explain.when", text=describe_expression(check.when, rulebook)), soft_wrap=True)
    console.print(say("explain.level", level=say(f"severity.{check.severity}"), source=check.source), soft_wrap=True)
    findings = [
        finding
        for finding in in_order(night.result.findings)
        if (finding.file, finding.check) == (submission.file, check_id)
    ]
    if findings:
        figures = ("reported", "expected", "difference")
        table = plain_table("outcome", "cell", *figures, "message", figures=figures)
        for finding in findings:
            place = f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet
            stated = (finding.reported, finding.expected, finding.difference)
            outcome = say(f"outcome.{finding.outcome}")
            table.add_row(outcome, *map(inert, (place, *stated, finding.message)))
        print_table(console, table)
    console.print(say("explain.places", count=len(findings)) if findings else say("explain.holds_everywhere"))

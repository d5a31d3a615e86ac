"""What to type next: the last line of a command. `given` are the options by which the next one finds the same workbooks."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence
from typing import TYPE_CHECKING

from perfbatch.terminal.catalogue import say
from perfbatch.terminal.console import console_of, inert

if TYPE_CHECKING:
    from perfbatch.batch import Checked, Night, Nights
    from perfbatch.history.changes import Changes
    from perfbatch.history.reading import ListedRun

__all__ = [
    "after_check",
    "after_diff",
    "after_explaining",
    "after_history",
    "after_night",
    "print_next",
    "typed",
]

Words = Sequence[object]


def typed(*words: object) -> str:
    """Words as they are typed into this system's shell."""
    texts = list(map(str, words))
    return subprocess.list2cmdline(texts) if os.name == "nt" else shlex.join(texts)


def print_next(words: Words) -> None:
    """The command that follows, `perfbatch` before its words."""
    console_of().print(say("next", command=inert(typed("perfbatch", *words))), soft_wrap=True)


def after_night(nights: Nights, given: Words) -> Words:
    """The gravest that was found, explained; else what became of the nights."""
    for finding in (finding for result in nights.run.results for finding in result.findings):
        if finding.severity.value == "error" and finding.asks and finding.entity_code:
            return "explain", finding.entity_code, *([finding.check] if finding.check else []), *given
    return ("history",)


def after_check(checked: Sequence[Checked], clean: bool, given: Words) -> Words:
    """The same again once it is corrected; of what is clean, what it scores."""
    if not clean:
        return "check", *(workbook.path for workbook in checked), *given
    code = checked[0].entry.entity_code
    return "explain", code, "--inbox", checked[0].path.parent, *given


def after_explaining(night: Night, department: int, rule: str | None, given: Words, rulebook: Words) -> Words:
    """Of a department's scores the indicator that cost it most; of one of them its rule."""
    if rule is not None:
        return "rulebook", "show", rule, *rulebook
    scores = night.result.scores
    mine = scores[scores["department"] == department]
    lost = (mine["max"] - mine["verified"]).fillna(0).tolist()
    code = night.frames.submissions[department].entity_code
    if not lost:
        return "rulebook", "show", *rulebook
    costliest = mine["indicator"].tolist()[lost.index(max(lost))]
    return "explain", code, costliest, *given


def after_diff(changes: Changes, outbox: Words) -> Words:
    """What is new and wrong, explained; else the nights."""
    for finding in changes.appeared:
        if finding.severity == "error" and finding.entity_code:
            return "explain", finding.entity_code
    return "history", *outbox


def after_history(runs: Sequence[ListedRun], outbox: Words) -> Words:
    """What changed last, where there are two runs to compare; else a night."""
    alike = [run for run in runs[1:] if (run.form_id, run.fiscal_year) == (runs[0].form_id, runs[0].fiscal_year)]
    return ("diff", *outbox) if alike else ("run", *outbox)

"""The rules as text, in both their forms."""

from __future__ import annotations

from fractions import Fraction

from rich.console import Console

from perfbatch.model.figures import plain
from perfbatch.rulebook.load import LoadedRulebook
from perfbatch.rulebook.model import Cap, Check, Indicator, Rulebook
from perfbatch.rulebook.wording import describe_cap, describe_expression, describe_figure, describe_rule
from perfbatch.template import lay_out
from perfbatch.template.live import LivePlan, plan_live
from perfbatch.terminal.catalogue import say
from perfbatch.terminal.console import console_of, inert

__all__ = ["print_rulebook", "print_sound"]


def print_rulebook(loaded: LoadedRulebook, wanted: str | None) -> bool:
    """The rules as text, all or one indicator or code; False where there is none of that name."""
    console, rulebook = console_of(), loaded.rulebook
    indicators = [indicator for indicator in rulebook.indicators if wanted in (None, indicator.id)]
    checks = [check for check in rulebook.checks if wanted in (None, check.id, check.code)]
    caps = [cap for cap in rulebook.caps if wanted in (None, cap.id)]
    if not indicators and not checks and not caps:
        return False
    if wanted is None:
        console.print(f"{rulebook.id} · {rulebook.title}", soft_wrap=True)
        console.print(f"  来源：{' ← '.join(reversed(loaded.sources))}", soft_wrap=True)
        console.print(f"  校验值（SHA-256）：{loaded.sha256}", soft_wrap=True)
        console.print()
    live = plan_live(lay_out(rulebook, 1))
    rules: list[Indicator | Cap | Check] = [*indicators, *caps, *checks]
    for number, rule in enumerate(rules):
        if number:
            console.print()
        if isinstance(rule, Indicator):
            _print_indicator(console, rule, rulebook, live)
        elif isinstance(rule, Cap):
            console.print(f"{rule.id} · {rule.name}", soft_wrap=True)
            console.print(f"  规则：{describe_cap(rule, rulebook)}", soft_wrap=True)
            console.print(f"  依据：{rule.source}", soft_wrap=True)
        else:
            _print_check_rule(console, rule, rulebook, live)
    return True


def print_sound(loaded: LoadedRulebook) -> None:
    """That lint finds nothing, and in how much."""
    book = loaded.rulebook
    counts = {"indicators": len(book.indicators), "checks": len(book.checks)}
    console_of().print(say("rulebook.sound", rulebook=inert(loaded.name), **counts), soft_wrap=True)


def _print_indicator(console: Console, indicator: Indicator, rulebook: Rulebook, live: LivePlan) -> None:
    console.print(f"{indicator.id} · {indicator.name} · {plain(Fraction(indicator.points))} 分", soft_wrap=True)
    figure = describe_figure(indicator, rulebook)
    if figure:
        console.print(f"  数据：{figure}", soft_wrap=True)
    if indicator.ratio:
        console.print(f"  公式：{indicator.ratio}", soft_wrap=True)
    console.print(f"  规则：{describe_rule(indicator)}", soft_wrap=True)
    row = next(score_row for score_row in live.scores.rows if score_row.indicator.id == indicator.id)
    if indicator.objective:
        for column, formula in row.formulas.items():
            console.print(f"  Excel {row.ref(column)} {column}：{formula}", soft_wrap=True)
    console.print(f"  标准：{indicator.standard}", soft_wrap=True)
    console.print(f"  依据：{'；'.join(indicator.sources)}", soft_wrap=True)


def _print_check_rule(console: Console, check: Check, rulebook: Rulebook, live: LivePlan) -> None:
    console.print(f"{check.id} · {check.title} · {say(f'severity.{check.severity}')}", soft_wrap=True)
    console.print(f"  公式：{check.holds}", soft_wrap=True)
    console.print(f"  含义：{describe_expression(check.holds, rulebook)}", soft_wrap=True)
    if check.when:
        console.print(f"  条件：{describe_expression(check.when, rulebook)}", soft_wrap=True)
    for name, against in check.each_against.items():
        words = f"{describe_expression(name, rulebook)} — {describe_expression(against, rulebook)}"
        console.print(f"  对照：{words}", soft_wrap=True)
    first = next((live_check for live_check in live.checks() if live_check.bound.check.id == check.id), None)
    if first is None:
        console.print("  Excel：须用上年数据或财政数据，只在夜间核对", soft_wrap=True)
    else:
        console.print(f"  Excel（{first.place.cell.reference}）：{first.formula}", soft_wrap=True)
    console.print(f"  依据：{check.source}", soft_wrap=True)

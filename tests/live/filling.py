"""Blank workbooks filled at random: Hypothesis draws what is typed, the cells are put into the sheets' XML directly.

What is drawn leans on where two implementations could part: blanks, zeros, sums that are right, a tail off or wrong, figures on
and beside every threshold, texts in number cells, denominators of 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from perfbatch.rulebook.kinds.bands import BandsRule
from perfbatch.rulebook.model import Rulebook
from perfbatch.template import Layout, lay_out, write_template
from perfbatch.template.grid import cell_name
from tests.cells import Stencil

__all__ = ["UNITS", "Filler", "draw"]

UNITS = 2
ROWS = UNITS + 2

Typed = Mapping[str, list[Any]]

_TEXTS = ("约10", "无", "/", "10.05万元", "５", "—", "待定")


def _decimals(places: int, top: int) -> st.SearchStrategy[Decimal]:
    return st.integers(0, top * 10**places).map(lambda count: Decimal(count).scaleb(-places))


_AMOUNT = st.one_of(
    _decimals(2, 300),
    _decimals(2, 3),
    st.just(Decimal(0)),
    st.sampled_from([Decimal("0.01"), Decimal("100"), Decimal("1000000")]),
    _decimals(4, 50),
    _decimals(6, 9),
)
_NUDGE = st.sampled_from(
    [Decimal(0)] * 6 + [Decimal(text) for text in ("0.01", "-0.01", "0.02", "-0.03", "1", "-5", "0.005", "0.000001")]
)


@st.composite
def _total(draw: st.DrawFn, parts: list[Any]) -> Any:
    """What somebody writes under a sum: the sum, a little or far off, ten thousand times it, nothing, or a word."""
    kind = draw(st.integers(0, 19))
    if kind == 0:
        return None
    if kind == 1:
        return draw(st.sampled_from(_TEXTS))
    known = [part for part in parts if isinstance(part, Decimal)]
    right = reduce(lambda total, part: total + part, known, Decimal(0))
    if kind == 2:
        return right * 10000
    if kind == 3:
        return draw(_AMOUNT)
    return max(Decimal(0), right + draw(_NUDGE))


@st.composite
def _part(draw: st.DrawFn) -> Any:
    kind = draw(st.integers(0, 24))
    if kind < 4:
        return None
    if kind == 4:
        return draw(st.sampled_from(_TEXTS))
    if kind == 5:
        return draw(_AMOUNT) * 10000
    return draw(_AMOUNT)


def _sparse(strategy: st.SearchStrategy[Any], text: int = 1) -> st.SearchStrategy[Any]:
    """Mostly something, at times nothing or a word."""
    words = st.sampled_from(_TEXTS)
    return st.integers(0, 19).flatmap(lambda n: st.none() if n < 3 else words if n < 3 + text else strategy)


@st.composite
def _unit_rows(draw: st.DrawFn, rulebook: Rulebook) -> Typed:
    columns: dict[str, list[Any]] = {}
    used = [True, True, draw(st.booleans()), False]
    for table in rulebook.unit_tables.values():
        fields = [field for field in table.fields if field.kind == "amount"]
        for row in (*range(1, ROWS), 0):
            values: dict[str, Any] = {}
            # Parts stand right of their total, so from the right every total finds its parts drawn.
            for field in reversed(fields):
                if not used[row]:
                    values[field.id] = None
                elif row == 0:
                    values[field.id] = draw(_total([columns[field.id][other] for other in range(1, ROWS)]))
                elif field.parts:
                    values[field.id] = draw(_total([values[part] for part in field.parts]))
                elif field.signed and draw(st.booleans()):
                    values[field.id] = draw(st.sampled_from([None, Decimal("-1.2"), Decimal(0), draw(_AMOUNT)]))
                else:
                    values[field.id] = draw(_part())
            for name, value in values.items():
                columns.setdefault(name, [None] * ROWS)[row] = value
    if draw(st.booleans()):
        _balance(draw, columns)
    return columns


def _balance(draw: st.DrawFn, columns: dict[str, list[Any]]) -> None:
    """Make expenditure and balances follow from revenue, more or less, as they do on most forms."""
    for row in range(ROWS):
        revenue, spent = columns["revenue_total"][row], columns["expenditure_total"][row]
        if not (isinstance(revenue, Decimal) and isinstance(spent, Decimal)):
            continue
        carried = columns["carryover_prior_year"][row]
        columns["balance_cumulative"][row] = draw(st.sampled_from([None, revenue - spent, revenue - spent]))
        if not isinstance(carried, str):
            columns["balance_current_year"][row] = revenue - spent - (carried or 0) + draw(_NUDGE)


@st.composite
def _ratio_pair(draw: st.DrawFn, thresholds: list[Decimal]) -> tuple[Any, Any]:
    """Numerator and denominator: on a threshold, a cent beside it, anything, 0, nothing."""
    denominator = draw(st.sampled_from([Decimal(0), Decimal(8), Decimal("12.34"), Decimal(300), Decimal("7.000001")]))
    denominator = draw(st.one_of(st.just(denominator), _AMOUNT))
    numerator = draw(_AMOUNT)
    if draw(st.booleans()):
        edge = draw(st.sampled_from(thresholds)) / 100
        beside = draw(st.sampled_from([Decimal(0), Decimal("0.01"), Decimal("-0.01"), Decimal("0.000001")]))
        numerator = max(Decimal(0), (denominator * edge + beside).quantize(Decimal("0.000001")))
    return draw(_sparse(st.just(numerator))), draw(_sparse(st.just(denominator)))


_COUNT = st.integers(0, 40).map(Decimal)


@st.composite
def filling(draw: st.DrawFn, rulebook: Rulebook) -> Typed:
    """Everything typed into one workbook: field id → what stands in its cells from the top."""
    typed: dict[str, list[Any]] = dict(draw(_unit_rows(rulebook)))
    staff = draw(st.tuples(_sparse(_COUNT), _sparse(_COUNT)))
    typed["on_post_staff"], typed["authorized_posts"] = [staff[0]], [staff[1]]
    typed["narrative_on_post_staff"] = [draw(st.sampled_from([staff[0], Decimal(16), None]))]
    typed["narrative_admin_staff"] = [draw(_sparse(_COUNT))]
    typed["narrative_institution_staff"] = [draw(_sparse(_COUNT))]
    for top, below in (
        ("three_public_budget", "three_public_budget_prior"),
        ("procurement_actual", "procurement_budget"),
        ("official_card_spending", "official_card_eligible"),
        ("key_project_expenditure", "three_public_final_prior"),
    ):
        pair = draw(_ratio_pair([Decimal(text) for text in (50, 60, 70, 80, 90, 95, 100, 110)]))
        typed[top], typed[below] = [pair[0]], [pair[1]]
    for name in ("budget_supplement", "budget_reduction", "budget_reallocation", "budget_adjustment_exempt"):
        typed[name] = [draw(_sparse(_decimals(2, 20)))]
    typed["budget_initial"] = [draw(_sparse(st.sampled_from([Decimal(0), Decimal(100), Decimal("33.33")])))]
    typed["special_fund_late_count"] = [draw(_sparse(st.integers(0, 8).map(Decimal)))]
    for name in ("narrative_basic_expenditure", "wages_welfare", "goods_services", "personal_family_subsidy"):
        typed[name] = [draw(_part())]
    if draw(st.booleans()):
        typed["goods_services"] = [typed["operating_expenditure"][0]]
    _targets(draw, typed)
    _scorecard(draw, typed, rulebook)
    return typed


def _targets(draw: st.DrawFn, typed: dict[str, list[Any]]) -> None:
    answers = st.sampled_from([None, None, "已完成", "完成3家", "１２人", "无", "92%以上"])
    typed["indicator_target"] = [draw(answers) for _ in range(27)]
    typed["indicator_actual"] = [draw(answers) for _ in range(27)]


def _scorecard(draw: st.DrawFn, typed: dict[str, list[Any]], rulebook: Rulebook) -> None:
    points = [indicator.points for indicator in rulebook.indicators]
    cents = st.integers(0, 700).map(lambda count: Decimal(count).scaleb(-2))
    typed["item_self_score"] = [draw(_sparse(st.one_of(st.just(full), cents, st.just(full + 1)))) for full in points]
    if draw(st.booleans()):
        typed["item_max"] = [None] * len(points)
        row = draw(st.integers(15, 20))
        typed["item_max"][row] = draw(st.sampled_from([Decimal(0), points[row] + 1, points[row]]))
    typed["item_deduction_reason"] = [draw(st.sampled_from([None, None, "原因", "无"])) for _ in points]
    scores = [score for score in typed["item_self_score"] if isinstance(score, Decimal)]
    right = sum(scores, Decimal(0))
    typed["self_score_total"] = [draw(st.sampled_from([right if right <= 100 else Decimal(100), Decimal(90), None]))]
    typed["self_grade"] = [draw(st.sampled_from([*(grade.name for grade in rulebook.grades), None]))]
    bounds = [
        bound
        for indicator in rulebook.indicators
        if indicator.figure and isinstance(indicator.rule, BandsRule)
        for band in indicator.rule.bands
        for bound in (band.minimum, band.below, band.maximum)
        if bound is not None
    ]
    edge = draw(st.sampled_from(bounds)) / 100
    beside = draw(st.sampled_from([Decimal(0), Decimal("0.0001"), Decimal("-0.00000001")]))
    rate = min(max(edge + beside, Decimal(0)), Decimal(1))
    # 90 in a percent cell, as a program writes it, is 90 % too; 101 is nothing.
    typed["satisfaction_rate"] = [draw(_sparse(st.sampled_from([rate, rate, rate, rate * 100, Decimal(101)])))]
    answers: list[Any] = []
    block = rulebook.evidence_block
    assert block is not None
    for indicator in rulebook.indicators:
        for evidence_id in indicator.evidence_ids:
            if evidence_id.endswith(".breaches"):
                answers.append(draw(st.sampled_from([None, Decimal(0), Decimal(2), Decimal(9)])))
            else:
                answers.append(draw(st.sampled_from([None, block.yes, block.yes, block.yes, block.no])))
    typed["evidence_answer"] = answers


def draw(count: int, rulebook: Rulebook, first: int = 0) -> list[Typed]:
    """`count` fillings from the `first`, each from a seed of its own: the same ones again within a process.

    One short run of Hypothesis for each: its first example is the simplest there is, and within one run it likes to vary an
    example that it has, where this wants workbooks that have nothing to do with each other.
    """
    return [_one(number, rulebook) for number in range(first, first + count)]


def _one(number: int, rulebook: Rulebook) -> Typed:
    drawn: list[Typed] = []

    @seed(number)
    @settings(
        max_examples=2, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(filling(rulebook))
    def collect(typed: Typed) -> None:
        drawn.append(typed)

    collect()
    return drawn[-1]


class Filler:
    """Fills one blank form many times."""

    def __init__(self, rulebook: Rulebook, folder: Path) -> None:
        blank = folder / "blank.xlsx"
        write_template(rulebook, blank, units=UNITS)
        self.layout: Layout = lay_out(rulebook, UNITS)
        self._stencil = Stencil(blank.read_bytes())

    def fill(self, typed: Typed, path: Path) -> None:
        """Write a workbook with these values in it; None leaves what the blank form has."""
        values = {}
        for field_id, column in typed.items():
            where = self.layout.where(field_id)
            for row, value in enumerate(column):
                values[where.sheet, cell_name(where.top + row, where.left)] = value
        self._stencil.write(values, path)

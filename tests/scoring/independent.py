"""The scoring table once more, written from the domain's words over typed cells, one department and one indicator at a time."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

__all__ = ["scored"]

Outcome = tuple[str, Decimal | None]
COMPUTED, WAITING, IDLE = "computed", "self_reported", "not_applicable"


def _cents(points: Fraction) -> Decimal:
    exact = max(Fraction(0), points)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _over(top: Fraction | None, bottom: Fraction | None, *, falls: bool, last_year: bool = False) -> Outcome | Fraction:
    """A ratio in percent, or what becomes of it where something is blank or the denominator is 0."""
    if bottom is None:
        return WAITING, None
    if bottom == 0:
        if top is None or top == 0:
            return IDLE, None
        return (COMPUTED, Decimal(0)) if top > 0 and falls and not last_year else (WAITING, None)
    return (WAITING, None) if top is None else top / bottom * 100


def _deduct(rate: Fraction, past: Fraction, each: str, full: int) -> Outcome:
    return COMPUTED, min(Decimal(full), _cents(Fraction(full) - Fraction(each) * max(Fraction(0), past)))


def _bands(rate: Fraction, *bands: tuple[int, str]) -> Outcome:
    """Bands from the highest minimum down."""
    return next(((COMPUTED, Decimal(points)) for low, points in bands if rate >= low), (WAITING, None))


def scored(typed: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Outcome]:
    """Indicator → status and computed points. `typed` is field → what stands in the cell (of the 汇总 row), None for blank."""

    def cell(name: str) -> Fraction | None:
        value = typed.get(name)
        return None if value is None else Fraction(str(value))

    def part(name: str, *siblings: str) -> Fraction | None:
        own = cell(name)
        beside = any(typed.get(sibling) is not None for sibling in siblings)
        return Fraction(0) if own is None and beside else own

    outcomes: dict[str, Outcome] = {}
    rate = _over(cell("on_post_staff"), cell("authorized_posts"), falls=True)
    outcomes["staff_control_rate"] = rate if isinstance(rate, tuple) else _deduct(rate, rate - 100, "0.5", 5)
    now, prior = cell("three_public_budget"), cell("three_public_budget_prior")
    change = None if now is None or prior is None else now - prior
    rate = _over(change, prior, falls=True, last_year=True)
    outcomes["three_public_change_rate"] = rate if isinstance(rate, tuple) else _deduct(rate, rate, "0.5", 5)
    whole = cell("project_budget")
    whole = part("project_expenditure", "basic_expenditure") if whole is None else whole
    rate = _over(cell("key_project_expenditure"), whole, falls=False)
    outcomes["key_spending_share"] = (
        rate if isinstance(rate, tuple) else _bands(rate, (90, "5"), (80, "4"), (70, "3"), (60, "2"), (0, "0"))
    )
    adjusted = [cell(name) for name in ("budget_supplement", "budget_reduction", "budget_reallocation")]
    exempt = cell("budget_adjustment_exempt")
    given = [amount for amount in (*adjusted, None if exempt is None else -exempt) if amount is not None]
    rate = _over(sum(given, Fraction(0)) if given else None, cell("budget_initial"), falls=True)
    if not isinstance(rate, tuple):
        steps = ((Fraction(0), "3"), (Fraction(10), "2"), (Fraction(20), "1"), (Fraction(30), "0.5"))
        points = next((worth for high, worth in steps if rate <= high), "0")
        rate = (WAITING, None) if rate < 0 else (COMPUTED, Decimal(points))
    outcomes["budget_adjustment_rate"] = rate
    late = cell("special_fund_late_count")
    outcomes["payment_progress"] = (WAITING, None) if late is None else (COMPUTED, _cents(3 - late / 2))
    outcomes["fund_balance"] = _balance(cell, part)
    rate = _over(cell("three_public_total"), cell("three_public_budget"), falls=True)
    outcomes["three_public_control_rate"] = rate if isinstance(rate, tuple) else _deduct(rate, rate - 100, "1", 6)
    for name, top, bottom, least, each in (
        ("procurement_execution_rate", cell("procurement_actual"), cell("procurement_budget"), 100, "0.2"),
        ("official_card_rate", cell("official_card_spending"), cell("official_card_eligible"), 50, "0.2"),
        (
            "fixed_asset_utilisation",
            part("fixed_assets_in_use", "fixed_assets_leased", "fixed_assets_other"),
            cell("fixed_assets_total"),
            100,
            "0.1",
        ),
    ):
        rate = _over(top, bottom, falls=False)
        outcomes[name] = rate if isinstance(rate, tuple) else _deduct(rate, least - rate, each, 3)
    satisfied = cell("satisfaction_rate")
    outcomes["satisfaction"] = (
        (WAITING, None) if satisfied is None else _bands(satisfied * 100, (95, "5"), (85, "3"), (75, "1"), (0, "0"))
    )
    for name, weights in (
        ("budget_management_system", ("1", "1", "1")),
        ("disclosure", ("1", "0.5", "0.5", "0.5", "0.5")),
        ("asset_management_system", ("2", "1")),
    ):
        answered = [answers.get(f"{name}.{number}") for number in range(1, len(weights) + 1)]
        earned = sum(
            (Decimal(weight) for weight, answer in zip(weights, answered, strict=True) if answer == "是"), Decimal(0)
        )
        outcomes[name] = (WAITING, None) if None in answered else (COMPUTED, earned)
    for name, full in (("fund_use_compliance", 3), ("asset_safety", 4)):
        cases = answers.get(f"{name}.breaches")
        outcomes[name] = (WAITING, None) if cases is None else (COMPUTED, Decimal(max(0, full - cases)))
    return outcomes


def _balance(cell: Any, part: Any) -> Outcome:
    balance, revenue, spent = cell("balance_cumulative"), cell("revenue_total"), cell("expenditure_total")
    if balance is None:
        balance = None if revenue is None or spent is None else revenue - spent
    if balance is None or balance < 0:
        return WAITING, None
    if balance == 0:
        return COMPUTED, Decimal(3)
    beside = ("general_budget_appropriation", "gov_fund_appropriation", "nontax_special_account", "revenue_other")
    carried = part("carryover_prior_year", *beside)
    if carried is None:
        return WAITING, None
    return COMPUTED, Decimal(2 if balance <= carried else 0)

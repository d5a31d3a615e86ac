"""The arithmetic of the rules that score a ratio or a figure, as formulas of the score block's cells."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from perfbatch.rulebook.formula_terms import NO, all_of, any_of, none_of, quoted, some, times
from perfbatch.rulebook.model import BandsRule, DeductRule, Indicator

__all__ = ["bands_formulas", "deduct_formulas", "state_formula"]


def state_formula(computed: str) -> str:
    """Computed under a condition, else what the department says."""
    return f"=IF({computed},{quoted('computed')},{quoted('self_reported')})"


def _costs_all(indicator: Indicator, cell: dict[str, str]) -> str:
    """Something over 0, where that costs all points; FALSE for a rule that says nothing of it."""
    if indicator.ratio is None or not indicator.falls or indicator.last_year_denominator:
        return "FALSE"
    return all_of(
        some(cell["numerator_known"]),
        some(cell["denominator_known"]),
        f"{cell['numerator']}>0",
        f"{cell['denominator']}=0",
    )


def _figure_state(indicator: Indicator, cell: dict[str, str], covered: str) -> str:
    """Nothing unreadable, a denominator other than 0, both known, and a figure that the rule says something about; nothing over
    0 does not apply."""
    nothing = any_of(none_of(some(cell["numerator_known"])), f"{cell['numerator']}=0")
    idle = all_of(some(cell["denominator_known"]), f"{cell['denominator']}=0", nothing)
    divided = f"{cell['denominator']}<>0"
    there = all_of(some(cell["numerator_known"]), some(cell["denominator_known"]), divided, covered)
    computed = f"IF({any_of(there, _costs_all(indicator, cell))},{quoted('computed')},{quoted('self_reported')})"
    sound = f"IF({idle},{quoted('not_applicable')},{computed})"
    return f"=IF({some(cell['unreadable'])},{quoted('self_reported')},{sound})"


def _capped(indicator: Indicator, cell: dict[str, str]) -> str:
    """The numerator of the figure that is scored: a part larger than its whole counts as all of it."""
    return f"MIN({cell['n']},{cell['d']})" if indicator.is_part else cell["n"]


def deduct_formulas(indicator: Indicator, rule: DeductRule, cell: dict[str, str]) -> dict[str, str]:
    """`excess` is the points past the threshold, times `d` and the threshold's denominator: whole."""
    full, n = Fraction(indicator.points), _capped(indicator, cell)
    threshold, each = Fraction(rule.threshold), Fraction(rule.per_point)
    past = f"100*{times(n, threshold.denominator)}-{times(str(threshold.numerator), cell['d'])}"
    excess = past if rule.side == "above" else f"-({past})"
    scale = times(cell["d"], threshold.denominator)
    points = full * 100
    if rule.reading == "pro_rata":
        dividend = f"{points * each.denominator}*{scale}-{100 * each.numerator}*{cell['excess']}"
        divisor = f"{each.denominator}*{scale}"
    else:
        # The whole points past the threshold, taken down or up.
        floor = f"INT({cell['excess']}/({scale}))"
        whole = floor if rule.reading == "whole" else f"-INT(-{cell['excess']}/({scale}))"
        dividend = f"{points * each.denominator}-{100 * each.numerator}*({whole})"
        divisor = str(each.denominator)
    guarded = "1" if rule.reading != "pro_rata" else cell["d"]
    quotient = f"INT({cell['dividend']}/{cell['divisor']})"
    right = f"N(({cell['quotient']}+1)*{cell['divisor']}<={cell['dividend']})"
    wrong = f"N({cell['quotient']}*{cell['divisor']}>{cell['dividend']})"
    cents = f"MAX(0,{cell['quotient']}-{wrong}+{right})"
    return {
        "excess": f"={excess}",
        # Half a cent on top turns the quotient rounded down into the nearest.
        "dividend": f"=2*({dividend})+{divisor}",
        "divisor": f"=2*{divisor}",
        "quotient": f"=IF({guarded}=0,0,{quotient})",
        "cents": f"=IF({_costs_all(indicator, cell)},0,IF({cell['excess']}<=0,{points},{cents}))",
        "state": _figure_state(indicator, cell, "TRUE"),
    }


def bands_formulas(indicator: Indicator, rule: BandsRule, cell: dict[str, str]) -> dict[str, str]:
    """The columns of a rule of bands."""
    cents = NO
    n = _capped(indicator, cell)
    for band in rule.bands:
        inside = _inside(n, cell, band.minimum, band.above, band.maximum, band.below)
        cents = f"IF({inside},{int(band.points * 100)},{cents})"
    covered = _inside(n, cell, rule.domain.minimum, None, rule.domain.maximum, None)
    cents = f"IF({_costs_all(indicator, cell)},0,{cents})"
    return {"cents": f"={cents}", "state": _figure_state(indicator, cell, covered)}


def _inside(
    n: str,
    cell: dict[str, str],
    minimum: Decimal | None,
    above: Decimal | None,
    maximum: Decimal | None,
    below: Decimal | None,
) -> str:
    """Whether n / d, in percent, lies between the bounds."""
    bounds = ((minimum, ">="), (above, ">"), (maximum, "<="), (below, "<"))
    conditions = []
    for bound, sign in bounds:
        if bound is not None:
            limit = Fraction(bound)
            left = times(f"100*{n}", limit.denominator) if limit.denominator != 1 else f"100*{n}"
            conditions.append(f"{left}{sign}{limit.numerator}*{cell['d']}")
    return all_of(*conditions)

"""Formulas that the kinds of rules share: the figure as two whole numbers, the states of a score."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from perfbatch.model.submission import SCALE
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.formula_terms import (
    NO,
    YES,
    Figure,
    all_of,
    any_of,
    common,
    gather,
    none_of,
    quoted,
    some,
    times,
)
from perfbatch.rulebook.kinds.surroundings import Judged, RuleCells
from perfbatch.rulebook.tree import Binary

__all__ = ["capped", "costs_all", "counted_formulas", "figure_formulas", "figure_state", "inside", "state"]

_REDUCIBLE = SCALE // 100


def figure_formulas(indicator: Judged, cells: RuleCells) -> dict[str, str]:
    """`n` / `d` is the figure as a fraction of one: both whole, and as small as they can simply be made."""
    cell = cells.cell
    if indicator.ratio is not None:
        tree = parse(indicator.ratio)
        assert isinstance(tree, Binary)
        left, right = (cells.compiled(operand) for operand in (tree.left, tree.right))
        assert isinstance(left, Figure)
        assert isinstance(right, Figure)
        numerator, denominator, _ = common(left, right)
    else:
        figure = cells.compiled(parse(indicator.figure or ""))
        assert isinstance(figure, Figure)
        numerator = figure
        denominator = Figure(times(str(figure.den), 100), 1, NO, YES, NO)
    fits = " ".join(
        f"INT({cell[name]}/{_REDUCIBLE})*{_REDUCIBLE}={cell[name]}" for name in ("numerator", "denominator")
    )
    return {
        "numerator": f"={numerator.num}",
        "numerator_known": f"={numerator.known}",
        "denominator": f"={denominator.num}",
        "denominator_known": f"={denominator.known}",
        "unreadable": f"={gather(numerator.tainted, denominator.tainted)}",
        "reduce": f"=IF(AND({','.join(fits.split(' '))}),{_REDUCIBLE},1)",
        "n": f"={cell['numerator']}/{cell['reduce']}*SIGN({cell['denominator']})",
        "d": f"=ABS({cell['denominator']})/{cell['reduce']}",
    }


def state(computed: str) -> str:
    """Computed where a condition holds, else the department's own."""
    return f"=IF({computed},{quoted('computed')},{quoted('self_reported')})"


def counted_formulas(indicator: Judged, cell: Mapping[str, str], counted: Figure, each: Decimal) -> dict[str, str]:
    """The formulas of a rule that takes `each` points off for everything counted, down to 0."""
    lost = 100 * Fraction(each)
    left = f"{Fraction(indicator.points) * 100}-{lost.numerator}*{cell['numerator']}/{times(str(counted.den), lost.denominator)}"
    return {
        "numerator": f"={counted.num}",
        "numerator_known": f"={counted.known}",
        "unreadable": f"={counted.tainted}",
        "cents": f"=MAX(0,INT({left}+1/2))",
        "state": state(all_of(some(cell["numerator_known"]), none_of(some(cell["unreadable"])))),
    }


def costs_all(indicator: Judged, cell: Mapping[str, str]) -> str:
    """Something over 0, where that costs all points; FALSE for a rule that says nothing of it."""
    if indicator.ratio is None or not indicator.falls or indicator.last_year_denominator:
        return "FALSE"
    return all_of(
        some(cell["numerator_known"]),
        some(cell["denominator_known"]),
        f"{cell['numerator']}>0",
        f"{cell['denominator']}=0",
    )


def figure_state(indicator: Judged, cell: Mapping[str, str], covered: str) -> str:
    """Nothing unreadable, a denominator other than 0, both known, and a figure that the rule says something about; nothing over
    0 does not apply."""
    nothing = any_of(none_of(some(cell["numerator_known"])), f"{cell['numerator']}=0")
    idle = all_of(some(cell["denominator_known"]), f"{cell['denominator']}=0", nothing)
    divided = f"{cell['denominator']}<>0"
    there = all_of(some(cell["numerator_known"]), some(cell["denominator_known"]), divided, covered)
    computed = f"IF({any_of(there, costs_all(indicator, cell))},{quoted('computed')},{quoted('self_reported')})"
    sound = f"IF({idle},{quoted('not_applicable')},{computed})"
    return f"=IF({some(cell['unreadable'])},{quoted('self_reported')},{sound})"


def capped(indicator: Judged, cell: Mapping[str, str]) -> str:
    """The numerator of the figure that is scored: a part larger than its whole counts as all of it."""
    return f"MIN({cell['n']},{cell['d']})" if indicator.is_part else cell["n"]


def inside(
    n: str,
    cell: Mapping[str, str],
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

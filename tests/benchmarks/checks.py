"""What the checks cost: `python -m tests.benchmarks.checks [--departments N] [--repeat R] [--json]`.

All checks of the rulebook over a unit's row, with their conditions, on one row a department: the night's columns (read from the
frame anew, with blanks, unreadable cells and rounding intervals looked after) against two named baselines, the same expressions
in a Decimal loop over the departments and by `DataFrame.eval` over int64 columns. What the baselines need is made ready for
them before the clock starts. CPU of this process, in turns within each round; all must find the same rows.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from types import CodeType
from typing import Any

import numpy as np
import pandas as pd

from perfbatch.district.scopes import UnitScope
from perfbatch.model.submission import SCALE, State
from perfbatch.rulebook.checks import BoundCheck, bind_checks
from perfbatch.rulebook.columns import Truth, evaluate
from perfbatch.rulebook.expression import unparse
from perfbatch.rulebook.load import load_rulebook
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.tree import Binary, Boolean, Call, Compare, Member, Name, Node, Not
from tests.benchmarks.spread import print_spreads, spread

__all__ = ["CONTESTANTS", "District", "compare"]

NIGHT = "columns"
_CENT = SCALE // 100
_WRONG = 0.05

Failures = list[list[int]]
"""Per check the rows in which it is due and does not hold."""


@dataclass(frozen=True)
class District:
    """The 汇总 rows of `departments` departments, every amount filled; in one of twenty each total is wrong by whole yuan."""

    departments: int
    rulebook: Rulebook

    @cached_property
    def counts(self) -> Mapping[str, list[int]]:
        """Field id → counts of 1/SCALE, a row per department. Parts are drawn first, what they add up to follows."""
        columns = [column for table in self.rulebook.unit_tables.values() for column in table.fields]
        amounts = [column for column in columns if column.kind == "amount"]
        chance = random.Random(1)
        drawn = {
            column.id: [chance.randrange(1, 100_000) * _CENT for _ in range(self.departments)] for column in amounts
        }
        for column in reversed(amounts):
            if column.parts:
                sums = zip(*(drawn[part] for part in column.parts), strict=True)
                drawn[column.id] = [sum(parts) + self._slip(chance) for parts in sums]
        return drawn

    @staticmethod
    def _slip(chance: random.Random) -> int:
        return chance.randrange(1, 100) * SCALE if chance.random() < _WRONG else 0

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The rows as `build_frames` makes them."""
        columns: dict[str, Any] = {
            "department": np.arange(self.departments),
            "row": np.zeros(self.departments, np.int64),
        }
        for field, counts in self.counts.items():
            columns[field] = pd.array(counts, dtype="Int64")
            columns[f"{field}.step"] = np.full(self.departments, _CENT, dtype=np.int64)
            columns[f"{field}.state"] = np.full(self.departments, State.FILLED, dtype=np.int8)
        return pd.DataFrame(columns)

    @cached_property
    def checks(self) -> list[BoundCheck]:
        """The checks of a unit's row."""
        return [bound for bound in bind_checks(self.rulebook) if bound.check.scope == "unit"]

    @cached_property
    def written(self) -> list[tuple[str, str]]:
        """Each check as (holds, when) in plain Python and pandas; "" where it is due everywhere."""
        return [
            (unparse(_plain(bound.holds)), unparse(_plain(bound.when)) if bound.when is not None else "")
            for bound in self.checks
        ]

    @cached_property
    def compiled(self) -> list[tuple[CodeType, CodeType]]:
        """`written` as code."""
        return [
            (compile(holds, "holds", "eval"), compile(when or "True", "when", "eval")) for holds, when in self.written
        ]

    @cached_property
    def decimals(self) -> list[dict[str, Decimal]]:
        """The rows one by one: field id → amount."""
        amounts = {field: [Decimal(count).scaleb(-6) for count in counts] for field, counts in self.counts.items()}
        return [dict(zip(amounts, row, strict=True)) for row in zip(*amounts.values(), strict=True)]

    @cached_property
    def integers(self) -> pd.DataFrame:
        """The rows as a frame of int64."""
        return pd.DataFrame({field: np.array(counts, dtype=np.int64) for field, counts in self.counts.items()})


def _plain(node: Node) -> Node:
    """A check without the language's own functions, none of which matters in 汇总 rows where every cell is filled."""
    match node:
        case Member("summary", field):
            return Name(field)
        case Call("part" | "either", (first, *_)):
            return _plain(first)
        case Call("filled", (first,)):
            return Compare("==", _plain(first), _plain(first))
        case Binary(op, left, right):
            return Binary(op, _plain(left), _plain(right))
        case Compare(relation, left, right):
            return Compare(relation, _plain(left), _plain(right))
        case Boolean(word, operands):
            return Boolean(word, tuple(map(_plain, operands)))
        case Not(operand):
            return Not(_plain(operand))
    return node


def _columns(district: District) -> Failures:
    scope = UnitScope(district.frame, district.rulebook)
    failures = []
    for bound in district.checks:
        truth = evaluate(bound.holds, scope, tolerant=bound.check.tolerance == "interval")
        assert isinstance(truth, Truth)
        failed = truth.known & ~truth.tainted & ~truth.value
        if bound.when is not None:
            when = evaluate(bound.when, scope, tolerant=False)
            assert isinstance(when, Truth)
            failed = failed & when.value & when.known & ~when.tainted
        failures.append(np.flatnonzero(failed).tolist())
    return failures


def _decimal_loop(district: District) -> Failures:
    failures: Failures = [[] for _ in district.compiled]
    for row, amounts in enumerate(district.decimals):
        for (holds, when), failed in zip(district.compiled, failures, strict=True):
            if eval(when, {}, amounts) and not eval(holds, {}, amounts):
                failed.append(row)
    return failures


def _frame_eval(district: District) -> Failures:
    failures = []
    for holds, when in district.written:
        failed = ~district.integers.eval(holds)
        if when:
            failed &= district.integers.eval(when)
        failures.append(np.flatnonzero(failed.to_numpy()).tolist())
    return failures


CONTESTANTS: Mapping[str, Callable[[District], Failures]] = {
    NIGHT: _columns,
    "Decimal loop": _decimal_loop,
    "DataFrame.eval": _frame_eval,
}


def compare(departments: int = 10_000, repeat: int = 3) -> dict[str, Any]:
    """Milliseconds of CPU for all checks, and how many times the night's columns each baseline costs."""
    district = District(departments, load_rulebook().rulebook)
    # Also makes ready what each of them needs.
    failures = {name: contestant(district) for name, contestant in CONTESTANTS.items()}
    if any(rows != failures[NIGHT] for rows in failures.values()):
        raise AssertionError("the contestants do not find the same rows")
    rounds: list[dict[str, float]] = []
    for _ in range(repeat):
        costs: dict[str, float] = {}
        for name, contestant in CONTESTANTS.items():
            began = time.process_time()
            contestant(district)
            costs[name] = (time.process_time() - began) * 1000
        rounds.append(costs)
    return {
        "departments": departments,
        "checks": len(district.checks),
        "failures": sum(map(len, failures[NIGHT])),
        "rounds": repeat,
        "milliseconds": {name: spread([times[name] for times in rounds]) for name in CONTESTANTS},
        "ratios": {
            f"{name} against {NIGHT}, CPU": spread([times[name] / times[NIGHT] for times in rounds])
            for name in CONTESTANTS
            if name != NIGHT
        },
    }


def main() -> None:
    """Print the table, or the same as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.checks", description=__doc__)
    parser.add_argument("--departments", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    comparison = compare(arguments.departments, arguments.repeat)
    if arguments.json:
        print(json.dumps(comparison, indent=1, ensure_ascii=False))
        return
    print("{departments} departments, {checks} checks, {failures} failures, {rounds} rounds".format_map(comparison))
    print_spreads(comparison["milliseconds"], "ms CPU")
    print_spreads(comparison["ratios"], "times as much")


if __name__ == "__main__":
    main()

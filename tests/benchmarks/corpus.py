"""A district of any size for the benchmarks: distinct filled workbooks, about five findings a department.

Every workbook is the sample of 408001 as LibreOffice saved it (shared strings, cached values, live sheets), its amounts
multiplied and mistakes put in that departments make: a total that does not add up, a figure typed as text, staff that two
tables count differently, a score that its own figures do not bear out.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from perfbatch.intake.reader import read_submission
from perfbatch.model.submission import SCALE, Submission
from perfbatch.rulebook.load import read_rulebook
from perfbatch.rulebook.model import Rulebook
from tests.cells import Place, Stencil
from tests.workbooks import places

__all__ = ["amounts_of", "change_corpus", "make_corpus"]

_SAMPLE = Path(__file__).parents[2] / "inbox" / "408001岳阳市云溪区审计局.xlsx"
_MULTIPLES = 997
# Of ten departments, how many make no mistake, one, two, three.
_WEIGHTS = (1, 1, 2, 6)

_Figures = dict[tuple[str, int], Any]
"""(field id, row) → what is typed."""


def make_corpus(folder: Path, departments: int) -> None:
    """Write `departments` workbooks into `folder`, the same ones every time."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder, range(departments), again=0)


def change_corpus(folder: Path, departments: int, *, again: int) -> None:
    """Write one workbook of a hundred anew, as if its department had corrected it the `again`-th time."""
    _write(folder, range(0, departments, 100), again=again)


def _write(folder: Path, numbers: Iterable[int], *, again: int) -> None:
    content = _SAMPLE.read_bytes()
    rulebook = read_rulebook().rulebook
    amounts = amounts_of(read_submission(content, _SAMPLE.name, rulebook), rulebook)
    stencil, where = Stencil(content), places(content)
    for number in numbers:
        values: dict[Place, Any] = {
            where[field][row]: value for (field, row), value in _figures(amounts, number, again).items()
        }
        stencil.write(values, folder / f"{number:06}.xlsx")


def amounts_of(submission: Submission, rulebook: Rulebook) -> Mapping[tuple[str, int], Decimal]:
    """Its amounts other than 0, in 万元, by field id and row."""
    return {
        (field.id, fact.row): Decimal(fact.value) / SCALE
        for field in rulebook.fields()
        if field.kind == "amount"
        for fact in submission.facts[field.id]
        if isinstance(fact.value, int) and fact.value
    }


def _figures(amounts: Mapping[tuple[str, int], Decimal], number: int, again: int) -> _Figures:
    """What differs between departments, and from one time to the next."""
    chance = random.Random(f"{number}.{again}")
    figures: _Figures = {place: amount * (1 + (number + again) % _MULTIPLES) for place, amount in amounts.items()}
    figures["budget_code", 0] = f"{900000 + number}"
    figures["unit_name", 0] = f"第{number:06}号部门"
    for place in chance.sample(list(_MISTAKES), chance.choices(range(len(_WEIGHTS)), _WEIGHTS)[0]):
        wrong = _MISTAKES[place]
        figures[place] = wrong(figures[place], chance) if callable(wrong) else wrong
    return figures


def _off(typed: Decimal, chance: random.Random) -> Decimal:
    """A total that its parts do not add up to: a slip of the pen, a transposition, a unit too large."""
    return typed + chance.choice([Decimal("0.9"), Decimal(9), Decimal("-2.7"), typed * 99])


def _as_text(typed: Decimal, chance: random.Random) -> str:
    return chance.choice([f"{typed}万元", f"{typed:,}", f"　{typed}"])


_MISTAKES: dict[tuple[str, int], Any] = {
    ("revenue_total", 0): _off,
    ("expenditure_total", 0): _off,
    ("three_public_total", 0): _off,
    ("fixed_assets_total", 0): _off,
    ("balance_current_year", 0): Decimal("0.01"),
    ("project_expenditure", 0): _as_text,
    ("carryover_prior_year", 0): _as_text,
    ("on_post_staff", 0): 36,
    ("narrative_on_post_staff", 0): 98,
    ("satisfaction_rate", 0): Decimal("0.9"),
    ("item_self_score", 0): 1,
    ("self_score_total", 0): 80,
    ("self_grade", 0): "差",
}

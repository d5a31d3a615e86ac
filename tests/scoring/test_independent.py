"""Random departments scored twice: by columns, and by the plain words of the domain."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from perfbatch.district.frames import build_frames
from perfbatch.model.submission import SCALE
from perfbatch.scoring.verify import score
from tests.scoring.independent import scored
from tests.submissions import RULEBOOK, submission

COUNT = 250
SUMMARY = [column.id for table in RULEBOOK.unit_tables.values() for column in table.fields if column.kind == "amount"]
BASE = [
    "three_public_budget_prior", "three_public_budget", "key_project_expenditure", "project_budget", "budget_initial",
    "budget_supplement", "budget_reduction", "budget_reallocation", "budget_adjustment_exempt", "procurement_budget",
    "procurement_actual", "official_card_spending", "official_card_eligible",
]  # fmt: skip
COUNTS = ["on_post_staff", "authorized_posts", "special_fund_count", "special_fund_late_count"]


def _amount(draw: random.Random, near: Decimal) -> Decimal:
    """Nothing, a round share of a figure, a hair beside that, or anything."""
    kind = draw.randrange(8)
    if kind == 0:
        return Decimal(0)
    if kind < 4:
        share = draw.choice(["0.35", "0.5", "0.6", "0.7", "0.8", "0.9", "1", "1.01", "1.1"])
        beside = draw.choice(["0", "0", "0.000001", "-0.000001", "0.01"])
        return max(Decimal(0), (near * Decimal(share) + Decimal(beside)).quantize(Decimal("0.000001")))
    return Decimal(draw.randrange(0, 30_000)) / draw.choice([1, 100, 10_000])


def _department(draw: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    near = Decimal(draw.randrange(1, 50_000)) / 100

    def mostly(value: Any) -> Any:
        return None if draw.randrange(6) == 0 else value

    typed: dict[str, Any] = {name: mostly(_amount(draw, near)) for name in (*SUMMARY, *BASE)}
    typed |= {name: mostly(draw.randrange(0, 30)) for name in COUNTS}
    typed["balance_cumulative"] = mostly(draw.choice([Decimal(0), Decimal("-0.01"), near, _amount(draw, near)]))
    typed["satisfaction_rate"] = mostly(Decimal(draw.choice([0, 7499, 7500, 8499, 8500, 9499, 9500, 10000])) / 10_000)
    answers: dict[str, Any] = {}
    for indicator in RULEBOOK.indicators:
        for name in indicator.evidence_ids:
            answers[name] = mostly(draw.randrange(0, 6) if name.endswith("breaches") else draw.choice("是否"))
    return typed, answers


def test_random_departments_have_the_scores_of_the_domain_s_words() -> None:
    draw = random.Random(20201231)
    departments = [_department(draw) for _ in range(COUNT)]
    submissions = [
        submission(
            {
                **{name: [value] if name in SUMMARY else value for name, value in typed.items()},
                "evidence": answers,
                "item_self_score": [indicator.points for indicator in RULEBOOK.indicators],
                "budget_code": f"{number:06}",
            }
        )
        for number, (typed, answers) in enumerate(departments)
    ]
    scores = score(build_frames(submissions, RULEBOOK), RULEBOOK).scores
    rows = {(row.department, row.indicator): row for row in scores.itertuples()}
    parted = []
    for number, (typed, answers) in enumerate(departments):
        for indicator, (status, points) in scored(typed, answers).items():
            row = rows[number, indicator]
            computed = Decimal(int(row.computed)) / SCALE if row.status == "computed" else None
            if (row.status, computed) != (status, points):
                parted.append((number, indicator, row.status, computed, status, points))
    assert parted == []
    assert len({row.status for row in rows.values()}) == 3

"""What is typed into a project form: figures on and beside the thresholds, rows of every kind, blanks."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from perfbatch.rulebook.model import Rulebook
from tests.live.filling import Typed

__all__ = ["project"]

_FUNDS = ("current", "carried", "other")
_COLUMNS = ("initial", "budget", "executed")


def project(number: int, rulebook: Rulebook) -> Typed:
    """Everything typed into the workbook of that number: field id → what stands in its cells from the top."""
    drawn = random.Random(number)
    typed: dict[str, list[Any]] = {}
    for column in _COLUMNS:
        figures = [_amount(drawn) for _ in _FUNDS]
        right = sum((figure for figure in figures if figure is not None), Decimal())
        total = drawn.choice([right, right, right, right + Decimal("0.01"), right + 1, None])
        for row, figure in zip(("total", *_FUNDS), (total, *figures), strict=True):
            typed[f"fund_{row}_{column}"] = [figure]
    typed["fund_total_score"] = [drawn.choice([Decimal("9.5"), Decimal(10), Decimal(11), None])]
    table = rulebook.row_tables["indicators"]
    rows = [_row(drawn) if drawn.random() < 0.7 else {} for _ in table.presets]
    if drawn.random() < 0.5:
        _shared(drawn, rows, [preset["level1"] for preset in table.presets])
    for field in ("name", "sense", "target", "actual", "level", "max", "self", "deviation"):
        typed[field] = [row.get(field) for row in rows]
    if drawn.random() < 0.3:
        # A row may be moved to another group.
        typed["level1"] = [preset["level1"] for preset in table.presets]
        typed["level1"][drawn.randrange(len(rows))] = drawn.choice(["产出指标", "效益指标", "满意度指标"])
    scores = [row["self"] for row in rows if row.get("self") is not None]
    own = typed["fund_total_score"][0]
    stated = sum(scores, Decimal()) + (own or 0)
    typed["self_score_total"] = [
        drawn.choice([min(stated, Decimal(100)), min(stated, Decimal(100)), Decimal(90), None])
    ]
    typed["self_grade"] = [drawn.choice(["优", "良", "中", "差", None])]
    return typed


def _amount(drawn: random.Random) -> Decimal | None:
    return drawn.choice([None, Decimal(0), Decimal(drawn.randint(0, 9999)) / 100, Decimal(drawn.randint(1, 500))])


def _row(drawn: random.Random) -> dict[str, Any]:
    points = drawn.choice([Decimal(5), Decimal(10), Decimal("7.5"), Decimal(20), Decimal("3.33"), None])
    target = drawn.choice(
        [None, Decimal(0), Decimal(3), Decimal(drawn.randint(1, 400)), Decimal(drawn.randint(1, 9999)) / 100]
    )
    actual = drawn.choice(
        [None, Decimal(0), target, Decimal(drawn.randint(0, 400)), Decimal(drawn.randint(1, 9999)) / 100]
    )
    own = None if points is None else drawn.choice([points, points / 2, points * Decimal("0.8"), points + 1, None])
    return {
        "name": drawn.choice(["里程", "合格率", "满意度", "里程", None]),
        "sense": drawn.choice(["≥", "≤", "＝", "定性", None]),
        "target": target,
        "actual": actual,
        "level": drawn.choice([None, "达成预期指标", "部分达成预期指标并具有一定效果", "未达成预期指标且效果较差"]),
        "max": points,
        "self": own,
        "deviation": drawn.choice([None, None, "天气原因"]),
    }


def _shared(drawn: random.Random, rows: list[dict[str, Any]], groups: list[str]) -> None:
    """Points that come to each group's, as a department has them that did it right."""
    for group, points in (("产出指标", 50), ("效益指标", 30), ("满意度指标", 10)):
        here = [row for row, other in zip(rows, groups, strict=True) if other == group]
        for row in here:
            row.clear()
        used = here[: drawn.randint(1, len(here))]
        for row in used:
            row.update(_row(drawn) | {"name": "覆盖面", "max": Decimal(points) / len(used)})
            row["max"] = row["max"].quantize(Decimal("0.01"))
        used[0]["max"] += Decimal(points) - sum(row["max"] for row in used)
        for row in used:
            row["self"] = drawn.choice([row["max"], row["max"] / 2])

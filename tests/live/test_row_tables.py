"""Checks over the rows of a table of rows, in the cells and by night; rows are inserted, headings are left blank."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest

from perfbatch.rulebook.formula import BLANK, FAILS, HOLDS, UNREADABLE
from tests.live.agreement import compare_many
from tests.live.filling import Typed
from tests.row_tables import with_tasks

pytestmark = pytest.mark.libreoffice
_ROWS = 6


def _tasks(number: int, typed: Typed) -> Typed:
    drawn = random.Random(number)
    counts = [None, "无", *(Decimal(count) for count in range(4, 10))] * 3 + ["三"]
    return {
        **typed,
        "task_area": [drawn.choice(["民生", "产业", "", "", "其他"]) for _ in range(_ROWS)],
        "task_name": [drawn.choice([None, "甲", "乙"]) for _ in range(_ROWS)],
        "task_goal": [drawn.choice(counts) for _ in range(_ROWS)],
        "task_actual": [drawn.choice(counts) for _ in range(_ROWS)],
        "task_cause": [drawn.choice([None, "原因", "无"]) for _ in range(_ROWS)],
    }


def test_the_rows_of_a_table_are_judged_alike(tmp_path: Path) -> None:
    comparison = compare_many(24, with_tasks(), tmp_path, changing=_tasks, inserted=4)
    assert comparison.parted == []
    assert comparison.workbooks == 32
    assert all(comparison.by_check[check, word] > 5 for check in ("R41", "R42") for word in (HOLDS, FAILS))
    assert comparison.by_check["R42", BLANK] > 0
    assert comparison.by_check["R42", UNREADABLE] > 0

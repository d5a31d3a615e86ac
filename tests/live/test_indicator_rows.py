"""The project form: rows that are indicators, a table of fixed rows and columns, no scorecard; in the cells and by night."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from perfbatch.rulebook.formula import FAILS, HOLDS
from perfbatch.rulebook.model import Rulebook
from tests.live.agreement import compare_many
from tests.live.filling import Typed
from tests.live.project_filling import project
from tests.projects import project_rulebook, with_idle_rows

pytestmark = pytest.mark.libreoffice


def test_the_project_form_says_in_its_cells_what_the_night_says(
    tmp_path: Path, figure: Callable[[str, object], None]
) -> None:
    comparison = compare_many(60, project_rulebook(), tmp_path, typing=project)
    figure(
        "the project form", f"{comparison.workbooks} workbooks, {comparison.checks} checks, {comparison.scores} scores"
    )
    assert comparison.parted == []
    assert comparison.workbooks == 60
    for check in ("R01", "R15", "R16", "R20", "C07.max", "C07.self"):
        assert all(comparison.by_check[check, word] > 5 for word in (HOLDS, FAILS)), check
    # Every state that a row may be in was met.
    assert {"computed", "self_reported"} <= comparison.states
    assert comparison.totals == 60


@pytest.mark.parametrize("policy", ["exclude", "full", "manual"])
def test_rows_that_do_not_apply_leave_the_total_alike(tmp_path: Path, policy: str) -> None:
    def typing(number: int, book: Rulebook) -> Typed:
        typed, drawn = project(number, book), random.Random(number)
        return {**typed, "unit": [drawn.choice([None, "人", "不适用"]) for _ in typed["name"]]}

    comparison = compare_many(20, with_idle_rows(policy), tmp_path, typing=typing)
    assert comparison.parted == []
    assert (comparison.totals, comparison.states) == (20, {"computed", "self_reported", "not_applicable"})

"""A thousand mutated workbooks (`python -m tests.hostile.fuzz` for more)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from perfbatch.intake.reader import read_submission
from perfbatch.intake.reading_pool import Read
from tests.conftest import workbook
from tests.hostile import fuzz
from tests.hostile.fuzz import Mutation, Outcome, mutate
from tests.workbooks import rulebook

COUNT, SEED = 1000, 20210720


def test_each_is_read_or_set_aside_and_differs_only_where_it_was_mutated(figure: Callable[[str, object], None]) -> None:
    outcome = fuzz.fuzz(COUNT, SEED)
    assert outcome.broken == []
    assert outcome.tried == COUNT
    # Mutations that nobody notices, and mutations that nothing survives, would both prove nothing.
    assert outcome.codes["read"] > COUNT // 10
    assert outcome.codes["F03"] > COUNT // 10
    assert outcome.unlike > COUNT // 50
    figure("mutated workbooks", ", ".join(f"{code} {count}" for code, count in sorted(outcome.codes.items())))
    figure("largest worker under mutation", f"{outcome.worker_bytes / 1e6:.0f} MB")


def test_a_mutation_can_be_had_again() -> None:
    assert mutate(17, SEED).content == mutate(17, SEED).content
    assert mutate(17, SEED).content != mutate(18, SEED).content


@pytest.mark.parametrize("touched", [frozenset({"xl/worksheets/sheet2.xml"}), None])
def test_the_judge_sees_a_change_elsewhere(touched: frozenset[str] | None) -> None:
    plain = read_submission(workbook(), "a.xlsx", rulebook())
    other = read_submission(workbook(self_score_total=98), "a.xlsx", rulebook())
    outcome = Outcome()
    fuzz._judge(outcome, Mutation(1, "value", 1, b"", touched), Read("", other), plain)
    assert len(outcome.broken) == 1
    outcome = Outcome()
    fuzz._judge(outcome, Mutation(1, "value", 1, b"", frozenset({"xl/worksheets/sheet6.xml"})), Read("", other), plain)
    assert outcome.broken == []

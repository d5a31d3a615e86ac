"""The check that a department sees in its cell and the check that runs at night are one rule: LibreOffice is the judge."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from perfbatch.rulebook.formula import BLANK, FAILS, HOLDS, TAIL, UNREADABLE
from perfbatch.rulebook.model import Rulebook
from perfbatch.template.live.checks import APART
from tests.live.agreement import compare_many
from tests.workbooks import rulebook

WORKBOOKS = 100
SHARES = 4
"""The workbooks are shared out, so that two processes can take them. `python -m tests.live` compares as many as one likes."""
INSERTED = 4
"""Of each share: workbooks into which LibreOffice inserts rows, compared as it calculates by default and anew."""

pytestmark = pytest.mark.libreoffice


@pytest.mark.parametrize("share", range(SHARES))
def test_every_live_check_and_score_says_what_the_night_says(
    tmp_path: Path, figure: Callable[[str, object], None], share: int
) -> None:
    count = WORKBOOKS // SHARES
    comparison = compare_many(count, rulebook(), tmp_path, first=share * count, inserted=INSERTED)
    compared = f"{comparison.workbooks} workbooks, {comparison.checks} live checks, {comparison.scores} scores"
    figure(f"cells against the night, share {share}", f"{compared}: {len(comparison.parted)} disagreements")
    assert comparison.parted == []
    assert comparison.workbooks == count + 2 * INSERTED
    assert comparison.words[APART] > 0
    # A comparison of nothing but blanks would agree too: every kind of verdict was met, and often.
    assert all(comparison.words[word] > count for word in (HOLDS, FAILS, TAIL, BLANK, UNREADABLE))
    assert comparison.scores > count * 10


def test_the_comparison_finds_a_night_that_judges_otherwise(tmp_path: Path) -> None:
    book = rulebook()
    strict = book.model_copy(
        update={
            "checks": tuple(
                check.model_copy(update={"tolerance": "exact"}) if check.id == "R07" else check for check in book.checks
            )
        }
    )
    assert isinstance(strict, Rulebook)
    comparison = compare_many(8, book, tmp_path, night=strict)
    assert {line.split()[1] for line in comparison.parted} == {"R07"}

"""The check that a department sees in its cell and the check that runs at night are one rule: LibreOffice is the judge."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from perfbatch.rulebook.formula import BLANK, FAILS, HOLDS, TAIL, UNREADABLE
from perfbatch.rulebook.model import Rulebook
from perfbatch.template.live.checks import APART
from tests.live.agreement import compare_many, without_words
from tests.live.filling import Typed
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


def test_what_an_indicator_takes_out_of_the_total_leaves_it_in_the_form_too(tmp_path: Path) -> None:
    """Policies of indicators and of the rulebook, mixed: the total in the cell is the night's, to the cent."""
    own = {"staff_control_rate": "exclude", "key_spending_share": "full", "official_card_rate": "exclude"}
    book = rulebook()
    indicators = tuple(
        indicator.model_copy(update={"not_applicable": own[indicator.id]}) if indicator.id in own else indicator
        for indicator in book.indicators
    )
    mixed = book.model_copy(update={"indicators": indicators})

    def idle(number: int, typed: Typed) -> Typed:
        nothing = (
            ("authorized_posts", "on_post_staff")
            if number % 2
            else ("official_card_eligible", "official_card_spending")
        )
        return {**without_words(typed, mixed), **{name: [0] for name in nothing if number % 3}}

    comparison = compare_many(24, mixed, tmp_path, changing=idle)
    assert comparison.parted == []
    assert comparison.totals > 10
    # A night that knows the rulebook's policy alone comes to other totals wherever one of them does not apply.
    (tmp_path / "again").mkdir()
    apart = compare_many(6, mixed, tmp_path / "again", night=book, changing=idle)
    assert {line.split()[1] for line in apart.parted} == {"total:"}

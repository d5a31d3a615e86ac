"""Sums per department are those of a loop over the rows, whatever is blank or cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbatch.district.frame_scope import number_column
from perfbatch.district.frames import Frames, build_frames
from perfbatch.district.quantities import ItemRows, unit_sum
from perfbatch.model.submission import SCALE, State
from perfbatch.rulebook.quantity import Quantity
from tests.cases.clean import changed
from tests.submissions import RULEBOOK, UNREADABLE

IDS = [indicator.id for indicator in RULEBOOK.indicators]
GROUPS = [group.id for group in RULEBOOK.groups]
Scorecard = list[tuple[str | None, Any]]

# Rows of any indicator, of none, split rows; scores that are blank, unreadable or there.
_row = st.tuples(
    st.one_of(st.none(), st.sampled_from([*IDS[:3], f"{IDS[0]}.1", "foreign"])),
    st.one_of(st.none(), st.just(UNREADABLE), st.integers(0, 9)),
)
_districts = st.lists(st.lists(_row, max_size=6), max_size=4)


def _frames(district: Sequence[Scorecard]) -> Frames:
    submissions = [
        changed({"item_id": [row[0] for row in rows], "item_self_score": [row[1] for row in rows]}, code=f"{number:06}")
        for number, rows in enumerate(district)
    ]
    return build_frames(submissions, RULEBOOK)


def _owned(frames: Frames, owner: str) -> list[tuple[int, int, int, Any]]:
    """Department, row, state and count of the self-scores that belong to an indicator, a group or to all."""
    members = {indicator.id for indicator in RULEBOOK.indicators if owner in (indicator.id, indicator.group)}
    items = frames.items
    columns = zip(
        *(
            items[name].tolist()
            for name in ("department", "row", "indicator", "item_self_score.state", "item_self_score")
        ),
        strict=True,
    )
    return [
        (of, row, state, count)
        for of, row, holder, state, count in columns
        if holder in members or (owner == "items" and holder)
    ]


def _told(quantity: Quantity) -> list[tuple[Fraction, bool, bool]]:
    return [
        (quantity.fraction(row), bool(quantity.known[row]), bool(quantity.tainted[row]))
        for row in range(len(quantity.known))
    ]


@settings(max_examples=40)
@given(_districts, st.sampled_from(["items", *IDS[:3], *GROUPS]))
def test_the_scorecard_s_sums(district: list[Scorecard], owner: str) -> None:
    frames = _frames(district)
    expected = []
    for department in range(len(district)):
        own = [(state, count) for of, _, state, count in _owned(frames, owner) if of == department]
        counts = [count for state, count in own if state == State.FILLED]
        expected.append(
            (Fraction(sum(counts), SCALE), bool(counts), any(state == State.UNREADABLE for state, _ in own))
        )
    rows = ItemRows(frames, RULEBOOK)
    assert _told(rows.total(owner, "item_self_score")) == expected
    assert _told(rows.total(owner, "item_self_score")) == expected


@settings(max_examples=40)
@given(_districts, st.sampled_from([*IDS[:3], *GROUPS]))
def test_the_first_row_of_an_indicator_or_a_group(district: list[Scorecard], owner: str) -> None:
    frames = _frames(district)
    expected = [
        next((row for of, row, _, _ in _owned(frames, owner) if of == department), 0)
        for department in range(len(district))
    ]
    assert ItemRows(frames, RULEBOOK).first(owner).tolist() == expected


@settings(max_examples=40)
@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.just(UNREADABLE), st.integers(0, 99)), min_size=3, max_size=3), max_size=4
    )
)
def test_the_units_sums(district: list[list[Any]]) -> None:
    submissions = [
        changed({f"revenue_other!{row}": value for row, value in enumerate(rows)}, code=f"{number:06}")
        for number, rows in enumerate(district)
    ]
    units = [[value for value in rows[1:] if value is not None] for rows in district]
    assert _told(unit_sum(build_frames(submissions, RULEBOOK), "revenue_other")) == [
        (
            Fraction(sum(value for value in rows if value is not UNREADABLE)),
            any(value is not UNREADABLE for value in rows),
            any(value is UNREADABLE for value in rows),
        )
        for rows in units
    ]


def test_a_text_is_no_number() -> None:
    frames = build_frames([changed({})], RULEBOOK)
    with pytest.raises(TypeError, match="unit_name is not a number"):
        number_column(frames.departments, "unit_name")

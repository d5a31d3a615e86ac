"""Cells of many submissions laid end to end: the same frames, however the submissions came."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.district.frames import build_frames
from perfbatch.district.stacked import StackedCells
from perfbatch.model.bundle import bundled, unbundled
from perfbatch.model.submission import Column, State, Submission
from tests.cases.clean import changed
from tests.samples.seed import SEED
from tests.submissions import RULEBOOK, submission

FRAMES = ("departments", "units", "items")
VALUES = st.one_of(
    st.none(), st.integers(-(10**18), 10**18), st.sampled_from(["", "甲", "乙"]), st.dates(date(1900, 1, 1))
)


def sent(submissions: list[Submission]) -> list[Submission]:
    """The submissions as they come from a reading process: of one bundle."""
    head, buffers = bundled(submissions)
    return unbundled(head, [memoryview(buffer) for buffer in buffers])


def test_frames_do_not_depend_on_how_submissions_came() -> None:
    submissions = [
        changed({}),
        changed({"budget_initial": None, "three_public_total": 7}, code="3"),
        # Last, so that the second bundle has other texts than the first.
        submission(SEED),
    ]
    plain = build_frames(submissions, RULEBOOK)
    for came in (sent(submissions), [*sent(submissions[:1]), submissions[1], *sent(submissions[2:])]):
        frames = build_frames(came, RULEBOOK)
        for name in FRAMES:
            pd.testing.assert_frame_equal(getattr(frames, name), getattr(plain, name))


def test_some_workbooks_of_a_bundle_are_taken_and_in_another_order() -> None:
    submissions = [changed({}, code=f"{number}") for number in range(3)]
    of_bundle = sent([replace(typed, entity_title=f"第{number}局") for number, typed in enumerate(submissions)])
    frames = build_frames([of_bundle[2], of_bundle[0]], RULEBOOK)
    assert frames.departments["entity_title"].to_list() == ["第2局", "第0局"]
    assert set(frames.units["department"]) == {0, 1}


@given(st.lists(st.lists(VALUES, max_size=4), min_size=1, max_size=4))
def test_each_cell_says_what_its_column_says(rows: list[list[int | str | date | None]]) -> None:
    submissions = [
        Submission(
            "a",
            "1",
            "b",
            {
                "a": Column(
                    "s",
                    " ".join(f"A{row}" for row, _ in enumerate(values, 1)),
                    bytes(State.BLANK if value is None else State.FILLED for value in values),
                    tuple(values),
                ),
                "b": Column("s", "B1", bytes([State.UNREADABLE]), (None,)),
            },
            (),
        )
        for values in rows
    ]
    most = max(map(len, rows)) + 1
    for came in (submissions, sent(submissions)):
        cells = StackedCells(came)
        departments = np.repeat(np.arange(len(rows)), most)
        places = cells.at("a", departments, np.tile(np.arange(most), len(rows)))
        wanted = [value for values in rows for value in [*values, *[None] * (most - len(values))]]
        assert cells.texts(places).tolist() == wanted
        assert cells.states(places).tolist() == [State.BLANK if value is None else State.FILLED for value in wanted]
        numbers, missing, steps = cells.numbers(places)
        assert missing.tolist() == [value is None for value in wanted]
        assert [number for number, value in zip(numbers.tolist(), wanted, strict=True) if isinstance(value, int)] == [
            value for value in wanted if isinstance(value, int)
        ]
        assert not steps.any()
        assert cells.states(cells.at("b", np.arange(len(rows)), 0)).tolist() == [State.UNREADABLE] * len(rows)
        assert cells.states(cells.at("lost", np.arange(len(rows)), 0)).tolist() == [State.BLANK] * len(rows)


def test_steps_travel_with_their_cells() -> None:
    steps = Column("s", "A1 A2", bytes([State.FILLED] * 2), (20_000, 5), (10_000, 0))
    typed = Submission("a", "1", "b", {"a": steps}, ())
    for came in ([typed, typed], sent([typed, typed])):
        cells = StackedCells(came)
        numbers, missing, taken = cells.numbers(cells.at("a", np.array([1, 1, 0]), np.array([0, 1, 2])))
        assert (numbers.tolist(), missing.tolist(), taken.tolist()) == (
            [20_000, 5, 0],
            [False, False, True],
            [10_000, 0, 0],
        )


def test_more_steps_than_a_byte_counts() -> None:
    many = tuple(range(1, 400))
    column = Column("s", " ".join(f"A{row}" for row in many), bytes([State.FILLED] * len(many)), many, many)
    typed = Submission("a", "1", "b", {"a": column}, ())
    for came in ([typed], sent([typed])):
        cells = StackedCells(came)
        at = cells.at("a", np.zeros(len(many), np.int64), np.arange(len(many)))
        assert tuple(cells.numbers(at)[2].tolist()) == many


def test_of_a_field_that_nobody_reads_it_is_known_where_something_stands() -> None:
    words = Column("s", "A1 A2 A3", bytes([State.FILLED, State.BLANK, State.FILLED]), ("long", None, "also read"))
    typed = Submission("a", "1", "b", {"a": words, "b": Column("s", "B1", bytes([State.FILLED]), ("also read",))}, ())
    for came in ([typed], sent([typed])):
        cells = StackedCells(came, {"a"})
        rows = cells.at("a", np.zeros(3, np.int64), np.arange(3))
        assert cells.texts(rows).tolist() == ["", None, ""]
        assert cells.states(rows).tolist() == [State.FILLED, State.BLANK, State.FILLED]
        assert cells.texts(cells.at("b", np.zeros(1, np.int64), np.zeros(1, np.int64))).tolist() == ["also read"]

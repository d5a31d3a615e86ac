"""What differs between two recorded runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.history.changes import RecordedDepartment, RecordedFinding, RecordedRun, changes_between
from perfbatch.model.submission import SCALE


def department(code: str, verified: int | None = 90, rank: int | None = 1, **more: str) -> RecordedDepartment:
    total = None if verified is None else verified * SCALE
    values = {"entity_title": f"局{code}", "file": f"{code}.xlsx", "sha256": "aa", "grade": "优秀", **more}
    return RecordedDepartment(entity_code=code, self_total=total, verified_total=total, rank=rank, **values)


def finding(code: str = "R02", cell: str = "C5", **more: str) -> RecordedFinding:
    values = {"entity_code": "1", "severity": "error", "sheet": "收支情况", "field": "revenue_total", "message": "不等"}
    return RecordedFinding(code=code, cell=cell, **{**values, **more})


def run(*departments: RecordedDepartment, findings: tuple[RecordedFinding, ...] = (), run_id: str = "a") -> RecordedRun:
    return RecordedRun(run_id, "2021-07-20T01:00:00+00:00", 2020, departments, findings)


def test_the_same_run_has_no_changes() -> None:
    same = run(department("1"), findings=(finding(),))
    assert changes_between(same, same).none


def test_new_withdrawn_resubmitted() -> None:
    changes = changes_between(run(department("1"), department("2")), run(department("2", sha256="bb"), department("3")))
    assert [recorded.entity_code for recorded in changes.new] == ["3"]
    assert [recorded.entity_code for recorded in changes.withdrawn] == ["1"]
    assert [move.after.entity_code for move in changes.resubmitted] == ["2"]
    assert changes.moves == ()


def test_scores_and_ranks() -> None:
    before = run(department("1", 95, 1), department("2", 90, 2), department("3", None, None))
    after = run(department("1", 88, 2, grade="良好"), department("2", 90, 1), department("3", 70, 3))
    moves = changes_between(before, after).moves
    assert [(move.after.entity_code, move.score_change, move.rank_change) for move in moves] == [
        ("1", -7 * SCALE, -1),
        ("2", 0, 1),
        ("3", None, None),
    ]


@pytest.mark.parametrize(
    ("before", "after", "cleared", "appeared"),
    [
        ((finding(),), (), 1, 0),
        ((), (finding(),), 0, 1),
        # A row put in above moves the cell, not the fault.
        ((finding(cell="C5"),), (finding(cell="C6"),), 0, 0),
        # Of two alike one is mended: the one whose cell is gone.
        ((finding(cell="C5"), finding(cell="C9")), (finding(cell="C9"),), 1, 0),
        ((finding(severity="error"),), (finding(severity="info"),), 1, 1),
        ((finding(message="甲"),), (finding(message="乙"),), 1, 1),
    ],
)
def test_findings(
    before: tuple[RecordedFinding, ...], after: tuple[RecordedFinding, ...], cleared: int, appeared: int
) -> None:
    changes = changes_between(run(findings=before), run(findings=after))
    assert (len(changes.cleared), len(changes.appeared)) == (cleared, appeared)


def test_the_finding_that_is_gone_is_the_one_named() -> None:
    changes = changes_between(
        run(findings=(finding(cell="C5"), finding(cell="C9"))), run(findings=(finding(cell="C9"),))
    )
    assert [recorded.cell for recorded in changes.cleared] == ["C5"]


def test_departments_without_a_code_are_told_apart_by_their_files() -> None:
    before = run(department("", file="a.xlsx"), department("", file="b.xlsx"))
    after = run(department("", file="b.xlsx"), department("", file="c.xlsx"))
    changes = changes_between(before, after)
    assert ([recorded.file for recorded in changes.new], [recorded.file for recorded in changes.withdrawn]) == (
        ["c.xlsx"],
        ["a.xlsx"],
    )


def test_turned_round_new_is_withdrawn_and_found_is_cleared() -> None:
    first = run(department("1"), findings=(finding(),))
    two = run(department("1", 80, 3), department("2"), findings=(finding(code="R03"),), run_id="b")
    there, back = changes_between(first, two), changes_between(two, first)
    assert (there.new, there.appeared) == (back.withdrawn, back.cleared)
    assert [replace(move, before=move.after, after=move.before) for move in back.moves] == list(there.moves)


_findings = st.builds(
    finding,
    code=st.sampled_from(["R02", "R03"]),
    cell=st.sampled_from(["C5", "C6", "C7"]),
    severity=st.sampled_from(["error", "info"]),
)
_runs = st.lists(_findings, max_size=8).map(tuple)


def _words(recorded: RecordedFinding) -> RecordedFinding:
    return recorded._replace(sheet="", cell="")


@given(_runs, _runs)
def test_as_many_are_cleared_and_found_as_have_no_counterpart(
    before: tuple[RecordedFinding, ...], after: tuple[RecordedFinding, ...]
) -> None:
    changes = changes_between(run(findings=before), run(findings=after))
    less, more = Counter(map(_words, before)), Counter(map(_words, after))
    assert Counter(map(_words, changes.cleared)) == less - more
    assert Counter(map(_words, changes.appeared)) == more - less
    # What stands in the same cell in both runs stands on.
    assert not (Counter(changes.cleared) - (Counter(before) - Counter(after)))
    assert not (Counter(changes.appeared) - (Counter(after) - Counter(before)))

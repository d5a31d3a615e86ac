"""What reading gave is looked at when it arrives: what no reader says of a workbook of the form is not taken."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfbatch.intake.answers import AnswerForm, Read, moved, packed_reads, reads_in
from perfbatch.intake.inbox import walk
from perfbatch.intake.reader import read_submission
from perfbatch.intake.reading_pool import read_one
from perfbatch.isolated.worker import TooLarge
from perfbatch.kept.deflating import deflated, inflated
from perfbatch.model.bundle import Bundle, BundleCells, BundleColumns
from perfbatch.model.findings import Finding, Severity
from perfbatch.model.message import Garbled, packed, unpacked
from perfbatch.model.submission import Column, State, Submission
from tests.conftest import Lay, workbook
from tests.hostile.files import ODD
from tests.workbooks import rulebook

FORM = AnswerForm(rulebook())
MOST = 10**8
SHA = "ab" * 32
BOOK = rulebook().id
SUBMISSION = read_submission(workbook(), "a.xlsx", rulebook())


def answer(*reads: Read) -> bytes:
    return packed_reads(reads, MOST)


def taken(message: bytes, *paths: str) -> list[Read]:
    return reads_in(message, FORM, MOST, list(paths) or None)


def test_what_the_reader_says_is_taken(inbox: Lay) -> None:
    files = {f"{number}.xlsx": make() for number, make in enumerate(ODD.values())}
    typed = workbook(unit_name="“名”\n=1+1", revenue_total=["约10", "1.2345678", "￥3"], report_date="2021-7-15")
    files_there = walk(inbox({**files, "typed.xlsx": typed, "x.txt": b"x"}))
    reads = [read_one(entry, rulebook()) for entry in files_there]
    assert taken(answer(*reads), *(entry.path for entry in files_there)) == reads
    assert sum(len(read.submission.findings) for read in reads if read.submission) > 5


def test_a_unit_without_a_row_in_a_table_has_no_cell_there() -> None:
    """As rows are paired by their names: a row inserted in one table, or a table of one row alone."""
    for cells, rows in (("C14  C16", 3), ("", 1)):
        unit_rows = Column("收支情况", cells, bytes([State.BLANK] * rows), (None,) * rows)
        read = Read(
            SHA, replace(SUBMISSION, columns={**SUBMISSION.columns, "expenditure_total": unit_rows}), rulebook=BOOK
        )
        assert taken(answer(read), "a.xlsx") == [read]


def test_a_part_of_what_was_asked_for_may_come() -> None:
    reads = [
        Read(SHA, None, "F03"),
        Read("", None, "F10", "没有读取权限"),
        Read(SHA, None, "F14", fault="KeyError at x"),
    ]
    assert taken(answer(*reads), "a", "b", "c", "d") == reads
    for paths in (["a", "b"], []):
        with pytest.raises(Garbled):
            reads_in(answer(*reads), FORM, MOST, paths)
    with pytest.raises(Garbled):
        taken(answer(), "a")


def test_an_answer_has_a_limit() -> None:
    reads = [Read(SHA, SUBMISSION, rulebook=BOOK)] * 3
    with pytest.raises(TooLarge):
        packed_reads(reads, 1000)
    with pytest.raises(Garbled):
        reads_in(answer(*reads), FORM, 1000)
    with pytest.raises(TooLarge):
        packed_reads([Read(SHA, None, "F03", "x" * 2**25)], 2**30)


def column(field: str, **changes: Any) -> Submission:
    columns = {**SUBMISSION.columns, field: SUBMISSION.columns[field]._replace(**changes)}
    return replace(SUBMISSION, columns=columns)


def with_finding(**changes: Any) -> Submission:
    finding = Finding("C07", Severity.ERROR, "", SUBMISSION.file, "封面", "B3", "unit_name", "", "", "", "m", "r")
    return replace(SUBMISSION, findings=(replace(finding, **changes),))


def test_the_changes_below_are_made_to_what_is_taken() -> None:
    for submission in (SUBMISSION, with_finding(), column("unit_name", values=("别名",)), column("revenue_total")):
        assert taken(answer(Read(SHA, submission, rulebook=BOOK)))[0].submission == submission


@pytest.mark.parametrize(
    "submission",
    [
        column("unit_name", values=(7,)),
        column("unit_name", values=(date(2021, 7, 20),)),
        column("revenue_total", values=("一百", *SUBMISSION.columns["revenue_total"].values[1:])),
        column("revenue_total", values=(10**18 + 1, *SUBMISSION.columns["revenue_total"].values[1:])),
        column("report_date", values=(20210720,)),
        column("on_post_staff", steps=(2**61,)),
        column("unit_name", states=bytes([State.BLANK])),
        column("unit_name", states=bytes([7])),
        column("unit_name", states=bytes([0x81])),
        column("unit_name", steps=(1,)),
        column("unit_name", sheet=""),
        column("unit_name", cells="B3:B4"),
        column("unit_name", cells="=B3"),
        replace(SUBMISSION, columns={**SUBMISSION.columns, "no_such_field": SUBMISSION.columns["unit_name"]}),
        with_finding(code="X99"),
        with_finding(code="F03"),
        with_finding(file="another.xlsx"),
        with_finding(field="no_such_field"),
        with_finding(cell="B3; rm"),
        with_finding(severity="grave"),
        with_finding(message=None),
        with_finding(row="3"),
        with_finding(outcome="perhaps"),
        replace(SUBMISSION, file="another.xlsx"),
        replace(SUBMISSION, entity_code=900001),
    ],
)
def test_what_no_reader_says_is_not_taken(submission: Submission) -> None:
    class Loose(str):
        value = "grave"

    for finding in submission.findings:
        if finding.severity == "grave":
            submission = replace(submission, findings=(replace(finding, severity=Loose("grave")),))  # type: ignore[arg-type]
    with pytest.raises(Garbled):
        taken(answer(Read(SHA, submission, rulebook=BOOK)), SUBMISSION.file)


@pytest.mark.parametrize(
    "read",
    [
        Read(SHA, SUBMISSION, "F03", rulebook=BOOK),
        Read("", SUBMISSION, rulebook=BOOK),
        Read("AB" * 32, SUBMISSION, rulebook=BOOK),
        Read(SHA, None),
        Read(SHA, None, "C07"),
        Read(SHA + "\n", None, "F03"),
        Read(SHA, None, "F03", None),  # type: ignore[arg-type]
    ],
)
def test_a_reading_that_is_neither_a_submission_nor_a_code(read: Read) -> None:
    with pytest.raises(Garbled):
        taken(answer(read))


def changed_head(change: Callable[[Any], Any]) -> bytes:
    head, buffers = unpacked(inflated(answer(Read(SHA, SUBMISSION, rulebook=BOOK)), MOST))
    return deflated(packed(change(head), buffers))


@pytest.mark.parametrize(
    "change",
    [
        lambda head: None,
        lambda head: [head],
        lambda head: {**head, "reads": None},
        lambda head: {**head, "reads": []},
        lambda head: {**head, "reads": head["reads"] * 2},
        lambda head: {**head, "reads": [[]]},
        lambda head: {**head, "reads": [[*head["reads"][0][:-1], 1]]},
        lambda head: {**head, "submissions": head["submissions"] * 2},
        lambda head: {**head, "submissions": [None]},
        lambda head: {**head, "steps": []},
        lambda head: {**head, "steps": [1, *head["steps"][1:]]},
        lambda head: {name: part for name, part in head.items() if name != "layouts"},
    ],
)
def test_a_head_of_another_shape_is_not_taken(change: Callable[[Any], Any]) -> None:
    with pytest.raises(Garbled):
        taken(changed_head(change))


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 4), st.integers(0, 10**6), st.integers(1, 255))
def test_columns_that_were_changed_are_other_figures_or_nothing(buffer: int, place: int, mask: int) -> None:
    """Never something that a later room must trip over."""
    head, views = unpacked(inflated(answer(Read(SHA, SUBMISSION, rulebook=BOOK)), MOST))
    buffers = [bytearray(view) for view in views]
    buffers[buffer][place % len(buffers[buffer])] ^= mask
    try:
        (read,) = taken(deflated(packed(head, buffers)))
    except Garbled:
        return
    assert read.submission is not None
    for name, facts in read.submission.facts.items():
        for fact in facts:
            allowed = FORM.of[BOOK].kinds[name]
            kinds = {int: allowed & 1, str: allowed & 2, date: allowed & 4}
            assert fact.value is None or kinds[type(fact.value)]
            assert (fact.state is State.FILLED) == (fact.value is not None)
            assert type(fact.value) is not int or array("q", [fact.value])


def test_a_reading_of_the_same_content_elsewhere() -> None:
    read = moved(Read(SHA, with_finding()), "b.xlsx")
    assert read.submission is not None
    assert {read.submission.file, *(finding.file for finding in read.submission.findings)} == {"b.xlsx"}
    assert moved(Read(SHA, None, "F03"), "b.xlsx") == Read(SHA, None, "F03")


def test_an_answer_in_a_row_where_cases_are_counted_is_a_number() -> None:
    answers = SUBMISSION.columns["evidence_answer"]
    counted = Column(answers.sheet, answers.cells, answers.states, tuple(0 for _ in answers.values))
    counted = counted._replace(states=bytes([State.FILLED] * len(answers.states)))
    submission = replace(SUBMISSION, columns={**SUBMISSION.columns, "evidence_answer": counted})
    assert taken(answer(Read(SHA, submission, rulebook=BOOK)))[0].submission == submission


def test_cells_are_let_go_and_come_again_out_of_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    (read,) = taken(answer(Read(SHA, SUBMISSION, rulebook=BOOK)))
    assert read.submission is not None
    columns = read.submission.columns
    assert isinstance(columns, BundleColumns)
    opened = list[Bundle]()
    known = Bundle.opened

    def counted(bundle: Bundle) -> BundleCells:
        opened.append(bundle)
        return known(bundle)

    monkeypatch.setattr(Bundle, "opened", counted)
    # Where a fact stands is known without its cells.
    place = columns.place("official_reception", 0)
    assert not opened
    fact = read.submission.facts["official_reception"][0]
    assert place == (fact.field, fact.row, fact.sheet, fact.cell)
    assert read.submission == SUBMISSION
    assert opened == [columns.bundle]
    assert columns.place("official_reception", 999) is None
    assert columns.place("lost", 0) is None

"""Workbooks made on an earlier revision of the form: read by its own layout, and nothing is held against them for it."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from perfbatch.intake.reader import read_submission
from perfbatch.model.set_aside import SetAside
from perfbatch.model.submission import SCALE, State, Submission
from tests.conftest import department
from tests.workbooks import blank, earlier_form, fill, rulebook


def read(content: bytes) -> Submission:
    return read_submission(content, "a.xlsx", rulebook())


def changed(content: bytes, *, revision: object = None, without: str = "") -> bytes:
    """With another revision in the stamp, or without a name."""
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    if revision is not None:
        workbook["_perfbatch"]["A4"], workbook["_perfbatch"]["B4"] = "revision", revision
    if without:
        del workbook.defined_names[without]
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


@pytest.fixture(scope="module")
def earlier() -> bytes:
    return fill(earlier_form(1), department())


def test_what_an_earlier_form_did_not_have_is_blank_and_no_finding(earlier: bytes) -> None:
    submission = read(earlier)
    assert submission.findings == ()
    assert submission.facts.keys() == rulebook().field_by_id.keys()
    (fact,) = submission.facts["project_budget"]
    assert (fact.state, fact.value, fact.sheet, fact.cell) == (State.BLANK, None, "", "")
    new = read(fill(blank(), department()))
    later = {field.id for field in rulebook().fields() if field.since > 1}
    assert later == {"project_budget", "explained_check", "explained_place", "explanation_text"}
    both = [field for field in new.columns if field not in later]
    assert [submission.columns[field][2:] for field in both if field not in _tables()] == [
        new.columns[field][2:] for field in both if field not in _tables()
    ]


def test_the_second_form_has_no_explanations_and_nothing_is_said() -> None:
    submission = read(fill(earlier_form(2), department()))
    assert (submission.findings, submission.explanations) == ((), ())
    assert submission.facts["project_budget"][0].cell != ""


def _tables() -> set[str]:
    """Columns with as many rows as the form has units: the two forms differ there."""
    return {field.id for table in rulebook().unit_tables.values() for field in table.fields}


def test_a_lost_name_of_the_earlier_form_is_still_c14(earlier: bytes) -> None:
    submission = read(changed(earlier, without="procurement_budget"))
    assert [(finding.code, finding.field, finding.cell) for finding in submission.findings] == [
        ("C14", "procurement_budget", "")
    ]


def test_the_new_field_lost_on_the_new_form_is_c14() -> None:
    submission = read(changed(fill(blank(), department()), without="project_budget"))
    assert [(finding.code, finding.field, finding.cell) for finding in submission.findings] == [
        ("C14", "project_budget", "")
    ]


def test_the_new_field_is_read() -> None:
    submission = read(fill(blank(), department(project_budget=105.5)))
    (fact,) = submission.facts["project_budget"]
    assert (fact.state, fact.value, fact.step) == (State.FILLED, 105_500_000, SCALE // 100)
    assert submission.findings == ()


@pytest.mark.parametrize("revision", [1, "1", "2", 2, " ３ "])
def test_every_revision_up_to_the_rulebooks_is_read(revision: object) -> None:
    assert read(changed(fill(blank(), department()), revision=revision)).findings == ()


@pytest.mark.parametrize(
    ("revision", "what"),
    [("4", "2020（修订号 4）"), (0, "2020（修订号 0）"), ("二", "2020（修订号 二）"), (1.5, "2020（修订号 1.5）")],
)
def test_f06_a_revision_that_the_rulebook_does_not_know(revision: Any, what: str) -> None:
    with pytest.raises(SetAside) as caught:
        read(changed(blank(), revision=revision))
    assert (caught.value.code, caught.value.what) == ("F06", what)

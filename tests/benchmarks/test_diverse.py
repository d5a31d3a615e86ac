"""The diverse corpus is what it says: nothing typed stands in two workbooks, and one in ten does not add up."""

from __future__ import annotations

from pathlib import Path

from perfbatch.batch import examine
from perfbatch.intake.reader import read_submission
from perfbatch.model.submission import Submission
from tests.benchmarks.diverse import change_diverse, make_diverse
from tests.workbooks import rulebook

DEPARTMENTS = 40


def _read(folder: Path) -> list[Submission]:
    return [read_submission(path.read_bytes(), path.name, rulebook()) for path in sorted(folder.iterdir())]


def test_every_workbook_has_figures_and_texts_of_its_own_and_one_in_ten_does_not_add_up(tmp_path: Path) -> None:
    make_diverse(tmp_path, DEPARTMENTS)
    submissions = _read(tmp_path)
    assert len({submission.entity_code for submission in submissions}) == DEPARTMENTS
    longtexts = [
        fact.value
        for field in rulebook().fields()
        if field.kind == "longtext"
        for submission in submissions
        for fact in submission.facts[field.id]
        if isinstance(fact.value, str)
    ]
    assert len(longtexts) == len(set(longtexts)) > 20 * DEPARTMENTS
    figures = {tuple(fact.value for fact in submission.facts["revenue_total"]) for submission in submissions}
    assert len(figures) == DEPARTMENTS
    _, _, findings = examine(submissions, rulebook())
    faulty = {finding.file for finding in findings if finding.severity == "error"}
    assert faulty == {f"{number:06}.xlsx" for number in range(0, DEPARTMENTS, 10)}
    assert {finding.code for finding in findings if finding.severity == "error"} <= {
        "R01",
        "R02",
        "R03",
        "R05",
        "R07",
        "R08",
    }


def test_the_night_after_a_cell_of_one_workbook_in_a_hundred_has_been_edited(tmp_path: Path) -> None:
    make_diverse(tmp_path, 2)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    stated = _read(tmp_path)
    change_diverse(tmp_path, 2, again=1)
    after = _read(tmp_path)
    assert {path.name for path in tmp_path.iterdir() if path.read_bytes() != before[path.name]} == {"000000.xlsx"}
    differing = [
        (field.id, fact.row)
        for field in rulebook().fields()
        for fact, other in zip(stated[0].facts[field.id], after[0].facts[field.id], strict=True)
        if fact != other
    ]
    assert len(differing) == 1
    assert stated[1] == after[1]

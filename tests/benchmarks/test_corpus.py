"""The benchmark's workbooks are what it says they are: distinct, readable, with about five findings a department."""

from __future__ import annotations

from pathlib import Path

from perfbatch.batch import examine
from perfbatch.intake.reader import read_submission
from tests.benchmarks.corpus import make_corpus
from tests.workbooks import rulebook

DEPARTMENTS = 40


def test_the_corpus_is_distinct_readable_and_faulty(tmp_path: Path) -> None:
    make_corpus(tmp_path, DEPARTMENTS)
    paths = sorted(tmp_path.iterdir())
    submissions = [read_submission(path.read_bytes(), path.name, rulebook()) for path in paths]
    assert len({submission.entity_code for submission in submissions}) == DEPARTMENTS
    assert len({submission.facts["general_budget_appropriation"][0].value for submission in submissions}) == DEPARTMENTS
    _, _, findings = examine(submissions, rulebook())
    assert 4.5 <= len(findings) / DEPARTMENTS <= 5.5
    assert {finding.severity for finding in findings} == {"error", "warning", "info"}
    assert len({finding.code for finding in findings}) >= 10
    assert 0 < DEPARTMENTS - len({finding.entity_code for finding in findings}) < DEPARTMENTS // 4


def test_the_corpus_is_the_same_every_time(tmp_path: Path) -> None:
    make_corpus(tmp_path / "one", 2)
    make_corpus(tmp_path / "two", 2)
    first, second = sorted((tmp_path / "one").iterdir()), sorted((tmp_path / "two").iterdir())
    read = [
        [read_submission(path.read_bytes(), path.name, rulebook()) for path in folder] for folder in (first, second)
    ]
    assert read[0] == read[1]

"""What earlier runs saw: closing figures come back as they were reported, and next year's checks start from them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from perfbatch.batch import examine
from perfbatch.district.result import BatchResult
from perfbatch.history.reading import closing_figures, prior_figures
from perfbatch.history.record import write_history
from perfbatch.model.errors import BatchFault
from perfbatch.model.submission import InboxEntry, Submission
from perfbatch.rulebook.load import load_rulebook
from perfbatch.rulebook.model import Rulebook
from perfbatch.template.prefill import carried_forward
from tests.cases.clean import changed
from tests.cases.district import in_short
from tests.submissions import RULEBOOK

LAST_YEAR = RULEBOOK.model_copy(update={"id": "yunxi-2019", "fiscal_year": 2019})


def _result(submissions: list[Submission], run_id: str = "20200720-1", rulebook: Rulebook = LAST_YEAR) -> BatchResult:
    frames, scored, findings = examine(submissions, rulebook)
    return BatchResult(
        run_id=run_id,
        started_at=datetime(2020, 7, 20, 1, 0, tzinfo=UTC),
        finished_at=datetime(2020, 7, 20, 1, 1, tzinfo=UTC),
        rulebook=rulebook,
        rulebook_sha256="ab" * 32,
        entries=tuple(InboxEntry(submission.file, 1, submission.file, 0, "accepted") for submission in submissions),
        findings=findings,
        departments=scored.departments,
        units=frames.units,
        scores=scored.scores,
        roster=None,
    )


def _rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_closing_figures_come_back_as_they_were_reported(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    typed = changed({"balance_cumulative!0": "-0.000001", "revenue_other!0": None, "overseas_travel!0": 0})
    write_history(path, _result([typed]), path)
    figures = closing_figures(path, 2019)["100001"]
    assert figures["balance_cumulative"] == -1
    assert figures["three_public_budget"] == 10_000_000
    assert figures["overseas_travel"] == 0  # a zero is a figure
    assert "revenue_other" not in figures  # a blank is none
    assert "unit_name" not in figures


def test_only_the_figures_that_are_wanted_come_back(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    typed = [changed({"overseas_travel!0": None}, code="1"), changed({}, code="2")]
    write_history(path, _result(typed), path)
    everything = closing_figures(path, 2019)
    wanted = ["revenue_total", "overseas_travel", "unheard_of"]
    assert closing_figures(path, 2019, wanted) == {
        code: {field: figures[field] for field in wanted if field in figures} for code, figures in everything.items()
    }
    assert closing_figures(path, 2019, []) == {"1": {}, "2": {}}


@pytest.mark.parametrize("block", [1, 2, 1000])
def test_closing_figures_are_written_block_by_block(
    block: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = _result([changed({"revenue_total!0": number}, code=str(number)) for number in range(1, 6)])
    monkeypatch.setattr("perfbatch.history.record._BLOCK", block)
    write_history(tmp_path / "none", result, tmp_path / "history.sqlite")
    figures = closing_figures(tmp_path / "history.sqlite", 2019, ["revenue_total"])
    assert figures == {str(number): {"revenue_total": number * 1_000_000} for number in range(1, 6)}


def test_a_year_is_not_another_and_without_a_history_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    assert closing_figures(path, 2019) == {}
    assert not path.exists()
    write_history(path, _result([changed({})]), path)
    assert closing_figures(path, 2020) == {}
    assert list(closing_figures(path, 2019)) == ["100001"]


def test_next_year_starts_from_what_the_last_one_closed_with(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    last = [
        changed({"balance_cumulative!0": 12, "three_public_budget": 12, "three_public_total!0": 11}, code="1"),
        changed({"balance_cumulative!0": 11, "three_public_budget": 13, "three_public_total!0": 10}, code="2"),
        changed({"balance_cumulative!0": None, "three_public_budget": None, "three_public_total!0": None}, code="3"),
    ]
    write_history(path, _result(last), path)
    now = [changed({}, code=code) for code in "1234"]
    _, _, findings = examine(now, RULEBOOK, prior=closing_figures(path, 2019))
    assert {code: in_short(findings, code) for code in "1234"} == {
        "1": [],
        "2": [
            ("R22", "error", "carryover_prior_year!0", "12.00", "11.00", "1.00"),
            ("R22", "error", "three_public_budget_prior!0", "12.00", "13.00", "-1.00"),
            ("R22", "error", "three_public_final_prior!0", "11.00", "10.00", "1.00"),
        ],
        # Its 累计结余 was blank: what was left of its revenue stands in.
        "3": [("R22", "error", "carryover_prior_year!0", "12.00", "10.00", "2.00")],
        "4": [],
    }


def test_what_was_renamed_since_is_found_by_the_name_it_had(tmp_path: Path) -> None:
    """R22 and prefill look last year's figure up under the id of today."""
    path = tmp_path / "history.sqlite"
    write_history(path, _result([changed({"balance_cumulative!0": "7.5", "revenue_other!0": "1"})]), path)
    overlay = tmp_path / "2020.toml"
    overlay.write_text(
        'extends = "yunxi-2020"\n[rename.fields]\nbalance_cumulative = "closing_balance"\nrevenue_other = "rest"\n',
        encoding="utf-8",
    )
    renamed = load_rulebook(overlay).rulebook
    figures = prior_figures(path, renamed, ["closing_balance", "rest", "revenue_total"])["100001"]
    assert (figures["closing_balance"], figures["rest"]) == (7_500_000, 1_000_000)
    assert sorted(figures) == ["closing_balance", "rest", "revenue_total"]
    assert prior_figures(path, renamed)["100001"]["closing_balance"] == 7_500_000
    assert prior_figures(path, RULEBOOK)["100001"] == closing_figures(path, 2019)["100001"]
    assert carried_forward(renamed)["carryover_prior_year"] == "closing_balance"


def test_a_later_run_replaces_the_figures_and_keeps_the_earlier_run(tmp_path: Path) -> None:
    first, second = tmp_path / "first.sqlite", tmp_path / "second.sqlite"
    write_history(first, _result([changed({}, code="1"), changed({}, code="2")]), first)
    write_history(first, _result([changed({"budget_initial": 501}, code="1")], run_id="20200721-1"), second)
    figures = closing_figures(second, 2019)
    assert {code: figure["budget_initial"] for code, figure in figures.items()} == {"1": 501_000_000, "2": 500_000_000}
    # A department that did not come again is still on record; the first file is as it was.
    assert closing_figures(first, 2019)["1"]["budget_initial"] == 500_000_000
    assert _rows(second, "SELECT run_id, fiscal_year, rulebook FROM run ORDER BY run_id") == [
        ("20200720-1", 2019, "yunxi-2019"),
        ("20200721-1", 2019, "yunxi-2019"),
    ]


def test_a_run_is_kept_with_its_departments_and_findings(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    write_history(
        path, _result([changed({"on_post_staff": 19}, code="1"), changed({"authorized_posts": 19}, code="2")]), path
    )
    assert _rows(
        path, "SELECT entity, name, file, sha256, self_total, verified_total, grade, rank FROM run_department"
    ) == [
        ("1", "区无误局", "1.xlsx", "1.xlsx", 92_300_000, 92_300_000, "优秀", 1),
        # 20 / 19 is 105.26 %: 2.37 of 5
        ("2", "区无误局", "2.xlsx", "2.xlsx", 92_300_000, 89_670_000, "良好", 2),
    ]
    assert _rows(path, "SELECT entity, code, severity, sheet, cell, field FROM run_finding") == [
        ("1", "R14", "error", "基本概况", "on_post_staff!0", "on_post_staff"),
        ("2", "R24", "warning", "基本概况", "on_post_staff!0", "on_post_staff"),
        ("2", "S01", "warning", "评分表", "item_self_score!0", "item_self_score"),
    ]


def test_a_department_without_a_code_leaves_no_closing_figures(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    write_history(path, _result([changed({}, code="")]), path)
    assert closing_figures(path, 2019) == {}
    assert _rows(path, "SELECT count(*) FROM run_department") == [(1,)]


def test_the_same_run_twice_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    write_history(path, _result([changed({})]), path)
    with pytest.raises(BatchFault, match="cannot be used as the history"):
        write_history(path, _result([changed({"budget_initial": 1})]), tmp_path / "again.sqlite")
    assert closing_figures(path, 2019)["100001"]["budget_initial"] == 500_000_000
    assert closing_figures(tmp_path / "again.sqlite", 2019)["100001"]["budget_initial"] == 500_000_000


def test_an_empty_night_is_a_night(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    write_history(path, _result([]), path)
    assert closing_figures(path, 2019) == {}
    assert _rows(path, "SELECT run_id FROM run") == [("20200720-1",)]


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    path.write_bytes(b"this is not a database" * 100)
    for use in (lambda: closing_figures(path, 2019), lambda: write_history(path, _result([]), tmp_path / "new.sqlite")):
        with pytest.raises(BatchFault) as caught:
            use()
        assert "cannot be used as the history (file is not a database)" in str(caught.value)
        assert "Restore it from a backup or move it away." in str(caught.value)
    assert path.read_bytes().startswith(b"this is not a database")


def test_a_history_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    write_history(path, _result([changed({}, code=str(number)) for number in range(3)]), path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(BatchFault, match="cannot be used as the history"):
        closing_figures(path, 2019)


def test_a_history_of_another_version(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    write_history(path, _result([]), path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9")
    with pytest.raises(BatchFault) as caught:
        closing_figures(path, 2019)
    assert str(caught.value) == f"{path}: written by another version of perfbatch (9). Use that version."


def test_a_folder_in_place_of_the_history(tmp_path: Path) -> None:
    with pytest.raises(BatchFault, match="cannot be used as the history"):
        closing_figures(tmp_path, 2019)


def test_nothing_lies_beside_the_history(tmp_path: Path) -> None:
    """One file without a journal beside it is what can be switched in by a rename."""
    path = tmp_path / "history.sqlite"
    write_history(path, _result([changed({})]), path)
    closing_figures(path, 2019)
    assert [path.name for path in tmp_path.iterdir()] == ["history.sqlite"]


def test_reading_the_history_leaves_its_bytes_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    write_history(path, _result([changed({})]), path)
    before = path.read_bytes()
    closing_figures(path, 2019)
    assert path.read_bytes() == before


def test_a_foreign_database_is_not_written_into(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE customers (name TEXT)")
    with pytest.raises(BatchFault, match="is not a history of perfbatch"):
        closing_figures(path, 2019)
    assert _rows(path, "SELECT name FROM sqlite_master") == [("customers",)]

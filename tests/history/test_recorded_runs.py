"""Runs come back from the history as they were, also from one of version 1; `perfbatch diff` tells two of them apart."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from perfbatch.batch import examine
from perfbatch.cli import main
from perfbatch.district.result import BatchResult
from perfbatch.history.changes import changes_between
from perfbatch.history.reading import closing_figures, last_run, notice_days, recorded_run, run_ids
from perfbatch.history.record import HISTORY_NAME, RecordedNotice, tonight, write_history
from perfbatch.model.submission import InboxEntry, Submission
from tests.cases.clean import changed
from tests.submissions import RULEBOOK

_VERSION_1 = """
CREATE TABLE run (
    run_id TEXT PRIMARY KEY, started_at TEXT NOT NULL, finished_at TEXT NOT NULL,
    rulebook TEXT NOT NULL, rulebook_sha256 TEXT NOT NULL, fiscal_year INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE run_department (
    run_id TEXT NOT NULL REFERENCES run, budget_code TEXT NOT NULL, unit_name TEXT NOT NULL, file TEXT NOT NULL,
    sha256 TEXT NOT NULL, self_total INTEGER, verified_total INTEGER NOT NULL, grade TEXT NOT NULL, rank INTEGER NOT NULL,
    PRIMARY KEY (run_id, budget_code, file)
) WITHOUT ROWID;
CREATE TABLE run_finding (
    run_id TEXT NOT NULL REFERENCES run, budget_code TEXT NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL,
    sheet TEXT NOT NULL, cell TEXT NOT NULL, field TEXT NOT NULL, message TEXT NOT NULL
);
CREATE INDEX run_finding_of ON run_finding (run_id, budget_code);
CREATE TABLE closing_figures (
    fiscal_year INTEGER NOT NULL, budget_code TEXT NOT NULL, figures TEXT NOT NULL,
    PRIMARY KEY (fiscal_year, budget_code)
) WITHOUT ROWID;
INSERT INTO run VALUES ('20210719-1', '2021-07-19T01:00:00+00:00', '2021-07-19T01:01:00+00:00', 'yunxi-2020', 'ab', 2020);
INSERT INTO run_department VALUES ('20210719-1', '1', '区无误局', '1.xlsx', 'old', 92300000, 90000000, '优秀', 1);
INSERT INTO run_finding VALUES ('20210719-1', '1', 'R02', 'error', '收支情况', 'C5', 'revenue_total', '不等');
INSERT INTO closing_figures VALUES (2020, '1', '{"revenue_total":5000000}');
PRAGMA user_version = 1;
"""


# Of version 4, which knew one form a run.
_VERSION_4 = """
CREATE TABLE run_notice (
    run_id TEXT NOT NULL REFERENCES run, path TEXT NOT NULL, key TEXT NOT NULL, day TEXT NOT NULL,
    PRIMARY KEY (run_id, path)
) WITHOUT ROWID;
CREATE TABLE closing_figures (
    fiscal_year INTEGER NOT NULL, form_id TEXT NOT NULL, budget_code TEXT NOT NULL, figures TEXT NOT NULL,
    PRIMARY KEY (fiscal_year, form_id, budget_code)
) WITHOUT ROWID;
CREATE TABLE run (
    run_id TEXT PRIMARY KEY, started_at TEXT NOT NULL, finished_at TEXT NOT NULL,
    rulebook TEXT NOT NULL, rulebook_sha256 TEXT NOT NULL, fiscal_year INTEGER NOT NULL, form_id TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE run_department (
    run_id TEXT NOT NULL REFERENCES run, budget_code TEXT NOT NULL, unit_name TEXT NOT NULL, file TEXT NOT NULL,
    sha256 TEXT NOT NULL, self_total INTEGER, verified_total INTEGER, grade TEXT NOT NULL, rank INTEGER,
    PRIMARY KEY (run_id, budget_code, file)
) WITHOUT ROWID;
CREATE TABLE run_entry (
    run_id TEXT NOT NULL REFERENCES run, path TEXT NOT NULL, sha256 TEXT NOT NULL, status TEXT NOT NULL, code TEXT NOT NULL,
    PRIMARY KEY (run_id, path)
) WITHOUT ROWID;
CREATE TABLE run_finding (
    run_id TEXT NOT NULL REFERENCES run, budget_code TEXT NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL,
    sheet TEXT NOT NULL, cell TEXT NOT NULL, field TEXT NOT NULL, message TEXT NOT NULL
);
CREATE INDEX run_finding_of ON run_finding (run_id, budget_code);
INSERT INTO run VALUES (
    '20210719-4', '2021-07-19T01:00:00+00:00', '2021-07-19T01:01:00+00:00', 'yunxi-2020', 'ab', 2020, 'yunxi'
);
INSERT INTO run_department VALUES ('20210719-4', '1', '区无误局', '1.xlsx', 'old', 92300000, 90000000, '优秀', 1);
INSERT INTO run_entry VALUES ('20210719-4', '1.xlsx', 'old', 'accepted', '');
INSERT INTO run_entry VALUES ('20210719-4', '加密.xlsx', '', 'set_aside', 'F02');
INSERT INTO run_finding VALUES ('20210719-4', '1', 'R02', 'error', '收支情况', 'C5', 'revenue_total', '不等');
INSERT INTO run_notice VALUES ('20210719-4', 'notices/yunxi-2020/1.xlsx', 'key', '2021-07-19');
INSERT INTO closing_figures VALUES (2020, 'yunxi', '1', '{"revenue_total":5000000}');
PRAGMA user_version = 4;
"""
_TO_2 = """
DROP TABLE run_notice;
ALTER TABLE run DROP COLUMN form_id;
CREATE TABLE figures (fiscal_year INTEGER NOT NULL, budget_code TEXT NOT NULL, figures TEXT NOT NULL,
    PRIMARY KEY (fiscal_year, budget_code)) WITHOUT ROWID;
INSERT INTO figures SELECT fiscal_year, budget_code, figures FROM closing_figures;
DROP TABLE closing_figures;
ALTER TABLE figures RENAME TO closing_figures;
PRAGMA user_version = 2;
"""


def _history(path: Path, *scripts: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        for script in scripts:
            connection.executescript(script)
    return path


def night(submissions: list[Submission], run_id: str, hour: int = 1) -> BatchResult:
    frames, scored, findings = examine(submissions, RULEBOOK)
    moment = datetime(2021, 7, 20, hour, tzinfo=UTC)
    entries = [InboxEntry(submission.file, 1, f"sha-{run_id}", 0, "accepted") for submission in submissions]
    entries.append(InboxEntry("加密.xlsx", 1, "", 0, "set_aside", "F02"))
    return BatchResult(
        run_id, moment, moment, RULEBOOK, "ab", tuple(entries), findings, scored.departments, frames.units, scored.scores, None
    )  # fmt: skip


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    """A history of two runs: the second has a department more and a mended one."""
    first, path = tmp_path / "first.sqlite", tmp_path / HISTORY_NAME
    write_history(first, night([changed({"on_post_staff": 19}, code="1")], "20210720-1"), first)
    write_history(first, night([changed({}, code="1"), changed({}, code="2")], "20210720-2", hour=2), path)
    return tmp_path


def test_a_run_comes_back_as_tonight_tells_it(outbox: Path) -> None:
    result = night([changed({}, code="1"), changed({}, code="2")], "20210720-2", hour=2)
    assert last_run(outbox / HISTORY_NAME, 2020) == tonight(result)
    assert recorded_run(outbox / HISTORY_NAME, "20210720-2") == tonight(result)
    assert tonight(result).set_aside == ("加密.xlsx",)


def test_runs_of_another_year_and_unknown_ones_are_none(outbox: Path) -> None:
    history = outbox / HISTORY_NAME
    assert run_ids(history) == ["20210720-2", "20210720-1"]
    assert last_run(history, 2019) is None
    assert recorded_run(history, "20210720") is None
    assert (run_ids(outbox / "none"), last_run(outbox / "none", 2020), recorded_run(outbox / "none", "a")) == (
        [],
        None,
        None,
    )


def test_a_department_without_a_score_is_kept(tmp_path: Path) -> None:
    result = night([changed({}, code="1")], "20210720-1")
    frame = result.departments.copy()
    frame["verified_total"] = frame["verified_total"].astype("Int64")
    frame.loc[0, ["verified_total", "rank"]] = None
    path = tmp_path / HISTORY_NAME
    write_history(path, replace(result, departments=frame), path)
    recorded = recorded_run(path, "20210720-1")
    assert recorded is not None
    assert (recorded.departments[0].verified_total, recorded.departments[0].rank) == (None, None)


def test_a_history_of_version_1_is_read_as_it_is_and_brought_up_in_the_copy(tmp_path: Path) -> None:
    old, new = tmp_path / "old.sqlite", tmp_path / "new.sqlite"
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript(_VERSION_1)
    before = old.read_bytes()
    earlier = last_run(old, 2020)
    assert earlier is not None
    assert (earlier.run_id, earlier.set_aside) == ("20210719-1", ())
    assert closing_figures(old, 2020) == {"1": {"revenue_total": 5_000_000}}
    assert notice_days(old, 2020) == {}
    result = night([changed({}, code="1")], "20210720-1")
    write_history(old, result, new)
    assert old.read_bytes() == before
    assert run_ids(new) == ["20210720-1", "20210719-1"]
    assert recorded_run(new, "20210719-1") == earlier
    changes = changes_between(earlier, tonight(result))
    assert [(move.score_change, move.resubmitted) for move in changes.moves] == [(2_300_000, True)]
    assert [finding.code for finding in changes.cleared] == ["R02"]
    with closing(sqlite3.connect(new)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (5,)
        assert connection.execute("SELECT run_id, path, status FROM run_entry").fetchall() == [
            ("20210720-1", "1.xlsx", "accepted"),
            ("20210720-1", "加密.xlsx", "set_aside"),
        ]


def test_the_notices_of_the_last_run_come_back(outbox: Path) -> None:
    history, third, fourth = outbox / HISTORY_NAME, outbox / "3.sqlite", outbox / "4.sqlite"
    days = [date(2021, 7, 19), date(2021, 7, 20)]
    assert notice_days(outbox / "none", 2020) == notice_days(history, 2020) == {}
    given = [
        RecordedNotice(f"notices/{number}.xlsx", f"key {number}", day, RULEBOOK.id) for number, day in enumerate(days)
    ]
    write_history(history, night([changed({}, code="1")], "20210720-3", hour=3), third, given)
    assert notice_days(third, 2020) == {"key 0": days[0], "key 1": days[1]}
    assert notice_days(third, 2019) == {}
    write_history(third, night([changed({}, code="1")], "20210720-4", hour=4), fourth, given[:1])
    assert notice_days(fourth, 2020) == {"key 0": days[0]}


@pytest.mark.parametrize(("scripts", "days"), [((_VERSION_4,), {"key": date(2021, 7, 19)}), ((_VERSION_4, _TO_2), {})])
def test_a_history_of_an_earlier_version_is_read_as_it_is_and_brought_up_in_the_copy(
    tmp_path: Path, scripts: tuple[str, ...], days: dict[str, date]
) -> None:
    """Version 4 knew one form a run; version 2 neither notices nor forms."""
    old, new = _history(tmp_path / "old.sqlite", *scripts), tmp_path / "new.sqlite"
    before, earlier = old.read_bytes(), last_run(old, 2020, "yunxi", "yunxi-2020")
    assert earlier is not None
    assert (earlier.set_aside, earlier.rulebook, notice_days(old, 2020)) == (("加密.xlsx",), "yunxi-2020", days)
    assert [finding.code for finding in earlier.findings] == ["R02"]
    assert closing_figures(old, 2020, form_id="yunxi") == {"1": {"revenue_total": 5_000_000}}
    given = RecordedNotice("notices/1.xlsx", "key", date(2021, 7, 20), RULEBOOK.id)
    write_history(old, night([changed({}, code="1")], "20210720-3", hour=3), new, [given])
    assert old.read_bytes() == before
    assert recorded_run(new, earlier.run_id) == earlier
    assert notice_days(new, 2020) == {"key": given.day}
    with closing(sqlite3.connect(new)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (5,)


def test_a_history_of_a_later_version_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _history(tmp_path / HISTORY_NAME, _VERSION_4, "PRAGMA user_version = 6;")
    code, out, err = diff(capsys, "--outbox", str(tmp_path))
    assert (code, out) == (1, "")
    assert err == f"perfbatch: {path}: written by another version of perfbatch (6). Use that version.\n"


def diff(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["diff", *arguments])
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def test_diff_prints_the_changes(outbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = diff(capsys, "20210720-1", "20210720-2", "--outbox", str(outbox))
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "20210720-1 → 20210720-2",
        "New (1)",
        "  2 区无误局  2.xlsx",
        "Resubmitted (1)",
        "  1 区无误局  1.xlsx",
        "Cleared findings (1)",
        "  error  R14  1  基本概况!on_post_staff!0  基本概况的实有人数与综述中的在职人数不一致",
        f"Next      perfbatch history --outbox {outbox}",
    ]


def test_diff_the_other_way_round(outbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = diff(capsys, "20210720-2", "20210720-1", "--outbox", str(outbox))
    assert code == 0
    assert "Withdrawn (1)" in out
    assert "New findings (1)" in out


def test_diff_of_a_run_with_itself(outbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff(capsys, "20210720-2", "20210720-2", "--outbox", str(outbox))[1].splitlines()[1:-1] == ["No change."]


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        ("x", "run x: the history has no such run. The latest on record: 20210720-2, 20210720-1."),
        ("2021", "run 2021: 2 runs begin so. The latest on record: 20210720-2, 20210720-1."),
    ],
)
def test_diff_of_no_one_run(outbox: Path, capsys: pytest.CaptureFixture[str], wanted: str, fault: str) -> None:
    assert diff(capsys, wanted, "20210720-2", "--outbox", str(outbox)) == (2, "", f"perfbatch: {fault}\n")


def test_diff_without_a_history(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = diff(capsys, "a", "b", "--outbox", str(tmp_path))
    assert code == 2
    assert (
        err
        == f"perfbatch: run a: the history has no such run. The latest on record: none ({tmp_path / HISTORY_NAME}).\n"
    )


def test_diff_without_ids_is_of_the_last_two_of_one_form(outbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = diff(capsys, "--outbox", str(outbox))
    assert (code, out.splitlines()[0]) == (0, "20210720-1 → 20210720-2")
    history = outbox / HISTORY_NAME
    with closing(sqlite3.connect(history)) as connection:
        connection.execute("UPDATE run SET form_id = 'another' WHERE run_id = '20210720-2'")
        connection.commit()
    code, out, err = diff(capsys, "--outbox", str(outbox))
    assert (code, out) == (2, "")
    assert err == f"perfbatch: {history}: has no two runs of one form and year. Compare after the next night.\n"
    code, _, err = diff(capsys, "20210720-1", "--outbox", str(outbox))
    assert (code, err) == (
        2, "perfbatch: run 20210720-1: is given alone. Give both runs, or none for the last two.\n"
    )  # fmt: skip


def test_history_lists_the_runs(outbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["history", "--outbox", str(outbox)])
    out, err = capsys.readouterr()
    assert (left.value.code or 0, err) == (0, "")
    assert out.splitlines()[-1] == f"Next      perfbatch diff --outbox {outbox}"
    assert [line.split()[:5] for line in out.splitlines()[2:-1]] == [
        ["20210720-2", "2021-07-20T02:00:00+00:00", "yunxi-2020", "2020", "2"],
        ["20210720-1", "2021-07-20T01:00:00+00:00", "yunxi-2020", "2020", "1"],
    ]
    with pytest.raises(SystemExit) as left:
        main(["history", "--outbox", str(outbox / "none")])
    assert capsys.readouterr().out.splitlines() == [
        f"{outbox}/none/history.sqlite: no run is on record.",
        f"Next      perfbatch run --outbox {outbox}/none",
    ]

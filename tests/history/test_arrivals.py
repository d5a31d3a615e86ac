"""A season night by night: what came in when is remembered, whatever becomes of the files."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from perfbatch.district.arrivals import Arrivals
from perfbatch.district.reporting import Reporting
from perfbatch.history.arrivals import arrivals_on_record
from perfbatch.history.pruning import keep_runs
from perfbatch.model.errors import BatchFault
from perfbatch.publishing import NightPlan, run_night
from perfbatch.roster import Roster, RosterEntry
from perfbatch.rulebook.load import load_rulebook
from tests.conftest import workbook

NOW = datetime.now().astimezone().replace(microsecond=0)
EARLY, DEADLINE = NOW - timedelta(10), (NOW - timedelta(5)).date()
LOADED = load_rulebook()
BOOK = LOADED.rulebook
ROSTER = Roster((RosterEntry("900001", "云溪区测试局"),))

Season = Callable[[], Reporting]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path


@pytest.fixture
def season(folder: Path) -> Season:
    """Runs the next night; how the one department expected stands."""

    def night() -> Reporting:
        rosters = {BOOK.id: ROSTER}
        plan = NightPlan(
            folder / "inbox", folder / "outbox", LOADED, rosters=rosters, deadline=DEADLINE, allow_fewer=True
        )
        (reporting,) = run_night(plan)[0].nights[0].result.reporting
        return reporting

    return night


def put(folder: Path, name: str, content: bytes, moment: datetime) -> None:
    path = folder / "inbox" / name
    path.write_bytes(content)
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def test_a_report_stays_in_time_whatever_is_done_to_its_file(folder: Path, season: Season) -> None:
    put(folder, "900001.xlsx", workbook(), EARLY)
    assert (season().standing.value, season().arrived) == ("已报", EARLY)
    # Copied: the same file of another time.
    put(folder, "900001.xlsx", workbook(), NOW)
    assert (season().standing.value, season().arrived) == ("已报", EARLY)
    # A correction saved in its place, a damaged one, and one that can be read again.
    put(folder, "900001.xlsx", workbook(on_post_staff=27), NOW)
    assert (season().standing.value, season().arrived) == ("已报", EARLY)
    put(folder, "900001.xlsx", b"plain", NOW)
    assert (season().standing.value, season().arrived) == ("退回", NOW)
    keep_runs(folder / "outbox", 1)
    put(folder, "900001.xlsx", workbook(), NOW)
    assert (season().standing.value, season().arrived) == ("已报", EARLY)


def test_a_file_that_cannot_be_read_keeps_its_time_and_not_the_deadline(folder: Path, season: Season) -> None:
    put(folder, "900001.xls", b"plain", EARLY)
    assert (season().standing.value, season().arrived) == ("退回", EARLY)
    put(folder, "900001.xls", b"plain", NOW)
    (folder / "inbox" / "农口").mkdir()
    shutil.move(folder / "inbox" / "900001.xls", folder / "inbox" / "农口" / "900001.xls")
    assert (season().standing.value, season().arrived) == ("退回", EARLY)
    put(folder, "900001.xlsx", workbook(), NOW)
    assert (season().standing.value, season().arrived) == ("迟报", NOW)


def test_a_clock_that_is_ahead_is_believed_on_the_first_night_alone(folder: Path, season: Season) -> None:
    ahead = NOW + timedelta(30)
    put(folder, "900001.xls", b"plain", ahead)
    assert season().arrived == ahead
    put(folder, "900001.xls", b"other", ahead)
    arrived = season().arrived
    assert arrived is not None
    assert NOW <= arrived < ahead


def test_of_a_history_that_does_not_say_what_its_runs_have_seen_is_asked(folder: Path, season: Season) -> None:
    put(folder, "900001.xlsx", workbook(), NOW + timedelta(30))
    put(folder, "不知何人.xls", b"plain", NOW + timedelta(30))
    season()
    history = folder / "outbox" / "history.sqlite"
    known = arrivals_on_record(history, BOOK)
    assert known.departments.keys() == {"900001"}
    assert [name for name, _ in known.files] == ["不知何人.xls"]
    change(history, "DROP TABLE arrival_department; DROP TABLE arrival_file")
    asked = arrivals_on_record(history, BOOK)
    assert {code: name for code, (name, _) in asked.departments.items()} == {"900001": "云溪区测试局"}
    assert known.files.keys() == asked.files.keys()
    began = asked.departments["900001"][1]
    assert NOW <= began < NOW + timedelta(1)
    reporting = season()
    assert reporting.arrived == began
    assert not asked.first_night


def test_a_name_of_an_earlier_night_places_a_file(folder: Path, season: Season) -> None:
    put(folder, "900001.xlsx", workbook(), EARLY)
    season()
    put(folder, "900001.xlsx", b"plain", NOW)
    plan = NightPlan(folder / "inbox", folder / "outbox", LOADED, allow_fewer=True)
    _, outputs = run_night(plan)
    assert f"notices/{BOOK.id}/900001-云溪区测试局（退回通知）.xlsx" in outputs


def test_another_year_is_another_season(folder: Path, season: Season) -> None:
    put(folder, "900001.xlsx", workbook(), EARLY)
    season()
    history = folder / "outbox" / "history.sqlite"
    assert arrivals_on_record(history, BOOK.model_copy(update={"fiscal_year": BOOK.fiscal_year + 1})) == Arrivals()
    assert arrivals_on_record(folder / "none.sqlite", BOOK) == Arrivals()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE arrival_department SET arrived = 'yesterday'",
        "UPDATE arrival_department SET arrived = x'01'",
        "UPDATE arrival_department SET name = x'07'",
        "UPDATE arrival_file SET arrived = 'yesterday'",
    ],
)
def test_what_no_run_has_written_ends_the_night(folder: Path, season: Season, statement: str) -> None:
    put(folder, "900001.xlsx", workbook(), EARLY)
    put(folder, "不知何人.xls", b"plain", EARLY)
    season()
    history = folder / "outbox" / "history.sqlite"
    change(history, statement)
    with pytest.raises(BatchFault) as fault:
        arrivals_on_record(history, BOOK)
    assert "arrival" in str(fault.value)


def change(history: Path, script: str) -> None:
    with closing(sqlite3.connect(history)) as connection:
        connection.executescript(script)

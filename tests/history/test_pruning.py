"""`perfbatch history --keep`: old runs go, what the next night needs stays."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from perfbatch.cli import main
from perfbatch.history.past import past_of
from perfbatch.history.pruning import keep_runs
from perfbatch.history.reading import closing_figures, last_night, notice_days, recorded_run, run_ids
from perfbatch.history.record import HISTORY_NAME, RecordedNotice, write_history
from perfbatch.model.errors import BatchFault
from perfbatch.outbox.switch import locked
from tests.cases.clean import changed
from tests.history.test_recorded_runs import night
from tests.submissions import RULEBOOK

LAST_YEAR = RULEBOOK.model_copy(update={"fiscal_year": 2019})
DAY = night([], "x", hour=1).started_at.date()


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    """Of one night of 2019, then four of 2020; the last with a notice."""
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    (outbox / "run-report.json").write_text("{}")
    history = outbox / HISTORY_NAME
    for hour in range(5):
        result = night([changed({}, code=f"{1 + hour}")], f"run-{hour}", hour=hour)
        result = replace(result, rulebook=LAST_YEAR) if hour == 0 else result
        notices = [RecordedNotice(f"notices/{hour}.xlsx", f"key-{hour}", DAY, RULEBOOK.id)]
        write_history(history if history.exists() else None, result, tmp_path / "new.sqlite", notices)
        (tmp_path / "new.sqlite").replace(history)
    return outbox


def _kept(outbox: Path, count: int) -> tuple[list[str], list[str]]:
    return keep_runs(outbox, count)


def test_the_latest_stay_and_the_last_of_every_form_and_year(outbox: Path) -> None:
    history = outbox / HISTORY_NAME
    assert _kept(outbox, 2) == (["run-4", "run-3", "run-0"], ["run-2", "run-1"])
    assert run_ids(history) == ["run-4", "run-3", "run-0"]
    assert recorded_run(history, "run-1") is None
    assert [path.name for path in outbox.iterdir() if not path.name.startswith(".")] == [
        "run-report.json",
        HISTORY_NAME,
    ]


def test_what_the_next_night_needs_is_as_it_was(outbox: Path) -> None:
    history = outbox / HISTORY_NAME
    fields = ("revenue_total",)
    next_year = RULEBOOK.model_copy(update={"fiscal_year": 2021})
    before = [
        closing_figures(history, 2020),
        last_night(history, 2020, RULEBOOK.form_id),
        last_night(history, 2019, RULEBOOK.form_id),
        notice_days(history, 2020, RULEBOOK.form_id),
        past_of(history, next_year, fields).prior,
        recorded_run(history, "run-4"),
    ]
    assert set(closing_figures(history, 2020)) == {"2", "3", "4", "5"}
    _kept(outbox, 1)
    assert run_ids(history) == ["run-4", "run-0"]
    assert before == [
        closing_figures(history, 2020),
        last_night(history, 2020, RULEBOOK.form_id),
        last_night(history, 2019, RULEBOOK.form_id),
        notice_days(history, 2020, RULEBOOK.form_id),
        past_of(history, next_year, fields).prior,
        recorded_run(history, "run-4"),
    ]


def test_where_nothing_is_too_many_nothing_is_written(outbox: Path) -> None:
    history = outbox / HISTORY_NAME
    before = (history.read_bytes(), history.stat().st_mtime_ns, history.stat().st_ino)
    assert _kept(outbox, 5) == (["run-4", "run-3", "run-2", "run-1", "run-0"], [])
    assert (history.read_bytes(), history.stat().st_mtime_ns, history.stat().st_ino) == before


def test_without_a_history_no_outbox_is_made(tmp_path: Path) -> None:
    assert keep_runs(tmp_path / "none", 1) == ([], [])
    assert not (tmp_path / "none").exists()


def test_a_night_under_way_is_not_disturbed(outbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = """if True:
        import sys, time
        from pathlib import Path
        from perfbatch.outbox.switch import locked
        with locked(Path(sys.argv[1])):
            print("held", flush=True)
            sys.stdin.read()
    """
    import subprocess
    import sys

    with subprocess.Popen(
        [sys.executable, "-c", code, str(outbox)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(BatchFault, match="another run is publishing there"):
            keep_runs(outbox, 1)
        assert holder.stdin is not None
        holder.stdin.close()
    with locked(outbox):
        assert len(run_ids(outbox / HISTORY_NAME)) == 5


def test_the_command(outbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["history", "--outbox", str(outbox), "--keep", "1", "--lang", "en"])
    assert ended.value.code in (0, None)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Kept 2 runs, took 3 runs off the record."
    assert [line.split()[0] for line in lines if line.startswith("run-")] == ["run-4", "run-0"]
    with pytest.raises(SystemExit) as refused:
        main(["history", "--outbox", str(outbox), "--keep", "0"])
    assert refused.value.code == 2
    assert json.loads((outbox / "run-report.json").read_text()) == {}

"""Histories that hold what no run has written: one line that names the file and what to do, and an outbox as it was."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from perfbatch.history.past import past_of
from perfbatch.history.reading import recorded_run, run_ids
from perfbatch.history.record import HISTORY_NAME
from perfbatch.model.errors import BatchFault
from perfbatch.rulebook.load import LoadedRulebook
from tests.faults.nights import KEPT, content_of, forked, leftovers

Figure = Callable[[str, object], None]

ODD = {
    "a text for a number": "UPDATE run_department SET verified_total = 'viele'",
    "a real number": "UPDATE run_department SET verified_total = 1.5",
    "more than 64 bits of points": "UPDATE run_department SET self_total = 9223372036854775807",
    "bytes for a name": "UPDATE run_department SET name = x'ff00ff'",
    "bytes for a text that is none": "UPDATE run_finding SET message = CAST(x'fffe' AS TEXT)",
    "bytes for a finding": "UPDATE run_finding SET message = x'00'",
    "a severity that is none": "UPDATE run_finding SET severity = 'fatal'",
    "a rank that is a name": "UPDATE run_department SET rank = 'first'",
    "a day that is none": "UPDATE run_notice SET day = '2021-02-30'",
    "a day that is a number": "UPDATE run_notice SET day = 7",
    "bytes for a key": "UPDATE run_notice SET key = x'01'",
    "bytes for a time": "UPDATE run SET started_at = x'01'",
    "bytes for a path": "INSERT INTO run_entry SELECT run_id, '', x'01', '', 'set_aside', 'F01' FROM run",
    "a table that is gone": "DROP TABLE run_finding",
    "a column that is gone": "ALTER TABLE run_department DROP COLUMN grade",
}
FIGURES = {
    "no JSON": "{",
    "a list": "[1]",
    "a text for a figure": '{"carryover_prior_year": "1"}',
    "1e400": '{"balance_cumulative": 1e400}',
    "NaN": '{"balance_cumulative": NaN}',
    "true": '{"balance_cumulative": true}',
    "a float": '{"balance_cumulative": 1.5}',
    "more than 64 bits": '{"balance_cumulative": 99999999999999999999}',
    "a list in a list, deep": "[" * 100_000,
    "nothing": "",
}


def spoilt(history: Path, *statements: str, figures: str | None = None) -> None:
    with closing(sqlite3.connect(history)) as connection:
        for statement in statements:
            connection.execute(statement)
        if figures is not None:
            connection.execute("UPDATE closing_figures SET fiscal_year = 2019, figures = ?", (figures,))
        connection.commit()


@pytest.mark.parametrize("what", [*ODD, *FIGURES])
def test_what_no_run_has_written_is_one_line(
    good_night: Path, tmp_path: Path, loaded: LoadedRulebook, what: str
) -> None:
    history = tmp_path / HISTORY_NAME
    shutil.copyfile(good_night / "outbox" / HISTORY_NAME, history)
    spoilt(history, *([ODD[what]] if what in ODD else []), figures=FIGURES.get(what))
    with pytest.raises(BatchFault) as refused:
        past_of(history, loaded.rulebook, ("balance_cumulative", "carryover_prior_year"))
    line = str(refused.value)
    assert line.startswith(f"{history}: ")
    assert line.endswith("Restore it from a backup or move it away.")
    assert "\n" not in line
    assert "1e400" not in line


def test_the_whole_night_with_an_odd_history(folder: Path) -> None:
    outbox = folder / "outbox"
    spoilt(outbox / HISTORY_NAME, ODD["a text for a number"])
    before = content_of(outbox)
    outcome = forked("run", folder=folder)
    assert (outcome.code, outcome.line) == (
        1,
        "perfbatch: outbox/history.sqlite: holds what no run has written (table run_department, at 900001). "
        "Restore it from a backup or move it away.",
    )
    assert (content_of(outbox), leftovers(outbox)) == (before, [])
    run_id = run_ids(outbox / HISTORY_NAME)[0]
    with pytest.raises(BatchFault):
        recorded_run(outbox / HISTORY_NAME, run_id)
    outcome = forked("diff", run_id, run_id, folder=folder)
    assert outcome.code == 1
    assert outcome.line.startswith("perfbatch: outbox/history.sqlite: holds what no run has written")


def test_a_history_cut_short_counts_as_none_and_an_empty_inbox_is_then_a_night(folder: Path) -> None:
    history, inbox = folder / "outbox" / HISTORY_NAME, folder / "inbox"
    whole = history.read_bytes()
    for file in inbox.iterdir():
        file.unlink()
    outcome = forked("run", folder=folder)
    assert (outcome.code, outcome.line) == (
        1,
        "perfbatch: inbox: files: 0 tonight, 2 on the last night. Look whether it is the right folder, or give "
        f"--allow-empty. {KEPT}",
    )
    history.write_bytes(whole[: len(whole) // 2])
    outcome = forked("run", folder=folder)
    assert outcome.code == 0
    assert outcome.line.startswith("perfbatch: outbox/history.sqlite: cannot be used as the history (")
    assert " It counts as none, and is kept as history.unreadable-" in outcome.line
    (kept,) = (folder / "outbox").glob("history.unreadable-*.sqlite")
    assert kept.read_bytes() == whole[: len(whole) // 2]


@pytest.mark.parametrize("name", ["history.sqlite", "history.sqlite-journal", "history.sqlite-wal"])
def test_a_pipe_hangs_no_night(folder: Path, name: str) -> None:
    outbox = folder / "outbox"
    (outbox / name).unlink(missing_ok=True)
    os.mkfifo(outbox / name)
    outcome = forked("run", folder=folder)
    if name == HISTORY_NAME:
        assert (outcome.code, outcome.line) == (
            1,
            "perfbatch: outbox/history.sqlite: cannot be used as the history (not a regular file). Move it away.",
        )
    else:
        assert (outcome.code, outcome.err) == (0, "")
    assert leftovers(outbox) == []

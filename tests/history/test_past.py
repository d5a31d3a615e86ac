"""What a night starts from, and when it is refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from perfbatch.batch import BatchPlan, run_batch
from perfbatch.history.past import Past, past_of, refuse_loss
from perfbatch.history.reading import LastNight, last_night, run_ids
from perfbatch.history.record import write_history
from perfbatch.model.errors import BatchFault
from perfbatch.rulebook.load import load_rulebook
from tests.cases.clean import changed
from tests.history.test_recorded_runs import _VERSION_1, night
from tests.submissions import RULEBOOK

KEPT = "The outbox still holds the files of the run before."


@pytest.mark.parametrize(
    ("last", "files", "accepted", "allowed", "fault"),
    [
        (None, 0, 0, {}, ""),
        (LastNight(3, 3), 3, 2, {}, ""),
        (LastNight(0, 0), 0, 0, {}, ""),
        # Half is not fewer than half, of an odd number neither.
        (LastNight(4, 4), 2, 2, {}, ""),
        (LastNight(5, 5), 3, 3, {}, ""),
        (LastNight(5, 5), 2, 2, {}, "departments accepted: 2 tonight, 5 on the last night."),
        (LastNight(5, 5), 9, 0, {}, "departments accepted: 0 tonight, 5 on the last night."),
        (LastNight(5, 5), 9, 0, {"allow_empty": True}, "departments accepted: 0 tonight, 5 on the last night."),
        (LastNight(5, 5), 9, 0, {"allow_fewer": True}, ""),
        (LastNight(5, 5), 0, 0, {}, "files: 0 tonight, 5 on the last night."),
        (LastNight(5, 5), 0, 0, {"allow_fewer": True}, "files: 0 tonight, 5 on the last night."),
        (LastNight(5, 5), 0, 0, {"allow_empty": True}, ""),
        # A night of which nothing could be read is a night.
        (LastNight(2, 0), 0, 0, {}, "files: 0 tonight, 2 on the last night."),
        (LastNight(2, 0), 1, 0, {}, ""),
    ],
)
def test_when_a_night_is_refused(
    last: LastNight | None, files: int, accepted: int, allowed: dict[str, bool], fault: str
) -> None:
    options = {"allow_empty": False, "allow_fewer": False, **allowed}
    if not fault:
        refuse_loss(last, Path("inbox"), files, accepted, **options)
        return
    with pytest.raises(BatchFault) as refused:
        refuse_loss(last, Path("inbox"), files, accepted, **options)
    assert fault in str(refused.value)
    assert str(refused.value).startswith("inbox: ")
    assert str(refused.value).endswith(KEPT)
    assert "\n" not in str(refused.value)


def test_the_last_night_is_of_the_same_form_and_year(tmp_path: Path) -> None:
    history = tmp_path / "none"
    projects = RULEBOOK.model_copy(update={"form_id": "xiangmu", "id": "xiangmu-2020"})
    for hour, (book, codes) in enumerate(((RULEBOOK, "1"), (RULEBOOK, "12"), (projects, "345"))):
        result = night([changed({}, code=code) for code in codes], f"20210720-{hour}", hour=hour)
        later = tmp_path / f"{hour}.sqlite"
        write_history(history, replace(result, rulebook=book), later)
        history = later
    assert last_night(history, 2020, RULEBOOK.form_id) == LastNight(3, 2)
    assert last_night(history, 2020, "xiangmu") == LastNight(4, 3)
    assert last_night(history, 2019, RULEBOOK.form_id) is None
    assert last_night(history, 2020, "another") is None
    past = past_of(history, RULEBOOK, ())
    assert past.before is not None
    assert past.before.run_id == "20210720-1"
    next_year = RULEBOOK.model_copy(update={"fiscal_year": 2021})
    assert set(past_of(history, next_year, ("revenue_total",)).prior) == {"1", "2"}
    assert past_of(tmp_path / "none", RULEBOOK, ()) == Past()


def test_of_two_nights_in_one_second_the_last_is_the_later(tmp_path: Path) -> None:
    history = tmp_path / "none"
    for run_id, codes in (("20210720T010000-f", "12"), ("20210720T010000-0", "1")):
        begun = datetime.now().astimezone()
        result = night([changed({}, code=code) for code in codes], run_id)
        later = tmp_path / f"{run_id}.sqlite"
        write_history(history, replace(result, started_at=begun), later)
        history = later
    assert last_night(history, 2020, RULEBOOK.form_id) == LastNight(2, 1)
    assert run_ids(history) == ["20210720T010000-0", "20210720T010000-f"]


def test_the_clock_of_a_night_knows_parts_of_a_second(tmp_path: Path) -> None:
    plan = BatchPlan(tmp_path, load_rulebook(None))
    begun = {run_batch(plan).result.started_at.microsecond for _ in range(3)}
    assert begun != {0}


def test_a_night_from_before_forms_were_on_record_is_any_forms(tmp_path: Path) -> None:
    old, new = tmp_path / "old.sqlite", tmp_path / "new.sqlite"
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript(_VERSION_1)
    result = night([changed({}, code="1"), changed({}, code="2")], "20210720-1")
    write_history(old, replace(result, rulebook=RULEBOOK.model_copy(update={"form_id": "xiangmu"})), new)
    for history in (old, new):
        past = past_of(history, RULEBOOK, ())
        assert past.last == LastNight(1, 1)
        assert past.before is not None
        assert past.before.run_id == "20210719-1"
    assert last_night(new, 2020, "xiangmu") == LastNight(3, 2)

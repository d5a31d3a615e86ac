"""What the history says of the year before, under the names of today."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfbatch.history.last_year import ScoreOnRecord, last_year_of
from perfbatch.history.past import past_of
from perfbatch.history.record import write_history
from perfbatch.model.errors import BatchFault
from perfbatch.rulebook.load import load_rulebook
from perfbatch.rulebook.main_totals import main_totals
from tests.cases.clean import changed
from tests.history.test_record import LAST_YEAR, _result
from tests.submissions import RULEBOOK

MAIN = ["revenue_total", "expenditure_total", "three_public_total", "fixed_assets_total"]


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Of two nights of 2019; the second has one department more, and one fewer."""
    first, second = tmp_path / "first.sqlite", tmp_path / "second.sqlite"
    write_history(first, _result([changed({}, code="1"), changed({"revenue_total!0": 7}, code="2")]), first)
    later = _result([changed({}, code="1"), changed({"three_public_total!0": None}, code="3")], "20200721-1")
    write_history(first, later, second)
    return second


def test_the_main_totals_and_the_last_nights_scores(history: Path) -> None:
    last_year = last_year_of(history, RULEBOOK)
    assert last_year is not None
    assert last_year.fiscal_year == 2019
    assert {code: sorted(figures) for code, figures in last_year.figures.items()} == {
        "1": sorted(MAIN),
        "2": sorted(MAIN),
        "3": sorted(set(MAIN) - {"three_public_total"}),
    }
    # What was reported once stays on record; a score is of the last night.
    assert last_year.figures["2"]["revenue_total"] == 7_000_000
    assert sorted(last_year.scores) == ["1", "3"]
    assert last_year.scores["1"] == ScoreOnRecord(92_300_000, "优秀")
    assert last_year.entities == {"1", "2", "3"}
    assert past_of(history, RULEBOOK, ()).last_year == last_year


def test_nothing_on_record_is_no_last_year(history: Path, tmp_path: Path) -> None:
    assert last_year_of(tmp_path / "none.sqlite", RULEBOOK) is None
    assert last_year_of(history, LAST_YEAR) is None
    assert last_year_of(history, RULEBOOK.model_copy(update={"form_id": "another"})) is None


def test_a_field_and_a_form_that_were_called_otherwise(history: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "2020.toml"
    overlay.write_text(
        'extends = "yunxi-2020"\n[meta]\nid = "b-2020"\nform_id = "b"\n[rename.fields]\nrevenue_total = "taken_in"\n',
        encoding="utf-8",
    )
    renamed = load_rulebook(overlay).rulebook
    assert main_totals(renamed) == ["taken_in", *MAIN[1:]]
    last_year = last_year_of(history, renamed)
    assert last_year is not None
    assert last_year.figures["2"]["taken_in"] == 7_000_000
    assert sorted(last_year.scores) == ["1", "3"]


def test_a_form_that_is_not_scored_is_compared_by_its_figures_alone(history: Path) -> None:
    bare = RULEBOOK.model_copy(update={"indicators": (), "indicator_rows": ()})
    assert not bare.is_scored
    last_year = last_year_of(history, bare)
    assert last_year is not None
    assert (sorted(last_year.figures), last_year.scores) == (["1", "2", "3"], {})


def test_a_score_that_is_none_is_refused(history: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(history)) as connection:
        connection.execute("UPDATE run_department SET verified_total = 'many' WHERE entity = '3'")
        connection.commit()
    with pytest.raises(BatchFault, match="run_department"):
        last_year_of(history, RULEBOOK)

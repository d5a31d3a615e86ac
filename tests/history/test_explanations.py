"""Explanations on record: kept with the figures that they were given for, and offered in next year's form."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from perfbatch.history.explanations import explanations_of, explanations_on_record, last_explanations
from perfbatch.history.record import HISTORY_NAME
from perfbatch.model.submission import SCALE
from perfbatch.publishing import NightPlan, run_night
from perfbatch.roster import Roster, RosterEntry
from perfbatch.rulebook.load import LoadedRulebook, load_rulebook
from perfbatch.rulebook.model import Rulebook
from perfbatch.template import write_prefilled
from tests.conftest import Lay, workbook

_OVER = {"on_post_staff": 31, "narrative_on_post_staff": 31, "narrative_institution_staff": 13}
_ROWS = {"explained_check": ["R24"], "explanation_text": ["年内接收1名，编制在办"]}


def _history(inbox: Lay, outbox: Path, loaded: LoadedRulebook) -> Path:
    run_night(NightPlan(inbox({"a.xlsx": workbook(**_OVER, **_ROWS)}), outbox, loaded))
    return outbox / HISTORY_NAME


@pytest.fixture
def next_year(tmp_path: Path) -> Rulebook:
    overlay = tmp_path / "next.toml"
    overlay.write_text(
        'extends = "yunxi-2020"\n[meta]\nid = "yunxi-2021"\nfiscal_year = 2021\nform_version = "2021"\n'
        'deadline = 2022-07-31\ntitle = "{district}{year}年度自评报告"\n'
        '[change.sections]\ncover.title = "{district}{year}年度自评报告"\n',
        encoding="utf-8",
    )
    return load_rulebook(overlay).rulebook


def test_what_is_on_record(inbox: Lay, tmp_path: Path, loaded: LoadedRulebook, next_year: Rulebook) -> None:
    history = _history(inbox, tmp_path / "outbox", loaded)
    ((place, explanation),) = explanations_of(history, loaded.rulebook, 2020).items()
    assert (place.entity, place.check, place.field, place.row) == ("900001", "R24", "on_post_staff", None)
    assert (explanation.text, explanation.counts) == ("年内接收1名，编制在办", (31 * SCALE, 30 * SCALE, SCALE))
    assert explanations_on_record(history, next_year) == {place: explanation}
    assert explanations_of(history, next_year, 2021) == {}


def test_last_years_is_offered_and_may_be_typed_over(
    inbox: Lay, tmp_path: Path, loaded: LoadedRulebook, next_year: Rulebook
) -> None:
    explained = last_explanations(_history(inbox, tmp_path / "outbox", loaded), next_year)
    roster = Roster((RosterEntry("900001", "云溪区测试局"), RosterEntry("900002", "云溪区另一局")))
    offered, other = (
        openpyxl.load_workbook(path)["出错说明"]
        for path in write_prefilled(next_year, roster, tmp_path / "forms", explained=explained)
    )
    rows = [[cell for cell in row if cell.value is not None] for row in offered.iter_rows()]
    row = next(cells for cells in rows if cells and str(cells[0].value).startswith("R24"))
    assert [cell.value for cell in row] == ["R24 实有人数 ≤ 人员编制", "实有人数（人）", "年内接收1名，编制在办"]
    assert not any(cell.protection.locked for cell in row)
    assert not [row for row in other.values if row[0] and str(row[0]).startswith("R24")]


def test_a_history_without_the_table_knows_of_none(tmp_path: Path, loaded: LoadedRulebook) -> None:
    assert explanations_on_record(tmp_path / "none.sqlite", loaded.rulebook) == {}
